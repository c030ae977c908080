package ui

import (
	"strings"
	"unicode/utf8"

	"sockstep/ui/printable"
)

// clean makes a text of one line safe to show.
func clean(s string) string { return printable.Clean(s) }

// cleanLines makes a text of several lines safe, with tabs as blanks.
func cleanLines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(printable.Lines(s), "\n"), "\n")
}

// width is the number of columns of a clean text.
func width(s string) int {
	n := 0
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			n, i = n+1, i+1
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !single(r) {
			return printable.Width(s)
		}
		n, i = n+1, i+size
	}
	return n
}

// single reports whether r is one of the signs this package draws with, each
// one column wide.
func single(r rune) bool {
	return r == '·' || r >= 0x2010 && r <= 0x2027 || r >= 0x2190 && r <= 0x2193 || r >= 0x2500 && r <= 0x25ff
}

// truncate cuts a clean text to at most w columns.
func truncate(s string, w int) string {
	if w <= 0 {
		return ""
	}
	if len(s) <= w {
		return s
	}
	n := 0
	for i, r := range s {
		if r >= utf8.RuneSelf && !single(r) {
			return printable.Truncate(s, w, "")
		}
		if n == w {
			return s[:i]
		}
		n++
	}
	return s
}

// asciiSigns replaces the signs this package draws with, one for one.
var asciiSigns = strings.NewReplacer(
	"─", "-", "│", "|", "┃", "#", "╌", ".", "┼", "+", "▶", ">", "▷", "~", "▸", ">", "◆", "*", "●", "o", "○", ".",
	"┌", "+", "┐", "+", "└", "+", "┘", "+", "├", "+", "┤", "+", "┬", "+", "┴", "+", "▼", "v", "◀", "<",
	"·", ".", "…", "~", "→", ">", "←", "<", "↑", "^", "↓", "v", "■", "#", "□", ".", "▪", "=", "▫", "-", "▏", "|", "–", "-", "—", "-",
	"“", "\"", "”", "\"", "‘", "'", "’", "'", "×", "x", "•", "*",
)
