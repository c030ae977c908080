package compiler

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompile(t *testing.T) {
	for _, c := range []struct {
		unit      Unit
		verdict   string
		complains string // in the first complaint
	}{
		{Unit{"ok.c", "int main(void) { return 0; }\n", "c11"}, "clean", ""},
		{Unit{"warn.c", "int main(void)\n{\n    int x;\n    return 0;\n}\n", ""}, "warnings", "'x'"},
		{Unit{"wrong.c", "int main(void) { return nothing; }\n", ""}, "errors", "nothing"},
		{Unit{"ok.cpp", "#include <string>\nint main() { return static_cast<int>(std::string().size()); }\n", "c++17"}, "clean", ""},
		{Unit{"net.cpp", "#include <net>\nint main() {}\n", ""}, "errors", "net"},
	} {
		t.Run(c.unit.File, func(t *testing.T) {
			r, err := Compile(t.Context(), c.unit)
			if err == ErrNone || err == ErrNoCXX {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			if r.Verdict() != c.verdict || r.Compiler == "" || !strings.Contains(r.Command, c.unit.File) {
				t.Errorf("%s by %q, %q:\n%s", r.Verdict(), r.Compiler, r.Command, strings.Join(r.Said, "\n"))
			}
			if c.complains != "" && !strings.Contains(r.Complaints[0].Text, c.complains) {
				t.Errorf("%+v, want %q", r.Complaints, c.complains)
			}
			again, err := Recorded(c.unit.File, r.Record())
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(r, again); d != "" {
				t.Errorf("written down and read: -want +got\n%s", d)
			}
		})
	}
}

// hidden are ways to have a compiler read a file of somebody's choice.
var hidden = []string{
	"#include \"/etc/passwd\"\n", "#include </etc/passwd>\n", "#include <../../etc/passwd>\n", "# /**/ include \"x\"\n",
	"#define F \"/etc/passwd\"\n#include F\n", "#inc\\\nlude \"/etc/passwd\"\n", "#inc\\  \nlude \"x\"\n", "%:include \"/etc/passwd\"\n",
	"??=include \"/etc/passwd\"\n", "#include <stdio.h>\r#include \"/etc/passwd\"\n", "#include_next <x>\n", "#embed \"/etc/passwd\"\n",
	"#import \"/etc/passwd\"\n", "asm(\".incbin \\\"/etc/passwd\\\"\");\n", "__asm__(\"\");\n", "#pragma GCC dependency \"/etc/passwd\"\n",
	"_Pragma(\"x\")\n", "#define A a##sm\n", "#if __has_include(\"/etc/passwd\")\n#endif\n", "#if __has_include(</etc/passwd>)\n#endif\n",
	"import \"/etc/passwd\";\n", "#include <a.b/../c.h>\n", "#include <stdio.h> \\\n\"x\"\n",
}

func TestNothingElseIsRead(t *testing.T) {
	for _, source := range hidden {
		if r, err := Compile(t.Context(), Unit{"a.c", source, ""}); err == nil {
			t.Errorf("%q is compiled: %q", source, r.Said)
		}
	}
	for _, u := range []Unit{{"../a.c", "", ""}, {"a.h", "", ""}, {"-o.c", "", ""}, {"a.c", "", "c11 -include x"}, {"a.c", "\x00", ""}} {
		if err := u.Check(); err == nil {
			t.Errorf("%+v is compiled", u)
		}
	}
	for _, source := range []string{"#include <sys/socket.h>   /* socket */\n", "#if __has_include(<net>)\n#endif\n", "#include <experimental/net>\r\n"} {
		u := Unit{"a.cpp", source, "c++23"}
		if err := u.Check(); err != nil {
			t.Errorf("%q: %v", source, err)
		}
	}
}

// TestNothingIsLeft wants the folder of a compilation gone.
func TestNothingIsLeft(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	if _, err := Compile(t.Context(), Unit{"a.c", "int x;\n", ""}); err == ErrNone {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// quoted is a directive that has a compiler read a file of any name. What begins with
// the word but goes on, as "#include0", is no such directive.
var quoted = regexp.MustCompile(`(?m)^\s*#\s*include\s*"`)

func FuzzGuard(f *testing.F) {
	for _, source := range append(hidden, "#include0\"\n") {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		u := Unit{"a.c", source, ""}
		if at := quoted.FindString(source); at != "" && u.Check() == nil {
			t.Errorf("%q passes", at)
		}
	})
}
