//go:build unix

package terminal

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/netcore/clocktest"
)

func TestEndings(t *testing.T) {
	kill := func(sig unix.Signal) func(*screen) {
		return func(s *screen) { _ = s.Cmd.Process.Signal(sig) }
	}
	typed := func(keys string) func(*screen) { return func(s *screen) { s.Types(keys) } }
	tests := []struct {
		name, what string
		act        func(*screen)
		status     int
		says       string
	}{
		{"quit", "plain", typed("q"), 0, "after 1 keys"},
		{"ctrl+c", "plain", typed("\x03"), 0, "after 1 keys"},
		{"interrupt", "plain", typed("i"), 130, "ended by SIGINT"},
		{"many keys, then quit", "plain", typed(strings.Repeat("x", 300) + "q" + strings.Repeat("y", 300)), 0, "after 3"},
		{"SIGINT", "plain", kill(unix.SIGINT), 130, "ended by SIGINT"},
		{"SIGTERM", "plain", kill(unix.SIGTERM), 143, "ended by SIGTERM"},
		{"SIGHUP", "plain", kill(unix.SIGHUP), 129, "ended by SIGHUP"},
		{"SIGQUIT", "plain", kill(unix.SIGQUIT), 131, "ended by SIGQUIT"},
		{"SIGTERM with a cursor", "cursor", kill(unix.SIGTERM), 143, "ended by SIGTERM"},
		{"context cancelled", "cancel", typed("!"), 1, "enough"},
		{"panic in Update", "panic in Update", typed("!"), 2, "panic: oops in Update"},
		{"panic in View", "panic in View", typed("!"), 2, "panic: oops in View"},
		{"panic in a command", "panic in a command", typed("!"), 2, "panic: oops in a command"},
		{"panic in a batch", "panic in a batch", typed("!"), 2, "panic: oops in a command"},
		{"panic in a sequence", "panic in a sequence", typed("!"), 2, "panic: oops in a command"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, setup{what: tt.what})
			s.Shows("size 100x30")
			tt.act(s)
			status, took := s.Ends()
			if status != tt.status {
				t.Errorf("exit status %d, want %d", status, tt.status)
			}
			if took > hardStop {
				t.Errorf("took %v", took)
			}
			s.Restored()
			s.Until(tt.says, func(_, log string) bool {
				_, after, _ := strings.Cut(log, "\x1b[?1049l")
				return strings.Contains(after, tt.says)
			})
		})
	}
}

func TestPanicShowsWhere(t *testing.T) {
	s := start(t, setup{what: "panic in Update"})
	s.Shows("size")
	s.Types("!")
	s.Ends()
	s.Until("the stack", func(_, log string) bool { return strings.Contains(log, "demo_test.go:") })
}

func TestHangingProgramEnds(t *testing.T) {
	s := start(t, setup{what: "hang"})
	s.Shows("size")
	s.Types("!")
	_ = s.Cmd.Process.Signal(unix.SIGTERM)
	if status, took := s.Ends(); status != 143 || took > hardStop+300*time.Millisecond {
		t.Errorf("exit status %d after %v", status, took)
	}
	s.Restored()
}

func TestTerminalCloses(t *testing.T) {
	for name, through := range map[string][]string{
		"SIGHUP at its default": nil,
		"SIGHUP ignored":        {"/bin/sh", "-c", `trap "" HUP; exec "$0"`},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, setup{what: "plain", through: through})
			s.Shows("size")
			_ = s.Slave.Close()
			_ = s.Master.Close()
			if status, took := s.Ends(); status != 129 || took > hardStop {
				t.Errorf("exit status %d after %v", status, took)
			}
		})
	}
}

func TestResize(t *testing.T) {
	s := start(t, setup{what: "plain"})
	s.Shows("size 100x30")
	for _, size := range [][2]uint16{{120, 40}, {1, 1}, {3, 200}, {80, 24}} {
		s.Resize(size[0], size[1])
	}
	s.Shows("size 80x24 ")
	s.Shows("line 23")
	s.Types("q")
	s.Ends()
	s.Restored()
}

func TestTerminalWithoutSize(t *testing.T) {
	s := start(t, setup{what: "plain", noSize: true})
	s.Shows("size 80x24")
	s.Types("q")
	s.Ends()
	s.Restored()
}

func TestSuspend(t *testing.T) {
	for _, how := range []string{"ctrl+z", "SIGTSTP"} {
		t.Run(how, func(t *testing.T) {
			s := start(t, setup{what: "shell plain"})
			s.Shows("size 100x30")
			job := s.job()
			if how == "ctrl+z" {
				s.Types("\x1a")
			} else {
				_ = unix.Kill(job, unix.SIGTSTP)
			}
			s.Until("the shell", func(_, log string) bool { return strings.Contains(log, "[stopped]") })
			before, _, _ := strings.Cut(s.Sent(), "[stopped]")
			s.GivenBack(before)
			s.Types("fg\n")
			s.Shows("resumed 1.")
			s.Shows("line 29")
			s.Types("x")
			s.Shows("last x")
			s.Types("q")
			s.Until("the end", func(_, log string) bool { return strings.Contains(log, "[exited 0]") })
			s.Restored()
		})
	}
}

// job returns the process in the foreground, which leads its group.
func (s *screen) job() int {
	s.t.Helper()
	group, err := unix.IoctlGetInt(s.FD, unix.TIOCGPGRP)
	if err != nil || group <= 1 || group == unix.Getpgrp() {
		s.t.Fatalf("the terminal's foreground is group %d, %v", group, err)
	}
	return group
}

func TestStoppedFromOutside(t *testing.T) {
	s := start(t, setup{what: "shell plain"})
	s.Shows("size 100x30")
	_ = unix.Kill(s.job(), unix.SIGSTOP)
	s.Until("the shell", func(_, log string) bool { return strings.Contains(log, "[stopped]") })
	s.Cook()
	s.Scribble("\x1b[?1049l\x1b[2Jgarbage")
	s.Types("fg\n")
	s.Shows("line 29")
	s.Types("x")
	s.Shows("last x")
	s.Types("q")
	s.Until("the end", func(_, log string) bool { return strings.Contains(log, "[exited 0]") })
	s.Restored()
}

func TestNobodyToContinue(t *testing.T) {
	s := start(t, setup{what: "plain"})
	s.Shows("size")
	s.Types("\x1ax")
	s.Shows("last x")
}

func TestOwnSuspendKey(t *testing.T) {
	s := start(t, setup{what: "own ctrl+z"})
	s.Shows("size")
	s.Types("\x1a")
	s.Shows("last ctrl+z")
}

func TestMuteTerminal(t *testing.T) {
	s := start(t, setup{what: "plain", mute: true})
	s.Shows("size 100x30")
	s.Types("x")
	s.Shows("last x")
	s.Types("q")
	if _, took := s.Ends(); took > hardStop {
		t.Errorf("took %v", took)
	}
	s.Restored()
}

func TestBackground(t *testing.T) {
	s := start(t, setup{what: "plain"})
	s.Shows("background dark")
}

func TestSlowTerminal(t *testing.T) {
	const keys = 400
	s := start(t, setup{what: "plain", mute: true, pace: 20000})
	s.Shows("size 100x30")
	for range keys {
		s.Types("x")
	}
	s.Shows("keys 400 ")
	frames := strings.Count(s.Sent(), "\x1b[?2026h")
	if frames > keys/4 {
		t.Errorf("%d frames for %d keys: the latest would do", frames, keys)
	}
	s.Types("q")
	if _, took := s.Ends(); took > hardStop {
		t.Errorf("quitting took %v", took)
	}
	s.Restored()
}

func TestTerminalThatDoesNotRead(t *testing.T) {
	s := start(t, setup{what: "plain", mute: true, pace: -1, width: 300, height: 100})
	s.taken()
	s.fill()
	_ = s.Cmd.Process.Signal(unix.SIGTERM)
	if status, took := s.Ends(); status != 143 || took > hardStop {
		t.Errorf("exit status %d after %v", status, took)
	}
	s.Drain()
	s.Restored()
}

// taken waits until the program has taken the terminal.
func (s *screen) taken() {
	s.t.Helper()
	s.eventually("raw mode", func() bool { return !s.Cooked() })
}

// fill waits until the program's first frame, which is larger than what fits between the two ends, is stuck on its
// way, and types some more.
func (s *screen) fill() {
	s.t.Helper()
	s.eventually("a full terminal", func() bool {
		s.Types("x")
		n, err := unix.IoctlGetInt(s.FD, fionread)
		return err == nil && n >= 4000
	})
}

// eventually looks again and again, for what nothing can wait for.
func (s *screen) eventually(what string, cond func() bool) {
	s.t.Helper()
	if !clocktest.Within(clocktest.Patience, cond) {
		s.t.Fatalf("waited in vain for %s", what)
	}
}

func TestMouseAndPaste(t *testing.T) {
	s := start(t, setup{what: "plain"})
	s.Shows("size")
	s.Types("\x1b[200~two words\x1b[201~")
	s.Shows("last pasted two words")
	s.Types("\x1b[<0;5;6M")
	s.Shows("last left")
}

func TestOldTerminal(t *testing.T) {
	s := start(t, setup{what: "plain", env: []string{"TERM=linux", "COLORTERM="}})
	s.Shows("size 100x30")
	s.Types("q")
	s.Ends()
	s.Restored()
	sent := s.Sent()
	for _, unknown := range []string{"\x1b]", "\x1b[?1049", "\x1b[?2026", "\x1b[>", "\x1b[?2004", "\x1b[?1002", "38;2;"} {
		if strings.Contains(sent, unknown) {
			t.Errorf("it was sent %q", unknown)
		}
	}
}

func TestNoColor(t *testing.T) {
	s := start(t, setup{what: "plain", env: []string{"NO_COLOR=yes"}})
	s.Shows("line 29")
	if strings.Contains(s.Sent(), "38;") {
		t.Error("it has colours")
	}
}

// TestNothingHides shows a text nobody has cleaned.
func TestNothingHides(t *testing.T) {
	s := start(t, setup{what: "inject"})
	s.Shows("literal")
	s.Types("q")
	s.Ends()
	s.Restored()
	for _, evil := range []string{"title\x07", "]52;", "?1000h", "\xc2\x9b", "]8;", "\u202e", "\x1bc", "\u200b", "\x1bP", "\x1b_", "\U000e0041"} {
		if strings.Contains(s.Sent(), evil) {
			t.Errorf("%q got through", evil)
		}
	}
}

func TestGuard(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, setup{what: "guard", extra: w})
	_ = w.Close()
	s.Shows("size")
	var saved Saved
	if err := json.NewDecoder(r).Decode(&saved); err != nil || !saved.Held() {
		t.Fatalf("%+v, %v", saved, err)
	}
	_ = s.Cmd.Process.Kill()
	s.Ends()
	if err := saved.Restore(int(s.Slave.Fd())); err != nil {
		t.Fatal(err)
	}
	s.Restored()
	given := len(s.Sent())
	if err := saved.Restore(int(s.Slave.Fd())); err != nil {
		t.Fatal(err)
	}
	if before := s.Mark(); len(before) != given {
		t.Errorf("a terminal that another has taken over was changed: %q", before[given:])
	}
}

func TestGuardIsToldOfTheEnd(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, setup{what: "guard", extra: w})
	_ = w.Close()
	s.Shows("size")
	s.Types("q")
	s.Ends()
	d := json.NewDecoder(r)
	for i, held := range []bool{true, false} {
		var saved Saved
		if err := d.Decode(&saved); err != nil || saved.Held() != held {
			t.Fatalf("call %d: %+v, %v", i, saved, err)
		}
	}
}
