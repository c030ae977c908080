package compiler

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// These would have a compiler read, or ask for, a file that is no header of the
// machine's, or write assembly that does. They are not allowed anywhere in a unit, not
// even in a comment, so that nothing has to be parsed to be sure.
var (
	forbidden = regexp.MustCompile(`\b(include|include_next|import|embed|incbin|asm|__asm|__asm__|pragma|_Pragma|__has_include|__has_include_next|__has_embed|__builtin_\w+)\b`)
	header    = regexp.MustCompile(`^\s*#\s*include\s+<` + headerName + `>`)
	asked     = regexp.MustCompile(`\b__has_include\s*\(\s*<` + headerName + `>\s*\)`)
	disguised = regexp.MustCompile(`\?\?|%:|##|\\[ \t\v\f]*(\r|\n|$)|\r[^\n]`)
)

// headerName is the name of a header below the compiler's own folders.
const headerName = `[A-Za-z0-9_]+(/[A-Za-z0-9_]+)*(\.h)?`

// fileName and standard are what they may look like.
var (
	fileName = regexp.MustCompile(`^[a-z][a-z0-9-]*\.(c|cpp)$`)
	standard = regexp.MustCompile(`^(c|gnu)(\+\+)?[0-9][0-9a-z]$`)
)

// Check reports what keeps a unit from being compiled, with the line.
func (u *Unit) Check() error {
	switch {
	case !fileName.MatchString(u.File):
		return fmt.Errorf("the file %q: write small letters, digits and -, and .c or .cpp", u.File)
	case u.Standard != "" && !standard.MatchString(u.Standard):
		return fmt.Errorf("the standard %q: write it as in c11 or c++23", u.Standard)
	case strings.ContainsRune(u.Source, 0):
		return errors.New("the file holds a zero byte")
	}
	for i, line := range strings.Split(u.Source, "\n") {
		if err := checkLine(line); err != nil {
			return fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return nil
}

func checkLine(line string) error {
	if at := disguised.FindString(strings.TrimSuffix(line, "\r")); at != "" {
		return fmt.Errorf("%q can hide a directive: write it otherwise", at)
	}
	rest := asked.ReplaceAllString(line, "")
	if at := header.FindStringIndex(rest); at != nil {
		rest = rest[at[1]:]
	}
	if word := forbidden.FindString(rest); word != "" {
		return fmt.Errorf("%q is allowed only as #include <header.h> and __has_include(<header.h>)", word)
	}
	return nil
}
