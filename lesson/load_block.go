package lesson

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The front matter and the blocks of a lesson are YAML, and go-yaml reads them.
// Before it does, a block is held against bounds, and what could unfold into
// something large or would hide a mistake (anchors, tags, a comment behind a
// value) is refused by name.

// What a block may hold.
const (
	maxBlockBytes = 4 << 10
	maxBlockLines = 200
	maxDepth      = 4 // of maps and lists in one another
)

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

// get returns the value of a key, or nil.
func (n *node) get(key string) *node {
	for _, e := range n.keys {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

// blockError is a problem at a line of the file.
type blockError struct {
	line int
	text string
}

func (e *blockError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.text) }

// block is YAML in a file; first is the file's line number of lines[0].
type block struct {
	lines []string
	first int
}

// readBlock reads a whole block, which has to be a map.
func readBlock(lines []string, first int) (*node, error) {
	b := &block{lines: lines, first: first}
	if err := b.bounds(); err != nil {
		return nil, err
	}
	tokens := lexer.Tokenize(strings.Join(lines, "\n") + "\n")
	if err := b.tokens(tokens); err != nil {
		return nil, err
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, b.syntax(err)
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, &blockError{first, "the block is empty: write its keys, one a line"}
	}
	n, err := b.node(file.Docs[0].Body, 0)
	if err == nil && n.kind != mapNode {
		err = &blockError{n.line, "write keys, one a line, as in part: 1"}
	}
	return n, err
}

// bounds refuses a block before it is looked into.
func (b *block) bounds() error {
	size := 0
	for i, line := range b.lines {
		size += len(line) + 1
		switch at := b.first + i; {
		case i == maxBlockLines:
			return &blockError{at, fmt.Sprintf("a block of more than %d lines: write a shorter one", maxBlockLines)}
		case size > maxBlockBytes:
			return &blockError{at, fmt.Sprintf("a block of more than %d KiB: write a shorter one", maxBlockBytes>>10)}
		case strings.Contains(line, "\t"):
			return &blockError{at, fmt.Sprintf("%q is no key with a value: write key: value with a space, not with a tab", clip(line))}
		}
	}
	return nil
}

// refused are the kinds of token no block needs.
var refused = []token.Type{
	token.AnchorType, token.AliasType, token.TagType, token.MergeKeyType, token.DirectiveType,
	token.DocumentHeaderType, token.DocumentEndType, token.MappingKeyType, token.LiteralType, token.FoldedType,
}

// tokens refuses what a block may not hold, and what is nested so deep that
// parsing it would take long.
func (b *block) tokens(tokens token.Tokens) error {
	var open []*token.Token // of { and [
	dashes := 0
	for i, t := range tokens {
		if n := len(open); n > 0 && open[n-1].Position.Line != t.Position.Line {
			break
		}
		sameLine := i > 0 && tokens[i-1].Position.Line == t.Position.Line
		if dashes++; t.Type != token.SequenceEntryType || !sameLine {
			dashes = 0
		}
		switch {
		case t.Type == token.InvalidType && isQuoted(b.rest(t)):
			return b.fail(t, "%q: %s: write text on one line between double quotes", clip(b.rest(t)), t.Error)
		case t.Type == token.InvalidType || slices.Contains(refused, t.Type):
			return b.fail(t, "%q: put the value in double quotes", clip(b.rest(t)))
		case t.Type == token.CommentType && sameLine:
			return b.fail(t, "%q behind a value: put the whole value in double quotes, or the comment in a line of its own", clip(b.rest(t)))
		case t.Type == token.MappingStartType || t.Type == token.SequenceStartType:
			open = append(open, t)
		case t.Type == token.MappingEndType || t.Type == token.SequenceEndType:
			if len(open) == 0 {
				return b.fail(t, "%q closes nothing: put the value in double quotes", clip(b.rest(t)))
			}
			open = open[:len(open)-1]
		}
		if len(open) > maxDepth || dashes > maxDepth {
			return b.fail(t, "nested more than %d deep: write it flatter", maxDepth)
		}
	}
	if len(open) > 0 {
		return b.unclosed(open[len(open)-1])
	}
	return nil
}

func (b *block) unclosed(t *token.Token) error {
	if t.Type == token.SequenceStartType {
		return b.fail(t, "the list is not closed: write ] behind it, in the same line")
	}
	return b.fail(t, "the { is not closed: write } behind it, in the same line")
}

// syntax says at which line of the file the parser stopped, and what to write.
func (b *block) syntax(err error) error {
	var found yaml.Error
	if !errors.As(err, &found) || found.GetToken() == nil {
		return &blockError{b.first, err.Error()}
	}
	t, why := found.GetToken(), found.GetMessage()
	switch {
	case strings.HasSuffix(why, "]") && strings.Contains(why, "already defined at"):
		return b.fail(t, "the key %q stands here twice", clip(t.Value))
	case strings.HasPrefix(why, "non-map value"):
		return b.fail(t, "%q is no key with a value: write key: value", clip(b.rest(t)))
	case strings.HasPrefix(why, "mapping value is not allowed"):
		return b.fail(t, "%q: put the value in double quotes", clip(b.rest(t)))
	case b.leads(t):
		return b.fail(t, "this line is indented otherwise than the ones above it (%s)", why)
	}
	return b.fail(t, "%q: %s: write key: value, and the value in double quotes", clip(b.rest(t)), why)
}

func (b *block) line(t *token.Token) int { return b.first + t.Position.Line - 1 }

func (b *block) fail(t *token.Token, format string, args ...any) error {
	return &blockError{b.line(t), fmt.Sprintf(format, args...)}
}

// rest is the text of a token's line from the token on; columns count runes.
func (b *block) rest(t *token.Token) string {
	if at := t.Position.Line - 1; at >= 0 && at < len(b.lines) {
		line := []rune(b.lines[at])
		return strings.TrimRight(string(line[min(max(t.Position.Column-1, 0), len(line)):]), " ")
	}
	return t.Value
}

func isQuoted(text string) bool { return strings.HasPrefix(text, `"`) || strings.HasPrefix(text, "'") }

// leads reports whether a token is the first of its line.
func (b *block) leads(t *token.Token) bool {
	return t.Prev != nil && t.Prev.Position.Line < t.Position.Line
}

// node takes over what the parser read.
func (b *block) node(v ast.Node, depth int) (*node, error) {
	n := &node{line: b.line(v.GetToken())}
	if depth > maxDepth {
		return nil, &blockError{n.line, fmt.Sprintf("nested more than %d deep: write it flatter", maxDepth)}
	}
	var err error
	switch v := v.(type) {
	case *ast.MappingNode:
		err = b.pairs(n, v.Values, depth)
	case *ast.MappingValueNode:
		err = b.pairs(n, []*ast.MappingValueNode{v}, depth)
	case *ast.SequenceNode:
		err = b.items(n, v.Values, depth)
	case ast.ScalarNode:
		n.text, err = b.scalar(v.GetToken())
	default:
		err = b.fail(v.GetToken(), "%s has no place here: put the value in double quotes", v.Type().YAMLName())
	}
	return n, err
}

func (b *block) pairs(n *node, values []*ast.MappingValueNode, depth int) error {
	n.kind = mapNode
	for _, v := range values {
		t := v.Key.GetToken()
		key, err := b.scalar(t)
		if err != nil {
			return err
		}
		if empty(v.Value) {
			return b.fail(t, "the key %q has no value: write one behind it or indented below", clip(key))
		}
		value, err := b.node(v.Value, depth+1)
		if err != nil {
			return err
		}
		n.keys = append(n.keys, entry{key: key, line: b.line(t), value: value})
	}
	return nil
}

func (b *block) items(n *node, values []ast.Node, depth int) error {
	n.kind = listNode
	for _, v := range values {
		if empty(v) {
			return &blockError{n.line, "an entry of this list is empty: write its value"}
		}
		item, err := b.node(v, depth+1)
		if err != nil {
			return err
		}
		n.list = append(n.list, item)
	}
	return nil
}

func empty(v ast.Node) bool { return v == nil || v.Type() == ast.NullType }

// scalar is a value's text as it was written, without its quotes. An escape in
// double quotes must not stand for what the file itself could not hold.
func (b *block) scalar(t *token.Token) (string, error) {
	for _, r := range t.Value {
		if !unicode.IsPrint(r) {
			return "", b.fail(t, "the character %U is not for printing: take it out", r)
		}
	}
	return t.Value, nil
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
