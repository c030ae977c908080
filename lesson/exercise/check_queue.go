package exercise

import (
	"time"

	"sockstep/lesson/exercise/check"
)

// What the goals of the short queue say.
const (
	manyClients  = 100
	clientEvery  = 5 * time.Millisecond
	leastRoom    = 64
	mostWaiting  = 40
	leastJob     = 45 * time.Millisecond // 50, less what clocks are apart
	mostArriving = 2500 * time.Millisecond
	mostForAll   = 4 * time.Second // one after the other they take 5
	queueTries   = 3               // the machine may be busy with something else
	finishedWork = "done\n"
)

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

// checkJob has two clients served, one after the other.
func checkJob(t *check.T) {
	p := t.Serve()
	for range 2 {
		begun := time.Now()
		c := p.Dial()
		c.Expect([]byte(finishedWork))
		if took := time.Since(begun); took < leastJob {
			t.Fail("the answer came %v after the client had begun to connect: the job takes 50 ms", took.Round(time.Millisecond))
		}
		t.Blame("M29", "close() the client's descriptor when the answer is sent, and after fork() in the parent as well, at once: the client gets the end when the last of them is closed.", check.Last(check.Is(check.Accept)))
		c.EOF()
		c.Close()
	}
}

// try is one of up to three: how it went, and what is to be said when it did not go well.
type try struct {
	well bool
	say  func()
}

// tries runs the program up to three times, until a try goes well. What the last one says
// ends the criterion.
func tries(t *check.T, once func(t *check.T, p *check.Program) try) {
	for n := 1; ; n++ {
		p := t.Serve()
		got := once(t, p)
		if got.well {
			return
		}
		if n == queueTries {
			got.say()
		}
		p.Kill()
	}
}

// queueStaysShort has the clients come, and looks at the queue whenever one has connected.
func queueStaysShort(t *check.T, p *check.Program) try {
	var worst check.Queue
	clients, took := arrive(p, func(q check.Queue) bool {
		worst = q
		return q.Waiting <= mostWaiting && q.Drops == 0
	})
	switch {
	case worst.Waiting > mostWaiting:
		return try{say: func() {
			t.Fail("when %d clients had come, %d of them waited for accept()", len(clients), worst.Waiting)
		}}
	case worst.Drops > 0:
		return try{say: func() {
			t.Blame("M16", "", check.Last(check.Is(check.Accept)))
			t.Fail("when %d clients had come, the kernel had thrown away something %d times, for the queue was full", len(clients), worst.Drops)
		}}
	case took > mostArriving:
		return try{say: func() {
			t.Unseen("the machine is too busy: %d clients took %v to connect, and were to take %v at most", manyClients, took.Round(time.Millisecond), mostArriving)
		}}
	}
	return try{well: true}
}

// allServed has the clients come, and waits for all answers.
func allServed(t *check.T, p *check.Program) try {
	begun := time.Now()
	clients, _ := arrive(p, func(check.Queue) bool { return true })
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

// arrive has clients connect, each 5 ms after the one before or later, looks at the queue
// whenever one has connected, and ends early when the look says so. It returns those that
// came and how long that took.
func arrive(p *check.Program, look func(check.Queue) bool) (clients []*check.Conn, took time.Duration) {
	begun := time.Now()
	pace := time.NewTimer(0)
	defer pace.Stop()
	for len(clients) < manyClients {
		<-pace.C
		pace.Reset(clientEvery)
		clients = append(clients, p.Dial())
		if !look(p.Queue()) {
			break
		}
	}
	return clients, time.Since(begun)
}
