package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/netcore/watching"
)

// stepLimit bounds every step of a run: a lesson that waits longer has failed.
const stepLimit = 20 * time.Second

// rehearsal is one lesson being run without a learner.
type rehearsal struct {
	l        *lesson.Lesson
	s        *lesson.Session
	print    printer
	progress io.Writer
	result   result
	seen     int // events of the Timeline already printed
	rec      *recorder
}

// printer writes down what happens.
type printer interface {
	opened(v *lesson.View)
	passed(why error) // the whole lesson is left out
	step(n int, st *lesson.Step)
	// events takes what is new in the record, v is how things stand behind it.
	events(v *lesson.View, all []netcore.Event) error
	ran(v *lesson.View, st *lesson.Step, skipped, differed []string)
	result(r netcore.Result)
}

// result is what came of a run.
type result struct {
	netcore.Result
	passed bool // the whole lesson cannot be seen here
}

func (r result) agreed() bool { return r.passed || len(r.Differed) == 0 && r.Agreed == r.Steps }

func (r *rehearsal) run(ctx context.Context) error {
	r.result.Lesson, r.result.Steps = r.l.Name, len(r.l.Steps)
	err := r.limited(ctx, r.s.Start)
	if errors.Is(err, lesson.ErrPrivate) || errors.Is(err, netcore.ErrNoWire) {
		r.pass(err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w (sockstep doctor says what this machine lacks)", err)
	}
	r.print.opened(r.s.View())
	for i := range r.l.Steps {
		fmt.Fprintf(r.progress, "%s: step %d of %d\n", clean(r.l.Name), i+1, len(r.l.Steps))
		if err := r.step(ctx, i); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	return nil
}

// pass leaves a lesson out: it needs what this machine cannot give.
func (r *rehearsal) pass(why error) {
	r.result.passed = true
	r.result.Skipped = append(r.result.Skipped, why.Error())
	r.print.passed(why)
}

// step runs step i and goes on behind it.
func (r *rehearsal) step(ctx context.Context, i int) error {
	st := &r.l.Steps[i]
	r.print.step(i+1, st)
	for r.s.View().Phase != lesson.Ran {
		if err := within(ctx, limitOf(st), r.next); err != nil {
			r.result.Differed = append(r.result.Differed, fmt.Sprintf("step %d: %v", i+1, err))
			_ = r.flush()
			return err
		}
	}
	if err := r.flush(); err != nil {
		return err
	}
	r.judge(i, st)
	return r.limited(ctx, r.s.Next)
}

// next brings the step on: it skips its question, keeps the value it asks for,
// goes the lesson's own way to its goal, or runs it.
func (r *rehearsal) next(ctx context.Context) error {
	if r.s.View().Phase == lesson.Trying {
		return r.s.Solve(ctx)
	}
	err := r.s.Next(ctx)
	switch {
	case errors.Is(err, lesson.ErrAsking):
		return r.s.Answer(lesson.Skipped)
	case errors.Is(err, lesson.ErrTyping):
		return r.s.Input(ctx, "")
	}
	return err
}

// limitOf is how long a step may take: one that builds and runs a program takes its
// time.
func limitOf(st *lesson.Step) time.Duration {
	if st.Watch != nil {
		return stepLimit + watching.Building + watching.Running
	}
	return stepLimit
}

func (r *rehearsal) limited(ctx context.Context, do func(context.Context) error) error {
	return within(ctx, stepLimit, do)
}

func within(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	ctx, stop := context.WithTimeoutCause(ctx, limit, fmt.Errorf("nothing came of it within %v", limit))
	defer stop()
	err := do(ctx)
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// judge holds a step that has run against what the lesson expects.
func (r *rehearsal) judge(i int, st *lesson.Step) {
	v := r.s.View()
	skipped := slices.Clone(v.Unseen)
	var differed []string
	for _, d := range v.Differed {
		if unseen(v, d) {
			skipped = append(skipped, d)
		} else {
			differed = append(differed, d)
		}
	}
	number := fmt.Sprintf("step %d, ", i+1)
	r.result.Differed = append(r.result.Differed, prefixed(number, differed)...)
	r.result.Skipped = append(r.result.Skipped, prefixed(number, skipped)...)
	if len(differed) == 0 {
		r.result.Agreed++
	}
	r.print.ran(v, st, skipped, differed)
}

// unseen reports whether an expectation did not hold because this machine cannot
// show what it is about.
func unseen(v *lesson.View, differed string) bool {
	return len(v.Snapshot.Missing) > 0 && strings.HasSuffix(differed, "observed nothing")
}

func prefixed(prefix string, texts []string) []string {
	var out []string
	for _, t := range texts {
		out = append(out, prefix+t)
	}
	return out
}

// flush prints the events that are new since the last time.
func (r *rehearsal) flush() error {
	r.rec.take(r.s.Timeline())
	all := r.s.Timeline().Since(r.seen)
	r.seen += len(all)
	if err := r.print.events(r.s.View(), all); err != nil {
		return fmt.Errorf("print what happened: %w", err)
	}
	return nil
}

// finish closes the record with the result, after everything else.
func (r *rehearsal) finish() error {
	t := r.s.Timeline()
	t.Hold(0)
	if err := r.flush(); err != nil {
		return err
	}
	e := netcore.Event{Type: netcore.ResultEvent, Result: &r.result.Result, At: netcore.Now()}
	if e.ID = t.Add(e); e.ID == 0 {
		e.ID = netcore.ID(t.Len() + 1)
	}
	r.print.result(r.result.Result)
	return r.print.events(r.s.View(), []netcore.Event{e})
}
