package cprog

import (
	"strconv"
	"strings"
)

// Program is a parsed program. It never changes; any number of machines may
// run it at once.
type Program struct {
	src      *source
	stmts    []Statement
	sigs     []uint64 // what each statement says and where it is nested, hashed
	paths    []uint64 // where each statement is nested, hashed
	spans    []span   // where each statement's code is
	code     []instr
	funcs    []*function
	globals  []*variable
	data     []byte // the globals' first content
	relocs   []reloc
	literals []byte
	macros   map[string]*macro
	includes []Include
	used     []string
	names    map[string]*symbol // at file scope
	tags     map[string]*structDef
	warnings []*Error
	main     *function
}

// Statement is one statement of a program, in source order. Lines and columns
// count from 1.
type Statement struct {
	Index, Line, Column, EndLine int
	Func, Label, Text            string
}

// span is a run of instructions.
type span struct{ start, end int }

// reloc is an address in the globals' first content that is known only when
// the program starts.
type reloc struct {
	off     int
	literal bool // an address of a string literal, otherwise of a global
	to      int64
}

// function is a function of the program.
type function struct {
	name    string
	index   int
	ret     *ctype
	params  []*variable
	entry   int
	frame   int // bytes
	locals  []*variable
	defined bool
	idle    bool // its body does nothing, so that it can be a signal's handler
	off     int32
}

// variable is an object with a name; alive between two instructions.
type variable struct {
	name       string
	typ        *ctype
	fn         string
	off        int64 // from the top of the frame (negative), or into the data
	global     bool
	address    uint64 // of one that was typed in, otherwise 0
	start, end int
}

// File gives the name the program was parsed under, "server.c".
func (p *Program) File() string { return p.src.file }

// Source gives the whole text.
func (p *Program) Source() string { return p.src.text }

// Lines gives the source's lines without their ends.
func (p *Program) Lines() []string {
	text := strings.TrimSuffix(p.src.text, "\n")
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "\r")
	}
	return lines
}

// Statements gives the statements in source order. The caller must not change
// them.
func (p *Program) Statements() []Statement { return p.stmts }

// ByLabel finds the statement that a comment /* [label] */ names.
func (p *Program) ByLabel(name string) (Statement, bool) {
	for _, s := range p.stmts {
		if s.Label == name && name != "" {
			return s, true
		}
	}
	return Statement{}, false
}

// Includes gives the #include lines in their order.
func (p *Program) Includes() []Include { return p.includes }

// Warnings gives what a compiler would warn of although it is legal C, such as
// an assignment used as a condition. The program runs all the same.
func (p *Program) Warnings() []*Error { return p.warnings }

// Gives names the identifiers of this program that a header is there for, in the
// order of their first use: functions, constants, types, "struct sockaddr_in".
// What a header merely brings along from another one is named with that one.
func (p *Program) Gives(header string) []string {
	var out []string
	for _, name := range p.used {
		if p.sourceOf(name) == header {
			out = append(out, name)
		}
	}
	return out
}

// sourceOf is the one of the program's headers an identifier is there for: its
// own header, or the first that brings it along.
func (p *Program) sourceOf(name string) string {
	home, mask := homeHeader(name), headersGiving(name)
	first := ""
	for _, in := range p.includes {
		switch {
		case in.Header == home:
			return home
		case first == "" && headerBit(in.Header)&mask != 0:
			first = in.Header
		}
	}
	return first
}

// Define gives what a #define stands for, as it is written, and its line.
func (p *Program) Define(name string) (text string, line int, ok bool) {
	m := p.macros[name]
	if m == nil {
		return "", 0, false
	}
	words := make([]string, len(m.body))
	for i, t := range m.body {
		words[i] = t.text
	}
	return strings.Join(words, " "), m.line, true
}

// Port gives the number of the line #define PORT 7777.
func (p *Program) Port() (port, line int, ok bool) {
	text, line, ok := p.Define("PORT")
	n, err := strconv.ParseInt(text, 0, 32)
	if !ok || err != nil || n < 0 || n > 65535 {
		return 0, 0, false
	}
	return int(n), line, true
}

// WithPort gives the source with another number in #define PORT.
func (p *Program) WithPort(n int) []byte {
	out, _ := p.WithDefine("PORT", strconv.Itoa(n))
	return out
}

// WithDefine gives the source with another text in a #define; what is behind it
// on the line, a comment for instance, stays. ok is false when there is no such
// #define, and the source is then as it was.
func (p *Program) WithDefine(name, text string) (src []byte, ok bool) {
	m := p.macros[name]
	if m == nil || len(m.body) == 0 {
		return []byte(p.src.text), false
	}
	start, end := m.body[0].off, m.body[len(m.body)-1].end
	src = append(src, p.src.text[:start]...)
	src = append(src, text...)
	return append(src, p.src.text[end:]...), true
}

// StatementAt finds the statement that starts in a line, or the one that goes
// on in it.
func (p *Program) StatementAt(line int) (Statement, bool) {
	for _, s := range p.stmts {
		if s.Line <= line && line <= s.EndLine {
			return s, true
		}
	}
	return Statement{}, false
}
