package check

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"sockstep/netcore"
	"sockstep/netcore/tracer"
)

// Limits for a program under check.
const (
	mostProcesses = 400       // processes and threads at a time
	mostMemory    = 512 << 20 // bytes, of all its processes together
	mostCalls     = 100_000   // that are kept
)

// Program is the learner's program, running or ended.
type Program struct {
	t      *T
	port   int
	kills  int // memoryKills when it began
	tracer *tracer.Tracer
	out    *output
	ended  chan struct{} // closed when its first process has ended
	conns  int

	mu       sync.Mutex
	pid      int          // of its first process
	alive    map[int]bool // processes
	calls    []*netcore.Call
	lost     int
	waiting  map[int]*netcore.Call // by thread: calls the kernel shows asleep
	how      netcore.ProcessChange
	over_    bool
	limit    string // why we ended it
	hidden   string // what of it cannot be seen
	signals  []string
	standing int       // threads that stand because of HoldAt
	idle     int       // calls in a row that moved nothing
	got      time.Time // when a call moved something last
	injected map[*netcore.Call]string
}

// Start runs the program. It returns when it has begun; a program that cannot be run
// ends the criterion.
func (t *T) Start(options ...Option) *Program {
	var r run
	for _, o := range options {
		o(&r)
	}
	if r.port == 0 {
		r.port = t.exam.freshPort()
	}
	p := &Program{
		t: t, port: r.port, ended: make(chan struct{}), alive: map[int]bool{},
		waiting: map[int]*netcore.Call{}, injected: map[*netcore.Call]string{}, kills: t.exam.memoryKills(),
	}
	if err := p.begin(&r); err != nil {
		panic(over{Result{Verdict: Fails, Saw: fmt.Sprintf("the program could not be run: %v", err), Try: "Run it by hand: " + strings.Join(t.exam.job.Command, " ")}})
	}
	t.programs = append(t.programs, p)
	t.defers(p.stop)
	return p
}

func (p *Program) begin(r *run) (err error) {
	job := p.t.exam.job
	p.out, err = newOutput(r.pipes, p.flooded)
	if err != nil {
		return err
	}
	defer p.out.closeFar()
	p.tracer, err = tracer.New(tracer.Options{
		Tell: p.tell, Contain: p.t.exam.contain, Faults: r.faults, Processes: mostProcesses,
	})
	if err != nil {
		p.out.close()
		return err
	}
	env := slices.Concat(job.Env, []string{"PORT=" + strconv.Itoa(p.port), "PYTHONDONTWRITEBYTECODE=1"}, r.env)
	args := slices.Concat(job.Command, r.args)
	path := args[0]
	if r.before != nil {
		path, args = "/proc/self/exe", slices.Concat(r.before, args)
	}
	_, _, err = p.tracer.Start(tracer.Program{
		Name: p.t.exam.job.Exercise, Path: path, Args: args, Dir: job.Dir, Env: env,
		Files: p.out.far[:], Terminal: p.out.terminal, Limits: limits(r), Cgroup: p.t.exam.cgroup(),
	})
	if err != nil {
		_ = p.tracer.Close()
		p.out.close()
		return err
	}
	go p.watchMemory()
	return nil
}

// stop ends the program and everything it started.
func (p *Program) stop() {
	_ = p.tracer.Close()
	p.out.close()
}

// Kill ends the program at once, as kill -9 does, and waits until it is gone.
func (p *Program) Kill() {
	_ = p.tracer.Close()
	<-p.tracer.Ended()
}

// tell takes what the tracer tells, on its thread.
func (p *Program) tell(e tracer.Event) {
	if e.Kind == tracer.ProcessEvent && e.Process.Signal == "SIGKILL" && p.t.exam.memoryKills() > p.kills {
		p.end(tooMuchMemory)
	}
	p.mu.Lock()
	switch e.Kind {
	case tracer.ProcessEvent:
		p.changed(e.Process)
	case tracer.EnterEvent:
		p.waiting[e.TID] = e.Call
		p.mu.Unlock()
		return // nothing has moved
	case tracer.StopEvent:
		p.standing++
	case tracer.CallEvent:
		delete(p.waiting, e.TID)
		p.keep(e.Call)
		if e.Injected != "" {
			p.injected[e.Call] = e.Injected
		}
	case tracer.SignalEvent:
		p.signals = append(p.signals, e.Signal.Name)
	case tracer.NoteEvent:
		if strings.Contains(e.Text, "io_uring") || strings.Contains(e.Text, "32-bit") {
			p.hidden = strings.TrimSuffix(e.Text, ".")
		}
	case tracer.LimitEvent:
		p.limit = "it had " + e.Text
	}
	p.mu.Unlock()
	p.t.move()
}

func (p *Program) changed(c *netcore.ProcessChange) {
	switch c.Change {
	case "start":
		p.alive[c.PID] = true
		if p.pid == 0 { // it may have ended before Start of the tracer returns
			p.pid = c.PID
		}
	case "end":
		delete(p.alive, c.PID)
		if c.PID == p.pid && !p.over_ {
			p.over_, p.how = true, *c
			close(p.ended)
		}
	}
}

func (p *Program) keep(c *netcore.Call) {
	if len(p.calls) >= mostCalls {
		// The first and the last are worth most.
		p.calls = slices.Delete(p.calls, mostCalls/2, mostCalls/2+mostCalls/4)
		p.lost += mostCalls / 4
	}
	p.calls = append(p.calls, c)
	if moves(c) {
		p.idle, p.got = 0, time.Now()
	} else {
		p.idle++
	}
}

// moves reports whether a call got something done.
func moves(c *netcore.Call) bool {
	switch KindOf(c) {
	case In, Out:
		return Returned(c) > 0
	case Wait:
		return false
	}
	return Succeeds(c)
}

// fruitless is how many calls in a row got nothing done, and when one did last.
func (p *Program) fruitless() (n int, last time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.idle, p.got
}

// over reports whether its first process has ended, or we ended it.
func (p *Program) over() bool {
	select {
	case <-p.ended:
		return true
	case <-p.tracer.Ended():
		return true
	default:
		return false
	}
}

// ends reports whether the program has ended, or is about to.
func (p *Program) ends() bool {
	p.t.until(p, quietFor, p.over)
	return p.over()
}

// ending says how the program ended, in words that follow "for".
func (p *Program) ending() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.limit != "":
		return "the program was stopped: " + p.limit
	case !p.over_:
		return "the program is gone"
	case p.how.Signal != "":
		return "the program was ended by " + p.how.Signal + meaning[p.how.Signal]
	}
	return fmt.Sprintf("the program ended with exit status %d", p.how.Status)
}

var meaning = map[string]string{
	"SIGSEGV": " (it used memory it does not have)",
	"SIGPIPE": " (it wrote to a connection that was over)",
	"SIGABRT": " (abort: a check of the C library or of its own failed)",
	"SIGFPE":  " (it divided by zero)",
}

// stopped reports whether we ended the program.
func (p *Program) stopped() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.limit != ""
}

// signal is what ended the program, "SIGPIPE"; "" for none.
func (p *Program) signal() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.how.Signal
}

func (p *Program) unseen() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hidden
}

// flooded ends a program that prints without end.
func (p *Program) flooded() { p.end(fmt.Sprintf("it printed more than %d KiB", mostOutput>>10)) }

func (p *Program) end(why string) {
	p.mu.Lock()
	if p.limit == "" {
		p.limit = why
	}
	p.mu.Unlock()
	go p.tracer.Close()
	p.t.move()
}

var tooMuchMemory = fmt.Sprintf("it used more than %d MiB of memory", mostMemory>>20)

func (p *Program) watchMemory() {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-p.tracer.Ended():
			return
		case <-tick.C:
			if n := p.Memory(); n > mostMemory {
				p.end(tooMuchMemory)
				return
			}
		}
	}
}

// Port is what the program got in PORT.
func (p *Program) Port() int { return p.port }

// Exit waits for the program's end and returns its exit status. One that a signal
// ended, or that does not end, ends the criterion.
func (p *Program) Exit() int {
	if how := p.t.until(p, 2*stillFor, func() bool { return p.over() }); how != came && how != ended {
		p.t.Fail("the program was to end, and did not: %s", p.without(how))
	}
	p.mu.Lock()
	signal, limit := p.how.Signal, p.limit
	p.mu.Unlock()
	if signal != "" || limit != "" {
		p.t.Fail("%s", p.ending())
	}
	p.out.wait()
	return p.how.Status
}

// Status waits for the program's end and expects this exit status.
func (p *Program) Status(want int) {
	if got := p.Exit(); got != want {
		p.t.Fail("the exit status was %d, %d was expected", got, want)
	}
}

// Settle waits until the program stands still or has ended: it has done what it does
// by itself.
func (p *Program) Settle() { p.t.until(p, quietFor, func() bool { return false }) }

// Alive expects that the program still runs.
func (p *Program) Alive() {
	if p.over() {
		p.t.Fail("%s", p.ending())
	}
}

// Runs reports whether the program still runs.
func (p *Program) Runs() bool { return !p.over() }

// Stdout and Stderr are what the program printed so far, its first and last parts
// where it was much.
func (p *Program) Stdout() string { return p.out.text(0) }

// Stderr is what it printed as complaints.
func (p *Program) Stderr() string { return p.out.text(1) }

// Prints waits until what the program printed makes ok true, and reports whether it
// did.
func (p *Program) Prints(ok func(stdout string) bool) bool {
	p.t.until(p, stillFor, func() bool { return ok(p.Stdout()) })
	p.out.settle()
	return ok(p.Stdout())
}

// said is what it printed last.
func (p *Program) said() string { return p.out.last() }

// Calls are the program's calls on sockets that match all, in order; those of its
// threads and children too.
func (p *Program) Calls(ms ...Match) []*netcore.Call {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []*netcore.Call
	for _, c := range p.calls {
		if every(ms, c) {
			out = append(out, c)
		}
	}
	return out
}

// First is the first call that matches all, nil for none; Last the last.
func (p *Program) First(ms ...Match) *netcore.Call { return First(ms...)(p.Calls()) }

// Last is the last call that matches all, nil for none.
func (p *Program) Last(ms ...Match) *netcore.Call { return Last(ms...)(p.Calls()) }

// Count is how many calls match all.
func (p *Program) Count(ms ...Match) int { return len(p.Calls(ms...)) }

// Before are the calls before c.
func (p *Program) Before(c *netcore.Call, ms ...Match) []*netcore.Call {
	calls := p.Calls()
	i := slices.Index(calls, c)
	return slices.DeleteFunc(calls[:max(i, 0)], func(c *netcore.Call) bool { return !every(ms, c) })
}

// After are the calls after c.
func (p *Program) After(c *netcore.Call, ms ...Match) []*netcore.Call {
	calls := p.Calls()
	i := slices.Index(calls, c)
	return slices.DeleteFunc(calls[i+1:], func(c *netcore.Call) bool { return !every(ms, c) })
}

// Injected says what a perturber did to a call, "" for nothing.
func (p *Program) Injected(c *netcore.Call) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.injected[c]
}

// Waiting are the calls the program is inside of, as the kernel shows its threads
// asleep.
func (p *Program) Waiting() []*netcore.Call {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []*netcore.Call
	for _, c := range p.waiting {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b *netcore.Call) int { return int(a.Enter - b.Enter) })
	return out
}

// Conversation are the calls on the descriptor a connection has in the program, from
// accept or connect on; those on a duplicate are not among them.
func (p *Program) Conversation(c *Conn) []*netcore.Call {
	calls := p.Calls()
	begin := p.beginning(calls, c)
	if begin < 0 {
		return nil
	}
	fd := Returned(calls[begin])
	if KindOf(calls[begin]) == Connect {
		fd = Descriptor(calls[begin])
	}
	out := []*netcore.Call{calls[begin]}
	for _, x := range calls[begin+1:] {
		if k := KindOf(x); (k == Accept || k == Socket) && Returned(x) == fd {
			break // the number has been given out again
		}
		if Descriptor(x) == fd {
			out = append(out, x)
		}
	}
	return out
}

// beginning is the accept or connect of a connection: by its port where the program
// asked for the address, else by their order.
func (p *Program) beginning(calls []*netcore.Call, c *Conn) int {
	inOrder, n := -1, 0
	for i, x := range calls {
		if KindOf(x) != Accept || !Succeeds(x) {
			continue
		}
		if a, ok := AddressOf(x); ok && int(a.Port()) == c.Port() {
			return i
		}
		if n == c.number {
			inOrder = i
		}
		n++
	}
	return inOrder
}

// evidence is the call to show: picked, or the last on the connection, or the one the
// program waits in.
func (p *Program) evidence(c *Conn, pick Pick) *netcore.Call {
	calls := p.Calls()
	waiting := p.Waiting()
	var own []*netcore.Call
	if c != nil {
		own = p.Conversation(c)
	}
	if pick != nil {
		for _, list := range [][]*netcore.Call{own, calls, waiting} {
			if x := pick(list); x != nil {
				return x
			}
		}
	}
	if len(own) > 0 {
		fd := Returned(own[0])
		for _, w := range waiting {
			if Descriptor(w) == fd {
				return w
			}
		}
		return own[len(own)-1]
	}
	if len(waiting) > 0 {
		return waiting[0]
	}
	if len(calls) > 0 {
		return calls[len(calls)-1]
	}
	return nil
}

// waitsIn is the call the program waits in, the one on the connection first.
func (p *Program) waitsIn(c *Conn) string {
	waiting := p.Waiting()
	if len(waiting) == 0 {
		return ""
	}
	if x := p.evidence(c, nil); slices.Contains(waiting, x) {
		return begun(x)
	}
	return begun(waiting[0])
}

// begun is a call that has not returned, "recv(4, ...)".
func begun(c *netcore.Call) string {
	if fd := Descriptor(c); fd >= 0 {
		return fmt.Sprintf("%s(%d, ...)", c.Name, fd)
	}
	return c.Name + "(...)"
}

// --- servers -----------------------------------------------------------------

// Serve runs the program and waits until it listens at its port.
func (t *T) Serve(options ...Option) *Program {
	p := t.Start(options...)
	p.Listens()
	return p
}

// Listens waits until a TCP socket of the program's listens at its port, and returns
// it as the kernel shows it. A program that sleeps for a second in all before that ends
// the criterion; what it computes, or waits for a processor, is no part of that second.
func (p *Program) Listens() netcore.Socket {
	var at []netcore.Socket
	clock := p.Clock()
	how := p.t.until(p, 2*startFor, func() bool {
		at = p.Listeners()
		clock.Look()
		return slices.ContainsFunc(at, p.mine) || clock.Slept > startFor
	})
	if i := slices.IndexFunc(at, p.mine); i >= 0 {
		return at[i]
	}
	if how == came {
		how = still
	}
	bound := p.First(Is(Bind), Succeeds)
	switch {
	case p.over():
		p.t.Blame("-", "See why it ended: run it by hand.", nil)
	case bound != nil && p.First(Is(Listen)) == nil:
		p.t.Blame("M12", "Call listen() on the socket: bind() only gives it a name.", nil)
	case bound == nil && len(at) > 0:
		p.t.Blame("M14", "Bind an address with the port of PORT, and look at what bind() returns.", nil)
	case len(at) == 0:
		p.t.Blame("-", "Let the program call socket(), bind() and listen() before it waits for anything, and stay.", nil)
	}
	slept := ""
	if how == still && !p.over() {
		slept = fmt.Sprintf(", and has slept for %v", startFor)
	}
	p.t.FailAt(p.listening(), "no socket listens at port %d: %s%s", p.port, p.instead(at, how), slept)
	panic("unreachable")
}

func (p *Program) mine(s netcore.Socket) bool { return int(s.Local.Port()) == p.port }

// listening is the call that shows why nothing listens where it should.
func (p *Program) listening() *netcore.Call {
	return OrElse(Last(Is(Bind, Listen), FailsWith()), Last(Is(Bind)), Last(Is(Listen)), Last(FailsWith()), Last(Is(Socket)))(p.Calls())
}

// instead says what the program did instead of listening at its port.
func (p *Program) instead(at []netcore.Socket, how outcome) string {
	if p.over() {
		if n := p.left(); n > 0 && !p.stopped() {
			return fmt.Sprintf("the program's first process ended and left %s behind; it has to stay in the foreground", number(n, "child process"))
		}
		return p.ending()
	}
	if len(at) == 0 {
		if x := p.Last(Is(Bind, Listen), FailsWith()); x != nil {
			return fmt.Sprintf("%s failed with %s", x.Name, x.Errno.Name())
		}
		return p.without(how)
	}
	got := at[0].Local
	if swapped := p.port>>8 | p.port&0xff<<8; int(got.Port()) == swapped {
		return fmt.Sprintf("it listens at port %d, which is %d with its two bytes the other way round", swapped, p.port)
	}
	if p.First(Is(Bind), Succeeds) == nil {
		return fmt.Sprintf("it listens at port %d, which the kernel chose because no address was bound", got.Port())
	}
	return fmt.Sprintf("it listens at %v", got)
}

// without says why something that was waited for is not expected any more.
func (p *Program) without(how outcome) string {
	if how == late {
		return fmt.Sprintf("it was busy for %v with something else", patience)
	}
	return strings.TrimPrefix((&Conn{t: p.t, program: p}).why(how), "nothing: ")
}

func (p *Program) others() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.alive)
}

// childPatience is how long after its maker's end the start of a child may be told:
// it is when the child runs for the first time.
const childPatience = 500 * time.Millisecond

// left is how many processes a program whose first one has ended left behind.
func (p *Program) left() int {
	for late := time.After(childPatience); p.others() == 0; {
		select {
		case <-p.t.woken:
		case <-late:
			return 0
		}
	}
	return p.others()
}

// Dial connects to the program's port at 127.0.0.1, as any client would; a server
// that does not let it ends the criterion.
func (p *Program) Dial() *Conn { return p.DialAt("tcp", p.address("127.0.0.1")) }

func (p *Program) address(host string) string { return net.JoinHostPort(host, strconv.Itoa(p.port)) }

// DialAt connects to an address of a network of net.Dial's ("tcp6", "unix").
func (p *Program) DialAt(network, address string) *Conn {
	c, err := p.dial(network, address, 0)
	if err != nil {
		if p.ends() {
			p.t.Fail("a client could not connect, for %s", p.ending())
		}
		p.t.Fail("a client could not connect to %s: %v", address, cause(err))
	}
	return c
}

// Narrow connects with a receive buffer as small as the kernel allows, so that a
// client that never reads fills up soon.
func (p *Program) Narrow() *Conn {
	c, err := p.dial("tcp", p.address("127.0.0.1"), 1)
	if err != nil {
		p.t.Fail("a client could not connect: %v", cause(err))
	}
	return c
}

func (p *Program) dial(network, address string, buffer int) (*Conn, error) {
	d := net.Dialer{Timeout: patience, Control: receiveBuffer(buffer)}
	d.SetMultipathTCP(false)
	conn, err := d.DialContext(p.t.ctx, network, address)
	if err != nil {
		return nil, err
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetNoDelay(true)
	}
	c := p.t.newConn(p, conn)
	p.mu.Lock()
	c.number = p.conns
	p.conns++
	p.mu.Unlock()
	return c, nil
}

// cause is the bare reason of a net error.
func cause(err error) error {
	for {
		inner, ok := err.(interface{ Unwrap() error })
		if !ok || inner.Unwrap() == nil {
			return err
		}
		err = inner.Unwrap()
	}
}

// Flood has n clients at a time connect, say something, expect an answer and close,
// and returns how long the last of them took. Any that is not served ends the
// criterion.
func (p *Program) Flood(n int, say, want []byte) time.Duration {
	begun := time.Now()
	errs := make(chan error, n)
	var mu sync.Mutex
	for range n {
		go func() {
			mu.Lock() // conns are numbered in the order of their SYN
			c, err := p.dial("tcp", p.address("127.0.0.1"), 0)
			mu.Unlock()
			if err == nil {
				c.Say(say)
				if !p.t.holds(func() { err = c.expect(want) }) {
					err = errTooLong
				}
				c.drop()
			}
			errs <- err
		}()
	}
	served := 0
	var last error
	for range n {
		if err := <-errs; err != nil {
			last = err
		} else {
			served++
		}
	}
	if served < n {
		p.t.Fail("%d of %s were served; of one that was not: %v", served, number(n, "client"), last)
	}
	return time.Since(begun)
}

// Holds waits until the program's processes have n descriptors of sockets together,
// and ends the criterion when it stands still with more or fewer.
func (p *Program) Holds(n int) {
	have := 0
	how := p.t.until(p, stillFor, func() bool { have = p.Sockets(); return have == n })
	if how == came {
		return
	}
	p.t.fail(nil, OrElse(p.unclosed, Last(Is(Accept), Succeeds))(p.Calls()), "the program has %s open, %d %s expected%s", number(have, "socket"), n, wasWere(n), p.afterEnd(how))
}

func wasWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func (p *Program) afterEnd(how outcome) string {
	if how == ended {
		return ", for " + p.ending()
	}
	return ""
}

// unclosed picks the first accept whose descriptor was not closed since.
func (p *Program) unclosed(calls []*netcore.Call) *netcore.Call {
	open := map[int]*netcore.Call{}
	for _, c := range calls {
		switch {
		case KindOf(c) == Accept && Succeeds(c):
			open[Returned(c)] = c
		case KindOf(c) == Close && Succeeds(c):
			delete(open, Descriptor(c))
		}
	}
	var first *netcore.Call
	for _, c := range open {
		if first == nil || c.Enter < first.Enter {
			first = c
		}
	}
	return first
}

// Idle expects that the program, with nothing to do for a while, uses under a twentieth
// of a processor and makes hardly a call.
func (p *Program) Idle(d time.Duration) {
	calls, cpu, begun := p.Made(), p.CPU(), time.Now()
	p.t.Sleep(d)
	took := time.Since(begun)
	used := p.CPU() - cpu
	p.Alive()
	perSecond := int(float64(p.Made()-calls) / took.Seconds())
	if perSecond > mostRate {
		p.t.FailAt(inVain(p.Calls()), "with nothing to do it made %d calls a second", perSecond)
	}
	if share := used.Seconds() / took.Seconds(); share > 0.05 {
		p.t.Fail("with nothing to do it used %.0f %% of a processor", 100*share)
	}
	// On a busy machine one that never sleeps may not get the processor for as much.
	for !p.Asleep() && p.Runs() && time.Since(begun) < patience {
		p.t.Sleep(lookEvery)
		if made := p.Made() - calls; float64(made) > mostRate*d.Seconds() {
			p.t.FailAt(inVain(p.Calls()), "with nothing to do it did not sleep, and made %d calls", made)
		}
	}
}

// mostRate is how many calls a second a program may make with nothing to do.
const mostRate = 100

// inVain picks a call that shows what a program does with nothing to do.
var inVain = OrElse(Last(FailsWith("EAGAIN")), Last(Is(Wait)), Last())

// Made is how many calls on sockets the program has made so far.
func (p *Program) Made() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.calls) + p.lost
}

// PID is the program's first process.
func (p *Program) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pid
}

// pids are the processes that are alive.
func (p *Program) pids() []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []int
	for pid := range p.alive {
		out = append(out, pid)
	}
	slices.Sort(out)
	return out
}

// HoldAt has the program stand at its next call of one of the kinds, before it is made,
// until Release.
func (p *Program) HoldAt(ks ...Kind) {
	var names []string
	for name, k := range kinds {
		if slices.Contains(ks, k) {
			names = append(names, name)
		}
	}
	p.mu.Lock()
	p.standing = 0
	p.mu.Unlock()
	_ = p.tracer.SetStops(tracer.Stops{Calls: names})
}

// Held waits until the program stands, and reports whether it does; one that stands
// still elsewhere, or has ended, will not come there.
func (p *Program) Held() bool {
	return p.t.until(p, stillFor, func() bool { p.mu.Lock(); defer p.mu.Unlock(); return p.standing > 0 }) == came
}

// Release lets the program go on, and hold no more.
func (p *Program) Release() {
	_ = p.tracer.SetStops(tracer.Stops{})
	_ = p.tracer.Resume(0)
}

// Signal sends the program a signal by its name, "SIGUSR1".
func (p *Program) Signal(name string) {
	if err := sendSignal(p.PID(), name); err != nil {
		p.t.Fail("%s could not be sent: %v", name, err)
	}
}
