package linear

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"sockstep/lesson"
)

// Menu is the course as a list to choose from.
type Menu struct {
	Lessons []Choice
	// Default is the one Enter alone opens.
	Default int
	// Remarks are sentences to say first.
	Remarks []string
	// Search finds words in the lessons, the cards and the glossary; nil offers none.
	Search func(words string) []lesson.Hit
}

// Choice is one lesson of a Menu.
type Choice struct {
	Lesson *lesson.Lesson
	Done   string // "done", "3 of 22 steps"
}

// Choose lets the learner choose a lesson; nil when he leaves.
func Choose(ctx context.Context, in *Input, out *Output, m Menu) (*lesson.Lesson, error) {
	if len(m.Lessons) == 0 {
		out.say("The course has no lessons.")
		return nil, nil
	}
	m.say(out)
	for {
		out.prompt(fmt.Sprintf("Its number or name, Enter for %s, q leaves", m.Lessons[m.Default].Lesson.Name))
		text, ok, err := in.next(ctx)
		if err != nil || !ok {
			out.echo("", err == nil)
			return nil, err
		}
		out.echo(text, in.echo)
		text = strings.TrimSpace(text)
		if c, _ := find(text); c != nil && c.names[0] == "q" {
			return nil, nil
		}
		if rest, ok := searching(text); ok && m.Search != nil {
			sayHits(out, m.Search(rest), rest)
			continue
		}
		if l := m.named(text); l != nil {
			return l, nil
		}
		out.say("There is no lesson %q.", text)
	}
}

func (m Menu) say(out *Output) {
	for _, r := range m.Remarks {
		out.say("%s", r)
	}
	out.gap()
	out.say("The course. Choose a lesson:")
	for i, c := range m.Lessons {
		out.indented(fmt.Sprintf("%d. ", i+1), fmt.Sprintf("%s: %s, %d minutes, %s.", c.Lesson.Name, c.Lesson.Title, c.Lesson.Minutes, c.Done))
	}
}

// named is the lesson a text names, nil when it names none.
func (m Menu) named(text string) *lesson.Lesson {
	if text == "" {
		return m.Lessons[m.Default].Lesson
	}
	if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= len(m.Lessons) {
		return m.Lessons[n-1].Lesson
	}
	for _, c := range m.Lessons {
		if c.Lesson.Name == text {
			return c.Lesson
		}
	}
	return nil
}
