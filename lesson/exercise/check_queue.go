package exercise

import (
	"fmt"
	"time"

	"sockstep/lesson/exercise/check"
	"sockstep/netcore"
)

// What the goals of the short queue say.
const (
	manyClients  = 200
	clientEvery  = 5 * time.Millisecond
	leastRoom    = 64
	mostWaiting  = 2
	jobClients   = 8
	leastJob     = 45 * time.Millisecond // 50, less what clocks are apart
	finishedWork = "done\n"

	// mostLate is how late a client may be without having all that follow come later too.
	mostLate = time.Millisecond
	// sleepLooks are the looks in a row at which a program that sleeps must be asleep, and
	// lookAgain the time between two.
	sleepLooks = 3
	lookAgain  = time.Millisecond
	// mostUsed is how much processor time the program may use, in all, while more than
	// mostWaiting wait. Accepting all of them takes a fifth of it, in any language.
	mostUsed = time.Second
	// mostServing is how long the program may sleep until all are served, and how much
	// processor time it may use.
	mostServing = 2 * time.Second
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
			Check: checkQueueShort,
		},
		check.Criterion{
			Name: "served", Needs: []string{"queue"},
			Try:   "Have the jobs done at the same time. A queue of the program's own that one thread works off is as slow as the kernel's.",
			Show:  check.Last(check.Is(check.Out)),
			Check: checkAllServed,
		},
	)
}

// checkJob has clients served, one after the other, and then looks for their ends.
func checkJob(t *check.T) {
	p := t.Serve()
	var clients []*check.Conn
	for range jobClients {
		begun := time.Now()
		c := p.Dial()
		c.Expect([]byte(finishedWork))
		if took := min(time.Since(begun), jobTook(p, c)); took < leastJob {
			t.Fail("the answer was sent %v after the client had been accepted: the job takes 50 ms", took.Round(time.Millisecond))
		}
		clients = append(clients, c)
	}
	t.Blame("M29", "close() the client's descriptor when the answer is sent, and after fork() in the parent as well, at once: the client gets the end when the last of them is closed.", check.Last(check.Is(check.Accept)))
	for _, c := range clients {
		c.EOF()
	}
}

// jobTook is the time from the end of accept to the beginning of the answer, as far as
// they are seen; else it is long. An answer that began before is another process's to the
// client before, with a descriptor of the same number.
func jobTook(p *check.Program, c *check.Conn) time.Duration {
	calls := p.Conversation(c)
	behind := func(x *netcore.Call) bool { return x.Enter >= calls[0].Exit }
	sent := check.First(check.Is(check.Out), behind)(calls)
	if sent == nil {
		return time.Hour
	}
	return time.Duration(sent.Enter - calls[0].Exit)
}

// checkQueueShort has the clients come, and expects that no more than a few wait for a
// program that could accept them.
func checkQueueShort(t *check.T) {
	p := t.Serve()
	arrive(t, p, func(n int, q check.Queue, why string) {
		if q.Drops > 0 {
			t.Blame("M16", "", check.Last(check.Is(check.Accept)))
			t.Fail("when %d clients had come, the kernel had thrown away something %d times, for the queue was full", n, q.Drops)
		}
		if why != "" {
			t.Fail("when %d clients had come, %d of them waited for accept(), and %s", n, q.Waiting, why)
		}
	})
}

// checkAllServed has the clients come, and waits for all answers. What the program waits
// for a processor is the machine's fault.
func checkAllServed(t *check.T) {
	p := t.Serve()
	clients := arrive(t, p, func(int, check.Queue, string) {})
	clock := p.Clock()
	for served := 0; ; t.Sleep(time.Millisecond) {
		for served < manyClients && clients[served].Ended() {
			served++
		}
		if served == manyClients || !p.Runs() {
			break
		}
		clock.Look()
		if clock.Slept > mostServing {
			t.Fail("when the program had slept for %v since the last of %d clients came, %d were served", mostServing, manyClients, served)
		}
		if clock.Used > mostServing {
			t.Fail("when the program had used %v of processor time since the last of %d clients came, %d were served", mostServing, manyClients, served)
		}
	}
	for _, c := range clients {
		c.Expect([]byte(finishedWork))
		c.EOF()
	}
}

// arrive has clients connect, 200 in a second and one at a time: when one comes late, for
// the machine is busy, the next ones do not hurry, and while more than mostWaiting wait for
// a program that is about to accept them the next one does not come. look is called when
// each has connected, with the queue that is left then and why it is left.
func arrive(t *check.T, p *check.Program, look func(n int, q check.Queue, why string)) (clients []*check.Conn) {
	due := time.Now()
	var used time.Duration
	for len(clients) < manyClients {
		if late := time.Since(due); late > mostLate {
			due = due.Add(late)
		}
		c := p.Dial()
		c.Ended() // from now on what comes is read
		clients = append(clients, c)
		q, why := shortens(t, p, &used)
		look(len(clients), q, why)
		due = due.Add(clientEvery)
		t.Sleep(time.Until(due))
	}
	return clients
}

// shortens waits while more than mostWaiting wait for accept, and adds to used the
// processor time that takes. It returns early when the program does not accept them, and
// says why: it sleeps, or has used all it may. The queue that is seen on both sides of a
// look at the program is the same, so the program has accepted nobody in between.
func shortens(t *check.T, p *check.Program, used *time.Duration) (q check.Queue, why string) {
	q = p.Queue()
	if q.Waiting <= mostWaiting {
		return q, ""
	}
	clock, before := p.Clock(), *used
	for asleep := 0; ; t.Sleep(lookAgain) {
		asleep++
		if !clock.Look() {
			asleep = 0
		}
		now := p.Queue()
		if now.Waiting != q.Waiting {
			asleep = 0
		}
		q, *used = now, before+clock.Used
		switch {
		case q.Waiting <= mostWaiting || !p.Runs():
			return q, ""
		case asleep == sleepLooks:
			return q, "the program slept"
		case *used > mostUsed:
			return q, fmt.Sprintf("the program had used %v of processor time while more than %d waited", mostUsed, mostWaiting)
		}
	}
}
