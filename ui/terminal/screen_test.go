//go:build unix

package terminal

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// screen is a terminal with a program on it.
type screen struct {
	t      *testing.T
	cmd    *exec.Cmd
	master *os.File
	fd     int // master's, which asking it for would make blocking
	slave  *os.File
	cooked unix.Termios
	ended  chan error
	gone   chan struct{} // closed when nothing more can be read

	mu      sync.Mutex
	changed *sync.Cond
	emu     *vt.SafeEmulator
	log     []byte
}

// setup is how a screen starts.
type setup struct {
	what          string // the demo
	width, height uint16
	env           []string
	through       []string // a command in front of the program's
	mute          bool     // the terminal answers nothing
	pace          int      // bytes a second it reads; 0 is all there are, -1 none until drain
	extra         *os.File // descriptor 3
}

func start(t *testing.T, s setup) *screen {
	t.Helper()
	if s.width == 0 && s.height == 0 {
		s.width, s.height = 100, 30
	}
	master, slave, err := pty.Open()
	if err != nil {
		t.Skip("no pseudo-terminals here:", err)
	}
	if s.width == 1<<15 {
		s.width = 0
	}
	sc := &screen{t: t, slave: slave, ended: make(chan error, 1), gone: make(chan struct{}),
		emu: vt.NewSafeEmulator(max(int(s.width), 80), max(int(s.height), 24))}
	sc.changed = sync.NewCond(&sc.mu)
	sc.own(master)
	sc.resize(s.width, s.height)
	before, err := unix.IoctlGetTermios(int(slave.Fd()), getTermios)
	if err != nil {
		t.Fatal(err)
	}
	sc.cooked = *before
	args := append(s.through, os.Args[0])
	sc.cmd = exec.Command(args[0], args[1:]...)
	sc.cmd.Env = append(append(os.Environ(), "TERM=xterm-256color", "COLORTERM=truecolor", "NO_COLOR=", "GORACE=atexit_sleep_ms=0", demoEnv+"="+s.what), s.env...)
	sc.cmd.Stdin, sc.cmd.Stdout, sc.cmd.Stderr = slave, slave, slave
	if s.extra != nil {
		sc.cmd.ExtraFiles = []*os.File{s.extra}
	}
	sc.cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true}
	if err := sc.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { sc.ended <- sc.cmd.Wait() }()
	if s.pace >= 0 {
		go sc.read(s.pace)
	}
	if !s.mute {
		go func() { _, _ = io.Copy(sc.master, sc.emu) }()
	} else {
		go func() { _, _ = io.Copy(io.Discard, sc.emu) }()
	}
	t.Cleanup(func() {
		_ = sc.cmd.Process.Kill()
		_ = slave.Close()
		_ = sc.master.Close()
	})
	return sc
}

// own takes the master end over in a form whose Close ends a Read.
func (s *screen) own(master *os.File) {
	s.t.Helper()
	fd, err := unix.FcntlInt(master.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	_ = master.Close()
	s.fd, s.master = fd, os.NewFile(uintptr(fd), "terminal")
}

func (s *screen) resize(width, height uint16) {
	s.t.Helper()
	if err := unix.IoctlSetWinsize(s.fd, unix.TIOCSWINSZ, &unix.Winsize{Col: width, Row: height}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *screen) read(pace int) {
	defer close(s.gone)
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

func (s *screen) readOnce(b []byte) bool {
	n, err := s.master.Read(b)
	if n > 0 {
		_, _ = s.emu.Write(b[:n])
	}
	s.mu.Lock()
	s.log = append(s.log, b[:n]...)
	s.changed.Broadcast()
	s.mu.Unlock()
	return err == nil
}

// until waits for the condition, which is looked at whenever something was read.
func (s *screen) until(what string, cond func(screen, log string) bool) {
	s.t.Helper()
	late := false
	timer := time.AfterFunc(patienceOfTests, func() { s.mu.Lock(); late = true; s.changed.Broadcast(); s.mu.Unlock() })
	defer timer.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		picture := ansi.Strip(s.emu.Render())
		if cond(picture, string(s.log)) {
			return
		}
		if late {
			s.t.Fatalf("waited in vain for %s; the screen:\n%s\nthe last bytes: %q", what, picture, s.log[max(len(s.log)-400, 0):])
		}
		s.changed.Wait()
	}
}

// sent returns all bytes the terminal was sent.
func (s *screen) sent() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.log)
}

func (s *screen) shows(text string) {
	s.t.Helper()
	s.until(fmt.Sprintf("%q", text), func(picture, _ string) bool { return strings.Contains(picture, text) })
}

func (s *screen) types(keys string) {
	s.t.Helper()
	if _, err := s.master.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// ends waits for the program's end, and returns its exit status, and how long it took.
func (s *screen) ends() (status int, took time.Duration) {
	s.t.Helper()
	start := time.Now()
	select {
	case <-s.ended:
		return s.cmd.ProcessState.ExitCode(), time.Since(start)
	case <-time.After(patienceOfTests):
		s.t.Fatal("it does not end")
	}
	return 0, 0
}

// restored fails the test unless the terminal is as it was.
func (s *screen) restored() {
	s.t.Helper()
	s.until("the last bytes", func(_, log string) bool { return strings.Contains(log, "the end") })
	now, err := unix.IoctlGetTermios(int(s.slave.Fd()), getTermios)
	if err != nil {
		s.t.Fatal(err)
	}
	if *now != s.cooked {
		s.t.Errorf("line discipline\n%+v, was\n%+v", *now, s.cooked)
	}
	before, _, _ := strings.Cut(s.sent(), "the end")
	if left := leftovers(before); len(left) > 0 {
		s.t.Errorf("left behind: %v, the last bytes %q", left, before[max(len(before)-300, 0):])
	}
}

var (
	modeSeq  = regexp.MustCompile(`\x1b\[\?([0-9;]+)([hl])`)
	kittySeq = regexp.MustCompile(`\x1b\[([<>=])([0-9]*)(?:;[0-9]*)?u`)
	titleSeq = regexp.MustCompile(`\x1b\[(22|23);0t`)
	styleSeq = regexp.MustCompile(`\x1b\[([0-9]*) q`)
)

// leftovers returns what the bytes sent to a terminal leave changed in it.
func leftovers(log string) (left []string) {
	set := map[string]bool{"7": true, "25": true} // autowrap and the cursor are on by default
	for _, m := range modeSeq.FindAllStringSubmatch(log, -1) {
		for _, mode := range strings.Split(m[1], ";") {
			set[mode] = m[2] == "h"
		}
	}
	for mode, on := range set {
		if on != (mode == "25" || mode == "7") {
			left = append(left, fmt.Sprintf("mode %s is %v", mode, on))
		}
	}
	sort.Strings(left)
	depth := 0
	for _, m := range kittySeq.FindAllStringSubmatch(log, -1) {
		depth = max(depth+map[string]int{">": 1, "<": -1}[m[1]], 0)
	}
	if depth > 0 {
		left = append(left, "keyboard")
	}
	titles := 0
	for _, m := range titleSeq.FindAllStringSubmatch(log, -1) {
		titles += map[string]int{"22": 1, "23": -1}[m[1]]
	}
	if titles != 0 {
		left = append(left, "title")
	}
	if m := styleSeq.FindAllStringSubmatch(log, -1); len(m) > 0 && m[len(m)-1][1] != "0" && m[len(m)-1][1] != "" {
		left = append(left, "cursor style")
	}
	return left
}

func TestLeftovers(t *testing.T) {
	if got := leftovers("\x1b[?1049h\x1b[?25l\x1b[?1002h\x1b[>1u\x1b[22;0t\x1b[6 q"); len(got) != 6 {
		t.Errorf("found %v, want six", got)
	}
	if got := leftovers(string(Restore())); len(got) > 1 || len(got) == 1 && got[0] != "title" {
		t.Errorf("Restore leaves %v", got)
	}
}
