package ui

import (
	"slices"
	"strings"
	"testing"

	"sockstep/lesson/cprog"
)

// TestFieldNamesStandApart wants a blank between a field's name and its bytes, and every
// field's bytes in one column.
func TestFieldNamesStandApart(t *testing.T) {
	for typ, size := range map[string]int{"struct sockaddr_in": 16, "struct sockaddr_in6": 28} {
		x := &cprog.Variable{Name: "a", Type: typ, Size: size, Bytes: make([]byte, size), Written: slices.Repeat([]bool{true}, size)}
		rows := addressRows(x, nil, 80)
		column := strings.Index(rows[0].plain(), "bytes")
		for _, row := range rows[1:] {
			if text := row.plain(); len(text) < column || text[column-1] != ' ' || text[column:column+2] != "00" {
				t.Errorf("%s: the bytes do not stand in column %d: %q", typ, column, text)
			}
		}
	}
}
