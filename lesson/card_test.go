package lesson

import (
	"go/parser"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"sockstep/lesson/cprog"
	"sockstep/netcore"
)

// TestEverythingHasACard wants one for every call of the kernel's table, every
// function a program can call and every errno of a cause.
func TestEverythingHasACard(t *testing.T) {
	var names []string
	for _, spec := range netcore.Specs() {
		names = append(names, spec.Name)
	}
	names = append(names, cprog.Functions()...)
	for _, c := range Causes() {
		names = append(names, c.Errno)
	}
	for _, name := range names {
		if _, ok := CardOf(name); !ok {
			t.Errorf("%s has no card", name)
		}
	}
}

// TestCardsAreWhole wants every part of every card, and the manual page and the
// prototype to be of the call itself.
func TestCardsAreWhole(t *testing.T) {
	for _, c := range Cards() {
		title := c.Title()
		if c.Text == "" || strings.Contains(c.Markdown(), "%!") {
			t.Errorf("%s: text %q", title, c.Text)
		}
		if c.IsErrno() {
			if c.Errno == 0 || c.Do == "" {
				t.Errorf("%s: number %d, what to do %q", title, c.Errno, c.Do)
			}
			continue
		}
		if len(c.Signatures) == 0 || !strings.Contains(c.Signatures[0], c.Names[0]+"(") {
			t.Errorf("%s: prototype %q", title, c.Signatures)
		}
		if c.Returns == "" || !strings.Contains(c.Manual, "(") {
			t.Errorf("%s: returns %q, manual %q", title, c.Returns, c.Manual)
		}
		var in []string
		for _, s := range c.Snippets {
			in = append(in, s.Language)
		}
		if !slices.Equal(in, []string{"C++", "Go", "Python", "Rust"}) {
			t.Errorf("%s is shown in %q", title, in)
		}
	}
}

// TestCardsAgreeWithTheTable wants the parameters of a prototype to have the names
// the program shows calls with, and a card to say what a call waits for where it can.
func TestCardsAgreeWithTheTable(t *testing.T) {
	for _, spec := range netcore.Specs() {
		c, _ := CardOf(spec.Name)
		i := slices.IndexFunc(c.Signatures, func(s string) bool { return strings.Contains(s, spec.Name+"(") })
		if i < 0 {
			t.Errorf("no prototype of %s", spec.Name)
			continue
		}
		for _, p := range spec.Params {
			if !strings.Contains(c.Signatures[i], p.Name) && !strings.Contains(c.Signatures[i], "...") {
				t.Errorf("%s has no parameter %s", c.Signatures[i], p.Name)
			}
		}
		if (spec.Waits == "") != (c.Waits == "") {
			t.Errorf("%s waits for %q, its card says %q", spec.Name, spec.Waits, c.Waits)
		}
	}
}

// TestErrorsOfACard wants a line to type with an error where a lab can show it.
func TestErrorsOfACard(t *testing.T) {
	c, _ := CardOf("accept")
	text := c.Markdown()
	for _, want := range []string{"- **EINVAL** listen() was not called: `accept(s, NULL, NULL)`", "- **EMFILE** the process has as many"} {
		if !strings.Contains(text, want) {
			t.Errorf("the card of accept lacks %q:\n%s", want, text)
		}
	}
	e, _ := CardOf("EINVAL")
	text = e.Markdown()
	for _, want := range []string{"EINVAL: error number 22", `"Invalid argument"`, "- listen() was not called"} {
		if !strings.Contains(text, want) {
			t.Errorf("the card of EINVAL lacks %q:\n%s", want, text)
		}
	}
}

// snippets are those of one language, with the card each is of.
func snippets(language string) map[string]string {
	all := map[string]string{}
	for _, c := range Cards() {
		for _, s := range c.Snippets {
			if s.Language == language {
				all[c.Title()] = s.Code
			}
		}
	}
	return all
}

func TestGoSnippetsParse(t *testing.T) {
	for title, code := range snippets("Go") {
		if _, err := parser.ParseExpr("func() {\n" + code + "\n}"); err != nil {
			t.Errorf("%s: %v in\n%s", title, err, code)
		}
	}
}

func TestPythonSnippetsParse(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("needs python3, which is not on this machine")
	}
	for title, code := range snippets("Python") {
		cmd := exec.Command(python, "-c", "import ast, sys; ast.parse(sys.stdin.read())")
		cmd.Stdin = strings.NewReader(code)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", title, err, out)
		}
	}
}

// TestGlossary wants terms that are told, once each, and lessons that show them.
func TestGlossary(t *testing.T) {
	course, names := builtinCourse(t), map[string]bool{}
	if n := len(Glossary()); n < 80 {
		t.Errorf("the glossary has %d terms, want 80", n)
	}
	for _, term := range Glossary() {
		for _, name := range term.Names {
			if names[name] {
				t.Errorf("%s stands there twice", name)
			}
			names[name] = true
		}
		if term.Text == "" {
			t.Errorf("%s is not told", term.Names[0])
		}
		for _, name := range term.Lessons {
			if l := course.Lesson(name); l == nil {
				t.Errorf("%s: no lesson %s", term.Names[0], name)
			} else if !speaksOf(l, term.Names) {
				t.Errorf("%s: the lesson %s has none of %q", term.Names[0], name, term.Names)
			}
		}
	}
}

// speaksOf reports whether one of the words of a term is in a lesson's texts or programs.
func speaksOf(l *Lesson, words []string) bool {
	all := l.Title + l.Goal + l.Intro
	for _, st := range l.Steps {
		all += st.Title + st.Before + st.After
		if st.Ask != nil {
			all += st.Ask.Text
			for _, o := range st.Ask.Options {
				all += o.Text + o.Why
			}
		}
	}
	for _, r := range l.Cast {
		all += r.Program.Source()
	}
	all = strings.ToLower(all)
	return slices.ContainsFunc(wordsOf(strings.Join(words, " ")), func(w string) bool { return len(w) > 2 && strings.Contains(all, w) })
}
