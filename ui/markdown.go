package ui

import "strings"

// markdown lays out the subset of Markdown the lessons are written in:
// paragraphs, emphasis, code, lists, tables, headings and quotations.
func markdown(text string, w int) []line {
	p := prose{w: w}
	for _, s := range cleanLines(text) {
		p.take(s)
	}
	p.flush()
	for len(p.out) > 0 && len(p.out[len(p.out)-1]) == 0 {
		p.out = p.out[:len(p.out)-1]
	}
	return p.out
}

// prose is a Markdown text being laid out in w columns.
type prose struct {
	w      int
	out    []line
	para   string // the paragraph or list item so far
	lead   string // what its first line starts with: "• ", "1. "
	table  [][]line
	fenced bool
	c      bool // in a comment of a fenced listing
}

func (p *prose) take(s string) {
	trimmed := strings.TrimSpace(s)
	switch {
	case strings.HasPrefix(trimmed, "```"):
		p.flush()
		p.fenced, p.c = !p.fenced, false
	case p.fenced:
		p.code(s)
	case trimmed == "":
		p.flush()
		p.gap()
	case strings.HasPrefix(trimmed, "<!--"):
	case trimmed[0] == '|':
		p.flushPara()
		p.row(trimmed)
	case trimmed[0] == '#':
		p.flush()
		p.out = append(p.out, ln(roleBold, strings.TrimSpace(strings.TrimLeft(trimmed, "#"))))
	default:
		p.words(s, trimmed)
	}
}

func (p *prose) words(s, trimmed string) {
	p.flushTable()
	lead, rest := listMark(trimmed)
	if lead != "" {
		p.flushPara()
		p.lead = strings.Repeat(" ", min(len(s)-len(strings.TrimLeft(s, " ")), 4)) + lead
		p.para = rest
		return
	}
	if p.para != "" {
		p.para += " "
	}
	p.para += strings.TrimPrefix(trimmed, "> ")
}

// listMark takes the mark of a list item off a line.
func listMark(s string) (lead, rest string) {
	if len(s) > 2 && (s[0] == '-' || s[0] == '*') && s[1] == ' ' {
		return "• ", strings.TrimSpace(s[2:])
	}
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n > 0 && n < 3 && strings.HasPrefix(s[n:], ". ") {
		return s[:n+2], strings.TrimSpace(s[n+2:])
	}
	return "", s
}

func (p *prose) code(s string) {
	l, c := highlight(s, p.c)
	p.c = c
	p.out = append(p.out, append(line{pad(4)}, l...))
}

func (p *prose) gap() {
	if len(p.out) > 0 && len(p.out[len(p.out)-1]) > 0 {
		p.out = append(p.out, nil)
	}
}

func (p *prose) flush() {
	p.flushPara()
	p.flushTable()
}

func (p *prose) flushPara() {
	if p.para == "" {
		return
	}
	l := inline(p.para)
	if p.lead != "" {
		l = append(line{sp(roleMuted, p.lead)}, l...)
	}
	p.out = append(p.out, wrapLead(l, p.w, width(p.lead))...)
	p.para, p.lead = "", ""
}

// wrapLead wraps a line whose first span is n columns of lead.
func wrapLead(l line, w, n int) []line {
	if n == 0 {
		return wrap(l, w, 0)
	}
	ls := wrap(l[1:], w-n, 0)
	for i := range ls {
		first := pad(n)
		if i == 0 {
			first = l[0]
		}
		ls[i] = append(line{first}, ls[i]...)
	}
	return ls
}

func (p *prose) row(s string) {
	var cells []line
	for _, c := range strings.Split(strings.Trim(s, "|"), "|") {
		cells = append(cells, inline(strings.TrimSpace(c)))
	}
	if len(cells) > 0 && strings.Trim(cells[0].plain(), ":-") == "" && strings.Contains(s, "--") {
		return
	}
	p.table = append(p.table, cells)
}

func (p *prose) flushTable() {
	var widths []int
	for _, row := range p.table {
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], c.width())
		}
	}
	for n, row := range p.table {
		p.tableRow(row, widths, n == 0)
	}
	p.table = nil
}

// tableRow lays out a row; the last column is wrapped where it is too wide.
func (p *prose) tableRow(row []line, widths []int, head bool) {
	var l line
	used := 0
	for i, c := range row {
		if head {
			c = c.as(roleBold)
		}
		if i == len(row)-1 {
			p.out = append(p.out, hang(l, c, used, p.w)...)
			return
		}
		l = append(append(l, c.fit(widths[i])...), pad(2))
		used += widths[i] + 2
	}
}

// hang puts text behind a lead of n columns, wrapped under itself.
func hang(lead, text line, n, w int) []line {
	ls := wrap(text, max(w-n, 8), 0)
	for i := range ls {
		front := line{pad(n)}
		if i == 0 {
			front = lead
		}
		ls[i] = append(front[:len(front):len(front)], ls[i]...)
	}
	return ls
}

// inline gives emphasis and code their roles.
func inline(s string) line {
	var out line
	var text strings.Builder
	now := roleText
	flush := func() {
		if text.Len() > 0 {
			out = append(out, sp(now, text.String()))
			text.Reset()
		}
	}
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && strings.IndexByte("\\`*_[]<>|#-", s[i+1]) >= 0:
			text.WriteByte(s[i+1])
			i += 2
		case c == '`':
			n := strings.IndexByte(s[i+1:], '`')
			if n < 0 {
				text.WriteByte(c)
				i++
				break
			}
			flush()
			out = append(out, sp(roleCode, s[i+1:i+1+n]))
			i += n + 2
		case strings.HasPrefix(s[i:], "**"):
			flush()
			now = toggled(now)
			i += 2
		case (c == '*' || c == '_') && emphasis(s, i):
			flush()
			now = toggled(now)
			i++
		case c == '[' && linkEnd(s[i:]) > 0:
			t, n := link(s[i:])
			text.WriteString(t)
			i += n
		default:
			text.WriteByte(c)
			i++
		}
	}
	flush()
	return out
}

func toggled(r role) role {
	if r == roleBold {
		return roleText
	}
	return roleBold
}

// emphasis reports whether the sign at i opens or closes emphasis: it stands at
// the edge of a word, as in *word* and unlike a_b or 2 * 3.
func emphasis(s string, i int) bool {
	before := i == 0 || strings.IndexByte(" (\"'", s[i-1]) >= 0
	after := i+1 == len(s) || strings.IndexByte(" .,;:!?)\"'", s[i+1]) >= 0
	if before == after {
		return false
	}
	if before {
		return strings.IndexByte(s[i+1:], s[i]) > 0
	}
	return strings.LastIndexByte(s[:i], s[i]) >= 0
}

func linkEnd(s string) int {
	mid := strings.Index(s, "](")
	if mid < 0 {
		return -1
	}
	if end := strings.IndexByte(s[mid:], ')'); end > 0 {
		return mid + end
	}
	return -1
}

// link is the text of a link and how much of s it takes.
func link(s string) (string, int) {
	return s[1:strings.Index(s, "](")], linkEnd(s) + 1
}
