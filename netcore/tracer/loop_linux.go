//go:build linux && (amd64 || arm64)

package tracer

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/netcore"
)

// Tracer runs and watches programs. Its methods are safe for concurrent use.
type Tracer struct {
	o     Options
	tid   int // of the tracer's thread
	tasks chan func()
	taken atomic.Uint64 // tasks that were begun
	asked atomic.Uint64
	over  chan struct{}
	once  sync.Once

	// What follows belongs to the tracer's thread.
	processes map[int]*process
	threads   map[int]*thread
	early     map[int]syscall.WaitStatus // stops of threads that are not known yet
	programs  int
	serial    uint64
	first     int // process 1 of the namespace, 0 without one
	leash     int // the pipe that keeps it
	closing   bool
	letting   bool // attached programs are being let go
	watching  bool // calls that may be asleep are looked at
	clock     *time.Timer
	counts    []int // of the calls each fault was for
	limited   bool
	path      []byte         // scratch
	name      [64]byte       // scratch
	types     map[string]int // type of a socket by its name in /proc, for faults
}

// process is a traced process.
type process struct {
	pid, parent int
	name        string
	program     int
	first       *process     // the program's first process, nil for that itself
	children    int          // of the program, in its first process
	attached    bool         // by Attach: without a filter, and let go at the end
	begun       bool         // it has become the program
	sets        map[int]bool // descriptors of epoll sets: whether a socket is among what they watch
	handlers    map[int]bool // signals with a handler: whether it restarts calls
	sockets     map[int]bool // numbers under which there was a socket
	unseen      bool         // it was said that some of it is not seen
}

// thread is one of its threads.
type thread struct {
	tid     int
	process *process
	inside  *inside
	// late is a call that came back with the kernel's wish to make it again: what
	// the program sees is decided by the signal that interrupted it.
	late    *inside
	stopped int  // where it stands, see below
	told    bool // the stop it stands in was a StopEvent
	entry   bool // attached: the next stop at a system call is an entry
}

// Where a thread stands until Resume.
const (
	running = iota
	atEntry
	atReturn
	held // by a delay
)

// inside is a call a thread has entered.
type inside struct {
	*netcore.Call
	serial    uint64
	how       *description
	registers [6]uint64
	result    int64
	fault     *mended
	since     int64
	asleep    bool // told
}

// New starts a tracer.
func New(o Options) (*Tracer, error) {
	t := &Tracer{
		o: o, counts: make([]int, len(o.Faults)), tasks: make(chan func(), 1), over: make(chan struct{}),
		processes: map[int]*process{}, threads: map[int]*thread{}, early: map[int]syscall.WaitStatus{}, types: map[string]int{},
	}
	up := make(chan error)
	go t.run(up)
	if err := <-up; err != nil {
		return nil, fmt.Errorf("the tracer: %w", err)
	}
	return t, nil
}

// wakeSignal interrupts the tracer's wait. It is none the Go runtime or the
// kernel uses.
const wakeSignal = 62

var (
	handleWake    sync.Once
	wakeHandled   error
	wakeReceivers = make(chan os.Signal, 1)
)

// handleWakeSignal lets the signal interrupt a wait: a handler that does not have
// the call made again.
func handleWakeSignal() error {
	handleWake.Do(func() {
		signal.Notify(wakeReceivers, syscall.Signal(wakeSignal))
		var action [4]uint64 // struct sigaction of the kernel; flags are the second word
		_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, wakeSignal, 0, uintptr(unsafe.Pointer(&action)), 8, 0, 0)
		if errno == 0 {
			action[1] &^= 0x10000000 // SA_RESTART
			_, _, errno = unix.RawSyscall6(unix.SYS_RT_SIGACTION, wakeSignal, uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0)
		}
		if errno != 0 {
			wakeHandled = errno
		}
	})
	return wakeHandled
}

// run is the tracer's thread; it ends with it.
func (t *Tracer) run(up chan<- error) {
	runtime.LockOSThread() // never unlocked: its end ends what it traces
	defer close(t.over)
	t.tid = unix.Gettid()
	err := handleWakeSignal()
	up <- err
	if err != nil {
		return
	}
	for !t.finished() {
		t.serveTasks()
		if t.finished() {
			break
		}
		if len(t.threads) == 0 && t.first == 0 {
			t.idle()
			continue
		}
		t.wait()
	}
	t.end()
}

func (t *Tracer) finished() bool { return t.closing && len(t.threads) == 0 }

// idle waits for something to do while nothing is traced.
func (t *Tracer) idle() {
	f := <-t.tasks
	t.taken.Add(1)
	f()
}

func (t *Tracer) serveTasks() {
	for {
		select {
		case f := <-t.tasks:
			t.taken.Add(1)
			f()
		default:
			return
		}
	}
}

// wait takes one stop. A task interrupts it.
func (t *Tracer) wait() {
	var status syscall.WaitStatus
	tid, err := wait4(&status)
	if err != 0 {
		if err == unix.ECHILD && t.first == 0 {
			t.lostAll()
		}
		return
	}
	t.take(tid, status)
}

// wait4 waits for a child or a tracee of this thread, and of no other.
func wait4(status *syscall.WaitStatus) (int, syscall.Errno) {
	var raw int32
	tid, _, errno := syscall.Syscall6(unix.SYS_WAIT4, ^uintptr(0), uintptr(unsafe.Pointer(&raw)), unix.WALL|unix.WNOTHREAD, 0, 0, 0)
	*status = syscall.WaitStatus(raw)
	return int(tid), errno
}

// lostAll forgets threads whose end nobody reports.
func (t *Tracer) lostAll() {
	for _, h := range sortedThreads(t.threads) {
		t.gone(h, letGone)
	}
}

// do has f run on the tracer's thread and waits for it. Signals wake the thread
// from its wait until it has begun: one that comes right before the wait is lost.
func (t *Tracer) do(f func()) error {
	done := make(chan struct{})
	select {
	case t.tasks <- func() { defer close(done); f() }:
	case <-t.over:
		return ErrEnded
	}
	mine := t.asked.Add(1)
	pause := 200 * time.Microsecond
	for t.taken.Load() < mine {
		_ = unix.Tgkill(os.Getpid(), t.tid, syscall.Signal(wakeSignal))
		select {
		case <-done:
			return nil
		case <-t.over:
			return ErrEnded
		case <-time.After(pause):
		}
	}
	select {
	case <-done:
		return nil
	case <-t.over:
		select {
		case <-done:
			return nil
		default:
			return ErrEnded
		}
	}
}

// Close ends every program, lets those go it was attached to, and waits for that.
func (t *Tracer) Close() error {
	t.once.Do(func() {
		_ = t.do(func() {
			t.closing = true
			t.killAll()
		})
	})
	<-t.over
	return nil
}

// Ended is closed when the tracer has ended.
func (t *Tracer) Ended() <-chan struct{} { return t.over }

// Kill sends a signal to the program of a number: to its first process while it
// lives, to all its processes otherwise.
func (t *Tracer) Kill(number int, sig syscall.Signal) error {
	return t.do(func() {
		for _, q := range t.processes {
			if q.program == number {
				_ = unix.Kill(q.pid, sig)
			}
		}
	})
}

// killAll ends what was started and lets go what runs anyway.
func (t *Tracer) killAll() {
	if t.first != 0 {
		_ = unix.Kill(t.first, unix.SIGKILL)
	}
	for _, q := range t.processes {
		if q.attached {
			t.letGo(q)
			continue
		}
		_ = unix.Kill(q.pid, unix.SIGKILL)
	}
}

// letGo detaches from a process; a thread that is not in a stop is stopped first.
func (t *Tracer) letGo(q *process) {
	t.letting = true
	for _, h := range sortedThreads(t.threads) {
		if h.process != q {
			continue
		}
		if h.stopped != running {
			t.detach(h, 0)
			continue
		}
		ptrace(unix.PTRACE_INTERRUPT, h.tid, 0, 0)
	}
}

func (t *Tracer) detach(h *thread, sig int) {
	ptrace(unix.PTRACE_DETACH, h.tid, 0, uintptr(sig))
	t.gone(h, letGone)
}

// end clears away what the tracer itself has.
func (t *Tracer) end() {
	if t.clock != nil {
		t.clock.Stop()
	}
	if t.first != 0 {
		_ = unix.Close(t.leash)
		_ = unix.Kill(t.first, unix.SIGKILL)
		for {
			if _, err := unix.Wait4(t.first, nil, unix.WALL, nil); !errors.Is(err, unix.EINTR) {
				break
			}
		}
	}
}

func (t *Tracer) tell(e Event) {
	if e.Time == 0 {
		e.Time = netcore.Now()
	}
	t.o.Tell(e)
}

// take deals with what wait4 reported of a thread.
func (t *Tracer) take(tid int, status syscall.WaitStatus) {
	if tid == t.first && t.first != 0 {
		if status.Exited() || status.Signaled() {
			t.first = 0
			_ = unix.Close(t.leash)
		}
		return
	}
	h := t.threads[tid]
	if h == nil {
		// A child's first stop may come before its parent's word of it.
		if status.Stopped() {
			t.early[tid] = status
		}
		return
	}
	switch {
	case status.Exited() || status.Signaled():
		t.gone(h, status)
	case status.Stopped():
		t.stop(h, status)
	}
}

// stop deals with a thread that stands.
func (t *Tracer) stop(h *thread, status syscall.WaitStatus) {
	sig, event := status.StopSignal(), int(status)>>16
	if t.letting && h.process.attached {
		if event == 0 && sig != syscallStop {
			t.detach(h, int(sig))
		} else {
			t.detach(h, 0)
		}
		return
	}
	switch {
	case sig == syscallStop:
		t.syscallStop(h)
	case event == unix.PTRACE_EVENT_SECCOMP:
		t.enter(h)
	case event == unix.PTRACE_EVENT_CLONE || event == unix.PTRACE_EVENT_FORK || event == unix.PTRACE_EVENT_VFORK:
		t.born(h, eventMessage(h.tid), event)
		t.resume(h, 0)
	case event == unix.PTRACE_EVENT_EXEC:
		t.replaced(h)
	case event == eventStop && (sig == unix.SIGSTOP || sig == unix.SIGTSTP || sig == unix.SIGTTIN || sig == unix.SIGTTOU):
		ptrace(unix.PTRACE_LISTEN, h.tid, 0, 0)
	case event != 0:
		t.resume(h, 0)
	default:
		t.signalled(h, sig)
		t.resume(h, int(sig))
	}
}

// resume lets a thread run on, with a signal to deliver or 0.
func (t *Tracer) resume(h *thread, sig int) {
	request := unix.PTRACE_CONT
	if h.inside != nil || h.process.attached {
		request = unix.PTRACE_SYSCALL
	}
	ptrace(request, h.tid, 0, uintptr(sig))
}

// syscallStop is an entry only where there is no filter.
func (t *Tracer) syscallStop(h *thread) {
	var info syscallInfo
	if readInfo(h.tid, &info) != 0 {
		return // it died meanwhile; its end is reported
	}
	switch info.Op {
	case opEntry:
		t.enterWith(h, &info)
	case opExit:
		if h.inside == nil {
			t.resume(h, 0)
			return
		}
		t.leave(h, &info)
	default:
		t.resume(h, 0)
	}
}

func (t *Tracer) enter(h *thread) {
	var info syscallInfo
	if readInfo(h.tid, &info) != 0 {
		return
	}
	if info.Op != opSeccomp {
		t.resume(h, 0)
		return
	}
	t.enterWith(h, &info)
}

// enterWith deals with a thread that is about to make a call.
func (t *Tracer) enterWith(h *thread, info *syscallInfo) {
	t.settleLate(h, false)
	if info.Words[0] == unix.SYS_RT_SIGACTION {
		t.handler(h, info.Words[1:])
		t.resume(h, 0)
		return
	}
	d := described(info.Words[0])
	if d == nil || !h.process.begun || info.Arch != nativeArch {
		t.resume(h, 0)
		return
	}
	registers := [6]uint64(info.Words[1:])
	args, concerned := t.concerns(h, d, &registers)
	if !concerned {
		t.resume(h, 0)
		return
	}
	t.serial++
	c := &inside{Call: &netcore.Call{Args: args}, serial: t.serial, how: d, registers: registers, since: netcore.Now()}
	c.Name, c.Syscall, c.Origin = d.called(c.Args), d.kernel, netcore.FromTraced
	c.Process, c.PID, c.TID = h.process.name, h.process.pid, h.tid
	c.Enter = c.since
	h.inside = c
	t.place(h, c, info)
	if t.stopsAt(h, c) {
		t.stand(h, atEntry)
		return
	}
	t.proceed(h)
}

// proceed lets a thread into its call, with the faults it is to meet.
func (t *Tracer) proceed(h *thread) {
	if wait := t.faults(h, h.inside); wait > 0 {
		h.stopped = held
		serial := h.inside.serial
		time.AfterFunc(wait, func() {
			_ = t.do(func() {
				if t.threads[h.tid] == h && h.stopped == held && h.inside != nil && h.inside.serial == serial {
					t.into(h)
				}
			})
		})
		return
	}
	t.into(h)
}

func (t *Tracer) into(h *thread) {
	h.stopped = running
	h.inside.since = netcore.Now()
	h.inside.Enter = h.inside.since
	ptrace(unix.PTRACE_SYSCALL, h.tid, 0, 0)
	t.watch()
}

// leave deals with a thread whose call has come back.
func (t *Tracer) leave(h *thread, info *syscallInfo) {
	c := h.inside
	value, failed := info.result()
	c.Exit = netcore.Now()
	t.mend(h, c, &value, &failed)
	c.result = value
	if failed && value <= -512 && value >= -516 {
		h.inside, h.late = nil, c
		c.how.leave(c.Args, value, true, space(h.tid))
		t.resume(h, 0)
		return
	}
	t.complete(h, c, value, failed)
	h.inside = nil
	if failed && t.o.Stops.Errors && t.named(h) {
		h.inside = c
		t.stand(h, atReturn)
		h.inside = nil
		return
	}
	t.resume(h, 0)
}

// complete tells a call that came back.
func (t *Tracer) complete(h *thread, c *inside, value int64, failed bool) {
	if failed {
		c.Errno = netcore.Errno(-value)
		value = -1
	}
	c.Ret = &value
	c.how.leave(c.Args, value, failed, space(h.tid))
	t.learn(h, c, value, failed)
	t.told(h, c)
}

// told hands a complete call on.
func (t *Tracer) told(h *thread, c *inside) {
	e := Event{Kind: CallEvent, Time: c.Exit, Serial: c.serial, Call: c.Call, TID: h.tid, Program: h.process.program}
	if c.fault != nil {
		e.Injected = c.fault.text
	}
	t.tell(e)
}

// settleLate decides what a program sees of an interrupted call: with a handler
// that has its calls made again, and without one, the call goes on.
func (t *Tracer) settleLate(h *thread, interrupted bool) {
	c := h.late
	if c == nil {
		return
	}
	h.late = nil
	if interrupted {
		value := int64(-1)
		c.Ret, c.Errno = &value, netcore.Errno(unix.EINTR)
	} else {
		c.Reason = "interrupted by a signal; the kernel makes it again"
	}
	t.told(h, c)
}

// signalled deals with a signal that is about to be delivered.
func (t *Tracer) signalled(h *thread, sig syscall.Signal) {
	if h.late != nil {
		restarts, caught := h.process.handlers[int(sig)]
		if h.process.attached && !caught {
			caught, restarts = catches(h.process.pid, int(sig)), true
		}
		const restartSystem = -512 // ERESTARTSYS: again where the handler says so
		t.settleLate(h, caught && (h.late.result != restartSystem || !restarts))
	}
	if _, caught := h.process.handlers[int(sig)]; !caught && !ends[sig] || sig == unix.SIGURG {
		return // it does nothing, or is the Go runtime's own
	}
	t.tell(Event{Kind: SignalEvent, TID: h.tid, Program: h.process.program, Signal: &netcore.Signal{Process: h.process.name, Name: signalName(sig)}})
}

// ends are the signals that end a program which does nothing about them, of those
// a program of sockets meets.
var ends = map[syscall.Signal]bool{
	unix.SIGHUP: true, unix.SIGINT: true, unix.SIGQUIT: true, unix.SIGILL: true, unix.SIGABRT: true, unix.SIGBUS: true,
	unix.SIGFPE: true, unix.SIGSEGV: true, unix.SIGPIPE: true, unix.SIGALRM: true, unix.SIGTERM: true,
	unix.SIGUSR1: true, unix.SIGUSR2: true, unix.SIGXCPU: true, unix.SIGXFSZ: true, unix.SIGSYS: true,
}

// stand has a thread stand where it is until Resume.
func (t *Tracer) stand(h *thread, where int) {
	h.stopped, h.told = where, true
	c := h.inside
	t.tell(Event{
		Kind: StopEvent, Serial: c.serial, Call: copyCall(c.Call), TID: h.tid, Program: h.process.program,
		Returned: where == atReturn,
	})
}

// stopsAt reports whether a thread is to stand at the entry of a call.
func (t *Tracer) stopsAt(h *thread, c *inside) bool {
	s := &t.o.Stops
	if !t.named(h) {
		return false
	}
	if s.Every {
		return true
	}
	for _, name := range s.Calls {
		if name == c.Name || name == c.Syscall {
			return true
		}
	}
	if s.HasDescriptor {
		for _, fd := range c.how.descriptors(c.Args) {
			if fd == s.Descriptor {
				return true
			}
		}
	}
	return false
}

func (t *Tracer) named(h *thread) bool {
	return t.o.Stops.Process == "" || t.o.Stops.Process == h.process.name
}

// SetStops says from now on where threads stop. Those that stand go on standing.
func (t *Tracer) SetStops(s Stops) error { return t.do(func() { t.o.Stops = s }) }

// SetFaults says from now on what is done to calls.
func (t *Tracer) SetFaults(f []Fault) error {
	return t.do(func() {
		t.o.Faults = make([]Fault, len(f))
		copy(t.o.Faults, f)
		t.counts = make([]int, len(f))
	})
}

// Resume lets a standing thread go on; 0 is all that stand. A thread that does
// not stand is left as it is.
func (t *Tracer) Resume(tid int) error {
	return t.do(func() {
		for _, h := range sortedThreads(t.threads) {
			if tid == 0 || h.tid == tid {
				t.goOn(h)
			}
		}
	})
}

func (t *Tracer) goOn(h *thread) {
	where := h.stopped
	if where != atEntry && where != atReturn {
		return
	}
	h.stopped, h.told = running, false
	if where == atEntry {
		t.proceed(h)
		return
	}
	t.resume(h, 0)
}

// watchEvery is how long a call is inside before it is looked at whether it
// sleeps.
const watchEvery = 15 * time.Millisecond

// watch has the calls inside looked at in a while, once for all.
func (t *Tracer) watch() {
	if t.watching {
		return
	}
	t.watching = true
	if t.clock == nil {
		t.clock = time.AfterFunc(watchEvery, func() { _ = t.do(t.look) })
		return
	}
	t.clock.Reset(watchEvery)
}

// look tells the calls whose threads the kernel shows asleep in them.
func (t *Tracer) look() {
	t.watching = false
	now, again := netcore.Now(), false
	for _, h := range sortedThreads(t.threads) {
		c := h.inside
		if c == nil || c.asleep || h.stopped != running {
			continue
		}
		if now-c.since < int64(watchEvery)/2 {
			again = true
			continue
		}
		where, ok := asleepIn(h.process.pid, h.tid, c.how.number)
		if !ok {
			again = true
			continue
		}
		c.asleep = true
		t.tell(Event{Kind: EnterEvent, Serial: c.serial, Call: copyCall(c.Call), TID: h.tid, Program: h.process.program, Asleep: where})
	}
	if again {
		t.watch()
	}
}

// copyCall is a call as it is now: of the original more is filled in later.
func copyCall(c *netcore.Call) *netcore.Call {
	out := *c
	out.Args = append([]netcore.Arg{}, c.Args...)
	for i := range out.Args {
		out.Args[i].Parts = append([]netcore.Part(nil), c.Args[i].Parts...)
	}
	return &out
}
