package whole

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// forbidden says which imports a folder must not have, by prefix. Dependencies
// point one way: main, ui, lesson, netcore.
var forbidden = []struct {
	folder  string
	except  string
	imports []string
	why     string
}{
	{"netcore", "", []string{"sockstep/lesson", "sockstep/ui", "charm.land/", "github.com/charmbracelet/"}, "netcore knows of no lesson and no screen"},
	{"lesson", "", []string{"sockstep/ui", "charm.land/", "github.com/charmbracelet/"}, "lesson knows of no screen"},
	{"lesson", "lesson/exercise/check", []string{"golang.org/x/sys/unix", "net", "os/exec"}, "lesson makes no system call on sockets; only the examiner does"},
	{"lesson/cprog", "", []string{"os", "syscall", "os/exec", "net"}, "the evaluator makes no system call"},
	{"ui", "ui/terminal", []string{"golang.org/x/sys/", "os/exec", "net"}, "ui makes no system call"},
}

// top is the module's folder, from here.
const top = "../../.."

func TestImportsPointOneWay(t *testing.T) {
	for _, rule := range forbidden {
		err := filepath.WalkDir(filepath.Join(top, rule.folder), func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && rule.except != "" && path == filepath.Join(top, rule.except):
				return filepath.SkipDir
			case d.IsDir() && path == filepath.Join(top, "lesson/course"):
				return filepath.SkipDir // programs that lessons show, no part of this one
			case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			for _, i := range f.Imports {
				if name, _ := strconv.Unquote(i.Path.Value); matches(name, rule.imports) {
					t.Errorf("%s imports %s: %s", path, name, rule.why)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// matches reports whether an import is one of the names, or below one that ends
// in a slash or names a package of this module.
func matches(name string, list []string) bool {
	for _, l := range list {
		if name == l || strings.HasPrefix(l, "sockstep/") && strings.HasPrefix(name, l+"/") || strings.HasSuffix(l, "/") && strings.HasPrefix(name, l) {
			return true
		}
	}
	return false
}
