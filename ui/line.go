package ui

import "strings"

// span is a piece of text of one role, cleaned, with its width in columns.
type span struct {
	role role
	text string
	w    int
}

// line is one row of the screen or of a pane.
type line []span

// sp makes a span of a text from anywhere: what a terminal could take for a
// command is made visible instead.
func sp(r role, s string) span {
	s = clean(s)
	return span{r, s, width(s)}
}

// ln makes a line of one span.
func ln(r role, s string) line { return line{sp(r, s)} }

func (l line) width() int {
	n := 0
	for _, s := range l {
		n += s.w
	}
	return n
}

// plain is the line's text without looks.
func (l line) plain() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.text)
	}
	return b.String()
}

const blanks = "                                                                                                    "

// pad makes a span of n blanks.
func pad(n int) span {
	if n <= 0 {
		return span{}
	}
	if n <= len(blanks) {
		return span{roleText, blanks[:n], n}
	}
	return span{roleText, strings.Repeat(" ", n), n}
}

// fit makes the line exactly w columns wide: cut with an ellipsis, or padded.
func (l line) fit(w int) line {
	n := l.width()
	if n <= w {
		if n == w {
			return l
		}
		return append(l[:len(l):len(l)], pad(w-n))
	}
	return l.cut(w)
}

// cut shortens the line to w columns, the last of them an ellipsis.
func (l line) cut(w int) line {
	if w <= 0 {
		return nil
	}
	out, left := make(line, 0, len(l)+1), w-1
	for _, s := range l {
		if s.w > left {
			part := truncate(s.text, left)
			pw := width(part)
			out = append(out, span{s.role, part, pw}, span{s.role, "…", 1}, pad(left-pw))
			return out
		}
		out, left = append(out, s), left-s.w
	}
	return append(out, span{roleMuted, "…", 1})
}

// as gives every span of the line one role.
func (l line) as(r role) line {
	out := make(line, len(l))
	for i, s := range l {
		s.role = r
		out[i] = s
	}
	return out
}

// block makes lines exactly w columns wide and h rows high.
func block(ls []line, w, h int) []line {
	out := make([]line, 0, h)
	for i := 0; i < h; i++ {
		if i < len(ls) {
			out = append(out, ls[i].fit(w))
		} else {
			out = append(out, line{pad(w)})
		}
	}
	return out
}

// beside puts two blocks of equal height next to each other.
func beside(a, b []line) []line {
	for i := range a {
		row := make(line, 0, len(a[i])+len(b[i])+1)
		row = append(row, a[i]...)
		row = append(row, span{roleMuted, "│", 1})
		a[i] = append(row, b[i]...)
	}
	return a
}

// word is a piece of a line that is not broken if it can be helped.
type word struct {
	spans line
	w     int
	space int // blanks before it
}

// wordsOf takes a line apart at its blanks.
func wordsOf(l line) []word {
	var out []word
	var now word
	flush := func() {
		if now.w > 0 {
			out, now = append(out, now), word{}
		}
	}
	for _, s := range l {
		rest := s.text
		for rest != "" {
			i := strings.IndexByte(rest, ' ')
			if i == 0 {
				flush()
				now.space, rest = now.space+1, rest[1:]
				continue
			}
			piece := rest
			if i > 0 {
				piece = rest[:i]
			}
			w := width(piece)
			now.spans, now.w = append(now.spans, span{s.role, piece, w}), now.w+w
			rest = rest[len(piece):]
		}
	}
	flush()
	return out
}

// wrap breaks a line at blanks into lines of at most w columns; every line but
// the first starts with indent blanks.
func wrap(l line, w, indent int) []line {
	if w < 1 {
		return nil
	}
	if indent >= w {
		indent = 0
	}
	var out []line
	var now line
	used, start := 0, 0
	next := func() {
		out, now, used, start = append(out, now), line{pad(indent)}, indent, indent
	}
	for _, x := range wordsOf(l) {
		gap := x.space
		if used == start && len(out) > 0 {
			gap = 0
		}
		if used+gap+x.w > w && used > start {
			next()
			gap = 0
		}
		if gap > 0 && used+gap < w {
			now, used = append(now, span{x.spans[0].role, pad(gap).text, gap}), used+gap
		}
		for _, s := range x.spans {
			for used+s.w > w {
				part := truncate(s.text, w-used)
				if part == "" && used == start {
					s = span{} // wider than the window: not shown
					break
				}
				pw := width(part)
				now = append(now, span{s.role, part, pw})
				s = span{s.role, s.text[len(part):], s.w - pw}
				next()
			}
			if s.w > 0 {
				now, used = append(now, s), used+s.w
			}
		}
	}
	if len(now) > 0 || len(out) == 0 {
		out = append(out, now)
	}
	return out
}

// paint turns lines into the text of a frame.
func paint(ls []line, t *theme) string {
	var b strings.Builder
	b.Grow(len(ls) * 220)
	for i, l := range ls {
		if i > 0 {
			b.WriteByte('\n')
		}
		paintLine(&b, l, t)
	}
	return b.String()
}

func paintLine(b *strings.Builder, l line, t *theme) {
	now := ""
	for _, s := range l {
		if s.w == 0 {
			continue
		}
		want := t.sgr[s.role]
		if want == "" {
			want = t.base
		}
		if want != now {
			if now != "" {
				b.WriteString("\x1b[m")
			}
			b.WriteString(want)
			now = want
		}
		b.WriteString(s.text)
	}
	if now != "" {
		b.WriteString("\x1b[m")
	}
}
