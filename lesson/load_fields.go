package lesson

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// fields reads the keys of a map and notes what is wrong with them.
type fields struct {
	*notes
	n *node
}

// fields opens a map that may hold only the keys given.
func (n *notes) fields(m *node, known ...string) fields {
	if m.kind != mapNode {
		n.addf(m.line, "%s where keys are expected: write %s", m.kind, strings.Join(known, ", "))
		return fields{n, &node{line: m.line, kind: mapNode}}
	}
	for _, e := range m.keys {
		if !slices.Contains(known, e.key) {
			n.addf(e.line, "unknown key %q: the keys here are %s", clip(e.key), strings.Join(known, ", "))
		}
	}
	return fields{n, m}
}

// addBlock notes an error of readBlock at its line.
func (n *notes) addBlock(err error) {
	var be *blockError
	if errors.As(err, &be) {
		n.addf(be.line, "%s", be.text)
		return
	}
	n.addf(0, "%v", err)
}

// need notes a key that is missing.
func (f fields) need(key string) bool {
	if f.n.get(key) == nil {
		f.addf(f.n.line, "the key %s is missing: write %s: and its value", key, key)
		return false
	}
	return true
}

// line is the line of a key, or of the map.
func (f fields) line(key string) int {
	if v := f.n.get(key); v != nil {
		return v.line
	}
	return f.n.line
}

func (f fields) value(key string, kind nodeKind, how string) *node {
	v := f.n.get(key)
	if v == nil {
		return nil
	}
	if v.kind != kind {
		f.addf(v.line, "%s is %s: write %s", key, v.kind, how)
		return nil
	}
	return v
}

func (f fields) text(key string) string {
	v := f.value(key, textNode, "text on one line")
	if v == nil {
		return ""
	}
	if strings.TrimSpace(v.text) == "" {
		f.addf(v.line, "%s is empty: write something", key)
	}
	return v.text
}

func (f fields) number(key string, low, high int) int {
	v := f.value(key, textNode, "a number")
	if v == nil {
		return low
	}
	i, err := strconv.Atoi(v.text)
	if err != nil || i < low || i > high {
		f.addf(v.line, "%s is %q: write a number from %d to %d", key, clip(v.text), low, high)
		return low
	}
	return i
}

func (f fields) flag(key string) bool {
	v := f.value(key, textNode, "true or false")
	if v == nil {
		return false
	}
	if v.text != "true" && v.text != "false" {
		f.addf(v.line, "%s is %q: write true or false", key, clip(v.text))
	}
	return v.text == "true"
}

func (f fields) items(key string, most int) []*node {
	v := f.value(key, listNode, "a list")
	if v == nil {
		return nil
	}
	if len(v.list) > most {
		f.addf(v.line, "%s has %d entries: at most %d", key, len(v.list), most)
		return nil
	}
	return v.list
}

func (f fields) texts(key string, most int) []string {
	var all []string
	for _, item := range f.items(key, most) {
		if item.kind != textNode {
			f.addf(item.line, "%s has %s in it: write text", key, item.kind)
			return nil
		}
		all = append(all, item.text)
	}
	return all
}
