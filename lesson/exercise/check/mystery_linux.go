package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/netcore"
)

// The roles in which this program is started again for a mystery.
const (
	besideRole  = "beside"  // starts a mystery, and becomes the program
	mysteryRole = "mystery" // has sockets
)

func init() {
	netcore.RegisterHelper(besideRole, runBeside)
	netcore.RegisterHelper(mysteryRole, func([]string) error { return runMystery() })
}

// mysteryLimit bounds how long it may take until a mystery is as it should be.
const mysteryLimit = 15 * time.Second

// Mystery runs the program with a mystery beside it that has been there before, at the
// program's port. What is random in it is different each time. Where it cannot be made the
// criterion is undecided.
func (t *T) Mystery(o Scene, options ...Option) (*Program, *Mystery) {
	port := t.FreshPort()
	s := &scene{t: t}
	t.defers(s.close)
	if err := s.build(port, o); err != nil {
		t.Unseen("the server to look at could not be made: %v", err)
	}
	address := &net.UnixAddr{Net: "unix", Name: "@sockstep-mystery-" + strconv.Itoa(os.Getpid()) + "-" + strconv.Itoa(port)}
	door, err := net.ListenUnix("unix", address)
	if err != nil {
		t.Unseen("the server to look at could not be made: %v", cause(err))
	}
	defer door.Close()
	p := t.Start(append(options, Port(port), before(netcore.HelperCommand(besideRole, address.Name)))...)
	m, err := s.hand(p, door)
	if err != nil {
		if p.ends() {
			t.Fail("%s: %s", p.ending(), strings.TrimSpace(p.said()))
		}
		t.Unseen("the server to look at could not be made: %v", err)
	}
	return p, m
}

// before has this program be started in a role of netcore's helpers, with the program's
// arguments behind its own, to become the program.
func before(command []string) Option { return func(r *run) { r.before = command } }

// now reads anew what sock_diag tells of the mystery's sockets.
func (m *Mystery) now() ([]Held, error) {
	all, err := netcore.Sockets()
	if err != nil {
		return nil, err
	}
	byInode := map[uint64]netcore.Socket{}
	for _, s := range all {
		byInode[s.Inode] = s
	}
	out := slices.Clone(m.Held)
	for i := range out {
		s, ok := byInode[out[i].Socket.Inode]
		if !ok {
			return nil, fmt.Errorf("descriptor %d of process %d is a socket no more", out[i].FD, m.PID)
		}
		out[i].Socket = s
	}
	return out, nil
}

// scene is a mystery while it is being made: its sockets are the examiner's at first.
type scene struct {
	t     *T
	files []*os.File
	want  map[uint64]func(netcore.Socket) bool // TCP sockets by inode, and how they will be
	inode []uint64                             // of each file, 0 for one that is no TCP socket
}

// add takes a descriptor for the mystery.
func (s *scene) add(fd int, settled func(netcore.Socket) bool) error {
	s.files = append(s.files, os.NewFile(uintptr(fd), "mystery"))
	if settled == nil {
		s.inode = append(s.inode, 0)
		return nil
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return os.NewSyscallError("fstat", err)
	}
	s.inode = append(s.inode, st.Ino)
	if s.want == nil {
		s.want = map[uint64]func(netcore.Socket) bool{}
	}
	s.want[st.Ino] = settled
	return nil
}

func (s *scene) close() {
	for _, f := range s.files {
		_ = f.Close()
	}
}

// build makes a server at a port with clients in several states.
func (s *scene) build(port int, o Scene) error {
	at := &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}
	const longQueue = 64
	l, err := tcp()
	if err != nil {
		return err
	}
	waiting := 10 + rand.IntN(15)
	if o.Listens {
		err = s.add(l, func(k netcore.Socket) bool { return k.State == "LISTEN" && int(k.RecvQ) == waiting })
	} else {
		defer unix.Close(l)
	}
	if err = errors.Join(err, unix.SetsockoptInt(l, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1), unix.Bind(l, at), unix.Listen(l, longQueue)); err != nil {
		return err
	}
	clients := []func(int) error{s.unread(l), s.left(l), s.stuffed(l), s.calls}
	rand.Shuffle(len(clients), func(i, j int) { clients[i], clients[j] = clients[j], clients[i] })
	for _, meet := range clients {
		if err := meet(port); err != nil {
			return err
		}
	}
	if o.Twice {
		if err := s.again(); err != nil {
			return err
		}
	}
	for range waiting {
		if !o.Listens {
			break
		}
		if _, err := s.client(port, 0); err != nil {
			return err
		}
	}
	return s.datagrams()
}

// tcp opens a TCP socket of IPv4.
func tcp() (int, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	return fd, os.NewSyscallError("socket", err)
}

// client connects to a port; it is over with the criterion.
func (s *scene) client(port, buffer int) (*net.TCPConn, error) {
	d := net.Dialer{Timeout: time.Second, Control: receiveBuffer(buffer)}
	d.SetMultipathTCP(false)
	c, err := d.DialContext(s.t.ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	s.t.defers(func() { _ = c.Close() })
	return c.(*net.TCPConn), nil
}

// met is a client and its connection at the server.
func (s *scene) met(l, port, buffer int) (*net.TCPConn, int, error) {
	c, err := s.client(port, buffer)
	if err != nil {
		return nil, -1, err
	}
	fd, _, err := unix.Accept4(l, unix.SOCK_CLOEXEC)
	return c, fd, os.NewSyscallError("accept", err)
}

// unread is a client whose bytes nobody has read.
func (s *scene) unread(l int) func(int) error {
	return func(port int) error {
		c, fd, err := s.met(l, port, 0)
		if err != nil {
			return err
		}
		n := 100 + rand.IntN(900)
		_, err = c.Write(make([]byte, n))
		return errors.Join(err, s.add(fd, func(k netcore.Socket) bool { return int(k.RecvQ) == n }))
	}
}

// left is a client that has sent something and closed.
func (s *scene) left(l int) func(int) error {
	return func(port int) error {
		c, fd, err := s.met(l, port, 0)
		if err != nil {
			return err
		}
		_, err = c.Write(make([]byte, 1+rand.IntN(90)))
		return errors.Join(err, c.Close(), s.add(fd, func(k netcore.Socket) bool { return k.State == "CLOSE_WAIT" }))
	}
}

// stuffed is a client that reads nothing of what it was sent.
func (s *scene) stuffed(l int) func(int) error {
	return func(port int) error {
		_, fd, err := s.met(l, port, 1)
		if err != nil {
			return err
		}
		n, err := unix.SendmsgN(fd, make([]byte, 20_000+rand.IntN(20_000)), nil, nil, unix.MSG_DONTWAIT)
		return errors.Join(os.NewSyscallError("sendmsg", err), s.add(fd, func(k netcore.Socket) bool { return k.SendQ > 0 && int(k.SendQ) < n }))
	}
}

// calls has the mystery be a client itself, of another server; now and then one that has
// said it sends no more.
func (s *scene) calls(int) error {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	fd, err := tcp()
	if err != nil {
		return err
	}
	to := l.Addr().(*net.TCPAddr)
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: to.Port, Addr: [4]byte(to.IP.To4())}); err != nil {
		return os.NewSyscallError("connect", err)
	}
	c, err := l.Accept()
	if err != nil {
		return err
	}
	s.t.defers(func() { _ = c.Close() })
	state := "ESTABLISHED"
	if rand.IntN(2) == 0 {
		state = "FIN_WAIT2"
		if err := unix.Shutdown(fd, unix.SHUT_WR); err != nil {
			return os.NewSyscallError("shutdown", err)
		}
	}
	return s.add(fd, func(k netcore.Socket) bool { return k.State == state })
}

// again is a second descriptor of one of the sockets.
func (s *scene) again() error {
	i := rand.IntN(len(s.files))
	fd, err := unix.FcntlInt(s.files[i].Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("fcntl", err)
	}
	return s.add(fd, s.want[s.inode[i]])
}

// datagrams is a socket that is none of TCP.
func (s *scene) datagrams() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	return s.add(fd, nil)
}

// gift is what a mystery is told: where to put the descriptors that come with it. The
// last of them is a pipe: what comes there starts the program.
type gift struct{ Places []int }

// hand gives the sockets to the mystery that knocks, waits until they are as they should
// be, and lets the program begin.
func (s *scene) hand(p *Program, door *net.UnixListener) (*Mystery, error) {
	if err := door.SetDeadline(time.Now().Add(mysteryLimit)); err != nil {
		return nil, err
	}
	go func() { // a program that ends before does not knock
		select {
		case <-p.ended:
			_ = door.Close()
		case <-s.t.ctx.Done():
		}
	}()
	channel, err := door.AcceptUnix()
	if err != nil {
		return nil, cause(err)
	}
	defer channel.Close()
	begin, end, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer begin.Close()
	defer end.Close()
	m, err := s.give(channel, begin)
	if err != nil {
		return nil, err
	}
	if err := s.settle(m); err != nil {
		return nil, err
	}
	m.Port = uint16(p.port)
	p.forget()
	_, err = end.Write([]byte{0})
	return m, err
}

// give sends the descriptors, SCM_RIGHTS of unix(7), and hears who has got them.
func (s *scene) give(channel *net.UnixConn, begin *os.File) (*Mystery, error) {
	const firstPlace, places = 24, 200 // above what a helper has itself
	var g gift
	m := &Mystery{}
	fds := []int{}
	for i, n := range rand.Perm(places)[:len(s.files)] {
		fds, g.Places = append(fds, int(s.files[i].Fd())), append(g.Places, firstPlace+n)
		if s.inode[i] != 0 {
			m.Held = append(m.Held, Held{FD: firstPlace + n, Socket: netcore.Socket{Inode: s.inode[i]}})
		}
	}
	slices.SortFunc(m.Held, func(a, b Held) int { return a.FD - b.FD })
	text, err := json.Marshal(g)
	if err != nil {
		return nil, err
	}
	if err := channel.SetDeadline(time.Now().Add(mysteryLimit)); err != nil {
		return nil, err
	}
	if _, _, err := channel.WriteMsgUnix(text, unix.UnixRights(append(fds, int(begin.Fd()))...), nil); err != nil {
		return nil, cause(err)
	}
	buf := make([]byte, 32)
	n, err := channel.Read(buf)
	if err != nil {
		return nil, cause(err)
	}
	m.PID, err = strconv.Atoi(string(buf[:n]))
	s.close() // they are the mystery's
	return m, err
}

// settle waits until the sockets are as they will be, and notes how that is.
func (s *scene) settle(m *Mystery) error {
	var last []Held
	for deadline := time.Now().Add(mysteryLimit); time.Now().Before(deadline); s.t.pause() {
		now, err := m.now()
		if err != nil {
			return err
		}
		ready := !slices.ContainsFunc(now, func(h Held) bool { return !s.want[h.Socket.Inode](h.Socket) })
		if ready && slices.EqualFunc(now, last, sameHeld) {
			m.Held = now
			return nil
		}
		last = now
		s.t.inTime()
	}
	return errors.New("its sockets did not come to rest")
}

// forget passes over the calls so far: they are those of this program's helpers.
func (p *Program) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = nil
	clear(p.waiting)
}

// runBeside starts a mystery, waits until it has its sockets, and becomes the program.
// Its arguments are where the sockets are to be had, and the program's.
func runBeside(args []string) error {
	if len(args) < 2 {
		return errors.New("want an address and a program")
	}
	var ready [2]int
	if err := unix.Pipe2(ready[:], unix.O_CLOEXEC); err != nil {
		return fmt.Errorf("pipe: %w", err)
	}
	channel, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("socket: %w", err)
	}
	if err := unix.Connect(channel, &unix.SockaddrUnix{Name: args[0]}); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	null, err := unix.Open("/dev/null", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open /dev/null: %w", err)
	}
	_, err = syscall.ForkExec("/proc/self/exe", netcore.HelperCommand(mysteryRole), &syscall.ProcAttr{
		Env:   append(os.Environ(), "GODEBUG=containermaxprocs=0,updatemaxprocs=0"),
		Files: []uintptr{uintptr(null), uintptr(null), uintptr(null), uintptr(channel), uintptr(ready[1])},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		return fmt.Errorf("start the mystery: %w", err)
	}
	_ = errors.Join(unix.Close(channel), unix.Close(ready[1]))
	if err := readOne(ready[0]); err != nil {
		return fmt.Errorf("the mystery: %w", err)
	}
	path, err := exec.LookPath(args[1])
	if err != nil {
		return err
	}
	if err := netcore.RestoreSignals(nil); err != nil {
		return err
	}
	return fmt.Errorf("%s: %w", filepath.Base(path), syscall.Exec(path, args[1:], os.Environ()))
}

// readOne reads a byte.
func readOne(fd int) error {
	for {
		switch n, err := unix.Read(fd, make([]byte, 1)); {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return err
		case n == 0:
			return io.ErrUnexpectedEOF
		default:
			return nil
		}
	}
}

// runMystery takes the sockets that come on descriptor 3 and has them from then on.
// Descriptor 4 is told when the program may begin.
func runMystery() error {
	const channel, ready = 3, 4
	unix.CloseOnExec(channel)
	text, rights := make([]byte, 4096), make([]byte, unix.CmsgSpace(64*4))
	n, size, _, _, err := unix.Recvmsg(channel, text, rights, unix.MSG_CMSG_CLOEXEC)
	if err != nil {
		return fmt.Errorf("recvmsg: %w", err)
	}
	var g gift
	if err := json.Unmarshal(text[:n], &g); err != nil {
		return err
	}
	var silent [2]int // a pipe from which nothing ever comes
	if err := unix.Pipe2(silent[:], unix.O_CLOEXEC); err != nil {
		return fmt.Errorf("pipe: %w", err)
	}
	fds, err := rightsIn(rights[:size])
	if err != nil || len(fds) != len(g.Places)+1 {
		return fmt.Errorf("%d descriptors came: %w", len(fds), err)
	}
	for i, place := range g.Places {
		if err := errors.Join(unix.Dup3(fds[i], place, unix.O_CLOEXEC), unix.Close(fds[i])); err != nil {
			return err
		}
	}
	// What the program sees in /proc may not be what getpid(2) says.
	self, err := os.Readlink("/proc/self")
	if err != nil {
		return err
	}
	if _, err := unix.Write(channel, []byte(self)); err != nil {
		return err
	}
	begin := fds[len(g.Places)]
	if err := readOne(begin); err != nil {
		return err
	}
	_ = unix.Close(begin)
	if _, err := unix.Write(ready, []byte{0}); err != nil {
		return err
	}
	_ = unix.Close(ready)
	return readOne(silent[0])
}

// rightsIn are the descriptors that came with a message.
func rightsIn(b []byte) ([]int, error) {
	messages, err := unix.ParseSocketControlMessage(b)
	if err != nil || len(messages) == 0 {
		return nil, err
	}
	return unix.ParseUnixRights(&messages[0])
}
