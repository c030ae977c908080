package lesson

import (
	"testing"
	"unicode/utf8"
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
