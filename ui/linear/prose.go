package linear

import (
	"strings"

	"sockstep/ui/printable"
)

// Prose writes a lesson's Markdown as plain paragraphs.
func (o *Output) Prose(markdown string) {
	p := paragraphs{o: o}
	for _, l := range strings.Split(printable.Lines(markdown), "\n") {
		p.take(strings.TrimRight(l, " "))
	}
	p.flush()
}

// paragraphs gathers lines of Markdown until a paragraph is complete.
type paragraphs struct {
	o      *Output
	mark   string // of the list item under way
	text   []string
	heads  []string // of the table under way
	fenced bool
}

func (p *paragraphs) take(line string) {
	bare := strings.TrimSpace(line)
	switch {
	case strings.HasPrefix(bare, "```"):
		p.flush()
		p.fenced = !p.fenced
	case p.fenced:
		p.o.code("    " + line)
	case bare == "":
		p.flush()
		p.heads = nil
		p.o.gap()
	case strings.HasPrefix(bare, "<!--"):
	case bare[0] == '|':
		p.flush()
		p.row(bare)
	case bare[0] == '#':
		p.flush()
		p.o.say("%s", inline(strings.TrimSpace(strings.TrimLeft(bare, "#")))+":")
	default:
		p.words(bare)
	}
}

func (p *paragraphs) words(bare string) {
	if mark, rest := listMark(bare); mark != "" {
		p.flush()
		p.mark, bare = mark, rest
	}
	p.text = append(p.text, strings.TrimPrefix(bare, "> "))
}

func (p *paragraphs) flush() {
	if len(p.text) > 0 {
		p.o.indented(p.mark, inline(strings.Join(p.text, " ")))
	}
	p.mark, p.text = "", nil
}

// row says a row of a table as its cells with their headings.
func (p *paragraphs) row(bare string) {
	cells := strings.Split(strings.Trim(bare, "|"), "|")
	for i := range cells {
		cells[i] = inline(strings.TrimSpace(cells[i]))
	}
	switch {
	case p.heads == nil:
		p.heads = cells
	case strings.Trim(strings.Join(cells, ""), ":- ") == "":
	default:
		p.o.indented("- ", strings.Join(withHeads(p.heads, cells), "; "))
	}
}

func withHeads(heads, cells []string) []string {
	said := make([]string, 0, len(cells))
	for i, c := range cells {
		if i < len(heads) && heads[i] != "" {
			c = heads[i] + ": " + c
		}
		said = append(said, c)
	}
	return said
}

// listMark takes the mark off a list item.
func listMark(bare string) (mark, rest string) {
	if len(bare) > 2 && strings.IndexByte("-*+", bare[0]) >= 0 && bare[1] == ' ' {
		return "- ", strings.TrimSpace(bare[2:])
	}
	digits := strings.TrimLeft(bare, "0123456789")
	if n := len(bare) - len(digits); n > 0 && n < 3 && strings.HasPrefix(digits, ". ") {
		return bare[:n+2], strings.TrimSpace(digits[2:])
	}
	return "", bare
}

// inline takes the marks of emphasis, code and links out of a text.
func inline(s string) string {
	var out strings.Builder
	code := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '`':
			code = !code
		case code:
			out.WriteByte(c)
		case c == '\\' && i+1 < len(s) && strings.IndexByte("\\`*_[]<>|#-", s[i+1]) >= 0:
			i++
			out.WriteByte(s[i])
		case (c == '*' || c == '_') && mark(s, i):
		case c == '[' && link(s[i:]) > 0:
			end := strings.Index(s[i:], "](")
			out.WriteString(inline(s[i+1 : i+end]))
			i += link(s[i:])
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// mark reports whether the * or _ at i is emphasis: it stands at the edge of a
// word, unlike in a_b, 2 * 3 and char *p.
func mark(s string, i int) bool {
	c := s[i]
	before := i == 0 || s[i-1] == c || strings.IndexByte(" (\"'", s[i-1]) >= 0
	after := i+1 == len(s) || s[i+1] == c || strings.IndexByte(" .,;:!?)\"'", s[i+1]) >= 0
	if before && after {
		return i > 0 && s[i-1] == c || i+1 < len(s) && s[i+1] == c
	}
	return before && strings.IndexByte(s[i+1:], c) > 0 || after && strings.IndexByte(s[:i], c) >= 0
}

// link is the index of the last byte of a link that s begins with, or 0.
func link(s string) int {
	mid := strings.Index(s, "](")
	if mid < 0 {
		return 0
	}
	if end := strings.IndexByte(s[mid:], ')'); end > 0 {
		return mid + end
	}
	return 0
}
