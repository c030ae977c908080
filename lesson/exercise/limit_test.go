package exercise

import (
	"os"
	"strings"
	"testing"

	"sockstep/lesson/exercise/check"
)

// TestBadPrograms runs programs that do what no program should: each is ended, and it
// is said why.
func TestBadPrograms(t *testing.T) {
	all := exercises(t)
	e := Find(all, "echo")
	if e == nil {
		t.Fatal("no echo")
	}
	cases := []struct{ name, source, want string }{
		{"ends early", `int main(void) { return 3; }`, "exit status 3"},
		{"crashes", `int main(void) { *(volatile int *)0 = 1; return 0; }`, "SIGSEGV"},
		{"hangs", "#include <unistd.h>\nint main(void) { for (;;) pause(); }", "stands still"},
		{"forks without end", "#include <unistd.h>\nint main(void) { for (;;) fork(); }", "more than 400 processes"},
		{"floods", "#include <stdio.h>\nint main(void) { for (;;) printf(\"%0500d\\n\", 0); }", "printed more than"},
		{"takes all memory", "#include <stdlib.h>\n#include <string.h>\nint main(void) { for (;;) memset(malloc(1 << 24), 1, 1 << 24); }", "MiB of memory"},
		{"goes into the background", "#include <signal.h>\n#include <unistd.h>\nint main(void) { signal(SIGHUP, SIG_IGN); if (fork() == 0) { setsid(); for (;;) pause(); } return 0; }", "left 1 child process behind"},
		{"sleeps between calls", "#include <sys/socket.h>\n#include <unistd.h>\nint main(void) { for (;;) { close(socket(AF_INET, SOCK_STREAM, 0)); usleep(100000); } }", "slept for 1s"},
		{"listens nowhere", "#include <sys/socket.h>\n#include <unistd.h>\nint main(void) { socket(AF_INET, SOCK_STREAM, 0); for (;;) pause(); }", "no socket listens"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			files := map[string][]byte{"echo.c": []byte(c.source + "\n")}
			command, dir := built(t, "echo", "c", files)
			o := checked(t, e, command, dir)
			if len(o.Results) == 0 || o.Results[0].Verdict != check.Fails || !strings.Contains(o.Results[0].Saw, c.want) {
				t.Errorf("want %q in:\n%s", c.want, told(o.Results[:min(1, len(o.Results))]))
			}
			nothingLeft(t, dir)
		})
	}
}

// nothingLeft looks for processes that run the program of a folder.
func nothingLeft(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Skip("no /proc here")
	}
	for _, p := range entries {
		if exe, err := os.Readlink("/proc/" + p.Name() + "/exe"); err == nil && strings.HasPrefix(exe, dir+"/") {
			t.Errorf("process %s is left: %s", p.Name(), exe)
		}
	}
}
