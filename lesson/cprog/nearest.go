package cprog

import "strconv"

func itoa(n int) string { return strconv.Itoa(n) }

// clip shortens a name out of the source for a message.
func clip(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	return s[:most] + "..."
}

// nearest gives the name that differs from a mistyped one by the fewest
// letters, or "" when none is near.
func nearest(name string, names []string) string {
	if len(name) > 40 {
		return ""
	}
	best, at := "", 1+len(name)/3
	for _, n := range names {
		if d := distance(name, n, at); d < at || d == at && best == "" && d <= len(name)/3 {
			best, at = n, d
		}
	}
	return best
}

// distance counts the letters to change, insert, remove or swap from a to b; it
// gives up above limit.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	before := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		older := before
		before = row
		row = make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := int(truth(a[i-1] != b[j-1]))
			row[j] = min(before[j]+1, row[j-1]+1, before[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
