package command

import (
	"strings"
	"testing"
)

// TestVisible prints texts whole and a byte at a time: both show the same, and nothing
// that a terminal obeys.
func TestVisible(t *testing.T) {
	for printed, want := range map[string]string{
		"plain\r\n":                   "plain\n",
		"prompt> ":                    "prompt> ",
		"\x1b[31mred\x1b]0;title\x07": `\x1b[31mred\x1b]0;title\x07`,
		"10 %\r20 %\r\r\n":            "10 %\n20 %\n",
		"é€𝄞\r\n":                     "é€𝄞\n",
		"\xff\xe2\x82":                `\xff\xe2\x82`,
		"\xc2\x9b31m, \u202e, \x7f\b": `\xc2\x9b31m, \xe2\x80\xae, \x7f\x08`,
		"\r":                          "",
		"\n\n\r\n":                    "\n\n\n",
	} {
		var whole, pieces strings.Builder
		c := &console{stop: make(chan struct{}), held: map[string][]byte{}, out: &whole}
		c.printed("p", []byte(printed))
		c.close()
		c = &console{stop: make(chan struct{}), held: map[string][]byte{}, out: &pieces}
		for i := range len(printed) {
			c.printed("p", []byte(printed[i:i+1]))
		}
		c.close()
		if whole.String() != want || pieces.String() != want {
			t.Errorf("%q: %q, in pieces %q; want %q", printed, whole.String(), pieces.String(), want)
		}
	}
}
