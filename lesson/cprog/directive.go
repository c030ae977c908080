package cprog

import "strings"

// Include is an #include line.
type Include struct {
	Line   int
	Header string // "sys/socket.h"
}

// directive carries out a line that starts with #.
func (l *lexer) directive() {
	start := int32(l.pos)
	end := l.directiveEnd()
	l.pos++
	l.blank(end)
	word := l.word(end)
	switch word {
	case "include":
		l.include(start, end)
	case "define":
		l.define(end)
	case "", "pragma":
	case "if", "ifdef", "ifndef", "else", "elif", "endif":
		l.report(start, "#"+word+" is not understood: the program is the same on every machine", "keep the lines and take the #"+word+" out")
	case "undef":
		l.report(start, "#undef is not understood", "give the second macro another name")
	default:
		l.report(start, "#"+word+" is not understood", "only #include and #define are")
	}
	l.pos = end
}

// directiveEnd is where the directive ends: at the end of line, comments and
// spliced lines included.
func (l *lexer) directiveEnd() int {
	for i := l.pos; i < len(l.text); i++ {
		switch {
		case l.spliced(i) > 0:
			i += l.spliced(i) - 1
		case l.text[i] == '\n':
			return i
		case strings.HasPrefix(l.text[i:], "/*"):
			j := strings.Index(l.text[i+2:], "*/")
			if j < 0 {
				return len(l.text)
			}
			i += j + 3
		}
	}
	return len(l.text)
}

// blank skips white space and comments up to end.
func (l *lexer) blank(end int) {
	for l.pos < end {
		rest := l.text[l.pos:end]
		switch {
		case rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\r' || rest[0] == '\n':
			l.pos++
		case l.spliced(l.pos) > 0:
			l.pos += l.spliced(l.pos)
		case strings.HasPrefix(rest, "//"):
			l.pos = end
		case strings.HasPrefix(rest, "/*"):
			j := strings.Index(rest[2:], "*/")
			if j < 0 {
				l.report(int32(l.pos), "this comment never ends", "write */ where it ends")
				l.pos = end
				return
			}
			l.pos += j + 4
		default:
			return
		}
	}
}

func (l *lexer) word(end int) string {
	start := l.pos
	for l.pos < end && wordByte(l.text[l.pos]) {
		l.pos++
	}
	return l.text[start:l.pos]
}

func (l *lexer) include(start int32, end int) {
	l.blank(end)
	rest := l.text[l.pos:end]
	if i := strings.IndexByte(rest, '>'); strings.HasPrefix(rest, "<") && i > 0 {
		l.header(rest[1:i])
		return
	}
	if strings.HasPrefix(rest, `"`) {
		l.report(start, "a program of the course is one file", "write #include <"+strings.Trim(rest, "\" \t\r")+"> when it is a header of the system")
		return
	}
	l.report(start, "this #include names no header", "write #include <sys/socket.h>, for example")
}

func (l *lexer) header(name string) {
	if headerBit(name) == 0 {
		instead := "take it out, or write one of the course's headers"
		if near := nearest(name, headerNames[:]); near != "" {
			instead = "write #include <" + near + ">"
		}
		l.report(int32(l.pos), "<"+clip(name)+"> is not one of the course's headers", instead)
		return
	}
	l.includes = append(l.includes, Include{l.line(int32(l.pos)), name})
}

func (l *lexer) define(end int) {
	l.blank(end)
	at := int32(l.pos)
	name := l.word(end)
	if name == "" || digit(name[0]) {
		l.report(at, "this #define names nothing", "write #define PORT 7777, for example")
		return
	}
	if l.pos < end && l.text[l.pos] == '(' {
		l.report(at, name+"() is a macro with parameters, which is not understood", "write a function")
		return
	}
	m := &macro{name: name, line: l.line(at)}
	for {
		l.blank(end)
		if l.pos >= end {
			break
		}
		t, ok := l.next(end)
		if ok {
			m.body = append(m.body, t)
		}
	}
	if old := l.macros[name]; old != nil && !sameTokens(old.body, m.body) {
		l.report(at, name+" is already defined, in line "+itoa(old.line), "give one of them another name")
		return
	}
	l.macros[name] = m
}

func sameTokens(a, b []token) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].text != b[i].text {
			return false
		}
	}
	return true
}
