//go:build unix

package terminal

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"sockstep/ui/terminal/screentest"
)

func TestProfile(t *testing.T) {
	tests := []struct {
		env  string
		want colorprofile.Profile
	}{
		{"TERM=xterm-256color COLORTERM=truecolor", colorprofile.TrueColor},
		{"TERM=xterm-256color", colorprofile.ANSI256},
		{"TERM=xterm", colorprofile.ANSI},
		{"TERM=linux", colorprofile.ANSI},
		{"TERM=vt100", colorprofile.ASCII},
		{"TERM=xterm-mono", colorprofile.ASCII},
		{"TERM=xterm-256color COLORTERM=truecolor NO_COLOR=1", colorprofile.ASCII},
		{"TERM=xterm-256color NO_COLOR=please", colorprofile.ASCII},
		{"TERM=xterm-256color NO_COLOR=", colorprofile.ANSI256},
		{"TERM=dumb", colorprofile.NoTTY},
	}
	for _, tt := range tests {
		if got := Profile(strings.Fields(tt.env)); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.env, got, tt.want)
		}
	}
}

func TestUsable(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if ok, why := usable(null, null, []string{"TERM=xterm"}); ok || why != "the input is not a terminal" {
		t.Errorf("%v, %q", ok, why)
	}
	s := start(t, setup{what: "plain"})
	for env, want := range map[string]string{
		"TERM=xterm": "", "TERM=dumb": "TERM is dumb, which has no screen", "LANG=C": "TERM is not set",
	} {
		if ok, why := usable(s.Slave, s.Slave, []string{env}); ok != (want == "") || why != want {
			t.Errorf("%s: %v, %q", env, ok, why)
		}
	}
	if ok, why := usable(s.Slave, null, []string{"TERM=xterm"}); ok || why != "the output is not a terminal" {
		t.Errorf("%v, %q", ok, why)
	}
}

// TestModes goes from every view to every other and out, and looks at what is left.
func TestModes(t *testing.T) {
	views := map[string]tea.View{
		"empty":  {},
		"mouse":  {MouseMode: tea.MouseModeAllMotion, ReportFocus: true, DisableBracketedPasteMode: true},
		"cell":   {MouseMode: tea.MouseModeCellMotion, WindowTitle: "one"},
		"title":  {WindowTitle: "two", KeyboardEnhancements: tea.KeyboardEnhancements{ReportEventTypes: true}},
		"cursor": {Cursor: &tea.Cursor{Shape: tea.CursorUnderline, Blink: true}},
	}
	d := dialect{modern: true}
	for from, a := range views {
		for to, b := range views {
			one, two := modesOf(a, d), modesOf(b, d)
			log := shell.enter(one, d) + shell.cursor.point(one.cursor)
			log += one.enter(two, d) + one.cursor.point(two.cursor)
			if log += two.leave(d); len(screentest.Leftovers(log)) > 0 {
				t.Errorf("from %s to %s leaves %v: %q", from, to, screentest.Leftovers(log), log)
			}
		}
	}
	if log := shell.cursor.point(modesOf(views["empty"], d).cursor); log != ansi.ResetModeTextCursorEnable {
		t.Errorf("a view without a cursor shows one: %q", log)
	}
	if got := modesOf(views["title"], dialect{}); got != (modes{taken: true}) {
		t.Errorf("an old terminal gets %+v", got)
	}
}

func TestEndedSaysWhy(t *testing.T) {
	if got := (&Ended{Signal: 15}); got.Error() != "ended by SIGTERM" || got.ExitCode() != 143 {
		t.Errorf("%v, %d", got, got.ExitCode())
	}
	if got := (&Ended{Signal: 1, Closed: true, Hung: true}).Error(); got != "the terminal was closed, while the program was not answering" {
		t.Error(got)
	}
}

// TestPicture paints frames of many sizes onto an emulator and compares the cells.
func TestPicture(t *testing.T) {
	p := quietPainter()
	emu := vt.NewEmulator(40, 12)
	for i, size := range [][2]int{{40, 12}, {40, 12}, {7, 3}, {1, 1}, {40, 12}, {200, 50}, {40, 12}} {
		emu.Resize(size[0], size[1])
		f := frame{view: tea.NewView(picture(size[0], size[1], i)), width: size[0], height: size[1]}
		_, _ = emu.Write(p.compose(&f, nil))
		want := ansi.Strip(f.view.Content)
		if got := ansi.Strip(emu.Render()); trim(got) != trim(want) {
			t.Errorf("frame %d, %v:\n%s\nwant\n%s", i, size, got, want)
		}
		if again := p.compose(&f, nil); len(again) > 0 {
			t.Errorf("frame %d again takes %q", i, again)
		}
	}
}

// TestABusyMachineGivesBack ends a painter that gets no processor in the time it has: the
// last bytes are written all the same, and a frame that was being made is not.
func TestABusyMachineGivesBack(t *testing.T) {
	master, slave, err := pty.Open()
	if err != nil {
		t.Skip("no pseudo-terminals here:", err)
	}
	defer master.Close()
	defer slave.Close()
	fd, err := unix.Open(slave.Name(), unix.O_WRONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := quietPainter()
	p.tty = &tty{in: int(slave.Fd()), out: int(slave.Fd()), write: fd, own: true}
	if err := p.tty.openPipe(); err != nil {
		t.Fatal(err)
	}
	defer p.tty.close()
	p.pen.Lock() // as its goroutine does, which is at a frame
	if !p.end(time.Nanosecond) {
		t.Error("something hangs")
	}
	p.pen.Unlock()
	view := tea.NewView("late")
	view.AltScreen = true
	p.show(frame{view: view, width: 40, height: 12})
	if _, _, err := p.send(); err != nil {
		t.Fatal(err)
	}
	if _, err := slave.WriteString("mark\n"); err != nil {
		t.Fatal(err)
	}
	sent, err := bufio.NewReader(master).ReadString('\n')
	if err != nil || !strings.Contains(sent, "\x1b[?1049l") || strings.Contains(sent, "late") {
		t.Errorf("the terminal was sent %q, %v", sent, err)
	}
}

func trim(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// picture is a frame of three panes, 東 among them, whose n-th line is marked.
func picture(width, height, n int) string {
	var b strings.Builder
	for y := range height {
		line := fmt.Sprintf("\x1b[38;2;90;90;90m%3d\x1b[m a = htons(%d) 東京 │ \x1b[1mconnect\x1b[m(3) │ ESTABLISHED %s", y, y, strings.Repeat("─", 60))
		if y == n%height {
			line = "\x1b[7m▶" + ansi.Strip(line) + "\x1b[m"
		}
		b.WriteString(ansi.Truncate(line, width, ""))
		if y < height-1 {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func quietPainter() *painter {
	p := newPainter(nil, []string{"TERM=xterm-256color", "COLORTERM=truecolor"})
	p.guard = func(f func()) { f() }
	return p
}

func BenchmarkFirstFrame(b *testing.B) {
	f := frame{view: tea.NewView(picture(120, 40, 0)), width: 120, height: 40}
	for b.Loop() {
		_, _ = io.Discard.Write(quietPainter().compose(&f, nil))
	}
}

func BenchmarkMarkMoves(b *testing.B) {
	p := quietPainter()
	n := 0
	views := []tea.View{tea.NewView(picture(120, 40, 3)), tea.NewView(picture(120, 40, 4))}
	var sent int
	for b.Loop() {
		n++
		sent += len(p.compose(&frame{view: views[n%2], width: 120, height: 40}, nil))
	}
	b.ReportMetric(float64(sent)/float64(n), "bytes/frame")
}

func BenchmarkSameView(b *testing.B) {
	d := &driver{inner: still{tea.NewView(picture(120, 40, 3))}, painter: quietPainter(), width: 120, height: 40}
	v := d.inner.View()
	d.shown = &v
	for b.Loop() {
		d.Update(time.Time{})
	}
}

// still is a model that never changes.
type still struct{ view tea.View }

func (s still) Init() tea.Cmd                       { return nil }
func (s still) Update(tea.Msg) (tea.Model, tea.Cmd) { return s, nil }
func (s still) View() tea.View                      { return s.view }

// clean is a model that says that nothing changed.
type clean struct{ still }

func (c clean) Update(tea.Msg) (tea.Model, tea.Cmd) { return c, nil }
func (c clean) Dirty() bool                         { return false }
func (c clean) View() tea.View                      { panic("nothing changed") }

func TestCleanModelIsNotViewed(t *testing.T) {
	d := &driver{inner: clean{}, painter: quietPainter(), panics: func(p *Panic) { t.Error(p) }}
	d.Update(tea.KeyPressMsg{Code: 'x'})
}
