package lesson

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The front matter and the blocks of a lesson are a small part of YAML: maps,
// lists, {…} and […] on one line, plain and quoted text. What this reader
// accepts, every YAML reader reads the same way; what it does not know (tags,
// anchors, block scalars, comments behind a value) it refuses by name, so that
// a lesson costs microseconds to read and cannot unfold into something large.

// maxDepth is how deep maps and lists may stand in one another.
const maxDepth = 4

// node is a value: text, a list, or a map in the order written.
type node struct {
	line int // in the file, from 1
	kind nodeKind
	text string
	list []*node
	keys []entry
}

type nodeKind int

const (
	textNode nodeKind = iota
	listNode
	mapNode
)

func (k nodeKind) String() string { return [...]string{"text", "a list", "a map"}[k] }

type entry struct {
	key   string
	line  int
	value *node
}

// blockError is a problem at a line of the block.
type blockError struct {
	line int
	text string
}

func (e *blockError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.text) }

// block reads lines; first is the file's line number of lines[0].
type block struct {
	lines []string
	first int
	at    int
}

// readBlock reads a whole block, which has to be a map.
func readBlock(lines []string, first int) (*node, error) {
	b := &block{lines: append([]string(nil), lines...), first: first}
	b.skip()
	if b.at == len(b.lines) {
		return nil, &blockError{first, "the block is empty: write its keys, one a line"}
	}
	n, err := b.value(0, 0)
	if err != nil {
		return nil, err
	}
	if b.at < len(b.lines) {
		return nil, b.fail("this line is indented otherwise than the ones above it")
	}
	if n.kind != mapNode {
		return nil, &blockError{first, "write keys, one a line, as in part: 1"}
	}
	return n, nil
}

func (b *block) line() int { return b.first + b.at }

func (b *block) fail(format string, args ...any) error {
	return &blockError{b.line(), fmt.Sprintf(format, args...)}
}

// skip goes to the next line that is neither empty nor a comment.
func (b *block) skip() {
	for b.at < len(b.lines) {
		text := strings.TrimSpace(b.lines[b.at])
		if text != "" && text[0] != '#' {
			return
		}
		b.at++
	}
}

// indent returns the indentation of the line at hand, -1 at the end.
func (b *block) indent() int {
	if b.at == len(b.lines) {
		return -1
	}
	return len(b.lines[b.at]) - len(strings.TrimLeft(b.lines[b.at], " "))
}

func (b *block) value(indent, depth int) (*node, error) {
	if depth > maxDepth {
		return nil, b.fail("nested more than %d deep: write it flatter", maxDepth)
	}
	if b.indent() != indent {
		return nil, b.fail("this line is indented otherwise than the ones above it")
	}
	if isItem(b.lines[b.at][indent:]) {
		return b.items(indent, depth)
	}
	return b.pairs(indent, depth)
}

func isItem(text string) bool { return text == "-" || strings.HasPrefix(text, "- ") }

func (b *block) items(indent, depth int) (*node, error) {
	n := &node{line: b.line(), kind: listNode}
	for b.indent() == indent && isItem(b.lines[b.at][indent:]) {
		item, err := b.item(indent, depth)
		if err != nil {
			return nil, err
		}
		n.list = append(n.list, item)
		b.skip()
	}
	return n, nil
}

// item reads what follows a dash. A map's first pair is read as if the dash
// were a space, so that its other pairs line up with it.
func (b *block) item(indent, depth int) (*node, error) {
	rest := strings.TrimPrefix(b.lines[b.at][indent+1:], " ")
	if rest == "" || rest[0] == ' ' {
		return nil, b.fail("write the item right after the dash and one space")
	}
	if _, _, isPair := cutPair(rest); isPair {
		b.lines[b.at] = strings.Repeat(" ", indent+2) + rest
		return b.value(indent+2, depth+1)
	}
	n, err := b.inline(rest)
	b.at++
	return n, err
}

func (b *block) pairs(indent, depth int) (*node, error) {
	n := &node{line: b.line(), kind: mapNode}
	for b.indent() == indent && !isItem(b.lines[b.at][indent:]) {
		e, err := b.pair(indent, depth)
		if err != nil {
			return nil, err
		}
		if n.get(e.key) != nil {
			return nil, &blockError{e.line, fmt.Sprintf("the key %q stands here twice", e.key)}
		}
		n.keys = append(n.keys, e)
		b.skip()
	}
	return n, nil
}

func (b *block) pair(indent, depth int) (entry, error) {
	text := b.lines[b.at][indent:]
	key, rest, ok := cutPair(text)
	if !ok {
		return entry{}, b.fail("%q is no key with a value: write key: value", clip(text))
	}
	e := entry{key: key, line: b.line()}
	var err error
	if rest != "" {
		e.value, err = b.inline(rest)
		b.at++
		return e, err
	}
	b.at++
	b.skip()
	if b.indent() <= indent {
		return entry{}, &blockError{e.line, fmt.Sprintf("the key %q has no value: write one behind it or indented below", key)}
	}
	e.value, err = b.value(b.indent(), depth+1)
	return e, err
}

// cutPair takes "key: value" or "key:" apart.
func cutPair(text string) (key, rest string, ok bool) {
	if text == "" || strings.ContainsAny(text[:1], "\"'{[") {
		return "", "", false
	}
	if key, rest, ok = strings.Cut(text, ": "); !ok {
		key, ok = strings.CutSuffix(strings.TrimRight(text, " "), ":")
	}
	return key, strings.TrimSpace(rest), ok && key != "" && !strings.ContainsAny(key[:1], notPlain)
}

// inline reads a value that stands on one line.
func (b *block) inline(text string) (*node, error) {
	f := &flow{text: text, line: b.line()}
	n, err := f.value(0, "")
	if err != nil {
		return nil, err
	}
	f.spaces()
	if f.at < len(f.text) {
		return nil, f.fail("%q behind the value: put the whole value in double quotes", clip(f.text[f.at:]))
	}
	return n, nil
}

// get returns the value of a key, or nil.
func (n *node) get(key string) *node {
	for _, e := range n.keys {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

// flow reads a value on one line: text, {…} or […].
type flow struct {
	text string
	line int
	at   int
}

func (f *flow) fail(format string, args ...any) error {
	return &blockError{f.line, fmt.Sprintf(format, args...)}
}

func (f *flow) spaces() {
	for f.at < len(f.text) && f.text[f.at] == ' ' {
		f.at++
	}
}

// take steps over c when it is next.
func (f *flow) take(c byte) bool {
	f.spaces()
	if f.at < len(f.text) && f.text[f.at] == c {
		f.at++
		return true
	}
	return false
}

// value reads one value; plain text in it ends before one of the bytes in end.
func (f *flow) value(depth int, end string) (*node, error) {
	if depth > 2 {
		return nil, f.fail("too many { or [ in one another: write it below one another")
	}
	switch {
	case f.take('{'):
		return f.pairs(depth)
	case f.take('['):
		return f.items(depth)
	}
	text, err := f.scalar(end)
	return &node{line: f.line, text: text}, err
}

func (f *flow) items(depth int) (*node, error) {
	n := &node{line: f.line, kind: listNode}
	if f.take(']') {
		return n, nil
	}
	for {
		item, err := f.value(depth+1, ",]}[{")
		if err != nil {
			return nil, err
		}
		n.list = append(n.list, item)
		switch {
		case f.take(']'):
			return n, nil
		case !f.take(','):
			return nil, f.fail("the list is not closed: write ] behind it")
		}
	}
}

func (f *flow) pairs(depth int) (*node, error) {
	n := &node{line: f.line, kind: mapNode}
	for {
		e, err := f.pair(depth)
		if err != nil {
			return nil, err
		}
		if n.get(e.key) != nil {
			return nil, f.fail("the key %q stands here twice", e.key)
		}
		n.keys = append(n.keys, e)
		switch {
		case f.take('}'):
			return n, nil
		case !f.take(','):
			return nil, f.fail("the { is not closed: write } behind it")
		}
	}
}

func (f *flow) pair(depth int) (entry, error) {
	f.spaces()
	rest := f.text[f.at:]
	key, _, ok := strings.Cut(rest, ": ")
	if !ok || key == "" || strings.ContainsAny(key, ",]}[{\"'") || strings.ContainsAny(key[:1], notPlain) {
		return entry{}, f.fail("%q is no key with a value: write {key: value, key: value}", clip(rest))
	}
	f.at += len(key) + 2
	v, err := f.value(depth+1, ",]}[{")
	return entry{key: key, line: f.line, value: v}, err
}

// notPlain are the characters plain text cannot start with in YAML.
const notPlain = "!&*|>%@`\"'{}[],?-#~=:"

func (f *flow) scalar(end string) (string, error) {
	f.spaces()
	rest := f.text[f.at:]
	switch {
	case rest == "":
		return "", f.fail("a value is missing")
	case rest[0] == '"':
		return f.quoted()
	case strings.ContainsAny(rest[:1], notPlain) && !isOption(rest):
		return "", f.fail("%q: put the value in double quotes", clip(rest))
	}
	if i := strings.IndexAny(rest, end); end != "" && i >= 0 {
		rest = rest[:i]
	}
	f.at += len(rest)
	rest = strings.TrimRight(rest, " ")
	if strings.Contains(rest, ": ") || strings.HasSuffix(rest, ":") || strings.Contains(rest, " #") {
		return "", f.fail("%q: put the value in double quotes", clip(rest))
	}
	return rest, nil
}

// isOption reports whether text starts with a dash that is part of a word.
func isOption(text string) bool {
	return len(text) > 1 && text[0] == '-' && !strings.ContainsAny(text[1:2], " ,]}[{")
}

// quoted reads "…" with \" and \\ as its only escapes.
func (f *flow) quoted() (string, error) {
	var out strings.Builder
	for f.at++; f.at < len(f.text); f.at++ {
		switch c := f.text[f.at]; {
		case c == '"':
			f.at++
			return out.String(), nil
		case c == '\\':
			f.at++
			if f.at == len(f.text) || !strings.ContainsRune(`"\`, rune(f.text[f.at])) {
				return "", f.fail(`only \" and \\ can stand behind a backslash`)
			}
			out.WriteByte(f.text[f.at])
		default:
			out.WriteByte(c)
		}
	}
	return "", f.fail("the text is not closed: write a double quote behind it")
}

// clip shortens text that is quoted in a message.
func clip(text string) string {
	const most = 40
	if len(text) <= most {
		return text
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
