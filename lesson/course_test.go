package lesson

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"sockstep/netcore"
)

// What a pane of 80x24 holds, in characters.
const (
	mostText     = 420
	mostQuestion = 120
	mostOption   = 40
	mostOptions  = 4
)

func TestTextsFitTheScreen(t *testing.T) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range c.Lessons {
		for _, s := range l.Steps {
			at := l.Name + " " + s.ID
			fits(t, at+": text before", s.Before, mostText)
			fits(t, at+": text after", s.After, mostText)
			if s.Ask != nil {
				questionFits(t, at, s.Ask)
			}
		}
	}
}

// TestTheBeginningFitsTheScreen wants a lesson's first words and its first step
// in the text pane of 80x24 together, without scrolling.
func TestTheBeginningFitsTheScreen(t *testing.T) {
	const columns, rows = 78, 9
	for _, l := range builtinCourse(t).Lessons {
		if n := wrapped(l.Intro, columns) + 1 + wrapped(l.Steps[0].Before, columns); n > rows {
			t.Errorf("%s: intro and first step take %d rows, at most %d", l.Name, n, rows)
		}
	}
}

// wrapped counts the rows of a text of one paragraph.
func wrapped(text string, columns int) int {
	rows, at := 1, 0
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		if at > 0 && at+1+n > columns {
			rows, at = rows+1, 0
		}
		at += n + min(at, 1)
	}
	return rows
}

// TestAddressesOnEverySystem wants every expectation about the family of an
// address to say what it is on the systems whose addresses start with a length:
// there the family is the second byte alone.
func TestAddressesOnEverySystem(t *testing.T) {
	told := 0
	for _, l := range builtinCourse(t).Lessons {
		for _, s := range l.Steps {
			for _, e := range s.Expect {
				look, err := e.About.Parse()
				if err != nil || look.Kind != "bytes" || !strings.HasPrefix(string(e.on("linux")), "02 00") {
					continue
				}
				told++
				for _, system := range []string{"darwin", "freebsd"} {
					if got := e.on(system); !isFamily(look.Name, e.on("linux"), got) {
						t.Errorf("%s %s: %s is expected to be %q on %s", l.Name, s.ID, e.About, got, system)
					}
				}
			}
		}
	}
	if told < 5 {
		t.Errorf("%d expectations about a family, want those of tcp and byte-order", told)
	}
}

// isFamily reports whether the bytes of an address or of its family on Linux are
// these where there is a length, 0 when the program has left it out.
func isFamily(name string, linux, got Pattern) bool {
	rest := strings.TrimPrefix(string(linux), "02 00")
	if strings.HasSuffix(name, ".sin_family") {
		return got == "02" && rest == ""
	}
	return got == Pattern("00 02"+rest) || got == Pattern("10 02"+rest)
}

func questionFits(t *testing.T, at string, q *Question) {
	t.Helper()
	fits(t, at+": question", q.Text, mostQuestion)
	if len(q.Options) > mostOptions {
		t.Errorf("%s: %d options, at most %d", at, len(q.Options), mostOptions)
	}
	for _, o := range q.Options {
		fits(t, at+": option", o.Text, mostOption)
		fits(t, at+": why", o.Why, mostText)
	}
}

func fits(t *testing.T, what, text string, most int) {
	t.Helper()
	if n := utf8.RuneCountInString(text); n > most {
		t.Errorf("%s has %d characters, at most %d: %q", what, n, most, text)
	}
}

func TestTheLifeCyclesParts(t *testing.T) {
	tcp := builtinCourse(t).Lesson("tcp")
	want := []string{"headers", "create", "address", "bind and listen", "connect", "accept", "send and receive", "close"}
	if diff := cmp.Diff(want, tcp.Parts); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if n := len(tcp.Steps); n < 15 || n > 25 {
		t.Errorf("%d steps, want 15 to 25", n)
	}
	if n := questions(tcp); n < 8 || n > 12 {
		t.Errorf("%d questions, want 8 to 12", n)
	}
}

func questions(l *Lesson) int {
	n := 0
	for _, s := range l.Steps {
		if s.Ask != nil {
			n++
		}
	}
	return n
}

// TestStepsGoForward wants a lesson's parts in their order, each with a step,
// and each side's labels in the order of its program, so that no step has to run
// a program backwards. The last step of a side ends its program, or is meant to
// have it killed.
func TestStepsGoForward(t *testing.T) {
	for _, l := range builtinCourse(t).Lessons {
		part, used := 0, make(map[int]bool)
		at, last := make(map[string]int), make(map[string]string)
		killed := make(map[string]bool)
		for _, s := range l.Steps {
			if s.Part < part {
				t.Errorf("%s %s: part %q stands behind %q", l.Name, s.ID, l.Parts[s.Part], l.Parts[part])
			}
			part, used[s.Part] = s.Part, true
			if s.Run == nil {
				continue
			}
			line := labelLine(l.Role(s.Run.Role).Source, s.Run.Label)
			if line <= at[s.Run.Role] {
				t.Errorf("%s %s: [%s] stands at or before the step before it", l.Name, s.ID, s.Run.Label)
			}
			at[s.Run.Role], last[s.Run.Role] = line, s.Run.Label
			killed[s.Run.Role] = slices.ContainsFunc(s.Expect, kills)
		}
		if len(used) != len(l.Parts) {
			t.Errorf("%s: %d of %d parts have a step", l.Name, len(used), len(l.Parts))
		}
		for _, role := range l.Cast {
			if last[role.Name] != "return" && !killed[role.Name] {
				t.Errorf("%s: %s ends at [%s], want [return]", l.Name, role.Name, last[role.Name])
			}
		}
	}
}

// kills reports whether a step's own call is expected to end its program with a
// signal.
func kills(e Expectation) bool {
	return e.About == "result" && strings.HasPrefix(string(e.Is), "killed ")
}

func labelLine(source, label string) int {
	for i, line := range splitLines(source) {
		if strings.HasSuffix(line, "/* ["+label+"] */") {
			return i + 1
		}
	}
	return -1
}

// TestOneAnswerIsExpected wants exactly one option of every question to hold
// when the step's expectation does, and these spread: whoever always takes the
// same place should be wrong most of the time.
func TestOneAnswerIsExpected(t *testing.T) {
	places, total := make(map[int]int), 0
	for _, l := range builtinCourse(t).Lessons {
		for _, s := range l.Steps {
			if s.Ask == nil {
				continue
			}
			right := s.Expected()
			if len(right) != 1 {
				t.Errorf("%s %s: the options %v are right by what is expected, want one", l.Name, s.ID, right)
				continue
			}
			places[right[0]]++
			total++
			if s.Ask.Options[right[0]].Belief != "" {
				t.Errorf("%s %s: the right option stands for a misconception", l.Name, s.ID)
			}
		}
	}
	for place, n := range places {
		if 2*n > total {
			t.Errorf("%d of %d right answers stand in place %d", n, total, place+1)
		}
	}
}

// TestByteOrderWithTypedValues plays the lesson with another port and address:
// what is typed reaches all three programs, and nothing that is expected for
// every value differs.
func TestByteOrderWithTypedValues(t *testing.T) {
	typed := map[string]string{"port": "8080", "ipv4": "127.0.0.2"}
	s := NewSession(builtinCourse(t).Lesson("byte-order"), OpenLab(netcore.Options{}))
	if err := s.Start(ctx(t)); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for s.View().Phase != Finished {
		if v := s.View(); v.Phase == Typing {
			if err := s.Input(ctx(t), typed[v.Lesson.Steps[v.Step].Input.Kind]); err != nil {
				t.Fatal(err)
			}
			continue
		}
		playStep(t, s)
	}
	for step, want := range map[string]string{"listen": "127.0.0.2:36895", "refused": "ECONNREFUSED"} {
		if got := s.View().Answers[step].Observed; got != want {
			t.Errorf("%s: observed %q, want %q", step, got, want)
		}
	}
}

// TestPractice wants one or two topics to practise for every lesson; that they are
// topics the loader sees to.
func TestPractice(t *testing.T) {
	for _, l := range builtinCourse(t).Lessons {
		if n := len(l.Drills); n < 1 || n > 2 {
			t.Errorf("%s names %d topics under drills, want one or two", l.Name, n)
		}
	}
}
