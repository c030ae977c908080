package netcore

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/netcore/protocol"
)

// controlFD is the lab process's end of the control socket.
const controlFD = 3

// runHelper does the work of a role and returns only when the program is gone.
func runHelper(role string, args []string) {
	var err error
	switch role {
	case workerRole:
		err = runWorker(args)
	case labRole, probeRole:
		err = runLab()
	default:
		err = fmt.Errorf("unknown role %q", role)
	}
	if err == nil || errors.Is(err, errEndOfChannel) {
		os.Exit(0)
	}
	fmt.Fprintf(os.Stderr, "sockstep %s: %v\n", role, err)
}

// station is the lab process: it owns the private network and file system,
// starts the workers, and looks at them. Its orders are served one after the
// other on the main thread, whose namespaces are the lab's.
type station struct {
	control rawFD
	tier    Tier
	root    string // the workers' root, or "" without one
	folder  string // the lab's temporary folder where there is no root
	null    int
	// networks are those workers can be in, home is the network namespace of the
	// lab process itself.
	networks []*territory
	home     int
	wire     *wireEngine // nil without a wire
	looker   *looker
	capture  *capture // nil where packets cannot be read
	// companion is the process number of the companion, 0 without one.
	companion int
	guarded   *guarded
	writing   sync.Mutex // of control

	mu      sync.Mutex
	workers map[int]*resident
	reaped  sync.WaitGroup
}

// resident is a worker that has not been waited for.
type resident struct {
	pid   int
	place *territory
	pidfd int // -1 where the kernel has none
	page  *page
	mem   []byte
}

// runLab serves orders until the program closes the lab or is gone; both end
// every worker and leave nothing.
func runLab() error {
	signal.Ignore(unix.SIGINT, unix.SIGHUP, unix.SIGQUIT, unix.SIGTSTP, unix.SIGTTOU, unix.SIGTTIN, unix.SIGPIPE)
	// Whatever the program inherited must not reach the workers.
	_ = unix.CloseRange(controlFD, ^uint(0), unix.CLOSE_RANGE_CLOEXEC)
	unix.CloseOnExec(controlFD)
	s := &station{control: controlFD, workers: map[int]*resident{}}
	defer s.end()
	null, err := unix.Open("/dev/null", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open /dev/null: %w", err)
	}
	// Behind the descriptors a worker starts with, so that starting one need not
	// move it out of the way 40 times.
	if s.null, err = unix.FcntlInt(uintptr(null), unix.F_DUPFD_CLOEXEC, channelFD+1); err != nil {
		return fmt.Errorf("keep /dev/null: %w", err)
	}
	_ = unix.Close(null)
	for {
		o, fds, err := s.next()
		if err != nil {
			return err
		}
		if o.Kind == protocol.CloseOrder {
			s.guarded = nil
			return nil
		}
		r := s.serve(&o, fds)
		r.Seq = o.Seq
		if err := s.report(r); err != nil {
			return err
		}
	}
}

// next waits for an order. Its descriptors are the caller's.
func (s *station) next() (protocol.Order, []int, error) {
	header, fds, err := receiveHeader(int(s.control))
	if err != nil {
		return protocol.Order{}, nil, err
	}
	body, err := protocol.Read(io.MultiReader(header, s.control), nil)
	if err != nil {
		return protocol.Order{}, nil, err
	}
	o, err := protocol.DecodeOrder(body)
	return o, fds, err
}

func (s *station) report(r protocol.Report) error {
	frame, err := protocol.Seal(r.Append(protocol.Room(64 + len(r.Bytes))))
	if err != nil {
		return err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	_, err = s.control.Write(frame)
	return err
}

// serve carries out one order.
func (s *station) serve(o *protocol.Order, fds []int) protocol.Report {
	switch o.Kind {
	case protocol.SetupOrder:
		return s.setup(o, fds)
	case protocol.SpawnOrder:
		return s.spawn(o.Name, uint8(o.Number), fds)
	case protocol.SignalOrder:
		return s.signal(o.PID, int(o.Number))
	case protocol.SightOrder:
		return s.sight(o)
	case protocol.PeekOrder:
		return s.peek(o.PID, int(o.Number))
	case protocol.CaptureOrder:
		if err := canCapture(); err != nil {
			return refusal("open a packet socket", err)
		}
		return protocol.Report{}
	case protocol.SettingOrder:
		return s.set(o)
	case protocol.WireOrder:
		return s.act(o)
	case protocol.GuardOrder:
		return s.guard(o, fds)
	case protocol.UnguardOrder:
		return s.unguard()
	}
	closeAll(fds)
	return refusal(fmt.Sprintf("order %d", o.Kind), unix.ENOSYS)
}

// refusal is the report of an order that could not be carried out.
func refusal(what string, err error) protocol.Report {
	r := protocol.Report{Errno: uint32(unix.EIO), Text: what}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		r.Errno = uint32(errno)
	}
	if err != nil {
		r.Text += ": " + err.Error()
	}
	return r
}

// setup makes the lab's world, as much of it as the tier has. The report's text
// is the temporary folder, empty when the workers have a file system of their own;
// its texts say what is missing. There is a wire when its word is not empty.
func (s *station) setup(o *protocol.Order, fds []int) protocol.Report {
	defer closeAll(fds)
	t, wire := Tier(o.Number), o.Name
	s.tier = t
	var lack []string
	if t.Private() {
		if err := smallTables(); err != nil {
			lack = append(lack, fmt.Sprintf("The network's socket tables are as large as the host's, so looking takes longer: %v.", err))
		}
		if err := loopbackUp(); err != nil {
			return refusal("private network", err)
		}
		lack = append(lack, applySettings()...)
	}
	// Before anything is taken from this process that the companion is to have.
	if len(fds) == 1 {
		if err := s.startCompanion(o.Bytes, fds[0]); err != nil {
			return refusal("start the companion", err)
		}
	}
	if t.Private() {
		root, err := emptyRoot()
		if err != nil {
			lack = append(lack, fmt.Sprintf("The programs have no file system of their own: %v.", err))
		}
		s.root = root
	}
	s.networks = []*territory{{number: protocol.NetworkLab, space: -1, link: "lo"}}
	if wire != "" {
		if err := s.layWire(); err != nil {
			return refusal("lay the wire", err)
		}
		s.wire.holding = wire == "wire hold"
	}
	if t == TierCapture && !hasCapability(unix.CAP_NET_RAW) {
		return refusal("capture packets", unix.EPERM)
	}
	if s.root == "" {
		folder, err := os.MkdirTemp("", "sockstep-")
		if err != nil {
			return refusal("make a temporary folder", err)
		}
		s.folder = folder
	}
	if err := fewCapabilities(); err != nil {
		return refusal("drop capabilities", err)
	}
	s.looker = newLooker()
	for _, t := range s.networks {
		if err := s.inside(t, t.openTables); err != nil {
			lack = append(lack, fmt.Sprintf("The kernel's socket tables cannot be read here: %v.", err))
		}
	}
	if t.Private() {
		lack = append(lack, s.openCounters()...)
	}
	if err := s.watch(t); err != nil {
		lack = append(lack, fmt.Sprintf("Packets are not visible here: %v.", err))
	}
	return protocol.Report{PID: os.Getpid(), Text: s.folder, Texts: lack}
}

// errNoCapability is why packets cannot be read.
var errNoCapability = errors.New("reading them takes the capability CAP_NET_RAW")

// watch begins to read the network's packets. Those on a wire go through the lab
// process anyway.
func (s *station) watch(t Tier) (err error) {
	if s.wire != nil {
		return nil
	}
	if t == TierHost || !hasCapability(unix.CAP_NET_RAW) {
		return errNoCapability
	}
	s.capture, err = openCapture(s.bring)
	return err
}

func hasCapability(c uint) bool {
	held, err := heldCapabilities()
	return err == nil && held&(1<<c) != 0
}

// spawn starts a worker on the given channel and page. This is the main thread:
// it lives as long as the lab process, and its end is what kills the worker.
func (s *station) spawn(name string, network uint8, fds []int) protocol.Report {
	defer closeAll(fds)
	place := s.territory(network)
	if len(fds) != 2 || place == nil {
		return refusal("start a worker: want two descriptors and a network", unix.EINVAL)
	}
	mem, err := unix.Mmap(fds[1], 0, pageSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return refusal("map the page", err)
	}
	var pid int
	err = s.inside(place, func() (err error) { pid, err = s.fork(name, fds[0], fds[1]); return err })
	if err != nil {
		_ = unix.Munmap(mem)
		return refusal("start a worker", err)
	}
	r := &resident{pid: pid, place: place, pidfd: -1, page: pageOf(mem), mem: mem}
	if fd, err := unix.PidfdOpen(pid, 0); err == nil {
		r.pidfd = fd
	}
	s.mu.Lock()
	s.workers[pid] = r
	s.mu.Unlock()
	s.reaped.Add(1)
	go s.await(r)
	return protocol.Report{PID: pid}
}

// fork starts the program again as a worker. Every descriptor below the channel
// is taken by /dev/null, so that nothing of the Go runtime's can land there.
func (s *station) fork(name string, channel, page int) (int, error) {
	files := make([]uintptr, channelFD+1)
	for i := range files {
		files[i] = uintptr(s.null)
	}
	files[pageFD], files[channelFD] = uintptr(page), uintptr(channel)
	attr := &syscall.ProcAttr{
		Dir: s.folder, Env: HelperEnv("GOMAXPROCS=2"), Files: files,
		Sys: &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true, AmbientCaps: s.lent()},
	}
	return syscall.ForkExec("/proc/self/exe", []string{helperPrefix + name, workerRole, s.root}, attr)
}

// lent returns the capabilities a worker starts with.
func (s *station) lent() []uintptr {
	held, err := heldCapabilities()
	if err != nil || held&mask(workerCapabilities) != mask(workerCapabilities) {
		return nil
	}
	return workerCapabilities
}

// HelperEnv is the environment of a helper, see RegisterHelper: nothing of the user's
// but what the program's own start may depend on.
func HelperEnv(more ...string) []string {
	env := append([]string{
		"GODEBUG=asyncpreemptoff=1,containermaxprocs=0,updatemaxprocs=0",
		// Under the race detector a program sleeps before it exits.
		"GORACE=" + os.Getenv("GORACE") + " atexit_sleep_ms=0",
	}, more...)
	for _, name := range []string{"LD_LIBRARY_PATH", "GOCOVERDIR", "TMPDIR"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// await waits for a worker's end and reports it. The process stays a zombie
// until it is out of the list, so that no signal can reach another of its number.
func (s *station) await(r *resident) {
	defer s.reaped.Done()
	for unix.Waitid(unix.P_PID, r.pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
	s.mu.Lock()
	delete(s.workers, r.pid)
	var status unix.WaitStatus
	for {
		if _, err := unix.Wait4(r.pid, &status, 0, nil); err != unix.EINTR {
			break
		}
	}
	if r.pidfd >= 0 {
		_ = unix.Close(r.pidfd)
	}
	_ = unix.Munmap(r.mem)
	s.mu.Unlock()
	_ = s.report(protocol.Report{Kind: protocol.EndReport, PID: r.pid, Status: uint32(status)})
}

// signal sends a signal to a worker's main thread; the one that makes its calls.
func (s *station) signal(pid, sig int) protocol.Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.workers[pid] == nil {
		return refusal("signal "+strconv.Itoa(sig), unix.ESRCH)
	}
	if err := unix.Tgkill(pid, pid, unix.Signal(sig)); err != nil {
		return refusal("signal "+strconv.Itoa(sig), err)
	}
	return protocol.Report{PID: pid}
}

// startCompanion starts the program again as a companion, in a mount namespace of
// its own where it may have one, for this process is about to hide the user's files
// from itself.
func (s *station) startCompanion(what []byte, channel int) error {
	args, env, err := protocol.DecodeCompanion(what)
	if err != nil {
		return err
	}
	attr := &syscall.ProcAttr{
		Env:   env,
		Files: []uintptr{uintptr(s.null), uintptr(s.null), uintptr(helperErrors(s.null)), uintptr(channel)},
		Sys:   &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true},
	}
	if s.tier.Private() {
		attr.Sys.Cloneflags = unix.CLONE_NEWNS
	}
	if s.tier == TierUser {
		attr.Sys.AmbientCaps = labCapabilities
	}
	pid, err := syscall.ForkExec("/proc/self/exe", args, attr)
	if err != nil {
		return err
	}
	s.companion = pid
	s.reaped.Add(1)
	go func() {
		defer s.reaped.Done()
		for unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED, nil) == unix.EINTR {
		}
	}()
	return nil
}

// end kills the workers, waits for them, gives back the terminal of a program
// that could not, and removes the temporary folder.
func (s *station) end() {
	s.mu.Lock()
	for pid := range s.workers {
		_ = unix.Kill(pid, unix.SIGKILL)
	}
	if s.companion != 0 {
		_ = unix.Kill(s.companion, unix.SIGKILL)
	}
	s.mu.Unlock()
	if s.guarded != nil {
		s.guarded.restore()
	}
	done := make(chan struct{})
	go func() { s.reaped.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(time.Second):
	}
	if s.folder != "" {
		_ = os.RemoveAll(s.folder)
	}
}

func closeAll(fds []int) {
	for _, fd := range fds {
		_ = unix.Close(fd)
	}
}
