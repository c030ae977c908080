package linear

import (
	"bytes"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func blockedInput(t *testing.T) (io.Reader, func()) {
	r, w := io.Pipe()
	return r, func() { w.Close() }
}

func TestProse(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"marks", "A *word*, a **strong one**, `*code_` and [a link](http://x/y).", "A word, a strong one, *code_ and a link.\n"},
		{"no marks", "a_b and 2 * 3 and char *p", "a_b and 2 * 3 and char *p\n"},
		{"heading", "## Why\ntext", "Why:\ntext\n"},
		{"list", "- one\n  more\n- two\n1. three", "- one more\n- two\n1. three\n"},
		{"code", "before\n\n```c\nint x = *p; /* `y` */\n```", "before\n\n    int x = *p; /* `y` */\n"},
		{"table", "| call | returns |\n|---|---|\n| `bind` | 0 |", "- call: bind; returns: 0\n"},
		{"signs", "rx 0→20, CLOSE → LISTEN…", "rx 0 to 20, CLOSE to LISTEN...\n"},
		{"controls", "a\x1b[2Jb", "a\\x1b[2Jb\n"},
		{"comment", "a\n<!-- b -->\nc", "a c\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			NewOutput(&out, 0).Prose(test.in)
			if diff := cmp.Diff(test.want, out.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	want := []string{"one two", "three", "abcdefghijklmnop", "x"}
	if diff := cmp.Diff(want, wrap("one two  three abcdefghijklmnop x", 8)); diff != "" {
		t.Error(diff)
	}
}
