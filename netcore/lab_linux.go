package netcore

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/netcore/protocol"
)

// sockaddrFamily reads sa_family, which is in host byte order.
func sockaddrFamily(b []byte) int { return int(binary.NativeEndian.Uint16(b)) }

func kernelRelease() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Release[:])
}

// linuxGround is the program's end of the control socket to a lab process.
type linuxGround struct {
	level   Tier
	wire    bool
	server  string // on a wire: the name of the process on its left end
	labPID  int
	temp    string
	lack    []string
	fellow  *os.File // the channel to the companion
	control *os.File
	gone    chan struct{}
	reaped  chan struct{}
	closing sync.Once

	writing sync.Mutex // of control

	mu      sync.Mutex
	seq     uint64
	waiting map[uint64]chan protocol.Report
	sink    func(protocol.Batch) // takes packets, in order
	bodies  map[int]*body
	early   map[int]protocol.Report // ends reported before spawn returned
	dead    bool
}

// setupPatience bounds the start of the lab process, closePatience its end.
const (
	setupPatience = 10 * time.Second
	closePatience = time.Second
)

// openGround starts a lab process in the tier's namespaces and has it set up.
func openGround(ctx context.Context, t Tier, o Options, sink func(protocol.Batch)) (ground, error) {
	ctx, cancel := context.WithTimeout(ctx, setupPatience)
	defer cancel()
	g := &linuxGround{
		level: t, wire: o.Wire, server: cmp.Or(o.Server, "server"), sink: sink, gone: make(chan struct{}), reaped: make(chan struct{}),
		waiting: map[uint64]chan protocol.Report{}, bodies: map[int]*body{}, early: map[int]protocol.Report{},
	}
	if err := g.launch(); err != nil {
		return nil, err
	}
	r, err := g.setUp(ctx, t, o)
	if err != nil {
		_ = g.close()
		return nil, err
	}
	g.temp, g.lack = r.Text, r.Texts
	return g, nil
}

// setUp has the lab process make its world, and the companion where there is to be
// one.
func (g *linuxGround) setUp(ctx context.Context, t Tier, o Options) (protocol.Report, error) {
	order := &protocol.Order{Kind: protocol.SetupOrder, Number: int64(t), Name: wireWord(o)}
	if len(o.Companion) == 0 {
		return g.ask(ctx, order)
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return protocol.Report{}, fmt.Errorf("socketpair: %w", err)
	}
	defer unix.Close(pair[1])
	if err := unix.SetNonblock(pair[0], true); err != nil {
		return protocol.Report{}, errors.Join(err, unix.Close(pair[0]))
	}
	g.fellow = os.NewFile(uintptr(pair[0]), "companion")
	order.Bytes = protocol.AppendCompanion(nil, HelperCommand(o.Companion[0], o.Companion[1:]...), os.Environ())
	r, err := g.ask(ctx, order, pair[1])
	if err != nil {
		_ = g.fellow.Close()
	}
	return r, err
}

func (g *linuxGround) companion() *os.File { return g.fellow }

// wireWord is what the set-up says of a wire.
func wireWord(o Options) string {
	switch {
	case o.Wire && o.Hold:
		return "wire hold"
	case o.Wire:
		return "wire"
	}
	return ""
}

// network is the number of the network a process of this name is in.
func (g *linuxGround) network(name string) uint8 {
	switch {
	case !g.wire:
		return protocol.NetworkLab
	case name == g.server:
		return protocol.NetworkServer
	}
	return protocol.NetworkClient
}

// launch starts the lab process with the other end of the control socket.
func (g *linuxGround) launch() error {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("socketpair: %w", err)
	}
	defer unix.Close(pair[1])
	null, err := unix.Open("/dev/null", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		_ = unix.Close(pair[0])
		return fmt.Errorf("open /dev/null: %w", err)
	}
	defer unix.Close(null)
	attr := &syscall.ProcAttr{
		Env:   HelperEnv(),
		Files: []uintptr{uintptr(null), uintptr(null), uintptr(helperErrors(null)), uintptr(pair[1])},
		Sys:   namespaceFlags(g.level),
	}
	pid, err := syscall.ForkExec("/proc/self/exe", []string{helperPrefix + "lab", labRole}, attr)
	if err != nil {
		_ = unix.Close(pair[0])
		return fmt.Errorf("start the lab process: %w", err)
	}
	if err := unix.SetNonblock(pair[0], true); err != nil {
		return fmt.Errorf("control socket: %w", err)
	}
	g.labPID, g.control = pid, os.NewFile(uintptr(pair[0]), "lab")
	go g.reap()
	go g.hear()
	return nil
}

// helperErrors is where a helper's own complaints go: nowhere, unless somebody
// looks for a fault.
func helperErrors(null int) int {
	if os.Getenv("SOCKSTEP_DEBUG") != "" {
		return 2
	}
	return null
}

// reap waits for the lab process, so that it does not stay a zombie.
func (g *linuxGround) reap() {
	for {
		_, err := unix.Wait4(g.labPID, nil, 0, nil)
		if !errors.Is(err, unix.EINTR) {
			close(g.reaped)
			return
		}
	}
}

// hear takes reports until the lab process is gone, and then ends everything
// that waits for one.
func (g *linuxGround) hear() {
	in := bufio.NewReaderSize(g.control, 64<<10)
	for {
		body, err := protocol.Read(in, nil)
		if err != nil {
			break
		}
		r, err := protocol.DecodeReport(body)
		if err != nil {
			break
		}
		if r.Kind == protocol.PacketsReport {
			g.bring(r.Bytes)
			continue
		}
		g.sort(r)
	}
	_ = g.control.Close()
	g.lose() // the last: who waits for it finds nothing open
}

// bring hands packets on. What a lab process of the same program sent can be
// decoded.
func (g *linuxGround) bring(body []byte) {
	if b, err := protocol.DecodeBatch(body); err == nil {
		g.sink(b)
	}
}

// sort gives a report to whom it concerns.
func (g *linuxGround) sort(r protocol.Report) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r.Kind == protocol.AnswerReport {
		if c := g.waiting[r.Seq]; c != nil {
			delete(g.waiting, r.Seq)
			c <- r
		}
		return
	}
	if b := g.bodies[r.PID]; b != nil {
		delete(g.bodies, r.PID)
		b.finish(r.Status)
		return
	}
	g.early[r.PID] = r
}

// finish tells the body's listener how the worker ended.
func (b *body) finish(status uint32) {
	w := unix.WaitStatus(status)
	how := ending{status: w.ExitStatus()}
	if w.Signaled() {
		how = ending{signal: SignalName(w.Signal())}
	}
	b.over <- how
	close(b.over)
}

// SignalName is a signal as signal(7) calls it, "SIGTERM", or its number where it has
// no name.
func SignalName(s syscall.Signal) string {
	if name := unix.SignalName(s); name != "" {
		return name
	}
	return fmt.Sprintf("signal %d", int(s))
}

// lose ends whatever waits for the lab process. Its workers die with it.
func (g *linuxGround) lose() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.dead = true
	for seq, c := range g.waiting {
		delete(g.waiting, seq)
		close(c)
	}
	for pid, b := range g.bodies {
		delete(g.bodies, pid)
		close(b.over)
	}
	if g.temp != "" {
		_ = os.RemoveAll(g.temp)
	}
	close(g.gone)
}

// ask sends an order and waits for its report. A refusal is an error that wraps
// the errno.
func (g *linuxGround) ask(ctx context.Context, o *protocol.Order, fds ...int) (protocol.Report, error) {
	answer, err := g.submit(o, fds)
	if err != nil {
		return protocol.Report{}, err
	}
	select {
	case r, ok := <-answer:
		if !ok {
			return r, ErrClosed
		}
		if r.Errno != 0 {
			return r, &refusedError{text: r.Text, errno: syscall.Errno(r.Errno)}
		}
		return r, nil
	case <-ctx.Done():
		return protocol.Report{}, context.Cause(ctx)
	}
}

// refusedError is what the lab process answered.
type refusedError struct {
	text  string
	errno syscall.Errno
}

func (e *refusedError) Error() string { return e.text }
func (e *refusedError) Unwrap() error { return e.errno }

func (g *linuxGround) submit(o *protocol.Order, fds []int) (chan protocol.Report, error) {
	answer := make(chan protocol.Report, 1)
	g.mu.Lock()
	if g.dead {
		g.mu.Unlock()
		return nil, ErrClosed
	}
	g.seq++
	o.Seq = g.seq
	g.waiting[o.Seq] = answer
	g.mu.Unlock()
	frame, err := protocol.Seal(o.Append(protocol.Room(64 + len(o.Bytes))))
	if err != nil {
		return nil, err
	}
	if err := g.write(frame, fds); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrClosed, err)
	}
	return answer, nil
}

func (g *linuxGround) write(frame []byte, fds []int) error {
	g.writing.Lock()
	defer g.writing.Unlock()
	return sendFrame(g.control, frame, fds)
}

// deliver sends a frame to the worker.
func (b *body) deliver(frame []byte) error { return sendFrame(b.channel, frame, nil) }

func (g *linuxGround) tier() Tier            { return g.level }
func (g *linuxGround) folder() string        { return g.temp }
func (g *linuxGround) missing() []string     { return g.lack }
func (g *linuxGround) pid() int              { return g.labPID }
func (g *linuxGround) lost() <-chan struct{} { return g.gone }

// spawn has the lab process start a worker, with whom the program then talks
// directly.
func (g *linuxGround) spawn(ctx context.Context, name string) (*body, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("socketpair: %w", err)
	}
	far := sync.OnceFunc(func() { _ = unix.Close(pair[1]) }) // once: the number may soon be another's
	defer far()
	b, memfd, err := newBody(pair[0])
	if err != nil {
		return nil, err
	}
	defer unix.Close(memfd)
	number := g.network(name)
	if g.wire {
		b.network = networkNames[number]
	}
	r, err := g.ask(ctx, &protocol.Order{Kind: protocol.SpawnOrder, Name: name, Number: int64(number)}, pair[1], memfd)
	if err != nil {
		b.discard()
		return nil, err
	}
	g.adopt(b, r.PID)
	far() // the worker's end ends with the worker only
	if err := b.meet(ctx); err != nil {
		_ = g.kill(context.WithoutCancel(ctx), b)
		b.discard()
		return nil, err
	}
	return b, nil
}

// newBody makes the program's end of a worker and the page both share.
func newBody(fd int) (*body, int, error) {
	if err := unix.SetNonblock(fd, true); err != nil {
		_ = unix.Close(fd)
		return nil, -1, fmt.Errorf("channel: %w", err)
	}
	b := &body{channel: os.NewFile(uintptr(fd), "worker"), over: make(chan ending, 1)}
	b.in = bufio.NewReaderSize(b.channel, 64<<10)
	memfd, mem, err := sharedPage()
	if err != nil {
		_ = b.channel.Close()
		return nil, -1, err
	}
	b.page = pageOf(mem)
	runtime.AddCleanup(b, func(mem []byte) { _ = unix.Munmap(mem) }, mem)
	return b, memfd, nil
}

// sharedPage makes a page of memory that other processes can map.
func sharedPage() (int, []byte, error) {
	memfd, err := unix.MemfdCreate("sockstep", unix.MFD_CLOEXEC)
	if err != nil {
		return -1, nil, fmt.Errorf("memfd_create: %w", err)
	}
	if err := unix.Ftruncate(memfd, pageSize); err != nil {
		_ = unix.Close(memfd)
		return -1, nil, fmt.Errorf("size of the page: %w", err)
	}
	mem, err := unix.Mmap(memfd, 0, pageSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		_ = unix.Close(memfd)
		return -1, nil, fmt.Errorf("map the page: %w", err)
	}
	return memfd, mem, nil
}

// adopt files a body under its process number, and passes on an end that was
// reported before.
func (g *linuxGround) adopt(b *body, pid int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	b.pid = pid
	if r, over := g.early[pid]; over {
		delete(g.early, pid)
		b.finish(r.Status)
		return
	}
	if g.dead {
		close(b.over)
		return
	}
	g.bodies[pid] = b
}

func (b *body) discard() {
	_ = b.channel.Close()
}

func (g *linuxGround) signal(ctx context.Context, b *body, sig int) error {
	_, err := g.ask(ctx, &protocol.Order{Kind: protocol.SignalOrder, PID: b.pid, Number: int64(sig)})
	return err
}

func (g *linuxGround) cancel(ctx context.Context, b *body) error {
	return g.signal(ctx, b, cancelSignal)
}

func (g *linuxGround) kill(ctx context.Context, b *body) error {
	return g.signal(ctx, b, int(unix.SIGKILL))
}

func (g *linuxGround) capture(ctx context.Context) error {
	_, err := g.ask(ctx, &protocol.Order{Kind: protocol.CaptureOrder})
	return err
}

// set makes a stage setting; b is the process it is about, or nil.
func (g *linuxGround) set(ctx context.Context, s StageSetting, b *body) (value, was string, err error) {
	if s.Kind == SettingWire && !g.wire {
		return "", "", ErrNoWire
	}
	o := &protocol.Order{Kind: protocol.SettingOrder, Name: s.String(), Number: int64(s.FD)}
	if b != nil {
		o.PID = b.pid
	}
	r, err := g.ask(ctx, o)
	if err != nil {
		return "", "", err
	}
	if len(r.Texts) > 0 {
		was = r.Texts[0]
	}
	return r.Text, was, nil
}

func (g *linuxGround) act(ctx context.Context, a WireAct, serial uint64) error {
	if !g.wire {
		return ErrNoWire
	}
	_, err := g.ask(ctx, &protocol.Order{Kind: protocol.WireOrder, Name: string(a.Verb), PID: int(serial), Number: int64(a.After)})
	return err
}

func (g *linuxGround) name(ctx context.Context, b *body, fd int) ([]byte, error) {
	r, err := g.ask(ctx, &protocol.Order{Kind: protocol.PeekOrder, PID: b.pid, Number: int64(fd)})
	return r.Bytes, err
}

// close tells the lab process to end and waits until it has. One that does not
// answer is killed, and its workers with it.
func (g *linuxGround) close() error {
	g.closing.Do(func() {
		o := &protocol.Order{Kind: protocol.CloseOrder}
		if _, err := g.submit(o, nil); err != nil {
			_ = g.control.Close()
		}
		select {
		case <-g.reaped:
		case <-time.After(closePatience):
			_ = unix.Kill(g.labPID, unix.SIGKILL)
			<-g.reaped
		}
		<-g.gone
		_ = g.control.Close()
	})
	return nil
}
