package ui

import "strings"

// cKeywords are the words of C that are drawn as such.
var cKeywords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`break case char const continue default do double else enum extern float for goto
		if int long return short signed sizeof static struct switch typedef union unsigned void volatile while
		size_t ssize_t socklen_t uint8_t uint16_t uint32_t uint64_t int8_t int16_t int32_t int64_t in_port_t in_addr_t
		NULL INADDR_ANY INADDR_LOOPBACK`) {
		m[w] = true
	}
	return m
}()

// highlight gives one line of C its roles. comment tells whether it starts
// inside a comment, and whether the next one does.
func highlight(s string, comment bool) (line, bool) {
	if !comment && strings.HasPrefix(strings.TrimLeft(s, " "), "#") {
		return ln(roleDirective, s), false
	}
	var out line
	from := 0
	plain := func(to int) {
		if to > from {
			out = append(out, sp(roleText, s[from:to]))
		}
	}
	for i := 0; i < len(s); {
		r, n := token(s[i:], comment)
		if r == roleText {
			i += n
			continue
		}
		plain(i)
		out = append(out, sp(r, s[i:i+n]))
		comment = r == roleComment && open(s[i:i+n], comment)
		i += n
		from = i
	}
	plain(len(s))
	return out, comment
}

// token is the role and the length of what s starts with.
func token(s string, comment bool) (role, int) {
	c := s[0]
	switch {
	case comment:
		return roleComment, commentEnd(s, 0)
	case strings.HasPrefix(s, "//"):
		return roleComment, len(s)
	case strings.HasPrefix(s, "/*"):
		return roleComment, commentEnd(s, 2)
	case c == '"' || c == '\'':
		return roleString, quoted(s)
	case c >= '0' && c <= '9':
		return roleNumber, wordLen(s)
	case letter(c):
		n := wordLen(s)
		if cKeywords[s[:n]] {
			return roleKeyword, n
		}
		return roleText, n
	}
	return roleText, 1
}

// open reports whether a piece of comment does not end in itself.
func open(s string, inside bool) bool {
	if strings.HasPrefix(s, "//") && !inside {
		return false
	}
	if !inside {
		s = s[2:]
	}
	return !strings.HasSuffix(s, "*/")
}

func commentEnd(s string, from int) int {
	if i := strings.Index(s[from:], "*/"); i >= 0 {
		return from + i + 2
	}
	return len(s)
}

func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[0]:
			return i + 1
		}
	}
	return len(s)
}

func letter(c byte) bool { return c == '_' || c|32 >= 'a' && c|32 <= 'z' }

func wordLen(s string) int {
	n := 0
	for n < len(s) && (letter(s[n]) || s[n] >= '0' && s[n] <= '9') {
		n++
	}
	return max(n, 1)
}
