package linear

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"sockstep/lesson"
	"sockstep/lesson/drill"
	"sockstep/ui/words"
)

// DrillOptions say what is asked and how it is run.
type DrillOptions struct {
	Questions *drill.Source
	// Run runs a question and marks the choice.
	Run func(ctx context.Context, q drill.Question, choice int) (drill.Outcome, error)
	// Count is how many questions are asked, 0 for no end.
	Count int
}

// Drill asks one question after the other, until Count have been asked, the learner
// leaves or the input ends. Every answer is marked by what a run of the question's
// lines showed.
func Drill(ctx context.Context, in *Input, out *Output, o DrillOptions) (drill.Score, error) {
	d := &driller{in: in, out: out, o: o}
	out.say("Answer with a number. Enter alone skips, q leaves.")
	for n := 1; o.Count == 0 || n <= o.Count; n++ {
		on, err := d.ask(ctx, n, o.Questions.Next())
		if err != nil {
			d.end() // interrupted, or no lab: what was answered counts all the same
			return d.score, err
		}
		if !on {
			break
		}
	}
	d.end()
	return d.score, nil
}

// driller is one drill under way.
type driller struct {
	in    *Input
	out   *Output
	o     DrillOptions
	score drill.Score
}

// ask asks one question; false when the learner leaves instead of answering.
func (d *driller) ask(ctx context.Context, n int, q drill.Question) (bool, error) {
	d.out.gap()
	d.out.say("Question %d, %s.", n, q.Topic)
	d.pose(q)
	_, on, err := d.answer(ctx, q)
	return on, err
}

// answer reads the answer to a question, runs its lines and marks it; false when the
// learner leaves instead.
func (d *driller) answer(ctx context.Context, q drill.Question) (lesson.Mark, bool, error) {
	choice, on, err := d.choice(ctx, len(q.Ask.Options))
	if err != nil || !on {
		return lesson.Unmarked, false, err
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	outcome, err := d.o.Run(ctx, q, choice)
	if errors.Is(err, drill.ErrNotHere) {
		d.out.say("This one does not count: %v.", err)
		return lesson.Unmarked, true, nil
	}
	if err != nil {
		return lesson.Unmarked, false, err
	}
	return d.mark(q, outcome), true, nil
}

func (d *driller) pose(q drill.Question) {
	if q.Given != "" {
		d.out.say("%s", q.Given)
	}
	for _, l := range q.Lines {
		d.out.code("    " + strings.TrimSpace(fmt.Sprintf("%-7s %s", l.Role, l.Code)))
	}
	d.out.say("%s", q.Ask.Text)
	for i, o := range q.Ask.Options {
		d.out.indented(fmt.Sprintf("%d. ", i+1), o.Text)
	}
}

// choice reads the number of an option; false when there is none to come.
func (d *driller) choice(ctx context.Context, options int) (int, bool, error) {
	for {
		d.out.prompt(fmt.Sprintf("1 to %d", options))
		text, ok, err := d.in.next(ctx)
		if err != nil || !ok {
			d.out.echo("", err == nil)
			return 0, false, err
		}
		d.out.echo(text, d.in.echo)
		switch text = strings.ToLower(strings.TrimSpace(text)); text {
		case "":
			return lesson.Skipped, true, nil
		case "q", "quit":
			return 0, false, nil
		}
		if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= options {
			return n - 1, true, nil
		}
		d.out.say("There are answers 1 to %d; Enter alone skips, q leaves.", options)
	}
}

// mark says what happened when the lines ran, and counts. What does not count is
// Unmarked.
func (d *driller) mark(q drill.Question, o drill.Outcome) lesson.Mark {
	for _, l := range o.Log {
		if line := words.Happened(q, l); line != "" {
			d.out.code("    " + line)
		}
	}
	a := o.Answer
	d.score = d.score.With(a)
	if a.Correct < 0 {
		d.out.say("%s", words.Unforeseen(a.Observed))
		return lesson.Unmarked
	}
	holds := q.Ask.Options[a.Correct]
	is := fmt.Sprintf("answer %d: %s", a.Correct+1, strings.TrimRight(holds.Text, "."))
	switch {
	case a.Chosen == lesson.Skipped:
		d.out.say("Skipped. It is %s.", is)
	case a.Mark == lesson.Right:
		d.out.say("Right, %s.", is)
	default:
		d.out.say("No. It is %s.", is)
	}
	if holds.Why != "" {
		d.out.say("%s", holds.Why)
	}
	if a.Chosen == lesson.Skipped {
		return lesson.Unmarked
	}
	return a.Mark
}

func (d *driller) end() {
	d.out.gap()
	if text := d.score.String(); text != "" {
		d.out.say("%s.", text)
		return
	}
	d.out.say("No question was answered.")
}
