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
	"sockstep/netcore/tracer/source"
)

// Tracer runs and watches programs. Its methods are safe for concurrent use.
type Tracer struct {
	o    Options
	tid  int // of the tracer's thread
	over chan struct{}
	once sync.Once

	mu      sync.Mutex
	tasks   []*task
	ended   bool          // takes no tasks any more
	pending atomic.Int32  // how many tasks there are
	waiting atomic.Bool   // the thread is in its wait, or about to be
	some    chan struct{} // receives when there are tasks

	// What follows belongs to the tracer's thread.
	processes map[int]*process
	threads   map[int]*thread
	announced map[int]announcement // of threads that have not stopped yet
	overtaken map[int]bool         // threads that ended before their announcement
	latest    *process             // that ended
	programs  int
	serial    uint64
	first     int  // process 1 of the namespace, 0 without one
	leash     int  // the pipe that keeps it
	alone     bool // there is no child and nothing traced
	closing   bool
	watching  bool // calls that may be asleep are looked at
	clock     *time.Timer
	skips     int   // waits to sleep in at once
	vain      int   // those the last look in vain was worth
	counts    []int // of the calls each fault was for
	limited   bool
	path      []byte      // scratch
	name      [64]byte    // scratch
	info      syscallInfo // scratch
	sources   *source.Cache
	types     map[string]int // type of a socket by its name in /proc, for faults
}

// task is something to do on the tracer's thread.
type task struct {
	f     func()
	begun atomic.Bool
	done  chan struct{}
}

// process is a traced process.
type process struct {
	pid, parent int
	name        string
	program     int
	first       *process       // the program's first process, nil for that itself
	children    int            // of the program, in its first process
	attached    bool           // by Attach: without a filter, and let go at the end
	ready       bool           // the tracee is about to become the program
	begun       bool           // it has become the program
	letting     bool           // it is being let go
	alive       int            // threads
	sets        map[int]bool   // descriptors of epoll sets: whether a socket is among what they watch
	sockets     map[int]bool   // numbers under which there was a socket
	finder      *source.Finder // nil until it is asked
	unseen      bool           // it was said that some of it is not seen
}

// thread is one of its threads.
type thread struct {
	tid     int
	process *process
	inside  *inside
	// late is a call that came back with the kernel's wish to make it again: what
	// the program sees is decided by the signal that interrupted it.
	late      *inside
	stopped   int  // where it stands, see below
	stepping  bool // into the handler of the signal that interrupted late
	announced bool // its maker has told of it
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
	fault     *mended
	since     int64
	asleep    bool // told
}

// New starts a tracer.
func New(o Options) (*Tracer, error) {
	t := &Tracer{
		o: o, counts: make([]int, len(o.Faults)), some: make(chan struct{}, 1), over: make(chan struct{}), alone: true,
		processes: map[int]*process{}, threads: map[int]*thread{}, announced: map[int]announcement{}, overtaken: map[int]bool{},
		types: map[string]int{}, sources: source.New(),
	}
	up := make(chan error)
	go t.run(up, nil)
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
		wakeHandled = errors.Join(
			changeAction(wakeSignal, func(flags uint64) uint64 { return flags &^ saRestart }),
			// Else each stop of a thread would be a SIGCHLD for this process, which
			// the Go runtime has a handler for: that costs more than the stop.
			changeAction(int(unix.SIGCHLD), func(flags uint64) uint64 { return flags | saNoChildStop }))
	})
	return wakeHandled
}

// Flags of sigaction(2).
const (
	saNoChildStop = 0x1
	saRestart     = 0x10000000
)

// changeAction changes the flags of what this process does at a signal.
func changeAction(sig int, change func(flags uint64) uint64) error {
	var action [4]uint64 // struct sigaction of the kernel; flags are the second word
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), 0, uintptr(unsafe.Pointer(&action)), 8, 0, 0)
	if errno != 0 {
		return errno
	}
	action[1] = change(action[1])
	_, _, errno = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// run is the tracer's thread; it ends with it. It is none that has children: their ends
// are for somebody else to wait for, and so would be their stops, were they traced by
// another tracer of this process. on is closed when it has a thread.
func (t *Tracer) run(up chan<- error, on chan<- struct{}) {
	runtime.LockOSThread() // never unlocked: its end ends what it traces
	if on != nil {
		close(on)
	}
	if children, _ := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/children", unix.Gettid())); len(children) > 0 {
		on := make(chan struct{})
		go t.run(up, on)
		<-on
		runtime.UnlockOSThread()
		return
	}
	defer close(t.over)
	t.tid = unix.Gettid()
	err := handleWakeSignal()
	up <- err
	if err != nil {
		return
	}
	for !t.finished() {
		t.serveTasks()
		switch {
		case t.finished():
		case t.alone:
			<-t.some
		case t.closing && len(t.threads) == 0 && t.first == 0:
			t.linger()
		default:
			t.wait()
		}
	}
	t.end()
}

// finished tells that all is over: the kernel knows of no child of this thread and
// of nothing that it traces, and so nothing can come any more.
func (t *Tracer) finished() bool { return t.closing && t.alone }

func (t *Tracer) serveTasks() {
	if t.pending.Load() == 0 {
		return
	}
	t.mu.Lock()
	tasks := t.tasks
	t.tasks = nil
	t.mu.Unlock()
	for _, k := range tasks {
		t.pending.Add(-1)
		k.begun.Store(true)
		k.f()
		close(k.done)
	}
}

// wait takes one stop. A task interrupts it.
func (t *Tracer) wait() {
	t.waiting.Store(true)
	if t.pending.Load() > 0 {
		t.waiting.Store(false)
		return
	}
	var status syscall.WaitStatus
	tid, err := t.soon(&status)
	if tid == 0 && err == 0 && t.pending.Load() == 0 {
		tid, err = wait4(&status)
	}
	t.waiting.Store(false)
	switch {
	case tid > 0:
		t.take(tid, status)
	case err == unix.ECHILD:
		t.alone = true
		t.lostAll()
	}
}

// How a stop is looked for before the thread sleeps until there is one. To be woken,
// on another processor, takes longer than most programs take to their next call.
const (
	soonest   = 50 * time.Microsecond
	mostSkips = 1 << 10
)

// soon looks for a stop for a moment; it returns 0 where there was none. Each time
// in vain makes it look less often: a program that is busy otherwise, or waits, or
// cannot run while this thread does. What is there at the first look says nothing:
// such a program may have run in this one's place.
func (t *Tracer) soon(status *syscall.WaitStatus) (int, syscall.Errno) {
	if t.skips > 0 {
		t.skips--
		return 0, 0
	}
	tid, err := wait4Now(status)
	if tid != 0 || err != 0 || runtime.NumCPU() == 1 {
		return tid, err
	}
	for end := netcore.Now() + int64(soonest); netcore.Now() < end && t.pending.Load() == 0; {
		if tid, err = wait4Now(status); tid != 0 || err != 0 {
			t.vain = 0
			return tid, err
		}
	}
	t.vain = min(max(2*t.vain, 1), mostSkips)
	t.skips = t.vain
	return 0, 0
}

// linger takes what may still come when nothing known is left: of a thread that was
// just made. A child that another thread of this program left behind is not waited
// for.
func (t *Tracer) linger() {
	for deadline := netcore.Now() + int64(time.Second); netcore.Now() < deadline; {
		var status syscall.WaitStatus
		tid, err := wait4Now(&status)
		switch {
		case err == unix.ECHILD:
			t.alone = true
			return
		case tid > 0:
			t.take(tid, status)
			return
		}
		time.Sleep(wakeEvery)
	}
	t.alone = true
}

// wait4 waits for a child or a tracee of this thread, and of no other.
func wait4(status *syscall.WaitStatus) (int, syscall.Errno) {
	var raw int32
	tid, _, errno := syscall.Syscall6(unix.SYS_WAIT4, ^uintptr(0), uintptr(unsafe.Pointer(&raw)), unix.WALL|unix.WNOTHREAD, 0, 0, 0)
	*status = syscall.WaitStatus(raw)
	return int(tid), errno
}

// wait4Now is wait4 without the waiting; it returns 0 where nothing has happened.
func wait4Now(status *syscall.WaitStatus) (int, syscall.Errno) {
	var raw int32
	tid, _, errno := syscall.RawSyscall6(unix.SYS_WAIT4, ^uintptr(0), uintptr(unsafe.Pointer(&raw)), unix.WALL|unix.WNOTHREAD|unix.WNOHANG, 0, 0, 0)
	*status = syscall.WaitStatus(raw)
	return int(tid), errno
}

// lostAll forgets threads whose end nobody reports.
func (t *Tracer) lostAll() {
	for _, h := range sortedThreads(t.threads) {
		t.gone(h, untraced)
	}
}

// do has f run on the tracer's thread and waits for it. A signal wakes the thread
// from its wait; one that comes right before the wait is lost, so it is repeated
// until the task has begun.
func (t *Tracer) do(f func()) error {
	k := &task{f: f, done: make(chan struct{})}
	t.mu.Lock()
	if t.ended {
		t.mu.Unlock()
		return ErrEnded
	}
	t.tasks = append(t.tasks, k)
	t.pending.Add(1)
	t.mu.Unlock()
	wake(t.some)
	t.hurry(k)
	select {
	case <-k.done:
		return nil
	case <-t.over:
		select {
		case <-k.done:
			return nil
		default:
			return ErrEnded
		}
	}
}

// wakeEvery is how often the tracer's thread is woken for a task.
const wakeEvery = 200 * time.Microsecond

// hurry wakes the tracer's thread until it has begun a task.
func (t *Tracer) hurry(k *task) {
	again := time.NewTimer(wakeEvery)
	defer again.Stop()
	for !k.begun.Load() {
		if t.waiting.Load() {
			_ = unix.Tgkill(os.Getpid(), t.tid, syscall.Signal(wakeSignal))
		}
		select {
		case <-k.done:
		case <-t.over:
			return
		case <-again.C:
			again.Reset(wakeEvery)
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
		var all []*process
		for _, q := range t.processes {
			if q.program != number {
				continue
			}
			if q.first == nil {
				all = []*process{q}
				break
			}
			all = append(all, q)
		}
		for _, q := range all {
			_ = unix.Kill(q.pid, sig)
		}
	})
}

// killAll ends what was started and lets go what runs anyway.
func (t *Tracer) killAll() {
	if t.first != 0 && t.closing {
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
	q.letting = true
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
	t.gone(h, untraced)
}

// end clears away what the tracer itself has, and answers who still waits.
func (t *Tracer) end() {
	if t.clock != nil {
		t.clock.Stop()
	}
	t.mu.Lock()
	t.ended, t.tasks = true, nil
	t.mu.Unlock()
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
	if status.Exited() || status.Signaled() {
		delete(t.announced, tid)
		if h != nil {
			t.gone(h, status)
		}
		return
	}
	if h == nil {
		if h = t.arrive(tid); h == nil {
			return
		}
	}
	t.stop(h, status)
}

// stop deals with a thread that stands.
func (t *Tracer) stop(h *thread, status syscall.WaitStatus) {
	sig, event := status.StopSignal(), int(status)>>16
	if h.stepping {
		h.stepping = false
		if sig == unix.SIGTRAP && event == 0 {
			t.stepped(h)
			return
		}
	}
	switch {
	case sig == syscallStop:
		t.syscallStop(h)
	case event == unix.PTRACE_EVENT_SECCOMP:
		t.enter(h)
	case event == unix.PTRACE_EVENT_CLONE || event == unix.PTRACE_EVENT_FORK || event == unix.PTRACE_EVENT_VFORK:
		t.announce(h, eventMessage(h.tid), event)
		t.resume(h, 0)
	case event == unix.PTRACE_EVENT_EXEC:
		t.replaced(h)
	case event == eventStop && stopSignals[sig] && !h.process.letting:
		// The process is stopped: it stays so, and SIGCONT is reported.
		ptrace(unix.PTRACE_LISTEN, h.tid, 0, 0)
	case event != 0:
		t.resume(h, 0)
	default:
		t.signalled(h, sig)
	}
}

// stopSignals stop a process that does nothing about them.
var stopSignals = map[syscall.Signal]bool{unix.SIGSTOP: true, unix.SIGTSTP: true, unix.SIGTTIN: true, unix.SIGTTOU: true}

// resume lets a thread run on, with a signal to deliver or 0, or go for good where
// its process is being let go.
func (t *Tracer) resume(h *thread, sig int) {
	if h.process.letting {
		t.detach(h, sig)
		return
	}
	request := unix.PTRACE_CONT
	if h.inside != nil || h.process.attached {
		request = unix.PTRACE_SYSCALL
	}
	ptrace(request, h.tid, 0, uintptr(sig))
}

// syscallStop is an entry only where there is no filter.
func (t *Tracer) syscallStop(h *thread) {
	info := &t.info
	if readInfo(h.tid, info) != 0 {
		return // it died meanwhile; its end is reported
	}
	switch {
	case info.Op == opEntry:
		t.enterWith(h, info)
	case info.Op == opExit && h.inside != nil:
		t.leave(h, info)
	default:
		t.resume(h, 0)
	}
}

func (t *Tracer) enter(h *thread) {
	info := &t.info
	if readInfo(h.tid, info) != 0 {
		return
	}
	if info.Op != opSeccomp {
		t.resume(h, 0)
		return
	}
	t.enterWith(h, info)
}

// enterWith deals with a thread that is about to make a call.
func (t *Tracer) enterWith(h *thread, info *syscallInfo) {
	number, registers := info.Words[0], [6]uint64(info.Words[1:])
	if late := h.late; late != nil {
		t.settleLate(h, false)
		if number == unix.SYS_RESTART_SYSCALL {
			number, registers = late.how.number, late.registers
		}
	}
	d := described(number)
	if d == nil || !h.process.begun || info.Arch != nativeArch || h.process.letting {
		t.resume(h, 0)
		return
	}
	args, concerned := t.concerns(h, d, &registers)
	if !concerned {
		t.resume(h, 0)
		return
	}
	t.serial++
	now := netcore.Now()
	c := &inside{Call: &netcore.Call{Args: args}, serial: t.serial, how: d, registers: registers, since: now}
	c.Name, c.Syscall, c.Origin = d.called(c.Args), d.kernel, netcore.FromTraced
	c.Process, c.PID, c.TID, c.Enter = h.process.name, h.process.pid, h.tid, now
	h.inside = c
	t.place(h, c)
	if t.stopsAt(h, c) {
		t.stand(h, c, atEntry)
		return
	}
	t.proceed(h)
}

// proceed lets a thread into its call, with the faults it is to meet.
func (t *Tracer) proceed(h *thread) {
	wait := t.faults(h, h.inside)
	if wait <= 0 {
		t.into(h)
		return
	}
	h.stopped = held
	serial := h.inside.serial
	time.AfterFunc(wait, func() {
		_ = t.do(func() {
			if t.threads[h.tid] == h && h.stopped == held && h.inside != nil && h.inside.serial == serial {
				h.inside.since = netcore.Now()
				h.inside.Enter = h.inside.since
				t.into(h)
			}
		})
	})
}

func (t *Tracer) into(h *thread) {
	h.stopped = running
	t.resume(h, 0)
	t.watch()
}

// Results of a call that a signal has interrupted; the program never sees them.
const (
	firstRestart = -512 // ERESTARTSYS
	lastRestart  = -516 // ERESTART_RESTARTBLOCK
)

// leave deals with a thread whose call has come back.
func (t *Tracer) leave(h *thread, info *syscallInfo) {
	c := h.inside
	h.inside = nil
	value, failed := info.result()
	c.Exit = netcore.Now()
	t.mend(h, c, &value, &failed)
	if failed && value <= firstRestart && value >= lastRestart {
		h.late = c
		c.how.leave(c.Args, value, true, space(h.tid))
		t.resume(h, 0)
		return
	}
	t.complete(h, c, value, failed)
	switch {
	case failed && t.stopsAtErrors(h):
		t.told(h, c)
		t.stand(h, c, atReturn)
	case h.process.letting:
		t.told(h, c)
		t.resume(h, 0)
	default:
		t.resume(h, 0) // it runs while the call is told
		t.told(h, c)
	}
}

func (t *Tracer) stopsAtErrors(h *thread) bool {
	return t.o.Stops.Errors && t.named(h) && !h.process.letting
}

// complete adds to a call what it came back with.
func (t *Tracer) complete(h *thread, c *inside, value int64, failed bool) {
	if failed {
		c.Errno = netcore.Errno(-value)
		value = -1
	}
	c.Ret = &value
	c.how.leave(c.Args, value, failed, space(h.tid))
	t.learn(h, c, value, failed)
}

// told hands a complete call on.
func (t *Tracer) told(h *thread, c *inside) {
	e := Event{Kind: CallEvent, Time: c.Exit, Serial: c.serial, Call: c.Call, TID: h.tid, Program: h.process.program}
	if c.fault != nil {
		e.Injected = c.fault.text
	}
	t.tell(e)
}

// settleLate tells a call that a signal interrupted: the program has seen it fail
// with EINTR, or the kernel makes it again.
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

// signalled deals with a thread to which a signal is about to be delivered. Where
// it has interrupted a call and has a handler, the thread is stepped into that: what
// the handler will return to tells whether the call is made again.
func (t *Tracer) signalled(h *thread, sig syscall.Signal) {
	own := sig == unix.SIGURG // the Go runtime's
	caught := (h.late != nil || !ends[sig] && !own) && catches(h.tid, int(sig))
	if (caught || ends[sig]) && !own {
		t.tell(Event{
			Kind: SignalEvent, TID: h.tid, Program: h.process.program,
			Signal: &netcore.Signal{Process: h.process.name, Name: netcore.SignalName(sig)},
		})
	}
	if h.late == nil || !caught {
		t.resume(h, int(sig))
		return
	}
	h.stepping = true
	ptrace(unix.PTRACE_SINGLESTEP, h.tid, 0, uintptr(sig))
}

// stepped deals with a thread at the beginning of a signal handler.
func (t *Tracer) stepped(h *thread) {
	c := h.late
	result, ok := interruptedResult(h.tid)
	interrupted := ok && result == -int64(unix.EINTR)
	t.settleLate(h, interrupted)
	if interrupted && c != nil && t.stopsAtErrors(h) {
		t.stand(h, c, atReturn)
		return
	}
	t.resume(h, 0)
}

// ends are the signals that end a program which does nothing about them, of those
// a program of sockets meets.
var ends = map[syscall.Signal]bool{
	unix.SIGHUP: true, unix.SIGINT: true, unix.SIGQUIT: true, unix.SIGILL: true, unix.SIGABRT: true, unix.SIGBUS: true,
	unix.SIGFPE: true, unix.SIGSEGV: true, unix.SIGPIPE: true, unix.SIGALRM: true, unix.SIGTERM: true,
	unix.SIGUSR1: true, unix.SIGUSR2: true, unix.SIGXCPU: true, unix.SIGXFSZ: true, unix.SIGSYS: true,
}

// stand has a thread stand where it is until Resume.
func (t *Tracer) stand(h *thread, c *inside, where int) {
	h.stopped = where
	c.how.probe(c.Args, space(h.tid))
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
		if h := t.threads[tid]; h != nil {
			t.goOn(h)
			return
		}
		if tid != 0 {
			return
		}
		for _, h := range sortedThreads(t.threads) {
			t.goOn(h)
		}
	})
}

func (t *Tracer) goOn(h *thread) {
	switch h.stopped {
	case atEntry:
		now := netcore.Now()
		h.inside.since, h.inside.Enter = now, now
		t.proceed(h)
	case atReturn:
		h.stopped = running
		t.resume(h, 0)
	}
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
		c.how.probe(c.Args, space(h.tid))
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
		out.Args[i].Parts = copyParts(c.Args[i].Parts)
	}
	return &out
}
