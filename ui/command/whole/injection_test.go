//go:build linux

package whole

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sockstep/ui/terminal/screentest"
)

// evil are texts that a terminal would obey, one of each kind and all of them
// together.
func evil(t *testing.T) []string {
	t.Helper()
	all, err := os.ReadFile(filepath.Join(top, "ui/printable/testdata/injection.bin"))
	if err != nil {
		t.Fatal(err)
	}
	return []string{
		"\x1b]0;mine\x07", "\x1b]2;mine\x1b\\", "\x1b]52;c;aGk=\x07", "\x1b[2J\x1b[H", "\x1b[?1000h\x1b[?1006h", "\x1bP$qm\x1b\\", "\x1b[6n\x1b[c",
		"\x9b2J", "\u009b2J", "\u009d0;mine\u009c", "\x1b]8;;http://127.0.0.1/\x1b\\link\x1b]8;;\x1b\\", "a\u202eb\u2066c\u2069", "\x1bc\x1b[!p",
		"a\u2028b\u2029c", "\U000e0041", "\xff\xfe\xc0\x80", "\u0301\u0308x", "\x07\x08\x0b\x7f", "\x1b_Gf=24;AAAA\x1b\\", string(all),
	}
}

// passed are what must not reach the terminal, whatever it would make of it.
var passed = []string{
	";mine\x07", ";mine\x1b\\", ";title\x07", "\x1b]52;", "\x1b[?1000h", "\x1bP$q", "\x1b[6n", "\x9b2J", "\u009b", "\u009d", "\x1b]8;",
	"\u202e", "\u2066", "\x1bc", "\x1b[!p", "\u2028", "\u2029", "\U000e0041", "\xff\xfe", "\x0b", "\x7f", "\x1b_",
}

// harmless fails the test for what reached the terminal of a run.
func (r *run) harmless(allowed []string) {
	r.t.Helper()
	sent := r.Sent()
	for _, p := range passed {
		if i := strings.Index(sent, p); i >= 0 {
			r.t.Errorf("%q got through: %q", p, sent[max(i-40, 0):min(i+40, len(sent))])
		}
	}
	for _, did := range r.Obeyed() {
		if !slices.Contains(allowed, did) {
			r.t.Errorf("the terminal obeyed: %s", did)
		}
	}
}

// TestArgumentsAreOnlyShown names lessons, files and settings that a terminal
// would obey.
func TestArgumentsAreOnlyShown(t *testing.T) {
	for i, x := range evil(t) {
		x = strings.ReplaceAll(x, "\x00", "")
		for _, args := range [][]string{{x}, {"learn", x}, {"learn", "tcp", "--at", x}, {"--" + x}, {"--theme", x}, {"listing", x}, {"play", x, x}, {"run", x}} {
			if sample() && i%5 != 0 {
				continue
			}
			t.Run(fmt.Sprintf("%d %s", i, strings.ReplaceAll(strings.Join(args, " "), x, "…")), func(t *testing.T) {
				t.Parallel()
				r := open(t, screentest.Setup{Width: 200, Height: 60}, args...)
				if status, _ := r.Ends(); status != 1 && status != 2 {
					t.Errorf("exit status %d", status)
				}
				r.Restored()
				r.harmless(nil)
				if sent := r.Sent(); strings.Contains(sent, "\x1b") || !strings.Contains(sent, "sockstep: ") {
					t.Errorf("it says %q", sent)
				}
			})
		}
	}
}

// modes are those the full screen switches on by itself.
func modes(t *testing.T) []string {
	t.Helper()
	r := open(t, screentest.Setup{}, "play")
	r.settled()
	r.Types(":")
	r.Shows("call on")
	r.Types("\x1bx")
	r.Types("\x03")
	r.Ends()
	// The emulator may be behind: at its end the program switches on what a shell has.
	r.eventually("mode 7", func() bool { return slices.Contains(r.Obeyed(), "mode 7") })
	return r.Obeyed()
}

// TestTypedTextIsOnlyShown pastes such texts as a call and as a line of the
// program, and hands them in.
func TestTypedTextIsOnlyShown(t *testing.T) {
	allowed := append(modes(t), `title "0;sockstep: TCP, call by call"`, `title "2;sockstep: TCP, call by call"`)
	for i, x := range evil(t) {
		for _, key := range []string{":", "e"} {
			t.Run(fmt.Sprintf("%d %s", i, key), func(t *testing.T) {
				t.Parallel()
				r := open(t, screentest.Setup{Width: 120, Height: 36}, "learn", "tcp", "--at", "2")
				r.atStep(2)
				r.Types(key)
				r.Shows(map[string]string{":": "call on", "e": "server.c:12"}[key])
				r.Types("\x1b[200~no(" + x + "such{\x1b[201~")
				r.Types("\r")
				r.Until("what became of it", func(picture, _ string) bool {
					return strings.Contains(picture, "not taken") || strings.Contains(picture, "did not work") || strings.Contains(picture, "result:")
				})
				r.Types("\x03")
				r.Ends()
				r.Restored()
				r.harmless(allowed)
			})
		}
	}
}

// TestPayloadsAreOnlyShown plays programs that print and send such texts, from
// files whose names are such texts.
func TestPayloadsAreOnlyShown(t *testing.T) {
	allowed := modes(t)
	for i, x := range evil(t) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			name := strings.NewReplacer("/", "", "\x00", "").Replace(x)
			server := filepath.Join(dir, "s"+name[:min(len(name), 200)]+".c")
			client := filepath.Join(dir, "c"+name[:min(len(name), 200)]+".c")
			for _, file := range []string{server, client} {
				if err := os.WriteFile(file, []byte(payload(x)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			r := open(t, screentest.Setup{Width: 120, Height: 36}, "play", server, client)
			r.settled()
			for n := 6; n <= 12; n++ {
				r.Types("s")
				r.Until("a line run", func(picture, _ string) bool {
					return atRest(picture) && strings.Contains(picture, fmt.Sprintf("next: line %d ", n))
				})
			}
			if strings.HasPrefix(x, "\x1b]0") {
				r.Shows(`said \x1b]0;`)
			}
			r.Types("\x03")
			r.Ends()
			r.Restored()
			r.harmless(allowed)
		})
	}
}

// payload is a C program that sends a text to itself and prints what comes back.
func payload(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, "\\%03o", c)
	}
	return `#include <stdio.h>
#include <sys/socket.h>
int main(void)
{
    int sv[2];
    char buf[1024];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv) < 0) { perror("socketpair"); return 1; }
    ssize_t n = send(sv[0], "` + b.String() + `", ` + fmt.Sprint(len(text)) + `, 0);
    n = recv(sv[1], buf, sizeof buf - 1, 0);
    buf[n] = 0;
    printf("said %s\n", buf);
    return 0;
}
`
}
