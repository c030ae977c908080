package ui

import (
	"strings"
	"testing"
)

// TestKeymap: every key has a help text and an action, and none means two things.
func TestKeymap(t *testing.T) {
	taken := map[string]string{}
	for _, b := range keymap {
		if b.help == "" || b.shown == "" || b.do == nil || len(b.keys) == 0 {
			t.Errorf("binding %q lacks something", b.shown)
		}
		for _, on := range []where{onCourse, onStage} {
			for _, k := range b.keys {
				at := k + whereWord(on)
				if b.on&on != 0 && taken[at] != "" {
					t.Errorf("%s means %q and %q", at, taken[at], b.help)
				}
				if b.on&on != 0 {
					taken[at] = b.help
				}
			}
		}
		if !strings.Contains(KeyTable(), "| `"+b.shown+"` | "+whereWord(b.on)+" | "+b.help+" |\n") {
			t.Errorf("the table lacks %q", b.shown)
		}
	}
}

// TestHelpIsWhole: the overlay shows every key of the screen it lies over.
func TestHelpIsWhole(t *testing.T) {
	m := states(t)["help"](80, 24)
	var all strings.Builder
	for _, l := range m.helpLines(200) {
		all.WriteString(l.plain() + "\n")
	}
	for _, b := range keymap {
		if b.on&onStage != 0 && !strings.Contains(all.String(), b.help) {
			t.Errorf("help lacks %q", b.help)
		}
	}
}
