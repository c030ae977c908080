package linear

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"sockstep/lesson"
	"sockstep/lesson/tracing"
	"sockstep/netcore"
	"sockstep/netcore/tracer"
	"sockstep/ui/words"
)

// Tracing is what the plain lines need of a *tracing.Session.
type Tracing interface {
	Start(ctx context.Context) error
	View() *lesson.View
	Changed(v *lesson.View) <-chan struct{}
	Refresh(ctx context.Context) error
	Step(ctx context.Context, side string) error
	StopAt(ctx context.Context, stops tracer.Stops) error
	Input(ctx context.Context, side, text string) error
	Signal(ctx context.Context, side string, sig syscall.Signal) error
	Restart(ctx context.Context, side string) error
}

// Trace starts programs under a tracer and steps through their calls with whoever
// types, until they leave or the input ends. It does not close the session. Once the
// input has ended the programs run freely until all have.
func Trace(ctx context.Context, s Tracing, in *Input, out *Output) error {
	t := &tracePlayer{s: s, in: in, out: out, ctx: ctx}
	if err := s.Start(ctx); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("%w (sockstep doctor says what this machine lacks)", err)
	}
	t.begin()
	for !t.left {
		if err := t.turn(); err != nil {
			return err
		}
	}
	return nil
}

// tracePlayer walks through one trace.
type tracePlayer struct {
	s     Tracing
	in    *Input
	out   *Output
	ctx   context.Context
	side  string
	told  int // events of the record that were said
	found int // findings that were said
	ends  words.Ends
	left  bool
}

func (t *tracePlayer) begin() {
	v := t.s.View()
	t.out.say("A trace of %s, in %s. It stops at %s. Type ? for the commands; enter makes the next call.",
		names(v), whereText(v), orNowhere(v.Traced.Stops))
	for _, m := range v.Snapshot.Missing {
		t.out.Prose(m)
	}
	if len(v.Sides) > 0 {
		t.side = v.Sides[0].Name
	}
	t.news(v)
	t.stand(v)
}

func names(v *lesson.View) string {
	var all []string
	for i := range v.Sides {
		all = append(all, v.Sides[i].Name)
	}
	return strings.Join(all, " and ")
}

func orNowhere(stops string) string {
	if stops == "" {
		return "no call: the programs run freely"
	}
	return stops
}

// turn asks for one command and carries it out.
func (t *tracePlayer) turn() error {
	t.out.prompt(t.side)
	text, ok, err := t.in.next(t.ctx)
	if err != nil {
		return err
	}
	if !ok {
		t.out.echo("", true)
		return t.runOut()
	}
	t.out.echo(text, t.in.echo)
	t.command(strings.TrimRight(text, " "))
	return context.Cause(t.ctx)
}

// quietAtEnd is how long nothing has to happen, once the input has ended, for the trace
// to be over.
const quietAtEnd = 3 * time.Second

// runOut lets the programs run to their ends, as nobody steps them any more. Their
// input ends too.
func (t *tracePlayer) runOut() error {
	t.left = true
	t.try(func(ctx context.Context) error { return t.s.StopAt(ctx, tracer.Stops{}) })
	v := t.s.View()
	for i := range v.Sides {
		if s := &v.Sides[i]; s.Traced.Console && !over(s) {
			t.try(func(ctx context.Context) error { return t.s.Input(ctx, s.Name, "\x04") })
		}
	}
	quiet := time.Now()
	for {
		v := t.s.View()
		if t.anyNews(v) {
			quiet = time.Now()
		}
		t.news(v)
		switch {
		case allEnded(v):
			return nil
		case time.Since(quiet) > quietAtEnd:
			t.out.say("The input has ended and nothing happens any more: the trace ends, and what still runs with it.")
			return nil
		}
		select {
		case <-t.s.Changed(v):
		case <-time.After(quietAtEnd):
		case <-t.ctx.Done():
			return context.Cause(t.ctx)
		}
	}
}

func over(s *lesson.Side) bool { return s.State == lesson.SideEnded || s.State == lesson.SideKilled }

func allEnded(v *lesson.View) bool {
	for i := range v.Sides {
		if !over(&v.Sides[i]) {
			return false
		}
	}
	return true
}

// traceHelp says what the commands are.
const traceHelp = "enter: make the call that is stood at, and stand at the next. r: run freely. e: stop at each call. " +
	"stop NAME, stop error, stop fd N: run until such a call. o: the other program. i TEXT: type a line into its terminal; i alone an empty one, eof the end of its input. " +
	"w: wait for something to happen. s: descriptors and sockets. f: what went wrong so far. k SIGNAL: send int, term, hup or kill. again: run the program again. q: quit, and end the programs."

func (t *tracePlayer) command(text string) {
	word, rest, _ := strings.Cut(text, " ")
	switch word {
	case "", "n":
		t.try(func(ctx context.Context) error { return t.s.Step(ctx, t.side) })
	case "?", "help":
		t.out.say("%s", traceHelp)
		return
	case "q", "quit":
		t.left = true
		return
	case "r", "run":
		t.try(func(ctx context.Context) error { return t.s.StopAt(ctx, tracer.Stops{}) })
	case "e":
		t.try(func(ctx context.Context) error { return t.s.StopAt(ctx, tracer.Stops{Every: true}) })
	case "stop":
		t.stopAt(rest)
	case "o":
		t.other()
	case "i":
		t.try(func(ctx context.Context) error { return t.s.Input(ctx, t.side, rest+"\n") })
	case "eof":
		t.try(func(ctx context.Context) error { return t.s.Input(ctx, t.side, "\x04") })
	case "w", "wait":
		t.wait()
	case "s":
		t.sockets()
		return
	case "f":
		t.found = 0
		t.findings(t.s.View())
		return
	case "k":
		t.signal(rest)
	case "again":
		t.try(func(ctx context.Context) error { return t.s.Restart(ctx, t.side) })
	default:
		t.out.say("There is no command %q. Type ? for those there are.", word)
		return
	}
	v := t.s.View()
	t.news(v)
	t.stand(v)
}

// try makes a move and says why it was not made.
func (t *tracePlayer) try(move func(context.Context) error) {
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	err := move(ctx)
	if errors.Is(err, tracing.ErrNoStand) {
		t.out.say("Nothing of %s stands at a call. o goes to the other program, w waits for something to happen.", t.side)
	} else if err != nil && t.ctx.Err() == nil {
		t.out.say("Not done: %v.", err)
	}
}

func (t *tracePlayer) stopAt(what string) {
	var stops tracer.Stops
	var fd int
	_, known := netcore.Describe(what)
	switch {
	case what == "error":
		stops.Errors = true
	case known:
		stops.Calls = []string{what}
	default:
		if _, err := fmt.Sscanf(what, "fd %d", &fd); err != nil {
			t.out.say("Write stop with the name of a call, as in stop accept; or stop error; or stop fd 4.")
			return
		}
		stops.HasDescriptor, stops.Descriptor = true, fd
	}
	t.try(func(ctx context.Context) error { return t.s.StopAt(ctx, stops) })
}

func (t *tracePlayer) other() {
	v := t.s.View()
	for i := range v.Sides {
		if v.Sides[i].Name == t.side {
			t.side = v.Sides[(i+1)%len(v.Sides)].Name
			return
		}
	}
}

var traceSignals = map[string]syscall.Signal{"int": syscall.SIGINT, "term": syscall.SIGTERM, "hup": syscall.SIGHUP, "kill": syscall.SIGKILL}

func (t *tracePlayer) signal(name string) {
	sig, ok := traceSignals[strings.ToLower(strings.TrimPrefix(strings.ToUpper(name), "SIG"))]
	if !ok {
		t.out.say("Write k int, k term, k hup or k kill.")
		return
	}
	t.try(func(ctx context.Context) error { return t.s.Signal(ctx, t.side, sig) })
}

// wait waits until something is news, at most some seconds.
func (t *tracePlayer) wait() {
	end := time.After(10 * time.Second)
	for {
		v := t.s.View()
		if t.anyNews(v) {
			return
		}
		select {
		case <-t.s.Changed(v):
		case <-end:
			t.out.say("Nothing has happened for 10 seconds.")
			return
		case <-t.ctx.Done():
			return
		}
	}
}

// anyNews reports whether the record holds something that was not said.
func (t *tracePlayer) anyNews(v *lesson.View) bool {
	for i := t.told; i < v.Events; i++ {
		if e := v.Timeline.At(i); e.Sample == nil {
			return true
		}
	}
	return false
}

// news says what has happened since it was said last.
func (t *tracePlayer) news(v *lesson.View) {
	t.ends.Follow(v.Timeline, v.Events)
	for ; t.told < v.Events; t.told++ {
		e := v.Timeline.At(t.told)
		switch {
		case e.Call != nil:
			t.called(e.Call)
		case e.Blocked != nil:
			if _, over := v.Timeline.Get(e.Blocked.Call); !over {
				t.out.indented("  ", fmt.Sprintf("%s waits in %s: for %s.", e.Blocked.Process, waitsIn(v, e.Blocked), e.Blocked.On))
			}
		case e.Packet != nil:
			t.out.indented("  packet: ", words.Brief(&t.ends, e.Packet))
		case e.Output != nil:
			for _, text := range strings.Split(strings.TrimRight(string(e.Output.Bytes), "\r\n"), "\n") {
				t.out.code("  " + e.Output.Process + " prints: " + strings.TrimSuffix(text, "\r"))
			}
		case e.Process != nil && e.Process.Change == "end" && netcore.ProgramOf(e.Process.Name) == e.Process.Name:
			t.ended(e.Process)
		case e.Signal != nil:
			t.out.say("%s gets %s.", e.Signal.Process, e.Signal.Name)
		case e.Note != nil:
			t.out.say("Note: %s %s", e.Note.Process, e.Note.Text)
		}
	}
	t.findings(v)
}

// waitsIn is a call that has not come back, as it is written in C.
func waitsIn(v *lesson.View, b *netcore.Blocked) string {
	for i := range v.Sides {
		if s := &v.Sides[i]; s.Blocked != nil && s.Blocked.Call == b.Call && s.Call != nil {
			return lesson.Coming(s.Call)
		}
	}
	return b.Text
}

func (t *tracePlayer) called(c *netcore.Call) {
	text := c.Process + ": " + netcore.Short(c)
	if c.Line != "" {
		text += "  (" + c.Line + ")"
	}
	t.out.code(text)
	switch {
	case c.Failed() && c.Cause != "":
		t.out.indented("  Why: ", c.Cause+".")
	case c.Failed():
		t.out.indented("  ", c.Errno.Name()+": "+c.Errno.Text()+".")
	case !c.Returned():
		t.out.indented("  ", "It never returned: "+c.Reason+".")
	}
}

func (t *tracePlayer) ended(p *netcore.ProcessChange) {
	if p.Signal != "" {
		t.out.say("%s was ended by %s.", p.Name, p.Signal)
		return
	}
	t.out.say("%s ended with exit status %d.", p.Name, p.Status)
}

// findings says what has become certain.
func (t *tracePlayer) findings(v *lesson.View) {
	for ; t.found < len(v.Traced.Found); t.found++ {
		f := &v.Traced.Found[t.found]
		t.out.indented("! ", strings.TrimSpace(f.Process+" "+f.Line)+": "+f.What+" "+f.Why+" "+f.Fix)
	}
}

// stand says what the program in focus is about to do.
func (t *tracePlayer) stand(v *lesson.View) {
	for i := range v.Sides {
		s := &v.Sides[i]
		if s.Name != t.side {
			continue
		}
		switch {
		case len(s.Traced.Stands) > 0:
			st := &s.Traced.Stands[0]
			text := st.Process + " stands at " + st.Text() + "."
			if st.Returned {
				text = st.Process + " stands behind " + st.Text() + "."
			} else if st.Waits != "" {
				text += " If it has to, it waits for " + st.Waits + "."
			}
			t.out.say("%s", text)
		case s.State == lesson.SideBlocked:
			t.out.say("%s waits in %s.", s.Name, waitsIn(v, s.Blocked))
		case s.State == lesson.SideRunning:
			t.out.say("%s runs between two calls, or reads its terminal.", s.Name)
		}
	}
}

// sockets says what the kernel shows of the programs.
func (t *tracePlayer) sockets() {
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	_ = t.s.Refresh(ctx)
	v := t.s.View()
	for i := range v.Snapshot.Sockets {
		k := &v.Snapshot.Sockets[i]
		text := lesson.SocketName(*k) + ": " + strings.TrimSpace(k.Protocol+" "+k.State)
		if k.Local.IsValid() {
			text += ", local " + lesson.AddrText(k.Local) + ", peer " + lesson.AddrText(k.Peer)
		}
		if k.State == "LISTEN" {
			text += fmt.Sprintf(", %d waiting, limit %d", k.RecvQ, k.SendQ)
		} else {
			text += fmt.Sprintf(", rx %d, tx %d", k.RecvQ, k.SendQ)
		}
		t.out.indented("  ", text+".")
	}
	if len(v.Snapshot.Sockets) == 0 {
		t.out.say("There are no sockets.")
	}
}
