package cprog

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// Bounds that keep a hostile source from costing more than a moment.
const (
	maxSource = 1 << 20 // bytes
	maxTokens = 1 << 16 // after macros are replaced
	maxNested = 200     // parentheses, blocks, braces
	maxErrors = 20
	maxObject = 4 << 20 // bytes of one object
)

// tokenKind is what a token is.
type tokenKind uint8

const (
	tokEnd tokenKind = iota
	tokName
	tokNumber
	tokChar
	tokString
	tokPunct
)

// token is a word of the program. off and end are where it stands in the
// source, for a token out of a macro where the macro was used.
type token struct {
	kind     tokenKind
	text     string
	off, end int32
}

// source is a program's text and where its lines start.
type source struct {
	file  string
	text  string
	lines []int32
}

func newSource(file, text string) *source {
	s := &source{file: file, text: text, lines: make([]int32, 1, 64)}
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			s.lines = append(s.lines, int32(i+1))
		}
	}
	return s
}

// line is the line of a byte offset, from 1.
func (s *source) line(off int32) int {
	return sort.Search(len(s.lines), func(i int) bool { return s.lines[i] > off })
}

// column is the column of a byte offset in characters, from 1.
func (s *source) column(off int32) int {
	start := s.lines[s.line(off)-1]
	return utf8.RuneCountInString(s.text[start:off]) + 1
}

// errorAt makes an Error at a byte offset.
func (s *source) errorAt(off int32, message, instead string) *Error {
	off = min(max(off, 0), int32(len(s.text)))
	return &Error{File: s.file, Line: s.line(off), Column: s.column(off), Message: message, Instead: instead}
}

// macro is an object-like #define.
type macro struct {
	name string
	body []token
	line int
}

// label is a comment that names a statement.
type label struct {
	name string
	line int
	off  int32
}

// lexer cuts a source into tokens, carries out its directives and replaces its
// macros as it goes.
type lexer struct {
	*source
	pos      int
	toks     []token
	macros   map[string]*macro
	includes []Include
	labels   []label
	errs     Errors
	fresh    bool // nothing but space on this line so far
	full     bool
	typed    bool // a line typed into a running program: no directives, no labels
}

// report records an error.
func (l *lexer) report(off int32, message, instead string) {
	if len(l.errs) < maxErrors {
		l.errs = append(l.errs, l.errorAt(off, message, instead))
	}
}

// lex reads the whole text.
func (l *lexer) lex() {
	l.fresh = true
	l.toks = make([]token, 0, len(l.text)/4+8)
	for !l.full {
		l.space()
		if l.pos >= len(l.text) {
			break
		}
		if l.text[l.pos] == '#' && l.fresh && !l.typed {
			l.directive()
			continue
		}
		l.fresh = false
		if t, ok := l.next(len(l.text)); ok {
			l.expand(t, t, nil)
		}
	}
	end := int32(len(l.text))
	l.toks = append(l.toks, token{kind: tokEnd, off: end, end: end})
}

// space skips white space and comments and picks up labels.
func (l *lexer) space() {
	for l.pos < len(l.text) {
		c := l.text[l.pos]
		switch {
		case c == '\n':
			l.fresh = true
			l.pos++
		case c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f':
			l.pos++
		case c == '\\' && l.spliced(l.pos) > 0:
			l.pos += l.spliced(l.pos)
		case strings.HasPrefix(l.text[l.pos:], "//"):
			l.lineComment()
		case strings.HasPrefix(l.text[l.pos:], "/*"):
			l.comment()
		default:
			return
		}
	}
}

// spliced is the length of a backslash and the end of line behind it, or 0.
func (l *lexer) spliced(at int) int {
	rest := l.text[at:]
	switch {
	case strings.HasPrefix(rest, "\\\n"):
		return 2
	case strings.HasPrefix(rest, "\\\r\n"):
		return 3
	}
	return 0
}

func (l *lexer) lineComment() {
	if i := strings.IndexByte(l.text[l.pos:], '\n'); i >= 0 {
		l.pos += i
		return
	}
	l.pos = len(l.text)
}

func (l *lexer) comment() {
	start := l.pos
	i := strings.Index(l.text[start+2:], "*/")
	if i < 0 {
		l.report(int32(start), "this comment never ends", "write */ where it ends")
		l.pos = len(l.text)
		return
	}
	l.pos = start + 2 + i + 2
	if name := labelOf(l.text[start+2 : l.pos-2]); name != "" {
		l.labels = append(l.labels, label{name, l.line(int32(start)), int32(start)})
	}
}

// labelOf takes the name out of the inside of a comment, " [name] ".
func labelOf(inside string) string {
	s := strings.TrimSpace(inside)
	if len(s) < 3 || s[0] != '[' || s[len(s)-1] != ']' {
		return ""
	}
	s = s[1 : len(s)-1]
	for i := 0; i < len(s); i++ {
		if !wordByte(s[i]) && s[i] != '-' && s[i] != '.' {
			return ""
		}
	}
	return s
}

// StripLabel takes the comment that names a statement, and the space before it,
// from a line of source.
func StripLabel(line string) string {
	start := strings.LastIndex(line, "/*")
	if start < 0 {
		return line
	}
	end := strings.Index(line[start:], "*/")
	if end < 0 || labelOf(line[start+2:start+end]) == "" {
		return line
	}
	return strings.TrimRight(line[:start], " \t") + line[start+end+2:]
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// next cuts one token that ends before limit. ok is false when there was only
// something to report.
func (l *lexer) next(limit int) (t token, ok bool) {
	start := l.pos
	c := l.text[start]
	kind := tokPunct
	switch {
	case digit(c) || c == '.' && start+1 < limit && digit(l.text[start+1]):
		kind = tokNumber
		l.number(limit)
	case wordByte(c):
		kind = tokName
		for l.pos < limit && wordByte(l.text[l.pos]) {
			l.pos++
		}
	case c == '"':
		kind = tokString
		ok = l.quoted('"', limit)
	case c == '\'':
		kind = tokChar
		ok = l.quoted('\'', limit)
	default:
		n := punctAt(l.text[start:limit])
		if n == 0 {
			l.strange()
			return t, false
		}
		l.pos += n
	}
	if (kind == tokString || kind == tokChar) && !ok {
		return t, false
	}
	return token{kind: kind, text: l.text[start:l.pos], off: int32(start), end: int32(l.pos)}, true
}

func (l *lexer) number(limit int) {
	for l.pos < limit && (wordByte(l.text[l.pos]) || l.text[l.pos] == '.') {
		l.pos++
	}
}

// quoted moves over a string or character constant.
func (l *lexer) quoted(q byte, limit int) bool {
	start := l.pos
	for l.pos++; l.pos < limit && l.text[l.pos] != '\n'; l.pos++ {
		switch l.text[l.pos] {
		case '\\':
			l.pos++
		case q:
			l.pos++
			return true
		}
	}
	l.pos = min(l.pos, limit)
	what := "this string never ends"
	if q == '\'' {
		what = "this character constant never ends"
	}
	l.report(int32(start), what, "write "+string(q)+" at its end, on the same line")
	return false
}

// strange reports a character that C does not know.
func (l *lexer) strange() {
	r, n := utf8.DecodeRuneInString(l.text[l.pos:])
	instead := "take it out"
	switch r {
	case '“', '”', '„':
		instead = `write the plain quotation mark "`
	case '‘', '’':
		instead = "write the plain quotation mark '"
	case '–', '—':
		instead = "write the plain sign -"
	}
	name := "this character"
	if r != utf8.RuneError && r > ' ' && r < 0x7f {
		name = "the character " + string(r)
	}
	l.report(int32(l.pos), name+" does not belong into C", instead)
	l.pos += n
}

// punctAt is the length of the operator at the start of s, or 0.
func punctAt(s string) int {
	if len(s) >= 3 {
		switch s[:3] {
		case "<<=", ">>=", "...":
			return 3
		}
	}
	if len(s) >= 2 {
		switch s[:2] {
		case "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||",
			"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=":
			return 2
		}
	}
	if strings.IndexByte("()[]{}<>+-*/%&|^~!=?:;,.", s[0]) >= 0 {
		return 1
	}
	return 0
}

// expand appends a token, or what the macro of its name stands for.
func (l *lexer) expand(t, at token, inside []string) {
	if len(l.toks) >= maxTokens {
		if !l.full {
			l.report(at.off, "the program is too long", "keep it to one screen or two")
		}
		l.full = true
		return
	}
	m := l.macros[t.text]
	if t.kind != tokName || m == nil || len(inside) > 32 || contains(inside, t.text) {
		t.off, t.end = at.off, at.end
		l.toks = append(l.toks, t)
		return
	}
	inside = append(inside, t.text)
	for _, b := range m.body {
		if l.full {
			return
		}
		l.expand(b, at, inside)
	}
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}
