package cprog

import (
	"strings"
)

// symbol is what a name stands for.
type symbol struct {
	kind symbolKind
	name string
	typ  *ctype
	v    *variable
	fn   *function
	n    int64
	prev *symbol // the name's meaning outside this block
}

type symbolKind uint8

const (
	symVariable symbolKind = iota
	symFunction
	symType
	symConstant
)

// parser reads tokens and writes code.
type parser struct {
	*source
	emitter
	toks     []token
	i        int
	prog     *Program
	errs     Errors
	names    map[string]*symbol
	outer    map[string]*symbol // of the running program, for a typed line
	tags     map[string]*structDef
	outerTag map[string]*structDef
	blocks   [][]*symbol // names to forget at the end of each block
	included uint64
	seen     map[string]bool
	missing  map[string]bool
	fn       *function
	path     []uint64
	breaks   []*loop
	nested   int
	typed    *typing
	starts   []int32 // where each statement starts, for labels
}

// loop collects the jumps out of a loop or switch.
type loop struct {
	breaks, continues []int
	isSwitch          bool
	cases             []switchCase
	fallback          int
}

// typing is where a typed line puts its variables and strings.
type typing struct {
	first int    // typed statements before this one
	next  uint64 // address of the next object
	texts []typedText
	vars  []*variable
	value *ctype
}

// typedText is a string literal of a typed line.
type typedText struct {
	at   uint64
	text string
}

// giveUp leaves the statement being parsed.
type giveUp struct{}

// Parse reads a program. The error is of type Errors.
func Parse(file string, src []byte) (*Program, error) {
	s := newSource(file, string(src))
	if len(src) > maxSource {
		return nil, Errors{s.errorAt(0, "the program is too long", "keep it to one screen or two")}
	}
	lx := &lexer{source: s, macros: map[string]*macro{}}
	lx.lex()
	if lx.full {
		return nil, lx.errs
	}
	p := &parser{
		source: s, toks: lx.toks, errs: lx.errs,
		names: make(map[string]*symbol, 32), tags: map[string]*structDef{},
		seen: make(map[string]bool, 64), missing: map[string]bool{},
		prog: &Program{src: s, macros: lx.macros, includes: lx.includes},
	}
	p.code = make([]instr, 0, len(lx.toks))
	for _, inc := range lx.includes {
		p.included |= headerBit(inc.Header)
	}
	p.file(lx.labels)
	if len(p.errs) > 0 {
		sortErrors(p.errs)
		return nil, p.errs
	}
	p.prog.code, p.prog.names, p.prog.tags = p.code, p.names, p.tags
	return p.prog, nil
}

func sortErrors(errs Errors) {
	for i := 1; i < len(errs); i++ {
		for j := i; j > 0 && before(errs[j], errs[j-1]); j-- {
			errs[j], errs[j-1] = errs[j-1], errs[j]
		}
	}
}

func before(a, b *Error) bool {
	return a.Line < b.Line || a.Line == b.Line && a.Column < b.Column
}

// file parses everything and checks what only shows at the end.
func (p *parser) file(labels []label) {
	for !p.at(tokEnd) && len(p.errs) < maxErrors {
		from := p.i
		if !p.try(p.external) {
			p.skip(from, true)
		}
	}
	if len(p.errs) > 0 {
		return
	}
	for _, f := range p.prog.funcs {
		if !f.defined {
			p.errorf(f.off, f.name+"() is declared, but never defined", "write its body, { ... }")
		}
	}
	m := p.names["main"]
	if m == nil || m.kind != symFunction {
		p.errorf(int32(len(p.text)), "there is no main()", "write int main(void) { ... }")
		return
	}
	p.prog.main = m.fn
	p.attach(labels)
}

// attach gives each label to its statement.
func (p *parser) attach(labels []label) {
	seen := map[string]int{}
	for _, l := range labels {
		if line, ok := seen[l.name]; ok {
			p.errorf(l.off, "["+l.name+"] already names the statement in line "+itoa(line), "give this one another name")
			continue
		}
		seen[l.name] = l.line
		if s := p.labelled(l); s != nil {
			s.Label = l.name
		} else {
			p.errorf(l.off, "there is no statement for ["+l.name+"] to name", "put the comment at the end of the statement's line")
		}
	}
}

// labelled finds the statement a label's line belongs to: the first one that
// stands before the label in that line and has no label yet.
func (p *parser) labelled(l label) *Statement {
	for i := range p.prog.stmts {
		s := &p.prog.stmts[i]
		if s.Line <= l.line && l.line <= s.EndLine && p.starts[i] < l.off && s.Label == "" {
			return s
		}
	}
	return nil
}

// try runs a rule; false when it gave up.
func (p *parser) try(rule func()) (ok bool) {
	nested, blocks, path, breaks := p.nested, len(p.blocks), len(p.path), len(p.breaks)
	defer func() {
		if r := recover(); r != nil {
			if _, is := r.(giveUp); !is {
				panic(r)
			}
			p.nested, p.path, p.breaks = nested, p.path[:path], p.breaks[:breaks]
			for len(p.blocks) > blocks {
				p.closeBlock()
			}
		}
	}()
	rule()
	return true
}

// skip moves behind the statement that was given up: to its ; or its block's }.
func (p *parser) skip(from int, outermost bool) {
	if p.i == from {
		p.i++
	}
	depth := 0
	for i := from; i < p.i && i < len(p.toks); i++ {
		depth += braceStep(p.toks[i].text)
	}
	depth = max(depth, 0)
	for ; !p.at(tokEnd); p.i++ {
		switch {
		case p.is(";") && depth == 0:
			p.i++
			return
		case p.is("}") && depth == 0:
			if outermost {
				p.i++
			}
			return
		case p.is("}") && depth == 1:
			p.i++
			return
		}
		depth += braceStep(p.tok().text)
	}
}

func braceStep(text string) int {
	switch text {
	case "{":
		return 1
	case "}":
		return -1
	}
	return 0
}

func (p *parser) tok() token {
	if p.i >= len(p.toks) {
		return p.toks[len(p.toks)-1]
	}
	return p.toks[p.i]
}

func (p *parser) peek(n int) token {
	if p.i+n >= len(p.toks) {
		return p.toks[len(p.toks)-1]
	}
	return p.toks[p.i+n]
}

func (p *parser) at(k tokenKind) bool { return p.tok().kind == k }

// is tells whether an operator or keyword is next.
func (p *parser) is(text string) bool {
	t := p.tok()
	return t.text == text && (t.kind == tokPunct || t.kind == tokName)
}

func (p *parser) accept(text string) bool {
	if p.is(text) {
		p.i++
		return true
	}
	return false
}

func (p *parser) take() token {
	t := p.tok()
	p.i++
	return t
}

// end is where the token before ends.
func (p *parser) lastEnd() int32 {
	if p.i == 0 {
		return 0
	}
	return p.toks[min(p.i, len(p.toks))-1].end
}

// errorf records an error.
func (p *parser) errorf(off int32, message, instead string) {
	if len(p.errs) < maxErrors {
		p.errs = append(p.errs, p.errorAt(off, message, instead))
	}
	if len(p.errs) >= maxErrors {
		p.i = len(p.toks) - 1
	}
}

// fail records an error and gives the statement up.
func (p *parser) fail(off int32, message, instead string) {
	p.errorf(off, message, instead)
	panic(giveUp{})
}

// warn records what a compiler would warn of.
func (p *parser) warn(off int32, message, instead string) {
	if len(p.prog.warnings) < maxErrors {
		p.prog.warnings = append(p.prog.warnings, p.errorAt(off, message, instead))
	}
}

// found names the next token for a message.
func (p *parser) found() string {
	t := p.tok()
	switch t.kind {
	case tokEnd:
		return "the end of the program"
	case tokString:
		return "a string"
	}
	return clip(t.text)
}

// expect takes an operator that must come next. One that is merely missing at
// the end of a line is reported where it belongs, and the parser goes on.
func (p *parser) expect(text string) {
	if p.accept(text) {
		return
	}
	end := p.lastEnd()
	if text == ";" && (p.line(end) != p.line(p.tok().off) || p.is("}") || p.at(tokEnd)) {
		p.errorf(end, "a ; is missing", "write ; at the end of the statement")
		return
	}
	switch text {
	case ")":
		p.fail(p.tok().off, "a ) is missing before "+p.found(), "close the parenthesis with )")
	case "}":
		p.fail(p.tok().off, "a } is missing before "+p.found(), "close the block with }")
	}
	p.fail(p.tok().off, p.found()+" is not understood here", "write "+text+" before it")
}

// deeper counts nesting and stops what is nested too deeply.
func (p *parser) deeper(off int32) {
	if p.nested++; p.nested > maxNested {
		p.fail(off, "this is nested too deeply", "take it apart into simpler statements")
	}
}

func (p *parser) openBlock() { p.blocks = append(p.blocks, nil) }

// closeBlock forgets the block's names and ends its variables.
func (p *parser) closeBlock() {
	last := len(p.blocks) - 1
	for i := len(p.blocks[last]) - 1; i >= 0; i-- {
		s := p.blocks[last][i]
		if s.v != nil && s.v.end == 0 {
			s.v.end = p.here()
		}
		if s.prev == nil {
			delete(p.names, s.name)
		} else {
			p.names[s.name] = s.prev
		}
	}
	p.blocks = p.blocks[:last]
}

// declare gives a name its meaning in the innermost block.
func (p *parser) declare(s *symbol, off int32) {
	if old := p.names[s.name]; old != nil && p.declaredHere(old) {
		p.errorf(off, s.name+" is already declared in this block", "give one of them another name")
		return
	}
	s.prev = p.names[s.name]
	p.names[s.name] = s
	if n := len(p.blocks); n > 0 {
		p.blocks[n-1] = append(p.blocks[n-1], s)
	}
}

func (p *parser) declaredHere(s *symbol) bool {
	if len(p.blocks) == 0 {
		return true
	}
	for _, t := range p.blocks[len(p.blocks)-1] {
		if t == s {
			return true
		}
	}
	return false
}

// find looks a name up, outwards.
func (p *parser) find(name string) *symbol {
	if s := p.names[name]; s != nil {
		return s
	}
	return p.outer[name]
}

// use notes that the program uses an identifier of the system's headers, and
// reports the header that is missing for it.
func (p *parser) use(name string, off int32) {
	if p.typed != nil || p.seen[name] {
		return
	}
	mask := headersGiving(name)
	if mask == 0 {
		return
	}
	p.seen[name] = true
	p.prog.used = append(p.prog.used, name)
	if mask&p.included != 0 {
		return
	}
	shown := name
	if call := libraryFor(name); call != nil {
		shown += "()"
	}
	home := homeHeader(name)
	if p.missing[home] {
		return
	}
	p.missing[home] = true
	p.errorf(off, shown+" needs a header that is not included", "write #include <"+home+"> at the top")
}

// keyword tells whether a name is a word of the language.
func keyword(name string) bool {
	switch name {
	case "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern",
		"float", "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed",
		"sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while", "_Bool":
		return true
	}
	return false
}

// candidates are the names that are known here, for finding the nearest one.
func (p *parser) candidates() []string {
	var out []string
	for n := range p.names {
		out = append(out, n)
	}
	for n := range p.outer {
		out = append(out, n)
	}
	sortStrings(out)
	return out
}

func systemNames() []string {
	out := make([]string, 0, len(headerRows))
	for _, r := range headerRows {
		if !strings.HasPrefix(r.name, "struct ") {
			out = append(out, r.name)
		}
	}
	return out
}
