package exercise

import (
	"slices"
	"strconv"
	"strings"

	"sockstep/lesson/exercise/check"
)

// nobodyListens is what the program says by its exit status where there is nothing to
// look at.
const nobodyListens = 2

// hangs is the server that is looked at.
var hangs = check.Scene{Listens: true}

func init() {
	register("forensic",
		check.Criterion{
			Name: "pid",
			Try:  "Find the line of /proc/net/tcp with this port and state 0A, and the process that has a descriptor whose link in /proc/PID/fd is socket:[INODE].",
			Check: func(t *check.T) {
				m, r := findings(t, hangs)
				t.Want(r.pid != 0, "no line \"pid N\" was printed")
				t.Want(r.pid == m.PID, "process %d listens at the port, and it printed pid %d", m.PID, r.pid)
			},
		},
		check.Criterion{
			Name: "sockets", Needs: []string{"pid"},
			Try:   "Go through /proc/PID/fd of that process, and print a line for each link whose inode is in /proc/net/tcp.",
			Check: func(t *check.T) { sameSockets(t, hangs) },
		},
		check.Criterion{
			Name: "twice", Needs: []string{"sockets"},
			Try:   "Go through the descriptors and look each inode up, not the other way round: one socket may have several descriptors.",
			Check: func(t *check.T) { sameSockets(t, check.Scene{Listens: true, Twice: true}) },
		},
		check.Criterion{
			Name: "states", Needs: []string{"sockets"},
			Try: "The state is a hexadecimal number: 01 ESTABLISHED, 02 SYN_SENT, 03 SYN_RECV, 04 FIN_WAIT1, 05 FIN_WAIT2, 06 TIME_WAIT, 07 CLOSE, 08 CLOSE_WAIT, 09 LAST_ACK, 0A LISTEN, 0B CLOSING.",
			Check: func(t *check.T) {
				eachSocket(t, func(h check.Held, l line) {
					t.Want(check.SameState(l.state, h.Socket.State), "descriptor %d is in state %s, and it printed %s", h.FD, h.Socket.State, l.state)
				})
			},
		},
		check.Criterion{
			Name: "ports", Needs: []string{"sockets"},
			Try: "The port is what stands behind the colon, a hexadecimal number with the high digits first: print it with %u.",
			Check: func(t *check.T) {
				eachSocket(t, func(h check.Held, l line) {
					t.Want(l.local == number(h.Socket.Local.Port()), "the local port of descriptor %d is %d, and it printed %s", h.FD, h.Socket.Local.Port(), l.local)
					t.Want(l.peer == number(h.Socket.Peer.Port()), "the peer's port of descriptor %d is %d, and it printed %s", h.FD, h.Socket.Peer.Port(), l.peer)
				})
			},
		},
		check.Criterion{
			Name: "queues", Needs: []string{"sockets"},
			Try: "The queues are hexadecimal, and the one for sending stands first: tx_queue:rx_queue.",
			Check: func(t *check.T) {
				eachSocket(t, func(h check.Held, l line) {
					if h.Socket.State == "LISTEN" {
						return
					}
					t.Want(l.receive == number(h.Socket.RecvQ), "in the receive queue of descriptor %d (%s) are %d, and it printed %s", h.FD, h.Socket.State, h.Socket.RecvQ, l.receive)
					t.Want(l.send == number(h.Socket.SendQ), "in the send queue of descriptor %d (%s) are %d, and it printed %s", h.FD, h.Socket.State, h.Socket.SendQ, l.send)
				})
			},
		},
		check.Criterion{
			Name: "waiting", Needs: []string{"queues"}, Belief: "M59",
			Try: "Print rx_queue for a listening socket too: it is how many connections wait for accept().",
			Check: func(t *check.T) {
				eachSocket(t, func(h check.Held, l line) {
					if h.Socket.State == "LISTEN" {
						t.Want(l.receive == number(h.Socket.RecvQ), "%d connections wait for accept() at descriptor %d, and it printed %s", h.Socket.RecvQ, h.FD, l.receive)
					}
				})
			},
		},
		check.Criterion{
			Name: "nobody", Needs: []string{"pid"},
			Try: "Look for state 0A, LISTEN, and end with exit status 2 where the port has no such line: connections have the port too.",
			Check: func(t *check.T) {
				p, m := t.Mystery(check.Scene{})
				status := p.Exit()
				if r := printedReport(t, p.Stdout()); r.pid == m.PID {
					t.Fail("it printed pid %d: that process has connections with this port, and does not listen", r.pid)
				}
				t.Want(status == nobodyListens, "nothing listens at the port: the exit status was %d, %d was expected", status, nobodyListens)
			},
		},
	)
}

// line is what the program printed of a descriptor.
type line struct{ state, local, peer, receive, send string }

// report is what the program printed.
type report struct {
	pid   int
	lines map[int]line
}

// findings runs the program beside a server, to its end, and reads what it printed.
func findings(t *check.T, s check.Scene) (*check.Mystery, report) {
	p, m := t.Mystery(s)
	p.Status(0)
	return m, printedReport(t, p.Stdout())
}

// printedReport reads what the program printed.
func printedReport(t *check.T, text string) report {
	r := report{lines: map[int]line{}}
	for l := range strings.Lines(text) {
		f := strings.Fields(l)
		if len(f) == 0 {
			continue
		}
		n, err := strconv.Atoi(f[min(1, len(f)-1)])
		if len(f) == 2 && strings.EqualFold(f[0], "pid") && err == nil {
			r.pid = n
			continue
		}
		fd, err := strconv.Atoi(f[0])
		if err != nil || len(f) != 6 {
			t.Fail("it printed the line %q, which is neither \"pid N\" nor FD STATE PORT PEER RECEIVE SEND", strings.TrimSpace(l))
		}
		if _, again := r.lines[fd]; again {
			t.Fail("it printed two lines for descriptor %d", fd)
		}
		r.lines[fd] = line{f[1], f[2], f[3], f[4], f[5]}
	}
	return r
}

// number is a number as it is to be printed.
func number[N uint16 | uint32](n N) string { return strconv.FormatUint(uint64(n), 10) }

// sameSockets expects a line for each descriptor of a TCP socket, and no other.
func sameSockets(t *check.T, s check.Scene) {
	m, r := findings(t, s)
	for _, h := range m.Held {
		if _, ok := r.lines[h.FD]; !ok {
			if h.Socket.Local.Port() != m.Port && len(r.lines) > 0 && !s.Twice {
				t.Blame("M04", "Go by the process and not by the port: a server that is a client of others has sockets with other ports too.", nil)
			}
			t.Fail("descriptor %d of process %d is a TCP socket (%s, port %d), and no line was printed for it", h.FD, m.PID, h.Socket.State, h.Socket.Local.Port())
		}
	}
	for fd := range r.lines {
		if !slices.ContainsFunc(m.Held, func(h check.Held) bool { return h.FD == fd }) {
			t.Fail("a line was printed for descriptor %d, which is no TCP socket of process %d", fd, m.PID)
		}
	}
}

// eachSocket compares what was printed with what sock_diag tells. Where that has changed
// meanwhile, which the last acknowledgement may do, the program is run again.
func eachSocket(t *check.T, compare func(check.Held, line)) {
	const tries = 5
	for range tries {
		m, r := findings(t, hangs)
		if !m.Stays() {
			continue
		}
		for _, h := range m.Held {
			l, ok := r.lines[h.FD]
			t.Want(ok, "no line was printed for descriptor %d", h.FD)
			compare(h, l)
		}
		return
	}
	t.Unseen("the queues of the server changed while they were looked at")
}
