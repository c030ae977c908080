package finding

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"sockstep/netcore"
)

// mistakes are programs of mistakes.c, with the call that shows their mistake.
var mistakes = []struct {
	program, kind, call, belief string
	again                       bool // it is run twice
}{
	{program: "htonl-bind", kind: HtonlMissing, call: "bind", belief: "M07"},
	{program: "family-bind", kind: FamilySwapped, call: "bind", belief: "M09"},
	{program: "family-connect", kind: FamilySwapped, call: "connect", belief: "M09"},
	{program: "family-inet6", kind: FamilySwapped, call: "bind", belief: "M09"},
	{program: "length-bind", kind: AddressLength, call: "bind", belief: "M60"},
	{program: "length-connect", kind: AddressLength, call: "connect", belief: "M60"},
	{program: "length-inet6", kind: AddressLength, call: "bind", belief: "M60"},
	{program: "path-left", kind: PathLeft, call: "bind", belief: "M52", again: true},
	{program: "path-asked", kind: PathLeft, call: "bind", belief: "M52"},
	{program: "accept-again", kind: WrongDescriptor, call: "accept", belief: "M18"},
	{program: "listener-recv", kind: WrongDescriptor, call: "recv", belief: "M18"},
	{program: "listener-send", kind: WrongDescriptor, call: "write", belief: "M18"},
	{program: "listener-unix", kind: WrongDescriptor, call: "recv", belief: "M18"},
	{program: "zero-length", kind: ZeroLength, call: "recv", belief: "M26"},
	{program: "zero-exact", kind: ZeroLength, call: "read", belief: "M26"},
	{program: "closed-unread", kind: ClosedUnread, call: "close", belief: "M39"},
	{program: "write-after-end", kind: WriteAfterEnd, call: "send", belief: "M38"},
	{program: "write-chat", kind: WriteAfterEnd, call: "send", belief: "M38"},
	{program: "close-twice", kind: DoubleClose, call: "close"},
	{program: "close-stream", kind: DoubleClose, call: "close"},
	{program: "close-thread", kind: DoubleClose, call: "close"},
	{program: "close-all", kind: DoubleClose, call: "close"},
}

// Small programs of mistakes.c, each run with its mistake and without it. The mistake is
// found at its call and in the line marked with the program's name, and nothing else is;
// without it nothing is found.
func TestTracedMistakes(t *testing.T) {
	dir := t.TempDir()
	right, wrong := built(t, dir, "mistakes.c"), built(t, dir, "mistakes.c", "WRONG")
	for _, c := range mistakes {
		try := func(t *testing.T, path string) (*run, []Finding) {
			if strings.HasSuffix(c.program, "-inet6") {
				needIPv6(t)
			}
			t.Setenv("SOCKET", filepath.Join(t.TempDir(), "s"))
			r := newRun(t, nil)
			t.Cleanup(func() {
				if t.Failed() {
					r.print()
				}
			})
			for again := c.again; ; again = false {
				r.ended(r.start("program", path, c.program))
				if !again {
					break
				}
			}
			r.finish(0)
			return r, watched(r.events, Options{})
		}
		t.Run(c.program, func(t *testing.T) {
			r, found := try(t, wrong)
			if len(found) != 1 {
				t.Errorf("%d findings, want one, %s", len(found), c.kind)
			}
			for _, f := range found {
				t.Logf("%s: %s", f.Kind, f.What)
				checkText(t, f)
				call := r.call(f.Call)
				if line := marked(t, c.program); f.Kind != c.kind || call != c.call || f.Line != line || f.Belief != c.belief {
					t.Errorf("%s at %s in %s, belief %q, want %s at %s in %s, %q", f.Kind, call, f.Line, f.Belief, c.kind, c.call, line, c.belief)
				}
			}
		})
		t.Run(c.program+", right", func(t *testing.T) {
			_, found := try(t, right)
			for _, f := range found {
				t.Errorf("%s %s: %s", f.Kind, f.Line, f.What)
			}
		})
	}
}

// needIPv6 skips a test where the kernel has no sockets of IPv6.
func needIPv6(t *testing.T) {
	t.Helper()
	s, err := syscall.Socket(syscall.AF_INET6, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Skipf("no IPv6 here: %v", err)
	}
	_ = syscall.Close(s)
}

// call is the name of a call that was told, "" where there is none.
func (r *run) call(id netcore.ID) string {
	i := slices.IndexFunc(r.events, func(e netcore.Event) bool { return e.Call != nil && e.ID == id })
	if i < 0 {
		return ""
	}
	return r.events[i].Call.Name
}

// marked is the place of the line of mistakes.c that has a word in a comment.
func marked(t *testing.T, word string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/mistakes.c")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	i := slices.IndexFunc(lines, func(l string) bool { return strings.HasSuffix(l, "/* "+word+" */") })
	if i < 0 {
		t.Fatalf("no line of mistakes.c is marked %s", word)
	}
	return "mistakes.c:" + strconv.Itoa(i+1)
}
