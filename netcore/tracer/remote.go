package tracer

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"sockstep/netcore"
	"sockstep/netcore/protocol"
)

// Role is the role of the process that traces for another, for
// netcore.Options.Companion; its argument is "contain" or nothing.
const Role = "tracer"

// Remote is a Tracer in a process of its own, beside a lab, so that the programs are
// in the lab's network and end when this program does. Its methods are safe for
// concurrent use.
type Remote struct {
	channel *net.UnixConn
	over    chan struct{}

	mu      sync.Mutex
	seq     uint64
	waiting map[uint64]chan answer
	writing sync.Mutex
}

// request is what the tracer's process is asked for.
type request struct {
	Seq     uint64
	What    string
	Program sentProgram
	Name    string
	Number  int
	Stops   Stops
	Faults  []Fault
}

// sentProgram is a Program on its way; its files go beside it.
type sentProgram struct {
	Name, Path, Dir string
	Args, Env       []string
	Files           []bool // those that are not nil
	Terminal        bool
	Group           int
	Ignored         []int
	Limits          map[int]uint64
	Cgroup          string
}

// answer is what it answers, with the number of what was started.
type answer struct {
	Seq         uint64
	Number, PID int
	Error       string
	Ended       bool // it was ErrEnded
}

// message is what its process sends: an answer or events.
type message struct {
	Answer *answer
	Events []Event
}

// Connect returns the tracer at the other end of a lab's companion channel, which
// it takes over. tell gets what happens, in order, on one goroutine; it may block,
// and the programs wait then.
func Connect(channel *os.File, tell func(Event)) (*Remote, error) {
	defer channel.Close()
	c, err := net.FileConn(channel)
	if err != nil {
		return nil, fmt.Errorf("the tracer's channel: %w", err)
	}
	conn, ok := c.(*net.UnixConn)
	if !ok {
		return nil, errors.New("the tracer's channel is no Unix socket")
	}
	r := &Remote{channel: conn, over: make(chan struct{}), waiting: map[uint64]chan answer{}}
	go r.hear(tell)
	return r, nil
}

// hear takes messages until the tracer's process is gone.
func (r *Remote) hear(tell func(Event)) {
	defer r.lose()
	in, channel := newReader(), bufio.NewReader(r.channel)
	var body []byte
	for {
		var err error
		if body, err = protocol.Read(channel, body); err != nil {
			return
		}
		var m message
		if in.read(body, &m) != nil {
			return
		}
		for i := range m.Events {
			tell(m.Events[i])
		}
		if m.Answer != nil {
			r.answer(*m.Answer)
		}
	}
}

func (r *Remote) answer(a answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.waiting[a.Seq]; c != nil {
		delete(r.waiting, a.Seq)
		c <- a
	}
}

func (r *Remote) lose() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for seq, c := range r.waiting {
		delete(r.waiting, seq)
		close(c)
	}
	r.waiting = nil
	close(r.over)
}

// Ended is closed when the tracer's process is gone.
func (r *Remote) Ended() <-chan struct{} { return r.over }

// ask sends a request with descriptors beside it and waits for its answer.
func (r *Remote) ask(ctx context.Context, q request, files ...*os.File) (answer, error) {
	c := make(chan answer, 1)
	r.mu.Lock()
	if r.waiting == nil {
		r.mu.Unlock()
		return answer{}, ErrEnded
	}
	r.seq++
	q.Seq = r.seq
	r.waiting[q.Seq] = c
	r.mu.Unlock()
	if err := r.send(&q, files); err != nil {
		r.forget(q.Seq)
		return answer{}, err
	}
	select {
	case a, ok := <-c:
		switch {
		case !ok || a.Ended:
			return a, ErrEnded
		case a.Error != "":
			return a, errors.New(a.Error)
		}
		return a, nil
	case <-ctx.Done():
		r.forget(q.Seq)
		return answer{}, context.Cause(ctx)
	}
}

// forget has nobody wait for an answer any more.
func (r *Remote) forget(seq uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.waiting, seq)
}

func (r *Remote) send(q *request, files []*os.File) error {
	b, err := frameOf(q)
	if err != nil {
		return err
	}
	r.writing.Lock()
	defer r.writing.Unlock()
	n, _, err := r.channel.WriteMsgUnix(b, rights(files), nil)
	if err == nil && n < len(b) {
		_, err = r.channel.Write(b[n:])
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrEnded, err)
	}
	return nil
}

// Start runs a program, see Tracer.Start. Of what this process lacks in its
// environment and folder the tracer's has the same.
func (r *Remote) Start(ctx context.Context, p Program) (number, pid int, err error) {
	var files []*os.File
	sent := sentProgram{Name: p.Name, Path: p.Path, Dir: p.Dir, Args: p.Args, Env: p.Env, Terminal: p.Terminal, Group: p.Group, Limits: p.Limits, Cgroup: p.Cgroup, Ignored: append(netcore.IgnoredSignals(), p.Ignored...)}
	for _, f := range p.Files {
		sent.Files = append(sent.Files, f != nil)
		if f != nil {
			files = append(files, f)
		}
	}
	a, err := r.ask(ctx, request{What: "start", Program: sent}, files...)
	return a.Number, a.PID, err
}

// Attach traces a running program, see Tracer.Attach.
func (r *Remote) Attach(ctx context.Context, name string, pid int) (number int, err error) {
	a, err := r.ask(ctx, request{What: "attach", Name: name, Number: pid})
	return a.Number, err
}

// SetStops says from now on where threads stop.
func (r *Remote) SetStops(ctx context.Context, s Stops) error {
	_, err := r.ask(ctx, request{What: "stops", Stops: s})
	return err
}

// SetFaults says from now on what is done to calls.
func (r *Remote) SetFaults(ctx context.Context, f []Fault) error {
	_, err := r.ask(ctx, request{What: "faults", Faults: f})
	return err
}

// Resume lets a standing thread go on, all with 0.
func (r *Remote) Resume(ctx context.Context, tid int) error {
	_, err := r.ask(ctx, request{What: "resume", Number: tid})
	return err
}

// Kill sends a signal to the program of a number, see Tracer.Kill.
func (r *Remote) Kill(ctx context.Context, number int, sig syscall.Signal) error {
	_, err := r.ask(ctx, request{What: "kill", Number: number, Name: fmt.Sprint(int(sig))})
	return err
}

// Close ends every program, lets those go that were attached to, and waits until
// the tracer's process is gone.
func (r *Remote) Close() error {
	_, _ = r.ask(context.Background(), request{What: "close"})
	<-r.over
	return r.channel.Close()
}

// runRemote is the tracer's process: it serves requests on descriptor 3 until the
// other end is closed.
func runRemote(args []string) error {
	channel := os.NewFile(3, "channel")
	c, err := net.FileConn(channel)
	_ = channel.Close()
	if err != nil {
		return err
	}
	conn, ok := c.(*net.UnixConn)
	if !ok {
		return errors.New("descriptor 3 is no Unix socket")
	}
	debug.SetGCPercent(400) // little lives here, and little of it long
	if runtime.GOMAXPROCS(0) == 1 {
		// The runtime would take its only one from the tracer's thread at each wait.
		runtime.GOMAXPROCS(2)
	}
	s := &server{channel: conn, some: make(chan struct{}, 1), hurry: make(chan struct{}, 1), room: make(chan struct{}, 1), written: make(chan struct{})}
	t, err := New(Options{Tell: s.tell, Contain: len(args) > 0 && args[0] == "contain"})
	if err != nil {
		return err
	}
	s.tracer = t
	go s.write()
	for {
		if err := s.serve(); err != nil {
			_ = t.Close()
			close(s.some) // the tracer tells nothing more
			<-s.written
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// How many events may wait to be sent, and how many bytes of the programs' memory in
// them; then the programs wait.
const (
	mostWaiting = 4096
	mostBytes   = 8 << 20
)

// gather is how long calls that came back wait for others to be sent with: the
// processor that sends is one the programs do not have.
const gather = 4 * time.Millisecond

// server is the tracer's process's end of the channel.
type server struct {
	channel *net.UnixConn
	tracer  *Tracer

	mu      sync.Mutex
	events  []Event
	bytes   int // in them
	answers []answer
	closed  bool
	some    chan struct{} // receives when there is something to send
	hurry   chan struct{} // receives when it cannot wait
	room    chan struct{} // receives when there is room again
	written chan struct{} // closed when all is sent
}

// tell has an event sent.
func (s *server) tell(e Event) {
	s.mu.Lock()
	for (len(s.events) >= mostWaiting || s.bytes >= mostBytes) && !s.closed {
		s.mu.Unlock()
		<-s.room
		s.mu.Lock()
	}
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.events = append(s.events, e)
	s.bytes += bytesOf(e.Call)
	first, full := len(s.events) == 1, len(s.events) >= mostWaiting/2 || s.bytes >= mostBytes/2
	s.mu.Unlock()
	if first {
		wake(s.some)
	}
	if full || e.Kind != CallEvent {
		wake(s.hurry)
	}
}

// bytesOf is how much memory of the program a call holds.
func bytesOf(c *netcore.Call) (n int) {
	if c == nil {
		return 0
	}
	for i := range c.Args {
		a := &c.Args[i]
		n += len(a.Before) + len(a.After) + partBytes(a.Parts)
	}
	return n
}

func partBytes(parts []netcore.Part) (n int) {
	for i := range parts {
		n += len(parts[i].Before) + len(parts[i].After) + partBytes(parts[i].Parts)
	}
	return n
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// write sends what there is, until the other end is gone.
func (s *server) write() {
	defer close(s.written)
	out := newWriter()
	send := func(m *message) error {
		b, err := out.frame(m)
		if err == nil {
			_, err = s.channel.Write(b)
		}
		return err
	}
	late := time.NewTimer(0)
	defer late.Stop()
	for range s.some {
		late.Reset(gather)
		select {
		case <-s.hurry:
		case <-late.C:
		}
		s.mu.Lock()
		events, answers := s.events, s.answers
		s.events, s.answers, s.bytes = nil, nil, 0
		s.mu.Unlock()
		wake(s.room)
		var err error
		if len(events) > 0 {
			err = send(&message{Events: events})
		}
		for i := range answers {
			err = errors.Join(err, send(&message{Answer: &answers[i]}))
		}
		if err != nil {
			s.mu.Lock()
			s.closed, s.events, s.answers = true, nil, nil
			s.mu.Unlock()
			wake(s.room)
			_ = s.channel.CloseRead()
			return
		}
	}
}

// serve carries out one request.
func (s *server) serve() error {
	q, files, err := s.receive()
	if err != nil {
		return err
	}
	defer func() {
		for _, f := range files {
			_ = f.Close()
		}
	}()
	a := s.carryOut(q, files)
	a.Seq = q.Seq
	s.mu.Lock()
	s.answers = append(s.answers, a)
	s.mu.Unlock()
	wake(s.some)
	wake(s.hurry)
	return nil
}

func (s *server) carryOut(q *request, files []*os.File) (a answer) {
	var err error
	switch q.What {
	case "start":
		o := &q.Program
		p := Program{Name: o.Name, Path: o.Path, Dir: o.Dir, Args: o.Args, Env: o.Env, Terminal: o.Terminal, Group: o.Group, Limits: o.Limits, Cgroup: o.Cgroup, Ignored: o.Ignored}
		for _, given := range o.Files {
			var f *os.File
			if given && len(files) > 0 {
				f, files = files[0], files[1:]
			}
			p.Files = append(p.Files, f)
		}
		a.Number, a.PID, err = s.tracer.Start(p)
	case "attach":
		a.Number, err = s.tracer.Attach(q.Name, q.Number)
	case "stops":
		err = s.tracer.SetStops(q.Stops)
	case "faults":
		err = s.tracer.SetFaults(q.Faults)
	case "resume":
		err = s.tracer.Resume(q.Number)
	case "kill":
		var sig int
		if _, err = fmt.Sscan(q.Name, &sig); err == nil {
			err = s.tracer.Kill(q.Number, syscall.Signal(sig))
		}
	case "close":
		err = s.tracer.Close()
		defer s.channel.CloseRead()
	default:
		err = fmt.Errorf("unknown request %q", q.What)
	}
	if err != nil {
		a.Error, a.Ended = err.Error(), errors.Is(err, ErrEnded)
	}
	return a
}

// receive reads a request and the descriptors beside it, which become the
// caller's.
func (s *server) receive() (*request, []*os.File, error) {
	var size [4]byte
	control := make([]byte, 1024)
	n, oob, _, _, err := s.channel.ReadMsgUnix(size[:], control)
	if err != nil {
		return nil, nil, err
	}
	if n == 0 {
		return nil, nil, io.EOF
	}
	files, err := received(control[:oob])
	if err != nil {
		return nil, nil, err
	}
	q := new(request)
	return q, files, readFrame(io.MultiReader(bytes.NewReader(size[:n]), s.channel), q)
}

func init() { netcore.RegisterHelper(Role, runRemote) }
