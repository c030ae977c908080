package cprog

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/netcore"
)

// prelude is every header a test program needs.
const prelude = `#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#define PORT 7777
`

func mustParse(t testing.TB, src string) *Program {
	t.Helper()
	p, err := Parse("test.c", []byte(src))
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	return p
}

// to steps on to the statement with a label. Calls return their answer, 0 when
// there is none.
func to(t testing.TB, m *Machine, label string, answers map[string]int64) {
	t.Helper()
	for range 10000 {
		a := m.Next()
		switch a.Kind {
		case AtStatement:
			if m.Program().Statements()[a.Statement].Label == label && !a.Typed {
				return
			}
			m.Step()
		case Call:
			m.Resume(Result{Ret: answers[a.Call.Name]})
		case Output:
			m.Resume(Result{})
		default:
			t.Fatalf("%q was not reached: %+v", label, a)
		}
	}
	t.Fatalf("%q was not reached", label)
}

// want takes the next action, which must be of a kind, and its text.
func want(t testing.TB, m *Machine, k Kind, text string) Action {
	t.Helper()
	a := m.Next()
	got := a.Text
	switch a.Kind {
	case Call:
		got = callText(a.Call)
	case Output:
		got = string(a.Output.Bytes)
	case Fault:
		got = a.Fault.Message
	}
	if a.Kind != k || got != text {
		t.Fatalf("got kind %d %q, want kind %d %q", a.Kind, got, k, text)
	}
	return a
}

func value(t testing.TB, m *Machine, path string) string {
	t.Helper()
	v, ok := m.Lookup(path)
	if !ok {
		t.Fatalf("there is no %s", path)
	}
	return v.Value
}

const acceptLoop = prelude + `int main(void)
{
    int s = 3, c; /* [declare] */
    if ((c = accept(s, NULL, NULL)) < 0) { /* [accept] */
        perror("accept");
        return 1;
    }
    printf("%d\n", c); /* [print] */
    return 0; /* [return] */
}
`

func TestResumeInsideAnExpression(t *testing.T) {
	m := New(mustParse(t, acceptLoop), Options{})
	to(t, m, "accept", nil)
	want(t, m, AtStatement, "if ((c = accept(s, NULL, NULL)) < 0)")
	m.Step()
	a := want(t, m, Call, "accept(3, NULL, NULL)")
	if diff := cmp.Diff(netcore.Request{Name: "accept", Args: a.Call.Args, Line: "test.c:12",
		Source: "if ((c = accept(s, NULL, NULL)) < 0)", Origin: netcore.FromLine}, *a.Call); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if again := m.Next(); again.Call != a.Call {
		t.Error("Next is not the same when asked twice")
	}
	if got := value(t, m, "c"); got != "not written" {
		t.Errorf("c is %s while accept blocks", got)
	}
	other := m.Clone()
	m.Resume(Result{Ret: 4})
	want(t, m, AtStatement, `printf("%d\n", c);`)
	other.Resume(Result{Ret: -1, Errno: 24})
	want(t, other, AtStatement, `perror("accept");`)
	if a, b := value(t, m, "c"), value(t, other, "c"); a != "4" || b != "-1" {
		t.Errorf("c is %s here and %s in the clone", a, b)
	}
	m.Step()
	want(t, m, Output, "4\n")
	if got := value(t, other, "errno"); got != "24" {
		t.Errorf("errno is %s in the clone", got)
	}
	other.Step()
	want(t, other, Output, "accept: Too many open files\n")
}

func TestCloneIsIndependent(t *testing.T) {
	m := New(mustParse(t, prelude+`int g = 1;
int main(void)
{
    char buf[8192];
    memset(buf, 'a', sizeof buf);
    g = 2; /* [here] */
    buf[0] = 'b';
    buf[8191] = 'c';
    g = 3;
    return 0; /* [end] */
}
`), Options{})
	to(t, m, "here", nil)
	c := m.Clone()
	to(t, m, "end", nil)
	if a, b := value(t, m, "g"), value(t, c, "g"); a != "3" || b != "1" {
		t.Errorf("g is %s and %s", a, b)
	}
	for path, both := range map[string][2]string{"buf[0]": {"98 'b'", "97 'a'"}, "buf[8191]": {"99 'c'", "97 'a'"}} {
		if got := [2]string{value(t, m, path), value(t, c, path)}; got != both {
			t.Errorf("%s is %v, want %v", path, got, both)
		}
	}
	to(t, c, "end", nil)
	if got := value(t, c, "g"); got != "3" {
		t.Errorf("g is %s in the clone at its end", got)
	}
}

func TestLookups(t *testing.T) {
	src := prelude + `#include <stdbool.h>
static int count = 7;
static int twice(int n)
{
    int r = 2 * n;
    return r; /* [inner] */
}
int main(void)
{
    struct sockaddr_in a;
    char text[8] = "hi", *p = text, part[4];
    const char *name = "tcp";
    bool later;
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT);
    part[0] = 'x';
    int n = twice(21); /* [call] */
    later = n;
    return later; /* [end] */
}
`
	m := New(mustParse(t, src), Options{})
	to(t, m, "inner", nil)
	var got []string
	for _, v := range m.Variables() {
		got = append(got, v.Func+" "+v.Type+" "+v.Name+" = "+v.Value)
	}
	all := []string{
		"twice int n = 21", "twice int r = 42",
		"main struct sockaddr_in a = {...}", `main char [8] text = "hi"`, `main char * p = "hi"`, `main char [4] part = "x"...`,
		`main const char * name = "tcp"`, "main bool later = not written", "main int n = not written",
		" int count = 7",
	}
	if diff := cmp.Diff(all, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	a, _ := m.Lookup("a")
	var members []string
	for _, f := range m.Members(a) {
		members = append(members, f.Name+" "+f.Type+" "+itoa(f.Offset)+"+"+itoa(f.Size)+" "+f.Value)
	}
	if !bsd {
		if diff := cmp.Diff([]string{"sin_family sa_family_t 0+2 2", "sin_port in_port_t 2+2 24862",
			"sin_addr.s_addr in_addr_t 4+4 not written", "sin_zero unsigned char [8] 8+8 not written"}, members); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	}
	if v, _ := m.Lookup("a.sin_port"); v.Value != "24862" || !v.Written[1] || v.Bytes[0] != 0x1e {
		t.Errorf("a.sin_port is %+v", v)
	}
	if v, _ := m.Lookup("a.sin_addr.s_addr"); v.Written[0] || v.Bytes[0] != 0xaa {
		t.Errorf("a.sin_addr.s_addr is %+v", v)
	}
}

// TestInjectSystemStruct types a structure of the headers and a call with it on
// two lines: each is parsed by itself.
func TestInjectSystemStruct(t *testing.T) {
	m := New(mustParse(t, acceptLoop), Options{})
	to(t, m, "accept", nil)
	for _, line := range []string{"struct rlimit r = { 5, 5 }", "setrlimit(RLIMIT_NOFILE, &r)"} {
		if err := m.Inject(line); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
	}
}

func TestInject(t *testing.T) {
	m := New(mustParse(t, acceptLoop), Options{})
	to(t, m, "accept", nil)
	for _, wrong := range []string{"", "clsoe(s)", "close(s", "close(q)", "return 1;", "int s2 = ;", "close(s); }", "#define X 1", "break", "static int n;"} {
		before := m.Next()
		if err := m.Inject(wrong); err == nil {
			t.Errorf("%q was taken", wrong)
		}
		if after := m.Next(); !cmp.Equal(before, after) {
			t.Errorf("%q changed the machine: %+v", wrong, after)
		}
	}
	for _, line := range []string{"int on = PORT", "setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on)", "on + 1", `"text"`, "struct sockaddr_un u;", "u",
		"for (int i = 0; i < 2; i++) s++;"} {
		if err := m.Inject(line); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
	}
	a := want(t, m, AtStatement, "int on = PORT")
	if !a.Typed || m.Program().Statements()[a.Statement].Label != "accept" {
		t.Errorf("the typed line stands at %+v", a)
	}
	m.Step()
	want(t, m, AtStatement, "setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on)")
	m.Step()
	if a := want(t, m, Call, "setsockopt(3, 1, 2, [611e0000], 4)"); a.Call.Origin != netcore.FromTyped || a.Call.Line != "typed" {
		t.Errorf("the call is %+v", a.Call)
	}
	c := m.Clone()
	c.Resume(Result{Ret: -1, Errno: 9})
	if v, ok := c.LastValue(); ok {
		t.Errorf("there is a value %s before the line is done", v)
	}
	c.Next()
	if v, ok := c.LastValue(); !ok || v != "-1" {
		t.Errorf("the value is %s, %v", v, ok)
	}
	m.Resume(Result{Ret: 0})
	for _, w := range []string{"0", "7778", `"text"`, "", "not written", ""} {
		m.Next()
		if v, _ := m.LastValue(); w != "" && v != w {
			t.Errorf("the value is %s, want %s", v, w)
		}
		m.Step()
	}
	for m.Next().Typed {
		m.Step()
	}
	want(t, m, AtStatement, "if ((c = accept(s, NULL, NULL)) < 0)")
	if got := value(t, m, "s"); got != "5" {
		t.Errorf("s is %s", got)
	}
	if got := value(t, m, "on"); got != "7777" {
		t.Errorf("on is %s", got)
	}
	m.Step()
	want(t, m, Call, "accept(5, NULL, NULL)")
	if err := m.Inject("close(3)"); !errors.Is(err, ErrBusy) {
		t.Errorf("typed into a blocked call: %v", err)
	}
}

func TestReplace(t *testing.T) {
	const declare, accept, print = "int s = 3, c;", "if ((c = accept(s, NULL, NULL)) < 0)", `printf("%d\n", c);`
	for _, tc := range []struct {
		name, at string
		old, new string
		next     string // "" when it has to run again
	}{
		{"the line that is next", "accept", "accept(s, NULL, NULL)", "accept(s + 1, NULL, NULL)", "if ((c = accept(s + 1, NULL, NULL)) < 0)"},
		{"a later line", "accept", print, `puts("other");`, accept},
		{"a comment before", "accept", "[declare]", "[other]", accept},
		{"a line before that has run", "accept", "int s = 3", "int s = 4", ""},
		{"a variable that is alive", "accept", "int s = 3, c", "long s = 3, c", ""},
		{"a new line before", "accept", "    if ((c", "    int on = 1;\n    if ((c", "int on = 1;"},
		{"a new line behind", "accept", "    printf", "    int on = 1;\n    printf", accept},
		{"the next line is gone", "print", "    " + print + " /* [print] */\n", "", "return 0;"},
		{"a macro nobody used yet", "accept", "7777", "8888", accept},
		{"the whole line", "declare", declare, "int s = 5, c; char buf[10];", "int s = 5, c;"},
		{"a variable outside", "accept", "int main", "int g = 5;\nint main", accept},
		{"a function", "accept", "int main", "static int f(void) { return 1; }\nint main", accept},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := New(mustParse(t, acceptLoop), Options{})
			to(t, m, tc.at, map[string]int64{"accept": 4})
			src := strings.Replace(acceptLoop, tc.old, tc.new, 1)
			if src == acceptLoop {
				t.Fatal("nothing was edited")
			}
			before := m.Next()
			err := m.Replace(mustParse(t, src))
			if tc.next == "" {
				if !errors.Is(err, ErrRerun) {
					t.Fatalf("got %v, want ErrRerun", err)
				}
				if !cmp.Equal(before, m.Next()) {
					t.Error("the machine changed all the same")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want(t, m, AtStatement, tc.next)
			if tc.at != "declare" && value(t, m, "s") != "3" {
				t.Errorf("s is %s", value(t, m, "s"))
			}
			for range 20 {
				switch m.Next().Kind {
				case AtStatement:
					m.Step()
				case Call:
					m.Resume(Result{Ret: 4})
				case Output:
					m.Resume(Result{})
				case Fault:
					t.Fatalf("%+v", m.Next().Fault)
				}
			}
			if m.Next().Kind != Exited {
				t.Errorf("ends with %+v", m.Next())
			}
		})
	}
}

func TestReplaceInsideAFunction(t *testing.T) {
	src := prelude + `static int f(const char *s)
{
    int n = 1;
    return n + (int)strlen(s); /* [inner] */
}
int main(void)
{
    const char *p = "hello";
    int x = 1 + f(p);
    printf("%s %d\n", p, x);
    return 0;
}
`
	m := New(mustParse(t, src), Options{})
	to(t, m, "inner", nil)
	edited := strings.Replace(src, "return n +", `puts("a new string"); return 10 * n +`, 1)
	edited = strings.Replace(edited, "    printf", "    putchar('x');\n    printf", 1)
	if err := m.Replace(mustParse(t, edited)); !errors.Is(err, ErrRerun) && err != nil {
		t.Fatal(err)
	}
	edited = strings.Replace(src, "return n +", "return 10 * n +", 1)
	m = New(mustParse(t, src), Options{})
	to(t, m, "inner", nil)
	if err := m.Replace(mustParse(t, edited)); err != nil {
		t.Fatal(err)
	}
	to(t, m, "inner", nil)
	m.Step()
	want(t, m, AtStatement, `printf("%s %d\n", p, x);`)
	m.Step()
	want(t, m, Output, "hello 16\n")
}

func TestProgram(t *testing.T) {
	src, err := os.ReadFile("../course/tcp/server.c")
	if err != nil {
		t.Skip(err)
	}
	p, err := Parse("server.c", src)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Warnings()) > 0 {
		t.Errorf("warnings: %v", p.Warnings())
	}
	port, line, ok := p.Port()
	if port != 7777 || !ok || !strings.Contains(p.Lines()[line-1], "PORT") {
		t.Errorf("port %d in line %d", port, line)
	}
	other := string(p.WithPort(8080))
	if want := strings.Replace(string(src), "PORT 7777", "PORT 8080", 1); other != want {
		t.Errorf("-want +got\n%s", cmp.Diff(want, other))
	}
	s, ok := p.ByLabel("accept")
	if !ok || !strings.HasPrefix(s.Text, "int c = accept(") || s.Func != "main" {
		t.Errorf("[accept] is %+v", s)
	}
	if got := StripLabel(p.Lines()[s.Line-1]); strings.Contains(got, "[") {
		t.Errorf("stripped: %q", got)
	}
	if diff := cmp.Diff([]string{"printf", "perror"}, only(p.Gives("stdio.h"), "printf", "perror")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func only(have []string, names ...string) []string {
	var out []string
	for _, n := range names {
		if contains(have, n) {
			out = append(out, n)
		}
	}
	return out
}

func TestBounded(t *testing.T) {
	deep := func(open, end string, n int) string {
		return "int main(void)\n{\n    return " + strings.Repeat(open, n) + "1" + strings.Repeat(end, n) + ";\n}\n"
	}
	bomb := "#define A0 1+1+1+1\n"
	for i := range 40 {
		bomb += "#define A" + itoa(i+1) + " A" + itoa(i) + "+A" + itoa(i) + "+A" + itoa(i) + "\n"
	}
	for _, src := range map[string]string{
		"parentheses": deep("(", ")", 100_000), "minus": deep("-", "", 100_000), "casts": deep("(int)", "", 100_000),
		"blocks":  "int main(void) " + strings.Repeat("{", 100_000),
		"ifs":     "int main(void) { " + strings.Repeat("if (1) ", 100_000),
		"ternary": deep("1 ? ", ": 1", 10_000), "index": deep("a[", "]", 10_000), "assign": deep("a = ", "", 10_000),
		"structs": strings.Repeat("struct a { ", 10_000), "braces": "int a[] = " + strings.Repeat("{", 10_000),
		"dimensions": "int a" + strings.Repeat("[2]", 10_000) + ";", "stars": "int " + strings.Repeat("*", 10_000) + "p;",
		"macros": bomb + deep("A40", "", 1), "size": strings.Repeat(" ", maxSource+1),
		"binary": deep("1 + ", "", 10_000), "errors": "int main(void) {" + strings.Repeat("x;\n", 10_000) + "}",
		"statements": "int main(void) {" + strings.Repeat("1;\n", 60_000) + "}",
	} {
		if p, err := Parse("test.c", []byte(src)); err == nil {
			run(New(p, Options{StepLimit: 100_000}), 100)
		}
	}
}

// run lets a machine go on for a number of actions; every call fails.
func run(m *Machine, actions int) Action {
	for range actions {
		switch a := m.Next(); a.Kind {
		case AtStatement:
			m.Step()
		case Call:
			m.Resume(Result{Ret: -1, Errno: 9})
		case Output:
			m.Resume(Result{})
		default:
			return a
		}
	}
	return m.Next()
}

func FuzzParse(f *testing.F) {
	for _, src := range sources(f) {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		p, err := Parse("fuzz.c", []byte(src))
		if err != nil {
			var errs Errors
			if !errors.As(err, &errs) || len(errs) == 0 {
				t.Fatalf("an error without errors: %v", err)
			}
			for _, e := range errs {
				if e.Line < 1 || e.Column < 1 || e.Message == "" {
					t.Fatalf("an error without a place: %+v", e)
				}
			}
			return
		}
		m := New(p, Options{StepLimit: 20_000})
		run(m, 200)
		m.Variables()
		c := m.Clone()
		if c.Next().Kind == AtStatement {
			if err := c.Inject("1 + 1"); err == nil {
				run(c, 20)
			}
			if err := m.Replace(p); err != nil {
				t.Fatalf("the same program: %v", err)
			}
			run(m, 20)
		}
	})
}

func FuzzInject(f *testing.F) {
	for _, line := range []string{"close(s)", "int x = 3;", "c", "buf", "for (;;) { break; }", "struct sockaddr_in q = {0}; q.sin_port"} {
		f.Add(line)
	}
	p := mustParse(f, acceptLoop)
	f.Fuzz(func(t *testing.T, line string) {
		m := New(p, Options{StepLimit: 20_000})
		to(t, m, "accept", nil)
		if err := m.Inject(line); err == nil {
			run(m, 100)
			m.LastValue()
		}
	})
}

// sources are the programs of the script files and of testdata/c.
func sources(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, dir := range []string{"testdata", "testdata/c"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.IsDir() {
				continue
			}
			text, err := os.ReadFile(dir + "/" + e.Name())
			if err != nil {
				t.Fatal(err)
			}
			src, _, _ := strings.Cut(string(text), "----\n")
			out = append(out, src)
		}
	}
	return out
}

func BenchmarkParse(b *testing.B) {
	src, err := os.ReadFile("../course/tcp/server.c")
	if err != nil {
		b.Skip(err)
	}
	for b.Loop() {
		if _, err := Parse("server.c", src); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	p := mustParse(b, acceptLoop)
	for b.Loop() {
		New(p, Options{})
	}
}

func BenchmarkStep(b *testing.B) {
	p := mustParse(b, "int main(void)\n{\n    int n = 0;\n    while (1)\n        n = n * 3 + 1;\n}\n")
	m := New(p, Options{StepLimit: 1 << 60})
	b.ResetTimer()
	for b.Loop() {
		m.Next()
		m.Step()
	}
}

func BenchmarkClone(b *testing.B) {
	m := New(mustParse(b, acceptLoop), Options{})
	for b.Loop() {
		m.Clone()
	}
}
