package lesson

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sockstep/netcore"
)

// good is a small lesson that uses everything the format has.
const good = "---\n" +
	"title: \"A title: with \\\"quotes\\\"\"\n" +
	"minutes: 5\n" +
	"goal: To know\n" +
	"parts: [one, two]\n" +
	"cast:\n" +
	"  - {name: server, file: server.c, warnings: [-Wparentheses]}\n" +
	"  - name: client\n" +
	"    file: server.c\n" +
	"stage: [wire hold, sysctl net.core.somaxconn 2]\n" +
	"---\n" +
	"An intro.\n" +
	"\n" +
	"## First {#first}\n" +
	"```step\n" +
	"part: 2\n" +
	"run: \"server: socket\"\n" +
	"input: {role: server, define: PORT, kind: port, also: [client], ask: Which port?}\n" +
	"expect:\n" +
	"  - result: fd\n" +
	"default:\n" +
	"  - state server 3: CLOSE | LISTEN\n" +
	"show: bytes server a\n" +
	"failure: true\n" +
	"stage: [deaf server 3]\n" +
	"wire: [drop, delay 200ms 2]\n" +
	"patience: 3\n" +
	"```\n" +
	"Text before.\n" +
	"\n" +
	"```c\n" +
	"## no heading in a fence\n" +
	"```\n" +
	"\n" +
	"### Predict\n" +
	"What returns?\n" +
	"```question\n" +
	"about: result\n" +
	"```\n" +
	"- **3** (`fd`): because\n" +
	"  it is free\n" +
	"- **`0`** (`0`, M02): no\n" +
	"\n" +
	"### What happened\n" +
	"Text after.\n" +
	"\n" +
	"### Hints\n" +
	"1. One,\n" +
	"   longer\n" +
	"2. Two\n" +
	"\n" +
	"## Second {#second}\n" +
	"```step\n" +
	"part: 1\n" +
	"```\n" +
	"Read.\n" +
	"### Predict\n" +
	"By the book?\n" +
	"```question\n" +
	"source: listen(2)\n" +
	"```\n" +
	"- **No** (wrong, M15): no\n" +
	"- **Yes** (right): yes\n" +
	"- **Perhaps** (wrong): no\n" +
	"\n" +
	"## Takeaway\n" +
	"Remember.\n"

const goodProgram = "#define PORT 7777\nint main(void)\n{\n    int s = 0; /* [socket] */\n    return s; /* [return] */\n}\n"

func folder(text string) fstest.MapFS {
	return fstest.MapFS{
		"course.yaml":  {Data: []byte("lessons: [x]\n")},
		"x/lesson.md":  {Data: []byte(text)},
		"x/server.c":   {Data: []byte(goodProgram)},
		"x/unclean.c":  {Data: []byte("int a;\n/* \x1b[2J */\n")},
		"x/labelled.c": {Data: []byte("int main(void)\n{\nint a; /* [a] */\nint b; /* [a] */\nreturn 0;\n}\n")},
	}
}

func TestLoadLesson(t *testing.T) {
	for _, text := range []string{good, strings.ReplaceAll(good, "\n", "\r\n")} {
		l, err := LoadLesson(folder(text), "x")
		if err != nil {
			t.Fatal(err)
		}
		for i := range l.Cast {
			l.Cast[i].Program = nil
		}
		want := &Lesson{
			Name: "x", Title: `A title: with "quotes"`, Minutes: 5, Goal: "To know", Parts: []string{"one", "two"},
			Cast: []Role{
				{Name: "server", File: "server.c", Source: goodProgram, Warnings: []string{"-Wparentheses"}},
				{Name: "client", File: "server.c", Source: goodProgram},
			},
			Stage: []netcore.StageSetting{
				{Kind: netcore.SettingWire, Value: "hold"}, {Kind: netcore.SettingSysctl, Name: "net.core.somaxconn", Value: "2"},
			},
			Intro: "An intro.", Takeaway: "Remember.",
			Steps: []Step{{
				ID: "first", Title: "First", Part: 1, Line: 14, Show: "bytes server a", Failure: true,
				Before: "Text before.\n\n```c\n## no heading in a fence\n```", After: "Text after.",
				Run:    &Run{"server", "socket"},
				Input:  &Input{Role: "server", Define: "PORT", Kind: "port", Ask: "Which port?", Also: []string{"client"}},
				Expect: []Expectation{{About: "result", Is: "fd", Line: 20}, {About: "state server 3", Is: "CLOSE | LISTEN", Default: true, Line: 22}},
				Ask: &Question{Text: "What returns?", About: "result", Line: 38, Options: []Option{
					{Text: "3", Is: "fd", Why: "because it is free"}, {Text: "`0`", Is: "0", Why: "no", Belief: "M02"},
				}},
				Hints: []string{"One, longer", "Two"}, Patience: 3 * time.Second,
				Stage: []netcore.StageSetting{{Kind: netcore.SettingDeaf, Process: "server", FD: 3}},
				Wire:  []string{"drop", "delay 200ms 2"},
			}, {
				ID: "second", Title: "Second", Line: 52, Before: "Read.",
				Ask: &Question{Text: "By the book?", Source: "listen(2)", Line: 60, Options: []Option{
					{Text: "No", Why: "no", Belief: "M15"}, {Text: "Yes", Why: "yes", Right: true}, {Text: "Perhaps", Why: "no"},
				}},
			}},
		}
		if diff := cmp.Diff(want, l); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	}
}

// TestLoadSaysWhatIsWrong changes one thing in the good lesson and wants one
// problem, with its line.
func TestLoadSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"---\ntitle", "title", "x/lesson.md:1: no front matter"},
		{"goal:", "gaol:", `x/lesson.md:4: unknown key "gaol": the keys here are title, minutes, goal, parts, cast, stage, drills`},
		{"parts: [one, two]", "parts: [one, two]\ndrills: [recv, rcv]", `x/lesson.md:6: no topic "rcv" to practise: write one or two of descriptors, `},
		{"parts: [one, two]", "parts: [one, two]\ndrills: [recv, recv]", `x/lesson.md:6: the topic "recv" stands in drills twice`},
		{"parts: [one, two]", "parts: [one, two]\ndrills: [recv, state, errno]", `x/lesson.md:6: drills has 3 entries: at most 2`},
		{"parts: [one, two]", "parts: [one, two]\ndrills: recv", `x/lesson.md:6: drills is text: write a list`},
		{"goal: To know\n", "", "x/lesson.md:2: the key goal is missing"},
		{"goal: To know", "goal: &a To know", `x/lesson.md:4: "&a To know": put the value in double quotes`},
		{"goal: To know", "goal: *a", `x/lesson.md:4: "*a": put the value in double quotes`},
		{"goal: To know", "goal: !!str To know", `x/lesson.md:4: "!!str To know": put the value in double quotes`},
		{"goal: To know", "goal: |\n  To know", `x/lesson.md:4: "|": put the value in double quotes`},
		{"goal: To know", "<<: {goal: To know}", `x/lesson.md:4: "<<: {goal: To know}": put the value in double quotes`},
		{"goal: To know", "goal: \"To \\e[2J\"", "x/lesson.md:4: the character U+001B is not for printing"},
		{"goal: To know", "goal: \"To know", `x/lesson.md:4: "\"To know": could not find end`},
		{"goal: To know", "goal: ]", `x/lesson.md:4: "]" closes nothing`},
		{"goal: To know", "goal: [[[[[a]]]]]", "x/lesson.md:4: nested more than 4 deep"},
		{"goal: To know", "goal: To know\n...", `x/lesson.md:5: "...": put the value in double quotes`},
		{"goal: To know", "goal", `x/lesson.md:4: "goal" is no key with a value`},
		{"goal: To know", "goal:", `x/lesson.md:4: the key "goal" has no value`},
		{"goal: To know", "goal: To know # all", "x/lesson.md:4: "},
		{"goal: To know", "title: again", `x/lesson.md:4: the key "title" stands here twice`},
		{"minutes: 5", "minutes: many", `x/lesson.md:3: minutes is "many": write a number from 1 to 240`},
		{"parts: [one, two]", "parts: one", "x/lesson.md:5: parts is text: write a list"},
		{"parts: [one, two]", "parts: [one, two", "x/lesson.md:5: the list is not closed"},
		{"file: server.c, w", "file: ../server.c, w", `x/lesson.md:7: the file "../server.c": write the name of a .c file beside lesson.md`},
		{"file: server.c, w", "file: /etc/passwd, w", `x/lesson.md:7: the file "/etc/passwd"`},
		{"file: server.c, w", "file: none.c, w", "x/none.c: file does not exist"},
		{"file: server.c\n", "file: unclean.c\n", "x/unclean.c:2: the character U+001B is not for printing"},
		{"file: server.c\n", "file: labelled.c\n", "x/labelled.c:4: column 8: [a] already names the statement in line 3"},
		{"name: client", "name: server", `x/lesson.md:8: the role "server" stands in the cast twice`},
		{"## First {#first}", "## First", "x/lesson.md:14: the step's heading: write ## Title {#id}"},
		{"{#second}", "{#first}", `x/lesson.md:52: the id "first" is taken`},
		{"part: 2", "part: 3", `x/lesson.md:16: part is "3": write a number from 1 to 2`},
		{"part: 2", "part:\t2", `x/lesson.md:16: "part:\t2" is no key`},
		{"\"server: socket\"", "server", `x/lesson.md:17: run is "server": write "role: label"`},
		{"\"server: socket\"", "server: socket", `x/lesson.md:17: "server: socket": put the value in double quotes`},
		{"\"server: socket\"", "\"server: bind\"", `x/lesson.md:17: no label "bind" in server.c: write /* [bind] */ at the end of the line meant`},
		{"\"server: socket\"", "\"peer: socket\"", `x/lesson.md:17: no role "peer" in the cast: write server or client`},
		{"define: PORT", "define: HOST", "x/lesson.md:18: no #define HOST in server.c"},
		{"kind: port", "kind: number", `x/lesson.md:18: the kind "number": write one of port, ipv4, text`},
		{"result: fd", "return: fd", `x/lesson.md:20: cannot observe "return"`},
		{"result: fd", "result: 5..", `x/lesson.md:20: range "5..": write two whole numbers`},
		{"result: fd", "result server listen: fd", `x/lesson.md:20: no label "listen" in server.c`},
		{"  - result: fd", " - result: fd\n  - result: 3", "x/lesson.md:21: this line is indented otherwise"},
		{"result: fd", "result: fd\n    os: {darwin: 5..}", `x/lesson.md:21: range "5..": write two whole numbers`},
		{"result: fd", "result: fd\n    os: {plan9: 3}", `x/lesson.md:21: unknown key "plan9": the keys here are linux, darwin, freebsd`},
		{"result: fd", "result: fd\n    os: 3", "x/lesson.md:21: os is text: write {darwin: ..., freebsd: ...}"},
		{"result: fd", "os: {darwin: 3}", "x/lesson.md:20: an expectation is one observable and its pattern"},
		{"state server 3:", "state nobody 3:", `x/lesson.md:22: no role "nobody"`},
		{"show: bytes server a", "show: magic", `x/lesson.md:23: cannot show "magic"`},
		{"deaf server 3", "deaf server", "x/lesson.md:25: stage: "},
		{"somaxconn 2", "somaxcon 2", "x/lesson.md:10: stage: "},
		{"[drop, ", "[lose, ", `x/lesson.md:26: wire: nothing on the wire is called "lose"`},
		{"patience: 3", "patience: 300", `x/lesson.md:27: patience is "300": write a number from 1 to 15`},
		{"failure: true", "failure: maybe", `x/lesson.md:24: failure is "maybe": write true or false`},
		{"```step\npart: 2", "Words.\n```step\npart: 2", "x/lesson.md:14: a step starts with its block"},
		{"### Hints", "### Tips", `x/lesson.md:47: unknown heading "Tips": write Predict, What happened or Hints`},
		{"### Hints", "#### Hints", "x/lesson.md:47: this heading has no place here"},
		{"2. Two", "3. Two", `x/lesson.md:50: "3. Two" is no entry of this list`},
		{"about: result", "abuot: result", "x/lesson.md:38: "},
		{"(`fd`): because", "`fd`: because", "x/lesson.md:40: an option reads"},
		{"(`0`, M02)", "(`0`, wrong)", "x/lesson.md:42: an option reads"},
		{"(`0`, M02)", "(`fd`, M02)", `x/lesson.md:40: two options have the pattern "fd"`},
		{"(`0`, M02)", "(`>=`, M02)", `x/lesson.md:42: ">=": write a whole number`},
		{"(wrong, M15)", "(right)", "x/lesson.md:62: 2 options are right"},
		{"fence\n```\n", "fence\n", "x/lesson.md:31: the block is not closed"},
		{"Remember.\n", "", "x/lesson.md:66: the takeaway is empty"},
		{"Remember.", "Remember \u202e.", "x/lesson.md:67: the character U+202E is not for printing"},
		{"Remember.", "Remember \xff.", "x/lesson.md:67: not UTF-8"},
		{"Remember.", "Remember.\n## Third {#third}", "x/lesson.md:68: a step behind the takeaway"},
		{"Remember.", strings.Repeat("x", maxLineBytes+1), "x/lesson.md:67: line of 2001 bytes: at most 2000"},
	} {
		changed := strings.Replace(good, c.old, c.new, 1)
		if changed == good {
			t.Fatalf("%q is not in the good lesson", c.old)
		}
		_, err := Load(folder(changed))
		if err == nil || !strings.Contains("\n"+err.Error(), "\n"+c.want) {
			t.Errorf("%q for %q: error %v, want %s", c.new, c.old, err, c.want)
		}
	}
}

func TestLoadCollectsProblems(t *testing.T) {
	text := strings.NewReplacer("failure: true", "failure: maybe", "part: 2", "part: 9", "{#second}", "{#first}").Replace(good)
	_, err := Load(folder(text))
	var le *LoadError
	if !errors.As(err, &le) || len(le.Problems) != 3 {
		t.Fatalf("error %v, want three problems", err)
	}
	for i, line := range []int{16, 24, 52} {
		if le.Problems[i].Line != line {
			t.Errorf("problem %d: %v, want line %d", i, le.Problems[i], line)
		}
	}
}

func TestLoadRefusesNames(t *testing.T) {
	for _, names := range []string{"[../x]", "[/]", "[x, x]", "[..]", "[]", "[a/b]", "{a: b}", "[.git]"} {
		fsys := folder(good)
		fsys["course.yaml"] = &fstest.MapFile{Data: []byte("lessons: " + names + "\n")}
		if c, err := Load(fsys); err == nil {
			t.Errorf("lessons: %s: got %d lessons, want an error", names, len(c.Lessons))
		}
	}
}

func TestLoadFollowsNoLink(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "x/lesson.md"), []byte(good), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "x/server.c")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	_, err := LoadLesson(os.DirFS(dir), "x")
	if err == nil || !strings.Contains(err.Error(), "x/server.c: not a regular file") {
		t.Errorf("error %v, want the link refused", err)
	}
}

// loading loads a lesson and tells how long that takes: the best of some tries,
// since the machine has other things to do.
func loading(fsys fs.FS) (best time.Duration, err error) {
	best = time.Hour
	for range 5 {
		start := time.Now()
		_, err = LoadLesson(fsys, "x")
		if best = min(best, time.Since(start)); best < 50*time.Millisecond {
			break
		}
	}
	return best, err
}

func TestLoadRefusesHostileLessonsQuickly(t *testing.T) {
	const many = 1_000_000
	front, _, _ := strings.Cut(good, "An intro.")
	step := "## S {#s}\n```step\npart: 1\n```\nx\n"
	for _, c := range []struct{ name, text string }{
		{"a million steps", front + strings.Repeat(step, many)},
		{"as many steps as fit", front + strings.Repeat(step, maxLessonBytes/len(step)-10)},
		{"a million lines of front matter", "---\n" + strings.Repeat("a: b\n", many)},
		{"as many keys as fit", "---\n" + strings.Repeat("a: b\n", maxLessonBytes/5-10) + "---\n"},
		{"deep lists", strings.Replace(good, "[one, two]", strings.Repeat("[", many), 1)},
		{"deep lists in a line", strings.Replace(good, "[one, two]", strings.Repeat("[", maxLineBytes-20), 1)},
		{"deep maps", "---\n" + deepMap(500) + "---\n"},
		{"deep dashes", strings.Replace(good, "  - result: fd", "  "+strings.Repeat("- ", 900)+"x", 1)},
		{"one long line", front + strings.Repeat("x", 200<<20/100)},
		{"text on as many lines as fit", strings.Replace(good, "goal: To know", "goal: |\n"+strings.Repeat(" \n", many/10), 1)},
		{"aliases that unfold", strings.Replace(good, "minutes: 5", aliases(), 1)},
		{"blocks as large as they may be", front + strings.Repeat("## S {#s}\n```step\nrun: ["+strings.Repeat("a, ", 600)+"a]\ninput: ["+strings.Repeat("a, ", 600)+"a]\n```\nx\n", 60)},
		{"fences", front + strings.Repeat("```\n", many/20)},
		{"headings", front + strings.Repeat("# x\n", many/20)},
		{"options", strings.Replace(good, "- **3**", strings.Repeat("- **3** (`3`): x\n", 9000)+"- **3**", 1)},
		{"a long list entry", strings.Replace(good, "   longer\n", strings.Repeat("   longer\n", 20000), 1)},
		{"NUL", strings.Repeat("\x00", maxLessonBytes)},
	} {
		fsys := folder(c.text)
		took, err := loading(fsys)
		var le *LoadError
		if !errors.As(err, &le) || le.Problems[0].Line == 0 || le.Problems[0].Text == "" {
			t.Errorf("%s: error %v, want a line and a reason", c.name, err)
		}
		if took > soon*slower {
			t.Errorf("%s: refused after %v, want within %v", c.name, took, soon)
		}
	}
}

// soon is how long a refusal may take on a machine that does other things besides. It
// takes some milliseconds; what grows with the square of its input takes minutes.
const soon = 2 * time.Second

func TestLoadRefusesHostileProgramsQuickly(t *testing.T) {
	const fill = maxProgramBytes - 200
	for _, c := range []struct{ name, text string }{
		{"too long", strings.Repeat("\n", maxProgramBytes+1)},
		{"deep brackets", "int main(void)\n{\n" + deep("return ", "(", fill) + "0;\n}\n"},
		{"deep blocks", "int main(void)\n" + deep("", "{", fill)},
		{"defines that unfold", unfolding()},
		{"many statements without an end", "int main(void)\n{\n" + strings.Repeat("int\n", fill/4)},
	} {
		fsys := folder(good)
		fsys["x/server.c"] = &fstest.MapFile{Data: []byte(c.text)}
		took, err := loading(fsys)
		var le *LoadError
		if !errors.As(err, &le) || le.Problems[0].Line == 0 {
			t.Errorf("%s: error %v, want a line and a reason", c.name, err)
		}
		if took > soon*slower {
			t.Errorf("%s: refused after %v, want within %v", c.name, took, soon)
		}
	}
}

// deep repeats a text, some on each line.
func deep(start, text string, size int) string {
	line := strings.Repeat(text, 1000) + "\n"
	return start + strings.Repeat(line, size/len(line))
}

// unfolding are #defines each of which is twice the one before.
func unfolding() string {
	var b strings.Builder
	b.WriteString("#define A0 1\n")
	for i := range 40 {
		fmt.Fprintf(&b, "#define A%d A%d + A%d\n", i+1, i, i)
	}
	return b.String() + "int main(void)\n{\n    return A40;\n}\n"
}

// aliases is a list each of whose entries is ten times the one before.
func aliases() string {
	var b strings.Builder
	b.WriteString("a0: &a0 x\n")
	for i := range 40 {
		fmt.Fprintf(&b, "a%d: &a%d [%s*a%d]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), i)
	}
	return b.String()
}

func deepMap(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func FuzzLoadLesson(f *testing.F) {
	f.Add(good, goodProgram)
	f.Add("---\n---\n## a {#a}\n```step\n```\n", "/* [x] */")
	files, err := BuiltinFiles()
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range []string{"tcp", "headers", "socket", "address", "byte-order", "bind", "refused", "queue", "ends"} {
		data, err := fs.ReadFile(files, name+"/lesson.md")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data), goodProgram)
	}
	f.Fuzz(func(t *testing.T, text, program string) {
		fsys := folder(text)
		fsys["x/server.c"] = &fstest.MapFile{Data: []byte(program)}
		l, err := LoadLesson(fsys, "x")
		if err != nil && err.Error() == "" {
			t.Error("an error without a text")
		}
		if err == nil && (l.Title == "" || len(l.Steps) == 0) {
			t.Errorf("an empty lesson without an error: %+v", l)
		}
	})
}

func FuzzPattern(f *testing.F) {
	f.Add("fd | 3", "3")
	f.Add("!16..20", "7")
	f.Fuzz(func(t *testing.T, pattern, observed string) {
		p := Pattern(pattern)
		if p.Match(observed) && p.Check() != nil {
			t.Errorf("the malformed pattern %q matches %q", pattern, observed)
		}
	})
}

func TestLoadReadsWhatHoldsOnOtherSystems(t *testing.T) {
	l, err := LoadLesson(folder(strings.Replace(good, "result: fd", "result: fd\n    os: {darwin: any, freebsd: \"3 | 4\"}", 1)), "x")
	if err != nil {
		t.Fatal(err)
	}
	e := l.Steps[0].Expect[0]
	for system, want := range map[string]Pattern{"linux": "fd", "darwin": "any", "freebsd": "3 | 4", "": "fd"} {
		if got := e.on(system); got != want {
			t.Errorf("on %q: expected %q, want %q", system, got, want)
		}
	}
	if got, want := e.Here(), e.on(runtime.GOOS); got != want {
		t.Errorf("here: expected %q, want %q", got, want)
	}
}
