//go:build linux && (amd64 || arm64)

package whole

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"sockstep/netcore"
	"sockstep/netcore/trace"
)

const python = "/usr/bin/python3"

// needTracing skips where programs cannot be traced in a private network.
func needTracing(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(python); err != nil {
		t.Skip("needs", python)
	}
	lab, err := netcore.Open(t.Context(), netcore.Options{})
	if err != nil {
		t.Skip("no lab here:", err)
	}
	private := lab.Tier().Private()
	if err := lab.Close(); err != nil {
		t.Fatal(err)
	}
	if !private {
		t.Skip("there is no private network here")
	}
	for _, f := range trace.Probe(t.Context())[:1] {
		if !f.OK {
			t.Skip("programs cannot be traced here:", f.Lack)
		}
	}
}

// ptyRun is the program on a terminal of its own, whose output is read as it comes.
type ptyRun struct {
	t        *testing.T
	cmd      *exec.Cmd
	terminal *os.File
	seen     strings.Builder
	news     chan []byte
}

func onPty(t *testing.T, args ...string) *ptyRun {
	t.Helper()
	r := &ptyRun{t: t, cmd: program(t, self(t), args...), news: make(chan []byte, 16)}
	r.cmd.Env = append(r.cmd.Env, "PS1=$ ", "ENV=", "HISTFILE=")
	terminal, err := pty.Start(r.cmd)
	if err != nil {
		t.Fatal(err)
	}
	r.terminal = terminal
	t.Cleanup(func() { _ = terminal.Close(); _ = r.cmd.Process.Kill() })
	go func() {
		defer close(r.news)
		for {
			b := make([]byte, 4096)
			n, err := terminal.Read(b)
			if n > 0 {
				r.news <- b[:n]
			}
			if err != nil {
				return
			}
		}
	}()
	return r
}

// until waits for a text and forgets what was before it.
func (r *ptyRun) until(text string) {
	r.t.Helper()
	deadline := time.After(time.Minute)
	for {
		if _, rest, ok := strings.Cut(r.seen.String(), text); ok {
			r.seen.Reset()
			r.seen.WriteString(rest)
			return
		}
		select {
		case b, ok := <-r.news:
			if !ok {
				r.t.Fatalf("it ended before %q, after %q", text, r.seen.String())
			}
			r.seen.Write(b)
		case <-deadline:
			r.t.Fatalf("no %q in %q", text, r.seen.String())
		}
	}
}

func (r *ptyRun) types(text string) {
	r.t.Helper()
	if _, err := io.WriteString(r.terminal, text); err != nil {
		r.t.Fatal(err)
	}
}

// ends waits for the end, and returns the exit status and what was printed last.
func (r *ptyRun) ends() (int, string) {
	r.t.Helper()
	deadline := time.After(time.Minute)
	for open := true; open; {
		var b []byte
		select {
		case b, open = <-r.news:
			r.seen.Write(b)
		case <-deadline:
			r.t.Fatalf("it did not end: %q", r.seen.String())
		}
	}
	err := r.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		r.t.Fatal(err)
	}
	return r.cmd.ProcessState.ExitCode(), r.seen.String()
}

// TestShellHasTheTerminal types into a shell in a private network: keys reach what
// runs in the foreground and not the shell, jobs can be stopped and go on, and
// the terminal is ours again afterwards.
func TestShellHasTheTerminal(t *testing.T) {
	needTracing(t)
	need(t, "bash")
	r := onPty(t, "shell", "--", "bash", "--norc", "--noprofile", "-i")
	r.until("A private network:")
	r.types("echo $SOCKSTEP_NETWORK-$((40+2))\n")
	r.until("private-42")
	r.types("sed -u s/^/got-/\n")
	r.types("line\n")
	r.until("got-line")
	r.types("\x03")
	r.until("$ ")
	r.types("echo interrupted-$?\n")
	r.until("interrupted-130")
	r.types("sed -u s/^/got-/\n")
	r.types("more\n")
	r.until("got-more")
	r.types("\x1a")
	r.until("Stopped")
	r.types("kill %1; wait; echo gone-$((1+1))\n")
	r.until("gone-2")
	r.types("sleep 600 & echo job-$!-\n")
	r.until("job-$!")
	r.until("job-")
	var pid int
	for pid == 0 {
		text, _, ok := strings.Cut(r.seen.String(), "-")
		if n, err := strconv.Atoi(text); ok && err == nil {
			pid = n
			break
		}
		r.seen.Write(<-r.news)
	}
	r.types("exit 5\n")
	if code, out := r.ends(); code != 5 {
		t.Errorf("exit status %d: %q", code, out)
	}
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("what ran in the shell is still there: %v", err)
	}
}

// TestTerminalEndsATrace presses Ctrl-C: the program gets it once, ends as it likes, and
// the trace is whole.
func TestTerminalEndsATrace(t *testing.T) {
	needTracing(t)
	dir := t.TempDir()
	script := filepath.Join(dir, "wait.py")
	text := `import socket, sys, os
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
print("in front" if os.tcgetpgrp(0) == os.getpgrp() else "behind", flush=True)
try:
    s.accept()
except KeyboardInterrupt:
    print("interrupted once", flush=True)
    sys.exit(7)
`
	if err := os.WriteFile(script, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "calls")
	r := onPty(t, "trace", "-o", file, "--", python, script)
	r.until("in front")
	awaitText(t, file, "accept4(")
	r.types("\x03")
	code, out := r.ends()
	if code != 7 || !strings.Contains(out, "interrupted once") {
		t.Errorf("exit status %d: %q", code, out)
	}
	calls, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(calls), "--- SIGINT ---"); n != 1 || !strings.Contains(string(calls), "+++ exited with 7 +++") {
		t.Errorf("%d SIGINT in %s", n, calls)
	}
}

// TestTracedHasNotOurTerminal traces a program that prints what a terminal obeys, to
// its output and to /dev/tty, asks how large its terminal is, and reads what is typed: on
// our terminal all of it is shown.
func TestTracedHasNotOurTerminal(t *testing.T) {
	needTracing(t)
	dir := t.TempDir()
	script := filepath.Join(dir, "wild.py")
	text := `import os, signal, sys
signal.signal(signal.SIGWINCH, lambda *_: print("columns", os.get_terminal_size(0).columns))
print("\x1b[2J\x1b]0;title\x07", [os.isatty(n) for n in range(3)])
with open("/dev/tty", "w") as tty: tty.write("\x1b[31mtty\n")
print("got", input("name? "))
print("rest", repr(sys.stdin.read()), file=sys.stderr)
`
	if err := os.WriteFile(script, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	r := onPty(t, "trace", "-o", filepath.Join(dir, "calls"), "--", python, script)
	r.until(`\x1b[2J\x1b]0;title\x07 [True, True, True]`)
	r.until(`\x1b[31mtty`)
	r.until("name? ")
	if err := pty.Setsize(r.terminal, &pty.Winsize{Cols: 123, Rows: 45}); err != nil {
		t.Fatal(err)
	}
	r.until("columns 123")
	r.types("Ann\n")
	r.until("got Ann")
	r.types("more\n\x04")
	code, out := r.ends()
	if code != 0 || !strings.Contains(out, `rest 'more\n'`) || strings.ContainsRune(out, 0x1b) {
		t.Errorf("exit status %d: %q", code, out)
	}
}

// TestTracedHasTheTerminalItIsGiven names this terminal with --tty.
func TestTracedHasTheTerminalItIsGiven(t *testing.T) {
	needTracing(t)
	need(t, "sh")
	file := filepath.Join(t.TempDir(), "calls")
	r := onPty(t, "trace", "-o", file, "--tty", "/dev/tty", "--", "sh", "-c", `printf '\033[31mred\n'; read line; echo "got $line"`)
	r.until("\x1b[31mred")
	r.types("Ann\n")
	r.until("got Ann")
	if code, out := r.ends(); code != 0 {
		t.Errorf("exit status %d: %q", code, out)
	}
}

// awaitText waits until a file holds a text.
func awaitText(t *testing.T, file, text string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		b, _ := os.ReadFile(file)
		if strings.Contains(string(b), text) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("no %q in %q", text, b)
		}
	}
}

// TestTracedWithoutTerminalEnds sends the signal to sockstep alone: it passes it on.
func TestTracedWithoutTerminalEnds(t *testing.T) {
	needTracing(t)
	file := filepath.Join(t.TempDir(), "calls")
	cmd := program(t, self(t), "trace", "-o", file, "--", python, "-c", "import socket; s=socket.socket(); s.bind(('127.0.0.1',0)); s.listen(); s.accept()")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	awaitText(t, file, "accept4(")
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 128+15 {
		t.Errorf("exit status %d", code)
	}
	awaitText(t, file, "+++ killed by SIGTERM +++")
}

// TestAttachedRunsOn watches a running server, lets it go, and has it answer then.
func TestAttachedRunsOn(t *testing.T) {
	needTracing(t)
	for _, f := range trace.Probe(t.Context()) {
		if f.Name == "attaching" && !f.OK {
			t.Skip("one may not attach here:", f.Lack)
		}
	}
	server := exec.CommandContext(t.Context(), python, "-c", `import socket
a, b = socket.socketpair()
while line := input():
    a.send(line.encode()); print(b.recv(100).decode(), flush=True)
`)
	in, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	lines := bufio.NewScanner(out)
	answers := func(word string) {
		t.Helper()
		if _, err := io.WriteString(in, word+"\n"); err != nil {
			t.Fatal(err)
		}
		if !lines.Scan() || lines.Text() != word {
			t.Fatalf("the server said %q to %q", lines.Text(), word)
		}
	}
	answers("before")
	file := filepath.Join(t.TempDir(), "calls")
	cmd := program(t, self(t), "trace", "-o", file, "-p", strconv.Itoa(server.Process.Pid))
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	words := bufio.NewReader(said)
	if line, err := words.ReadString('\n'); err != nil || !strings.Contains(line, "watching python3") {
		t.Fatalf("%q %v", line, err)
	}
	answers("watched")
	awaitText(t, file, `sendto(3, "watched", 7, 0, NULL, 0) = 7`)
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(words)
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 0 || !bytes.Contains(rest, []byte("runs on")) {
		t.Errorf("exit status %d, %q", code, rest)
	}
	answers("after")
	if b, _ := os.ReadFile(file); bytes.Contains(b, []byte("after")) || bytes.Contains(b, []byte("exited")) {
		t.Errorf("the trace goes on: %s", b)
	}
}

// TestLongTrace records a hundred thousand calls: none is missing in the file, whole to
// its last line, and the memory for it is bounded.
func TestLongTrace(t *testing.T) {
	needTracing(t)
	calls := 100_000
	if sample() {
		calls = 20_000
	}
	file := filepath.Join(t.TempDir(), "calls.json")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := program(t, self(t), "trace", "--json", "-o", file, "--", python, "-c", "import socket; a, b = socket.socketpair()\nfor i in range("+strconv.Itoa(calls/2)+"): a.send(b'x'); b.recv(9)")
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer stop()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	peak := peakMemory(cmd.Process.Pid)
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v: %s", err, out.Bytes())
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sent, received := 0, 0
	for in := netcore.NewReader(f); ; {
		e, err := in.ReadEvent()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case e.Call == nil:
		case e.Call.Name == "send":
			sent++
		case e.Call.Name == "recv":
			received++
		}
	}
	if sent != calls/2 || received != calls/2 {
		t.Errorf("%d sent and %d received of %d", sent, received, calls/2)
	}
	if most, got := 200<<10, <-peak; !raced && got > most {
		t.Errorf("%d KiB of memory for %d calls", got, calls)
	}
}

// peakMemory sends, when a process has ended, the most memory it had, in KiB: what
// wait4 tells of it counts that of whoever started it too.
func peakMemory(pid int) <-chan int {
	peak := make(chan int, 1)
	go func() {
		most := 0
		for range time.Tick(10 * time.Millisecond) {
			text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
			_, rest, ok := strings.Cut(string(text), "VmHWM:")
			if err != nil || !ok { // it is gone, or a zombie
				peak <- most
				return
			}
			value, _, _ := strings.Cut(rest, "kB")
			n, _ := strconv.Atoi(strings.TrimSpace(value))
			most = max(most, n)
		}
	}()
	return peak
}

// TestKilledTrace kills sockstep: the program goes with it, and what stands in the
// file can be replayed.
func TestKilledTrace(t *testing.T) {
	needTracing(t)
	file := filepath.Join(t.TempDir(), "calls.json")
	cmd := program(t, self(t), "trace", "--json", "-o", file, "--", python, "-c", "import socket; a, b = socket.socketpair()\nwhile True: a.send(b'x'); b.recv(9)")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	awaitText(t, file, `"name":"recv"`)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	replayed := program(t, self(t), "replay", "--summary", file)
	out, err := replayed.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "python3: not seen to end") {
		t.Errorf("%v: %s", err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), `"pid":`)
	pid, err := strconv.Atoi(rest[:strings.IndexByte(rest, ',')])
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); syscall.Kill(pid, 0) == nil; time.Sleep(5 * time.Millisecond) {
		if stat, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); strings.Contains(string(stat), ") Z ") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the program runs on")
		}
	}
}
