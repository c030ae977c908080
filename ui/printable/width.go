package printable

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Width returns the cells s takes on the screen. Colours and links take none. Of several lines it is the sum: measure
// lines one by one.
func Width(s string) int {
	if plain(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// Truncate returns s cut to at most w cells, ending in tail if something was cut. Colours are kept. Where tail alone
// is wider than w, tail is cut as well.
func Truncate(s string, w int, tail string) string {
	if w <= 0 {
		return ""
	}
	if Width(s) <= w {
		return s
	}
	if Width(tail) > w {
		tail = ansi.Truncate(tail, w, "")
	}
	return ansi.Truncate(s, w, tail)
}

// Pad returns s with blanks behind it up to w cells. A wider s is returned as it is.
func Pad(s string, w int) string {
	if n := w - Width(s); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}

// Fit returns s in exactly w cells: cut with an ellipsis, or padded.
func Fit(s string, w int) string { return Pad(Truncate(s, w, "…"), w) }

func runeWidth(r rune) int {
	if ' ' <= r && r <= '~' {
		return 1
	}
	return ansi.StringWidth(string(r))
}
