package printable

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tabStop is the distance between two tab stops, in cells.
const tabStop = 8

// maxMarks is how many combining marks one character keeps; a taller pile would spill into the lines above.
const maxMarks = 4

// Clean returns s as one line of printable characters. Every other character, a line feed and a tab included, becomes
// \xNN for each of its bytes. Clean(Clean(s)) is Clean(s), and a backslash of s stays as it is.
func Clean(s string) string {
	if plain(s) {
		return s
	}
	var w writer
	w.line(s)
	return w.String()
}

// Bytes is Clean for bytes, which need not be UTF-8.
func Bytes(b []byte) string { return Clean(string(b)) }

// Lines is Clean for text of several lines: line feeds stay, and tabs become spaces up to the next stop, which are
// eight cells apart.
func Lines(s string) string {
	if plainLines(s) {
		return s
	}
	w := writer{tabs: true}
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			w.WriteByte('\n')
		}
		w.line(line)
	}
	return w.String()
}

// Rune reports whether r shows by itself: it takes a cell or two, changes nothing around it, and means nothing to a
// terminal. Combining marks are not such runes; Clean keeps them behind a rune that is.
func Rune(r rune) bool {
	if r < utf8.RuneSelf {
		return ' ' <= r && r <= '~'
	}
	return r != utf8.RuneError && unicode.IsPrint(r) && !unicode.Is(unicode.M, r) && !unicode.Is(joining, r)
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func plainLines(s string) bool {
	for i := range len(s) {
		if (s[i] < ' ' || s[i] > '~') && s[i] != '\n' {
			return false
		}
	}
	return true
}

// joining holds what unicode.IsPrint lets pass but two terminals would measure differently, or not show: fillers,
// flags' letters, skin tones, the parts a Hangul syllable is put together from, the replacement character's
// neighbours that anchor annotations.
var joining = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x11ff, Stride: 1}, // Hangul Jamo, with two fillers
		{Lo: 0x2800, Hi: 0x2800, Stride: 1}, // the Braille pattern without a dot
		{Lo: 0x3164, Hi: 0x3164, Stride: 1}, // Hangul filler
		{Lo: 0xa960, Hi: 0xa97c, Stride: 1}, // Hangul Jamo, extended A
		{Lo: 0xd7b0, Hi: 0xd7fb, Stride: 1}, // Hangul Jamo, extended B
		{Lo: 0xffa0, Hi: 0xffa0, Stride: 1}, // half-width Hangul filler
		{Lo: 0xfff9, Hi: 0xfffd, Stride: 1}, // annotation anchors, object, replacement
	},
	R32: []unicode.Range32{
		{Lo: 0x1f1e6, Hi: 0x1f1ff, Stride: 1}, // regional indicators
		{Lo: 0x1f3fb, Hi: 0x1f3ff, Stride: 1}, // skin tones
	},
}

// selectors are marks that show nothing themselves and change what stands before them.
var selectors = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x034f, Hi: 0x034f, Stride: 1}, // combining grapheme joiner
		{Lo: 0x17b4, Hi: 0x17b5, Stride: 1}, // Khmer inherent vowels
		{Lo: 0x180b, Hi: 0x180f, Stride: 1}, // Mongolian variation selectors
		{Lo: 0x20d0, Hi: 0x20ff, Stride: 1}, // marks for symbols, keycaps among them
		{Lo: 0xfe00, Hi: 0xfe0f, Stride: 1}, // variation selectors
	},
	R32: []unicode.Range32{
		{Lo: 0xe0100, Hi: 0xe01ef, Stride: 1}, // more variation selectors
	},
}

// accent reports whether r is a mark that may stand on a letter: it takes no cell of its own.
func accent(r rune) bool {
	return unicode.Is(unicode.Mn, r) && !unicode.Is(selectors, r) && runeWidth(r) == 0
}

// writer builds a clean text. column is the cells written in this line; marks counts what may still be put on the last
// character, 0 after anything escaped.
type writer struct {
	strings.Builder
	tabs   bool
	column int
	marks  int
}

func (w *writer) line(s string) {
	w.column, w.marks = 0, 0
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == '\t' && w.tabs:
			w.tab()
		case n > 1 || r < utf8.RuneSelf:
			w.rune(r, s[:n])
		default:
			w.escape(s[:n])
		}
		s = s[n:]
	}
}

// rune writes r, which is spelled s.
func (w *writer) rune(r rune, s string) {
	switch {
	case Rune(r):
		w.WriteString(s)
		w.column += runeWidth(r)
		w.marks = marksOn(r)
	case w.marks > 0 && accent(r):
		w.WriteString(s)
		w.marks--
	default:
		w.escape(s)
	}
}

// marksOn returns how many marks r can carry: a letter, some; a blank, a sign or an ideograph, none.
func marksOn(r rune) int {
	if unicode.IsLetter(r) && runeWidth(r) == 1 {
		return maxMarks
	}
	return 0
}

func (w *writer) tab() {
	n := tabStop - w.column%tabStop
	w.WriteString("        "[:n])
	w.column += n
	w.marks = 0
}

func (w *writer) escape(s string) {
	const hex = "0123456789abcdef"
	for i := range len(s) {
		w.WriteString(`\x`)
		w.WriteByte(hex[s[i]>>4])
		w.WriteByte(hex[s[i]&15])
	}
	w.column += 4 * len(s)
	w.marks = 0
}
