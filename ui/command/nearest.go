package command

import (
	"slices"
	"strings"
)

// meant says which of the names a mistyped one may stand for, or which there are.
func meant(typed string, names []string, kind string) string {
	typed = strings.ToLower(typed)
	near := slices.DeleteFunc(slices.Clone(names), func(n string) bool {
		return !strings.HasPrefix(n, typed) && apart(typed, n) > 1+len(n)/3
	})
	slices.SortStableFunc(near, func(a, b string) int { return apart(typed, a) - apart(typed, b) })
	if len(near) > 0 && typed != "" {
		closest := apart(typed, near[0])
		near = slices.DeleteFunc(near, func(n string) bool { return apart(typed, n) > closest+1 })
		return "did you mean " + strings.Join(near[:min(3, len(near))], " or ") + "?"
	}
	return "the " + kind + " are " + strings.Join(names, ", ")
}

// apart is the number of letters to insert, drop or replace between a and b.
func apart(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := corner
			if a[i] != b[j] {
				cost = 1 + min(corner, row[j], row[j+1])
			}
			corner, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
