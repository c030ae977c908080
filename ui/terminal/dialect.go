package terminal

import (
	"strings"

	"github.com/charmbracelet/colorprofile"
)

// Profile returns how many colours the environment promises. NO_COLOR, set to anything, takes colours away and leaves
// bold and underline.
func Profile(env []string) colorprofile.Profile {
	term := getenv(env, "TERM")
	if getenv(env, "NO_COLOR") != "" || monochrome(term) {
		return min(colorprofile.Env(env), colorprofile.ASCII)
	}
	return colorprofile.Env(env)
}

// monochrome reports whether term names a terminal without colours, which the library takes for one with sixteen.
func monochrome(term string) bool {
	return strings.HasPrefix(term, "vt") || strings.HasSuffix(term, "-m") || strings.HasSuffix(term, "-mono")
}

// dialect is what may be said to a terminal.
type dialect struct {
	// modern terminals ignore what they do not know and answer what they know: they get the alternate screen, mouse,
	// paste, title, keyboard and synchronised output, and are asked for their background. Others get the cursor.
	modern bool
}

// old are the beginnings of the names of terminals that print, or stumble over, what they do not know.
var old = []string{"linux", "vt1", "vt2", "vt3", "vt4", "vt5", "ansi", "cons", "sun", "wy", "tvi", "pcansi", "emacs", "eterm", "dumb"}

func dialectOf(term string) dialect {
	for _, o := range old {
		if strings.HasPrefix(term, o) {
			return dialect{}
		}
	}
	return dialect{modern: term != ""}
}
