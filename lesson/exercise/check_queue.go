package exercise

import (
	"time"

	"sockstep/lesson/exercise/check"
)

// What the goals of the short queue say.
const (
	manyClients  = 100
	leastGap     = 5 * time.Millisecond // between two clients
	leastRoom    = 64
	mostWaiting  = 40
	jobClients   = 4
	leastJob     = 45 * time.Millisecond // 50, less what clocks are apart
	finishedWork = "done\n"

	// mostArriving is how long all the clients may take to come: one after the other
	// 58 jobs are done in that time, and 41 wait.
	mostArriving = 2900 * time.Millisecond
	mostForAll   = 4500 * time.Millisecond // one after the other they take 5000
)

// queuePaces are how far apart clients are to come in the three tries: the machine may be
// busy with something else.
var queuePaces = []time.Duration{5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond}

func init() {
	register("queue",
		listens, local, reuse,
		check.Criterion{
			Name: "room", Needs: []string{"listens"}, Belief: "M15",
			Try:  "Give listen() a larger number. It is no number of clients: it says how many may wait for accept() while the program is at something else.",
			Show: check.Last(check.Is(check.Listen)),
			Check: func(t *check.T) {
				p := t.Serve()
				if room := p.Queue().Room; room < leastRoom {
					t.Fail("the listening socket has room for %d connections that wait, and was to have it for %d", room, leastRoom)
				}
			},
		},
		check.Criterion{
			Name: "job", Needs: []string{"listens"},
			Try:   "For each client wait 50 milliseconds, usleep(50000), then send the 5 bytes, then close its descriptor.",
			Show:  check.OrElse(check.Last(check.Is(check.Out)), check.Last(check.Is(check.Accept))),
			Check: checkJob,
		},
		check.Criterion{
			Name: "queue", Needs: []string{"room", "job"},
			Try:   "Call accept() as soon as a client is there, and have the job done by somebody else: a thread, a child, or a clock in a loop around poll(). A longer queue only has clients wait longer.",
			Show:  check.Last(check.Is(check.Accept)),
			Check: func(t *check.T) { tries(t, queueStaysShort) },
		},
		check.Criterion{
			Name: "served", Needs: []string{"queue"},
			Try:   "Have the jobs done at the same time. A queue of the program's own that one thread works off is as slow as the kernel's.",
			Show:  check.Last(check.Is(check.Out)),
			Check: func(t *check.T) { tries(t, allServed) },
		},
	)
}

// checkJob has four clients served, one after the other.
func checkJob(t *check.T) {
	p := t.Serve()
	for range jobClients {
		begun := time.Now()
		c := p.Dial()
		c.Expect([]byte(finishedWork))
		if took := min(time.Since(begun), jobTook(p, c)); took < leastJob {
			t.Fail("the answer was sent %v after the client had been accepted: the job takes 50 ms", took.Round(time.Millisecond))
		}
		t.Blame("M29", "close() the client's descriptor when the answer is sent, and after fork() in the parent as well, at once: the client gets the end when the last of them is closed.", check.Last(check.Is(check.Accept)))
		c.EOF()
		c.Close()
	}
}

// jobTook is the time from the end of accept to the beginning of the answer, as far as
// they are seen; else it is long.
func jobTook(p *check.Program, c *check.Conn) time.Duration {
	calls := p.Conversation(c)
	sent := check.First(check.Is(check.Out))(calls)
	if sent == nil {
		return time.Hour
	}
	return time.Duration(sent.Enter - calls[0].Exit)
}

// try is one of up to three: how it went, and what is to be said when it did not go well.
type try struct {
	well bool
	void bool // it says nothing of the program
	say  func()
}

// tries runs the program up to three times, until a try goes well. Else the last one that
// says something of the program ends the criterion.
func tries(t *check.T, once func(t *check.T, p *check.Program, pace time.Duration) try) {
	var bad try
	for i, pace := range queuePaces {
		p := t.Serve()
		got := once(t, p, pace)
		if got.well {
			return
		}
		if !got.void || bad.say == nil {
			bad = got
		}
		if i < len(queuePaces)-1 {
			p.Kill()
		}
	}
	bad.say()
}

// queueStaysShort has the clients come, and looks at the queue whenever one has connected.
func queueStaysShort(t *check.T, p *check.Program, pace time.Duration) try {
	var last check.Queue
	clients, took := arrive(p, pace, func(q check.Queue) bool {
		last = q
		return q.Waiting <= mostWaiting && q.Drops == 0
	})
	switch {
	case last.Waiting > mostWaiting:
		return try{say: func() {
			t.Fail("when %d clients had come, %d of them waited for accept()", len(clients), last.Waiting)
		}}
	case last.Drops > 0:
		return try{say: func() {
			t.Blame("M16", "", check.Last(check.Is(check.Accept)))
			t.Fail("when %d clients had come, the kernel had thrown away something %d times, for the queue was full", len(clients), last.Drops)
		}}
	case took > mostArriving:
		return try{void: true, say: func() {
			t.Unseen("the machine is too busy: %d clients took %v to connect, and were to take %v at most", manyClients, took.Round(time.Millisecond), mostArriving)
		}}
	}
	return try{well: true}
}

// allServed has the clients come as fast as they may, and waits for all answers.
func allServed(t *check.T, p *check.Program, _ time.Duration) try {
	begun := time.Now()
	clients, _ := arrive(p, leastGap, func(check.Queue) bool { return true })
	for served, c := range clients {
		c.Expect([]byte(finishedWork))
		c.EOF()
		if time.Since(begun) > mostForAll {
			return try{say: func() {
				t.Fail("%v after the first client had begun to connect %d of %d were served", mostForAll, served, manyClients)
			}}
		}
	}
	return try{well: true}
}

// arrive has clients connect, one at each pace; who is late is followed by the next one
// 5 ms later at the earliest. It looks at the queue whenever one has connected, and ends
// early when the look says so. It returns those that came and how long that took.
func arrive(p *check.Program, pace time.Duration, look func(check.Queue) bool) (clients []*check.Conn, took time.Duration) {
	begun := time.Now()
	for len(clients) < manyClients {
		at := time.Now()
		clients = append(clients, p.Dial())
		if !look(p.Queue()) {
			break
		}
		due := begun.Add(time.Duration(len(clients)) * pace)
		time.Sleep(max(time.Until(due), leastGap-time.Since(at)))
	}
	return clients, time.Since(begun)
}
