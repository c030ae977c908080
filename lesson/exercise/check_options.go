package exercise

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sockstep/lesson/exercise/check"
	"sockstep/netcore"
)

func init() {
	register("options",
		listens, local, reuse,
		check.Criterion{
			Name: "sets", Needs: []string{"listens"},
			Try:   "Set each option on the listening socket with setsockopt(), with its own level (SOL_SOCKET, IPPROTO_TCP), and look at what it returns. SOCK_NONBLOCK and SOCK_CLOEXEC go into the type socket() is given.",
			Show:  check.OrElse(check.Last(check.Is(check.SetOption), check.FailsWith()), check.Last(check.Is(check.SetOption))),
			Check: checkListenerSet,
		},
		check.Criterion{
			Name: "keeps", Needs: []string{"listens"},
			Try: "After the report call recv() on the accepted descriptor until it returns 0: then the client has ended.",
			Check: func(t *check.T) {
				c := t.Serve().Dial()
				c.Stays()
			},
		},
		check.Criterion{
			Name: "listening", Needs: []string{"keeps"},
			Try:  "Ask with getsockopt() and print what it wrote, not what was given to setsockopt(). One line for each option, with fflush(stdout) at the end.",
			Show: check.Last(check.Is(check.GetOption)),
			Check: func(t *check.T) {
				r := newReport(t)
				r.client()
				r.compare("listening", socketOptions)
			},
		},
		check.Criterion{
			Name: "accepted", Needs: []string{"listening"},
			Try:  "Ask the descriptor that accept() returned.",
			Show: check.Last(check.Is(check.GetOption)),
			Check: func(t *check.T) {
				r := newReport(t)
				r.client()
				if r.printed("accepted", acceptsConnections) == 1 {
					t.Blame("M18", "Ask the descriptor that accept() returned. The listening one is another socket, and it goes on listening.", check.Last(check.Is(check.GetOption)))
				}
				r.compare("accepted", socketOptions)
			},
		},
		check.Criterion{
			Name: "flags", Needs: []string{"accepted"},
			Try:   "Ask each of the two descriptors with fcntl(): F_GETFL has O_NONBLOCK, F_GETFD has FD_CLOEXEC.",
			Show:  check.Last(check.Is(check.Control)),
			Check: checkFlagsPrinted,
		},
		check.Criterion{
			Name: "untouched", Needs: []string{"accepted"}, Belief: "M55",
			Try:   "Set nothing on the accepted descriptor: what it shows is what the kernel gave it.",
			Check: checkUntouched,
		},
		check.Criterion{
			Name: "changed", Needs: []string{"accepted"},
			Try:   "Ask for each client anew: options can change while a program runs.",
			Show:  check.Last(check.Is(check.GetOption)),
			Check: checkChanged,
		},
		check.Criterion{
			Name: "closes", Needs: []string{"keeps"}, Belief: "M30",
			Try: "close() the accepted descriptor when recv() has returned 0, and go back to accept().",
			Check: func(t *check.T) {
				p := t.Serve()
				before := p.Sockets()
				for range 3 {
					c := p.Dial()
					c.Half()
					c.EOF()
					c.Close()
				}
				p.Holds(before)
			},
		},
	)
}

// socketOption is an option the report has, and what the listening socket's is to be.
type socketOption struct {
	level, name string
	want        int
}

const acceptsConnections = "SO_ACCEPTCONN"

// socketOptions are those of the report. SO_RCVBUF is what the kernel makes of 10000.
var socketOptions = []socketOption{
	{"SOL_SOCKET", acceptsConnections, 1},
	{"SOL_SOCKET", "SO_REUSEADDR", 1},
	{"SOL_SOCKET", "SO_KEEPALIVE", 1},
	{"SOL_SOCKET", "SO_RCVBUF", 20000},
	{"IPPROTO_TCP", "TCP_NODELAY", 1},
	{"IPPROTO_TCP", "TCP_KEEPIDLE", 60},
}

// The flags the report has.
const (
	nonblockFlag = "O_NONBLOCK"
	cloexecFlag  = "FD_CLOEXEC"
)

// reportLines are all that are to be printed for a client, "listening SO_RCVBUF".
func reportLines() (lines []string) {
	for _, who := range []string{"listening", "accepted"} {
		for _, o := range socketOptions {
			lines = append(lines, who+" "+o.name)
		}
		lines = append(lines, who+" "+nonblockFlag, who+" "+cloexecFlag)
	}
	return lines
}

// checkListenerSet reads the listening socket's options as the program has left them.
func checkListenerSet(t *check.T) {
	p := t.Serve()
	p.Settle()
	at := listeningPlace(t, p)
	for _, o := range socketOptions {
		if o.name == "SO_REUSEADDR" {
			continue // the goal reuse is about it
		}
		if got, ok := p.Option(at, o.level, o.name); ok && got != o.want {
			t.Fail("%s of the listening socket is %d, and was to be %d", o.name, got, o.want)
		}
	}
	nonblocking, closeOnExec, _ := p.Flags(at)
	t.Want(nonblocking, "the listening descriptor has no O_NONBLOCK")
	t.Want(closeOnExec, "the listening descriptor has no FD_CLOEXEC")
}

func listeningPlace(t *check.T, p *check.Program) check.Place {
	at, ok := p.Listening()
	t.Want(ok, "the program has closed its listening socket")
	return at
}

// optionReport is what the program printed for its clients, and the sockets it is about.
type optionReport struct {
	t       *check.T
	p       *check.Program
	clients int
	conn    *check.Conn
	at      map[string]check.Place // of the latest client
}

func newReport(t *check.T) *optionReport { return &optionReport{t: t, p: t.Serve()} }

// client has one more client connect, and waits for what is printed for it.
func (r *optionReport) client() {
	r.conn = r.p.Dial()
	r.clients++
	r.p.Prints(func(string) bool { return r.lacks() == "" })
	if line := r.lacks(); line != "" {
		r.t.Fail("%s printed no line \"%s\" and a number for client %d", r.subject(), line, r.clients)
	}
	values := r.values()
	for _, line := range reportLines() {
		if n := len(values[line]); n > r.clients {
			r.t.Fail("the line \"%s\" was printed %d times in all, and %d clients had come", line, n, r.clients)
		}
	}
	accepted, ok := r.p.Accepted(r.conn)
	r.t.Want(ok, "the program closed the connection before its client had")
	r.at = map[string]check.Place{"listening": listeningPlace(r.t, r.p), "accepted": accepted}
}

func (r *optionReport) subject() string {
	if strings.TrimSpace(r.p.Stdout()) == "" {
		return "the program printed nothing, so it"
	}
	return "the program"
}

// end has the latest client go, and waits until the program has seen it.
func (r *optionReport) end() {
	r.conn.Half()
	r.conn.EOF()
	r.conn.Close()
}

var reportForm = regexp.MustCompile(`^\s*(listening|accepted)\s+([A-Z_]+)\s+(-?[0-9]{1,10})\s*\n$`)

// values are the numbers printed so far, by line, in their order.
func (r *optionReport) values() map[string][]int {
	out := map[string][]int{}
	for line := range strings.Lines(r.p.Stdout()) {
		m := reportForm.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if n, err := strconv.Atoi(m[3]); err == nil {
			out[m[1]+" "+m[2]] = append(out[m[1]+" "+m[2]], n)
		}
	}
	return out
}

// lacks is a line that was not printed for the latest client, "" for none.
func (r *optionReport) lacks() string {
	values := r.values()
	lines := reportLines()
	if i := slices.IndexFunc(lines, func(line string) bool { return len(values[line]) < r.clients }); i >= 0 {
		return lines[i]
	}
	return ""
}

// printed is the number printed for the latest client.
func (r *optionReport) printed(who, name string) int {
	values := r.values()[who+" "+name]
	return values[len(values)-1]
}

// compare reads options from outside, and compares them with what was printed.
func (r *optionReport) compare(who string, options []socketOption) {
	for _, o := range options {
		is, ok := r.p.Option(r.at[who], o.level, o.name)
		r.t.Want(ok, "the program closed the %s descriptor before its client had gone", who)
		if got := r.printed(who, o.name); got != is {
			r.t.Fail("%s of the %s socket is %d, and \"%s %s %d\" was printed", o.name, who, is, who, o.name, got)
		}
	}
}

// checkFlagsPrinted compares the flags of both descriptors with what was printed.
func checkFlagsPrinted(t *check.T) {
	r := newReport(t)
	r.client()
	is := map[string]int{}
	for who, at := range r.at {
		nonblocking, closeOnExec, ok := r.p.Flags(at)
		t.Want(ok, "the program closed the %s descriptor before its client had gone", who)
		is[who+" "+nonblockFlag], is[who+" "+cloexecFlag] = one(nonblocking), one(closeOnExec)
	}
	for _, name := range []string{nonblockFlag, cloexecFlag} {
		for _, who := range []string{"listening", "accepted"} {
			got, want := r.printed(who, name), is[who+" "+name]
			if got == want {
				continue
			}
			if who == "accepted" && got == is["listening "+name] {
				t.Blame("M55", "Ask the accepted descriptor with fcntl(): its flags are not those of the listening one.", check.Last(check.Is(check.Control)))
			}
			t.Fail("%s of the %s descriptor is %d, and \"%s %s %d\" was printed", name, who, want, who, name, got)
		}
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// checkUntouched looks for calls that set something on an accepted descriptor.
func checkUntouched(t *check.T) {
	r := newReport(t)
	r.client()
	for _, c := range r.p.Conversation(r.conn) {
		if what := sets(c); what != "" {
			t.FailAt(c, "after accept() %s was set on the accepted descriptor", what)
		}
	}
}

// sets says what a call sets on a descriptor, "" for nothing.
func sets(c *netcore.Call) string {
	if check.Is(check.SetOption)(c) {
		return "an option"
	}
	for _, command := range []string{"F_SETFL", "F_SETFD"} {
		if n, ok := netcore.Constant(command); ok && c.Name == "fcntl" && check.Argument(c, 1) == n {
			return fmt.Sprintf("a flag (%s)", command)
		}
	}
	if n, ok := netcore.Constant("FIONBIO"); ok && c.Name == "ioctl" && check.Argument(c, 1) == n {
		return "a flag (FIONBIO)"
	}
	return ""
}

// checkChanged changes options of the listening socket between two clients.
func checkChanged(t *check.T) {
	r := newReport(t)
	r.client()
	r.end()
	for _, o := range []socketOption{{"SOL_SOCKET", "SO_KEEPALIVE", 0}, {"SOL_SOCKET", "SO_RCVBUF", 15000}, {"IPPROTO_TCP", "TCP_KEEPIDLE", 90}} {
		t.Want(r.p.SetOption(r.at["listening"], o.level, o.name, o.want), "the program has closed its listening socket")
	}
	r.client()
	r.compare("listening", socketOptions)
	r.compare("accepted", socketOptions)
}
