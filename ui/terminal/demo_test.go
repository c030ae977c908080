//go:build unix

package terminal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/sys/unix"
)

// demoEnv names what the test binary is to be instead of the tests: a demo, or a shell that runs one as a job.
const demoEnv = "SOCKSTEP_TERMINAL_DEMO"

func TestMain(m *testing.M) {
	switch what := os.Getenv(demoEnv); {
	case what == "":
		os.Exit(m.Run())
	case strings.HasPrefix(what, "shell "):
		runShell(strings.TrimPrefix(what, "shell "))
	default:
		runDemo(what)
	}
}

// runDemo runs a program full screen, and ends as a main would.
func runDemo(what string) {
	ctx, cancel := context.WithCancelCause(context.Background())
	opts := Options{OwnSuspendKey: what == "own ctrl+z"}
	if what == "guard" {
		pipe := json.NewEncoder(os.NewFile(3, "guard"))
		opts.Guard = func(s Saved) { _ = pipe.Encode(s) }
	}
	model, err := Run(ctx, demo{what: what, cancel: cancel}, opts)
	fmt.Println("the end")
	if d, ok := model.(demo); ok {
		fmt.Printf("after %d keys\n", d.keys)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		var c interface{ ExitCode() int }
		if errors.As(err, &c) {
			os.Exit(c.ExitCode())
		}
		os.Exit(1)
	}
	os.Exit(0)
}

// demo is a model that shows its size and how many keys it got, and breaks where it is told to.
type demo struct {
	what          string
	cancel        context.CancelCauseFunc
	width, height int
	keys          int
	last          string
	background    string
	resumed       int
}

func (d demo) Init() tea.Cmd { return nil }

func (d demo) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		d.width, d.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		d.background = map[bool]string{true: "dark", false: "light"}[msg.IsDark()]
	case tea.ResumeMsg:
		d.resumed++
	case tea.MouseMsg:
		d.last = msg.String()
	case tea.PasteMsg:
		d.last = "pasted " + msg.Content
	case tea.KeyPressMsg:
		d.keys++
		d.last = msg.String()
		return d.press(msg)
	}
	return d, nil
}

func (d demo) press(msg tea.KeyPressMsg) (tea.Model, tea.Cmd) {
	switch msg.String() {
	case "q", "ctrl+c":
		return d, tea.Quit
	case "i":
		return d, tea.Interrupt
	case "!":
		return d.fail()
	}
	return d, nil
}

func (d demo) fail() (tea.Model, tea.Cmd) {
	oops := func() tea.Msg { panic("oops in a command") }
	switch d.what {
	case "panic in Update":
		panic("oops in Update")
	case "panic in a command":
		return d, oops
	case "panic in a batch":
		return d, tea.Batch(func() tea.Msg { return nil }, oops)
	case "panic in a sequence":
		return d, tea.Sequence(func() tea.Msg { return nil }, tea.Batch(oops, oops))
	case "hang":
		select {}
	case "cancel":
		d.cancel(errors.New("enough"))
	}
	return d, nil
}

func (d demo) View() tea.View {
	if d.what == "panic in View" && d.keys > 0 {
		panic("oops in View")
	}
	lines := make([]string, max(d.height, 1))
	for i := range lines {
		lines[i] = fmt.Sprintf("\x1b[38;2;10;200;30mline %d, %d keys\x1b[m %s", i, d.keys, strings.Repeat("·", 60))
	}
	lines[0] = fmt.Sprintf("size %dx%d keys %d last %s background %s resumed %d.", d.width, d.height, d.keys, d.last, d.background, d.resumed)
	if b, err := os.ReadFile("../printable/testdata/injection.bin"); d.what == "inject" && err == nil {
		lines = append(lines[:1], string(b))
	}
	v := tea.NewView(strings.Join(lines, "\n"))
	v.AltScreen, v.MouseMode, v.ReportFocus, v.WindowTitle = true, tea.MouseModeCellMotion, true, "demo\x1b]0;no\x07"
	if d.what == "cursor" {
		v.Cursor = &tea.Cursor{Position: tea.Position{X: 3, Y: 2}, Shape: tea.CursorBar}
	}
	return v
}

// runShell is a shell with one job: it runs the demo in the foreground, notices when it stops, and continues it when
// it reads a line.
func runShell(what string) {
	signal.Ignore(unix.SIGTTOU)
	_ = os.Setenv(demoEnv, what)
	job, err := os.StartProcess("/proc/self/exe", []string{"demo"}, &os.ProcAttr{
		Env:   os.Environ(),
		Files: []*os.File{os.Stdin, os.Stdout, os.Stderr},
		Sys:   &unix.SysProcAttr{Setpgid: true, Foreground: true},
	})
	if err != nil {
		panic(err)
	}
	for {
		var status unix.WaitStatus
		if _, err := unix.Wait4(job.Pid, &status, unix.WUNTRACED, nil); err == unix.EINTR {
			continue
		}
		_ = unix.IoctlSetPointerInt(0, unix.TIOCSPGRP, unix.Getpgrp())
		if !status.Stopped() {
			fmt.Printf("[exited %d]\n", status.ExitStatus())
			os.Exit(0)
		}
		fmt.Println("[stopped]")
		var line string
		_, _ = fmt.Scanln(&line)
		_ = unix.IoctlSetPointerInt(0, unix.TIOCSPGRP, job.Pid)
		_ = unix.Kill(-job.Pid, unix.SIGCONT)
	}
}
