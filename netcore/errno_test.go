//go:build unix

package netcore

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestErrno(t *testing.T) {
	for _, tt := range []struct {
		errno      Errno
		name, text string
	}{
		{0, "", "Success"},
		{Errno(unix.EADDRINUSE), "EADDRINUSE", "Address already in use"},
		{Errno(unix.EAGAIN), "EAGAIN", "Resource temporarily unavailable"},
		{Errno(unix.EBADF), "EBADF", "Bad file descriptor"},
		{5000, "5000", "Unknown error 5000"},
	} {
		if got := tt.errno.Name(); got != tt.name {
			t.Errorf("Errno(%d).Name() = %q, want %q", tt.errno, got, tt.name)
		}
		if got := tt.errno.Error(); got != tt.text {
			t.Errorf("Errno(%d).Error() = %q, want %q", tt.errno, got, tt.text)
		}
	}
}

func TestErrnoByName(t *testing.T) {
	for e := Errno(1); e < 140; e++ {
		if got, ok := ErrnoByName(e.Name()); !ok || got != e {
			t.Errorf("ErrnoByName(%q) = %d, %v, want %d", e.Name(), got, ok, e)
		}
	}
	if got, _ := ErrnoByName("EWOULDBLOCK"); got != Errno(unix.EWOULDBLOCK) {
		t.Errorf("EWOULDBLOCK is %d", got)
	}
	for _, wrong := range []string{"", "0", "-1", "E", "eperm", "99x"} {
		if got, ok := ErrnoByName(wrong); ok {
			t.Errorf("ErrnoByName(%q) = %d, want none", wrong, got)
		}
	}
}

// runC compiles and runs a C program and returns what it prints.
func runC(t *testing.T, source string) string {
	t.Helper()
	out, err := exec.Command(compileC(t, source)).Output()
	if err != nil {
		t.Fatalf("run the compiled program: %v", err)
	}
	return string(out)
}

// compileC compiles a C program and returns the path of the executable; it skips
// the test on a machine without a compiler.
func compileC(t *testing.T, source string) string {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("needs a C compiler: there is no cc on this machine")
	}
	dir := t.TempDir()
	file, program := filepath.Join(dir, "program.c"), filepath.Join(dir, "program")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(cc, "-w", "-o", program, file).CombinedOutput(); err != nil {
		t.Fatalf("cc: %v\n%s", err, out)
	}
	return program
}

func TestErrnoAgainstC(t *testing.T) {
	last := 133
	if runtime.GOOS != "linux" {
		last = 90
	}
	out := runC(t, fmt.Sprintf(`#include <stdio.h>
#include <string.h>
int main(void) { for (int i = 0; i <= %d; i++) puts(strerror(i)); }`, last))
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != last+1 {
		t.Fatalf("strerror gave %d lines, want %d", len(lines), last+1)
	}
	for i, want := range lines {
		if got := Errno(i).Error(); got != want {
			t.Errorf("Errno(%d).Error() = %q, strerror says %q", i, got, want)
		}
	}
}

// TestErrnoNamesAgainstC expects the headers to know every name under its number.
func TestErrnoNamesAgainstC(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the last number is known for Linux only")
	}
	var c strings.Builder
	c.WriteString("#include <errno.h>\n#include <stdio.h>\nint main(void) {\n")
	names := map[string]string{}
	for e := Errno(1); e <= 133; e++ {
		if e.Name() != strconv.Itoa(int(e)) {
			fmt.Fprintf(&c, "printf(\"%s %%d\\n\", %s);\n", e.Name(), e.Name())
			names[e.Name()] = strconv.Itoa(int(e))
		}
	}
	c.WriteString("}\n")
	for line := range strings.Lines(runC(t, c.String())) {
		name, number, _ := strings.Cut(strings.TrimSpace(line), " ")
		if names[name] != number {
			t.Errorf("%s is %s here, %s in the headers", name, names[name], number)
		}
	}
	if len(names) != 131 {
		t.Errorf("%d of the numbers from 1 to 133 have a name, want 131", len(names))
	}
}
