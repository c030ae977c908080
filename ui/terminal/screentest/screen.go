//go:build unix

// Package screentest is a terminal for tests: a pseudo-terminal with a program
// on it, read through an emulator, that knows whether the program left it as it
// was. It waits for what the screen shows and never for a time, and it judges
// from outside: it knows nothing of the program it holds.
package screentest

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"sockstep/netcore/clocktest"
)

// Setup is how a Screen starts.
type Setup struct {
	Args          []string            // the command
	Env           []string            // added to the environment of the tests
	Dir           string              // where it runs; "" is here
	Width, Height uint16              // in cells, default 100x30
	NoSize        bool                // the terminal does not know its size
	Mute          bool                // the terminal answers nothing
	Pace          int                 // bytes a second it reads; 0 is all there are, -1 none until Drain
	Extra         *os.File            // descriptor 3
	User          *syscall.Credential // whose terminal and program it is, nil for the tests' own
}

// Screen is a terminal with a program on it.
type Screen struct {
	Cmd    *exec.Cmd
	Master *os.File
	Slave  *os.File
	FD     int // Master's, which asking it for would make blocking

	t      testing.TB
	cooked *term.State
	ended  chan struct{} // closed when the program has been waited for
	marks  int

	mu      sync.Mutex
	changed *sync.Cond
	emu     *vt.SafeEmulator
	log     []byte

	noting sync.Mutex // guards obeyed; taken while the emulator is, so not mu
	obeyed map[string]bool
}

// defaultHangups has programs started with hang-ups at their default, also where the
// tests were started with them ignored, as nohup does.
var defaultHangups = sync.OnceFunc(func() { signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP) })

// Start opens a terminal and starts the program on it. The end of the test kills
// it.
func Start(t testing.TB, s Setup) *Screen {
	t.Helper()
	defaultHangups()
	s = s.filled()
	master, slave, err := pty.Open()
	if err != nil {
		t.Skip("no pseudo-terminals here:", err)
	}
	sc := &Screen{t: t, Slave: slave, ended: make(chan struct{}),
		obeyed: map[string]bool{}, emu: vt.NewSafeEmulator(int(s.Width), int(s.Height))}
	sc.changed = sync.NewCond(&sc.mu)
	sc.listen()
	sc.own(master)
	if !s.NoSize {
		sc.Resize(s.Width, s.Height)
	}
	if sc.cooked, err = term.GetState(slave.Fd()); err != nil {
		t.Fatal(err)
	}
	if s.User != nil {
		_ = slave.Chown(int(s.User.Uid), int(s.User.Gid)) // as a login does
	}
	sc.run(s)
	sc.serve(s)
	t.Cleanup(sc.close)
	return sc
}

func (s Setup) filled() Setup {
	if s.Width == 0 || s.Height == 0 {
		s.Width, s.Height = 100, 30
	}
	if s.NoSize {
		s.Width, s.Height = 80, 24
	}
	return s
}

func (s *Screen) run(o Setup) {
	s.t.Helper()
	s.Cmd = exec.Command(o.Args[0], o.Args[1:]...)
	s.Cmd.Dir = o.Dir
	s.Cmd.Env = append(append(os.Environ(), "TERM=xterm-256color", "COLORTERM=truecolor", "NO_COLOR=", "GORACE="+os.Getenv("GORACE")+" atexit_sleep_ms=0"), o.Env...)
	s.Cmd.Stdin, s.Cmd.Stdout, s.Cmd.Stderr = s.Slave, s.Slave, s.Slave
	if o.Extra != nil {
		s.Cmd.ExtraFiles = []*os.File{o.Extra}
	}
	s.Cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Credential: o.User}
	if err := s.Cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() { _ = s.Cmd.Wait(); close(s.ended) }()
}

// serve reads what the program writes and answers what it asks.
func (s *Screen) serve(o Setup) {
	if o.Pace >= 0 {
		go s.read(o.Pace)
	}
	answers := io.Writer(s.Master)
	if o.Mute {
		answers = io.Discard
	}
	go func() { _, _ = io.Copy(answers, s.emu) }()
}

func (s *Screen) close() {
	_ = s.Cmd.Process.Kill()
	_ = s.Slave.Close()
	_ = s.Master.Close()
	<-s.ended
}

// own takes the master end over in a form whose Close ends a Read.
func (s *Screen) own(master *os.File) {
	s.t.Helper()
	fd, err := unix.FcntlInt(master.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	_ = master.Close()
	s.FD, s.Master = fd, os.NewFile(uintptr(fd), "terminal")
}

// Resize gives the terminal another size, in cells.
func (s *Screen) Resize(width, height uint16) {
	s.t.Helper()
	if err := unix.IoctlSetWinsize(s.FD, unix.TIOCSWINSZ, &unix.Winsize{Col: width, Row: height}); err != nil {
		s.t.Fatal(err)
	}
	if width > 0 && height > 0 {
		s.emu.Resize(int(width), int(height))
	}
}

// Drain reads on for a terminal that read nothing until now.
func (s *Screen) Drain() { go s.read(0) }

func (s *Screen) read(pace int) {
	b := make([]byte, 4096)
	if pace > 0 {
		b = b[:max(pace/100, 1)]
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for range tick.C {
			if !s.readOnce(b) {
				return
			}
		}
	}
	for s.readOnce(b) {
	}
}

func (s *Screen) readOnce(b []byte) bool {
	n, err := s.Master.Read(b)
	s.mu.Lock()
	if n > 0 {
		_, _ = s.emu.Write(b[:n])
	}
	s.log = append(s.log, b[:n]...)
	s.changed.Broadcast()
	s.mu.Unlock()
	return err == nil
}

// Until waits for the condition, which is looked at whenever something was read,
// but for a frame that is on its way: where the program says where frames begin
// and end (mode 2026), half of one is no screen.
func (s *Screen) Until(what string, cond func(screen, log string) bool) {
	s.t.Helper()
	s.within(clocktest.Patience, what, cond)
}

func (s *Screen) within(d time.Duration, what string, cond func(screen, log string) bool) {
	s.t.Helper()
	watch, late := clocktest.Start(), false
	over := make(chan struct{})
	defer close(over)
	go func() {
		clocktest.Within(d, func() bool { return closed(over) })
		s.mu.Lock()
		defer s.mu.Unlock()
		late = true
		s.changed.Broadcast()
	}()
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if !late && s.halfway() {
			s.changed.Wait()
			continue
		}
		picture := s.Picture()
		if cond(picture, string(s.log)) {
			return
		}
		if late {
			s.t.Fatalf("waited %v in vain for %s, and %v for a processor; the screen:\n%s\nthe last bytes: %q", d, what, watch.Lost(), picture, s.log[max(len(s.log)-400, 0):])
		}
		s.changed.Wait()
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// halfway reports whether a frame has begun and not ended.
func (s *Screen) halfway() bool {
	begin := bytes.LastIndex(s.log, []byte("\x1b[?2026h"))
	return begin >= 0 && !bytes.Contains(s.log[begin:], []byte("\x1b[?2026l"))
}

// Picture is what the screen shows, as plain text.
func (s *Screen) Picture() string { return ansi.Strip(s.emu.Render()) }

// Sent returns all bytes the terminal was sent.
func (s *Screen) Sent() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.log)
}

// Shows waits until the text is on the screen.
func (s *Screen) Shows(text string) {
	s.t.Helper()
	s.ShowsWithin(clocktest.Patience, text)
}

// ShowsWithin is Shows with a bound of its own, on a clocktest.Watch.
func (s *Screen) ShowsWithin(d time.Duration, text string) {
	s.t.Helper()
	s.within(d, fmt.Sprintf("%q", text), func(picture, _ string) bool { return strings.Contains(picture, text) })
}

// Types presses keys.
func (s *Screen) Types(keys string) {
	s.t.Helper()
	if _, err := s.Master.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// Signal sends the program a signal.
func (s *Screen) Signal(sig syscall.Signal) { _ = s.Cmd.Process.Signal(sig) }

// HangUp closes the terminal.
func (s *Screen) HangUp() {
	_ = s.Slave.Close()
	_ = s.Master.Close()
}

// Ends waits for the program's end, and returns its exit status (-1 for one that
// was killed), and how long the wait took on a clocktest.Watch.
func (s *Screen) Ends() (status int, took time.Duration) {
	s.t.Helper()
	watch := clocktest.Start()
	select {
	case <-s.ended:
		return s.Cmd.ProcessState.ExitCode(), watch.Took()
	case <-time.After(clocktest.Patience):
		s.t.Fatalf("it does not end; the screen:\n%s", s.Picture())
	}
	return 0, 0
}
