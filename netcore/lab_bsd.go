//go:build unix && !linux

package netcore

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/netcore/protocol"
)

// sockaddrFamily reads sa_family, which is behind sa_len.
func sockaddrFamily(b []byte) int { return int(b[1]) }

func kernelRelease() string {
	release, _ := unix.Sysctl("kern.osrelease")
	return release
}

// glance shows nothing: this system has no /proc/PID/syscall.
func (c *Pending) glance() glance { return glance{} }

var (
	errNoNetwork = errors.New("this system has no private networks for ordinary programs")
	errNoCancel  = errors.New("a waiting call cannot be interrupted on this system; end the process instead")
	errNoCapture = errors.New("packets are only visible to the administrator here")
	errNoGuard   = errors.New("this system has no lab process that could give the terminal back")
)

var bsdMissing = []string{
	"Connections waiting for accept, TIME_WAIT and timers are not visible here: this system shows a program only its own sockets.",
	"Packets are not visible here.",
	"A call counts as waiting when it has not returned for a while: this system does not show what a process sleeps in.",
}

// bsdGround starts workers as children of the program, on the host's network.
type bsdGround struct {
	temp string
	gone chan struct{}
	once sync.Once

	mu    sync.Mutex
	alive map[int]*child
	ended sync.WaitGroup
}

// child is a worker with its side channel.
type child struct {
	side   *os.File
	in     *bufio.Reader
	asking sync.Mutex
}

func openGround(_ context.Context, t Tier, _ Options, _ func(protocol.Batch)) (ground, error) {
	if t != TierHost {
		return nil, errNoNetwork
	}
	folder, err := os.MkdirTemp("", "sockstep-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	return &bsdGround{temp: folder, gone: make(chan struct{}), alive: map[int]*child{}}, nil
}

func (g *bsdGround) tier() Tier            { return TierHost }
func (g *bsdGround) folder() string        { return g.temp }
func (g *bsdGround) missing() []string     { return bsdMissing }
func (g *bsdGround) pid() int              { return os.Getpid() }
func (g *bsdGround) lost() <-chan struct{} { return g.gone }
func (g *bsdGround) companion() *os.File   { return nil }

func (g *bsdGround) spawn(ctx context.Context, name string) (*body, error) {
	mine, theirs, err := channels()
	if err != nil {
		return nil, err
	}
	pid, err := g.fork(name, theirs)
	for _, fd := range theirs {
		_ = unix.Close(fd)
	}
	if err != nil {
		return nil, fmt.Errorf("start a worker: %w", err)
	}
	b := &body{pid: pid, channel: mine[0], in: bufio.NewReader(mine[0]), over: make(chan ending, 1)}
	c := &child{side: mine[1], in: bufio.NewReader(mine[1])}
	g.mu.Lock()
	g.alive[pid] = c
	g.mu.Unlock()
	g.ended.Add(1)
	go g.reap(b, c)
	if err := b.meet(ctx); err != nil {
		_ = g.kill(ctx, b)
		return nil, err
	}
	return b, nil
}

// deliver sends a frame to the worker.
func (b *body) deliver(frame []byte) error {
	_, err := b.channel.Write(frame)
	return err
}

// channels makes the channel and the side channel.
func channels() (mine [2]*os.File, theirs [2]int, err error) {
	for i := range mine {
		syscall.ForkLock.RLock()
		pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		if err != nil {
			syscall.ForkLock.RUnlock()
			return mine, theirs, fmt.Errorf("socketpair: %w", err)
		}
		unix.CloseOnExec(pair[0])
		unix.CloseOnExec(pair[1])
		syscall.ForkLock.RUnlock()
		_ = unix.SetNonblock(pair[0], true)
		// A worker that is gone is an error and no SIGPIPE.
		_ = unix.SetsockoptInt(pair[0], unix.SOL_SOCKET, unix.SO_NOSIGPIPE, 1)
		mine[i], theirs[i] = os.NewFile(uintptr(pair[0]), "worker"), pair[1]
	}
	return mine, theirs, nil
}

func (g *bsdGround) fork(name string, theirs [2]int) (int, error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	files := make([]uintptr, sideFD+1)
	for i := range files {
		files[i] = null.Fd()
	}
	files[channelFD], files[sideFD] = uintptr(theirs[0]), uintptr(theirs[1])
	return syscall.ForkExec(self, []string{helperPrefix + name, workerRole, g.temp}, &syscall.ProcAttr{
		Dir: g.temp, Env: []string{"GODEBUG=asyncpreemptoff=1"}, Files: files,
		Sys: &syscall.SysProcAttr{Setpgid: true},
	})
}

func (g *bsdGround) reap(b *body, c *child) {
	defer g.ended.Done()
	var status unix.WaitStatus
	for {
		if _, err := unix.Wait4(b.pid, &status, 0, nil); err != unix.EINTR {
			break
		}
	}
	g.mu.Lock()
	delete(g.alive, b.pid)
	g.mu.Unlock()
	_ = c.side.Close()
	how := ending{status: status.ExitStatus()}
	if status.Signaled() {
		how = ending{signal: unix.SignalName(status.Signal())}
	}
	b.over <- how
	close(b.over)
}

func (g *bsdGround) signal(_ context.Context, b *body, sig int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.alive[b.pid] == nil {
		return unix.ESRCH
	}
	return unix.Kill(b.pid, syscall.Signal(sig))
}

func (g *bsdGround) cancel(context.Context, *body) error { return errNoCancel }

func (g *bsdGround) kill(ctx context.Context, b *body) error {
	return g.signal(ctx, b, int(unix.SIGKILL))
}

func (g *bsdGround) set(context.Context, StageSetting, *body) (value, was string, err error) {
	return "", "", errPrivate
}

func (g *bsdGround) act(context.Context, WireAct, uint64) error { return ErrNoWire }

func (g *bsdGround) capture(context.Context) error { return errNoCapture }

func (g *bsdGround) guard(context.Context, Saved) error { return errNoGuard }

func (g *bsdGround) unguard(context.Context) error { return nil }

func (g *bsdGround) close() error {
	g.once.Do(func() {
		g.mu.Lock()
		for pid := range g.alive {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
		g.mu.Unlock()
		g.ended.Wait()
		_ = os.RemoveAll(g.temp)
		close(g.gone)
	})
	return nil
}

// look asks a worker about its descriptors.
func (c *child) look() (protocol.Table, error) {
	c.asking.Lock()
	defer c.asking.Unlock()
	_ = c.side.SetDeadline(time.Now().Add(time.Second))
	frame, err := protocol.Seal(protocol.Room(0))
	if err != nil {
		return protocol.Table{}, err
	}
	if _, err := c.side.Write(frame); err != nil {
		return protocol.Table{}, err
	}
	answer, err := protocol.Read(c.in, nil)
	if err != nil {
		return protocol.Table{}, err
	}
	s, err := protocol.DecodeSighting(answer)
	if err != nil || len(s.Tables) != 1 {
		return protocol.Table{}, fmt.Errorf("look: %w", errors.Join(err, protocol.ErrMalformed))
	}
	return s.Tables[0], nil
}

func (g *bsdGround) child(pid int) *child {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.alive[pid]
}

func (g *bsdGround) snapshot(_ context.Context, ps []*Process, _ *acquaintance) (Snapshot, error) {
	s := Snapshot{At: Now(), Missing: slices.Clone(bsdMissing)}
	for _, p := range ps {
		t := ProcessTable{Name: p.name, PID: p.PID(), Alive: p.Alive()}
		if c := g.child(p.PID()); c != nil {
			seen, err := c.look()
			if err != nil {
				s.Missing = append(s.Missing, fmt.Sprintf("The descriptors of %s could not be read: %v.", p.name, err))
			}
			s.add(&t, seen.FDs)
		}
		s.Processes = append(s.Processes, t)
	}
	return s, nil
}

// add takes over a worker's descriptors and sockets. Inode numbers are the
// system's own; sockets have no cookie here.
func (s *Snapshot) add(t *ProcessTable, fds []protocol.FD) {
	for _, fd := range fds {
		var d Descriptor
		_, _ = fmt.Sscanf(bracketed(fd.Target), ":[%d]", &d.Inode)
		d.FD, d.Target, d.Kind = fd.Number, fd.Target, fd.Target[:len(fd.Target)-len(bracketed(fd.Target))]
		if fd.Flags&unix.O_NONBLOCK != 0 {
			d.Flags = append(d.Flags, "O_NONBLOCK")
		}
		t.FDs = append(t.FDs, d)
		if fd.Probe != nil {
			o := probedSocket(fd.Probe)
			o.Inode, o.Owners = d.Inode, []Owner{{Process: t.Name, FD: d.FD}}
			s.Sockets = append(s.Sockets, o)
		}
	}
}

// bracketed returns the part ":[4711]" of a target.
func bracketed(target string) string {
	for i := range target {
		if target[i] == ':' {
			return target[i:]
		}
	}
	return ""
}

// bsdStates are the TCP states by number plus one, netinet/tcp_fsm.h.
var bsdStates = [...]string{
	1: "CLOSE", 2: "LISTEN", 3: "SYN_SENT", 4: "SYN_RECV", 5: "ESTABLISHED", 6: "CLOSE_WAIT",
	7: "FIN_WAIT1", 8: "CLOSING", 9: "LAST_ACK", 10: "FIN_WAIT2", 11: "TIME_WAIT",
}

func probedSocket(p *protocol.Probe) Socket {
	s := Socket{Network: "host", Local: addrPortOf(p.Local), Peer: addrPortOf(p.Peer), RecvQ: p.RecvQ, Source: "getsockopt"}
	s.Domain = map[uint32]string{unix.AF_INET: "AF_INET", unix.AF_INET6: "AF_INET6", unix.AF_UNIX: "AF_UNIX"}[p.Domain]
	s.Type = map[uint32]string{unix.SOCK_STREAM: "SOCK_STREAM", unix.SOCK_DGRAM: "SOCK_DGRAM"}[p.Type]
	if p.Protocol == unix.IPPROTO_TCP {
		s.Protocol = "TCP"
	}
	if int(p.State) < len(bsdStates) {
		s.State = bsdStates[p.State]
	}
	s.Bound = s.Local.Port() != 0
	return s
}

func addrPortOf(b []byte) netip.AddrPort {
	if len(b) < 8 {
		return netip.AddrPort{}
	}
	port := uint16(b[2])<<8 | uint16(b[3])
	switch {
	case b[1] == unix.AF_INET:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[4:8])), port)
	case b[1] == unix.AF_INET6 && len(b) >= 24:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[8:24])), port)
	}
	return netip.AddrPort{}
}

func (g *bsdGround) name(_ context.Context, b *body, fd int) ([]byte, error) {
	c := g.child(b.pid)
	if c == nil {
		return nil, unix.ESRCH
	}
	t, err := c.look()
	if err != nil {
		return nil, err
	}
	for _, row := range t.FDs {
		if row.Number == fd && row.Probe != nil {
			return row.Probe.Local, nil
		}
	}
	return nil, unix.EBADF
}

func tierFinding(t Tier, err error) Finding {
	return Finding{Name: "tier " + t.String(), Lack: fmt.Sprintf("The tier %q is not possible here: %v.", t, err)}
}

func systemFindings() []Finding {
	return []Finding{{
		Name: "system", Lack: "This system has no private networks for ordinary programs; lessons use 127.0.0.1 and free ports.",
		Fix: "For the whole of the course run it on Linux, in a virtual machine for example.",
	}}
}

func captureFix() string { return "" }

func lookFix() string { return "" }

// ReadTermios is not needed where there is no Guard.
func ReadTermios(*os.File) ([]byte, error) { return nil, errNoGuard }
