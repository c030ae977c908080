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

	// fewWaiting is how many may wait before it matters whether the program sleeps, and
	// mostBusy how long the next client waits for one that does not.
	fewWaiting = 20
	mostBusy   = 500 * time.Millisecond
	// mostAsleep is how long the program may sleep until all are served.
	mostAsleep = time.Second
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

// checkQueueShort has the clients come, and looks at the queue whenever one has connected.
func checkQueueShort(t *check.T) {
	p := t.Serve()
	arrive(p, func(n int, q check.Queue) {
		if q.Waiting > mostWaiting {
			t.Fail("when %d clients had come, %d of them waited for accept()", n, q.Waiting)
		}
		if q.Drops > 0 {
			t.Blame("M16", "", check.Last(check.Is(check.Accept)))
			t.Fail("when %d clients had come, the kernel had thrown away something %d times, for the queue was full", n, q.Drops)
		}
	})
}

// checkAllServed has the clients come, and waits for all answers. The clock runs while the
// program sleeps: what it waits for the processor is the machine's fault.
func checkAllServed(t *check.T) {
	p := t.Serve()
	clients := arrive(p, func(int, check.Queue) {})
	var asleep time.Duration
	for served, c := range clients {
		for since, slept := time.Now(), false; !c.Ended() && p.Runs(); {
			t.Sleep(time.Millisecond)
			still, now := p.Asleep(), time.Now()
			if slept && still {
				asleep += now.Sub(since)
			}
			since, slept = now, still
			if asleep > mostAsleep {
				t.Fail("when the program had slept for %v since the last of %d clients came, %d were served", mostAsleep, manyClients, served)
			}
		}
		c.Expect([]byte(finishedWork))
		c.EOF()
	}
}

// arrive has clients connect, each 5 ms after the one before or later, and looks at the
// queue whenever one has connected.
func arrive(p *check.Program, look func(n int, q check.Queue)) (clients []*check.Conn) {
	for len(clients) < manyClients {
		at := time.Now()
		clients = append(clients, p.Dial())
		look(len(clients), p.Queue())
		time.Sleep(leastGap - time.Since(at))
		getsProcessor(p)
	}
	return clients
}

// getsProcessor waits while some clients wait for a program that is not asleep: it is
// about to accept them, on a machine that is busy with something else. One that sleeps
// with clients in its queue has itself to blame.
func getsProcessor(p *check.Program) {
	for begun := time.Now(); time.Since(begun) < mostBusy; time.Sleep(time.Millisecond) {
		if p.Queue().Waiting <= fewWaiting || asleepTwice(p) {
			return
		}
	}
}

// asleepTwice looks a second time, for one thread may fall asleep while another is woken.
func asleepTwice(p *check.Program) bool {
	if !p.Asleep() {
		return false
	}
	time.Sleep(time.Millisecond)
	return p.Asleep()
}
