package command

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"sockstep/lesson"
	"sockstep/ui/linear"
)

// visit is what a learner opens.
type visit struct {
	lesson string // empty: the course
	step   int    // to jump to, from 1; 0: where it was left
}

func (p *program) learnCommand() *cobra.Command {
	var at string
	cmd := &cobra.Command{
		Use:   "learn [LESSON]",
		Short: "Open the course, or a lesson where you left it",
		Args:  atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var v visit
			if len(args) == 1 {
				v.lesson = args[0]
			}
			return p.learnAt(cmd.Context(), v, at)
		},
	}
	cmd.Flags().StringVar(&at, "at", "", "go to this `STEP`, a number or a name; the steps before it really run")
	return cmd
}

func (p *program) learnAt(ctx context.Context, v visit, at string) error {
	if at == "" {
		return p.learn(ctx, v)
	}
	if v.lesson == "" {
		return misuse("--at needs a lesson: sockstep learn LESSON --at %s", at)
	}
	course, err := p.course()
	if err != nil {
		return fmt.Errorf("open the course: %w", err)
	}
	l, err := find(course, v.lesson)
	if err != nil {
		return err
	}
	if v.step, err = stepNumber(l, at); err != nil {
		return err
	}
	return p.learn(ctx, v)
}

// stepNumber is the number from 1 of a step given by its number or its name.
func stepNumber(l *lesson.Lesson, at string) (int, error) {
	if n, err := strconv.Atoi(at); err == nil {
		if n < 1 || n > len(l.Steps) {
			return 0, misuse("%s has steps 1 to %d, not %d", l.Name, len(l.Steps), n)
		}
		return n, nil
	}
	if i := l.StepIndex(at); i >= 0 {
		return i + 1, nil
	}
	names := make([]string, len(l.Steps))
	for i, st := range l.Steps {
		names[i] = st.ID
	}
	return 0, misuse("%s has no step %q; %s", l.Name, at, meant(at, names, "steps"))
}

// learn opens the course or a lesson in the front end that fits.
func (p *program) learn(ctx context.Context, v visit) error {
	course, err := p.course()
	if err != nil {
		return fmt.Errorf("open the course: %w", err)
	}
	if v.lesson != "" {
		if _, err := find(course, v.lesson); err != nil {
			return err
		}
	}
	progress := p.progress()
	if p.plain() {
		err = p.learnLinear(ctx, course, progress, v)
	} else {
		err = p.learnScreen(ctx, course, progress, v)
	}
	_ = p.endProgress(progress)
	return err
}

// typing reports whether somebody types: the input is a terminal.
func (p *program) typing() bool { return term.IsTerminal(p.in.Fd()) }

// columns is the width of the terminal, 0 where there is none.
func (p *program) columns() int {
	if w, _, err := term.GetSize(p.out.Fd()); err == nil && w > 1 {
		return min(w, 100) - 1
	}
	if w, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && w > 20 {
		return min(w, 100)
	}
	return 0
}

// learnLinear plays lessons as plain lines until the learner leaves.
func (p *program) learnLinear(ctx context.Context, course *lesson.Course, progress *lesson.Progress, v visit) error {
	ctx, stop := interruptible(ctx)
	defer stop()
	in := linear.NewInput(p.in, !p.typing())
	out := linear.NewOutput(p.out, p.columns())
	if v.lesson != "" {
		end, err := p.playLinear(ctx, course.Lesson(v.lesson), progress, v.step, in, out)
		return p.linearEnd(end, err, v.lesson)
	}
	for {
		l, err := linear.Choose(ctx, in, out, p.choices(course, progress))
		if err != nil || l == nil {
			return err
		}
		end, err := p.playLinear(ctx, l, progress, 0, in, out)
		if err != nil || end == linear.OutOfInput {
			return p.linearEnd(end, err, l.Name)
		}
	}
}

// choices are the lessons of the course as the list shows them, the one to go on
// with first.
func (p *program) choices(course *lesson.Course, progress *lesson.Progress) linear.Menu {
	m := linear.Menu{Remarks: progress.Remarks()}
	for i, l := range course.Lessons {
		m.Lessons = append(m.Lessons, linear.Choice{Lesson: l, Done: done(l, progress)})
		if l.Name == progress.Last() {
			m.Default = i
		}
	}
	return m
}

func (p *program) playLinear(ctx context.Context, l *lesson.Lesson, progress *lesson.Progress, at int, in *linear.Input, out *linear.Output) (linear.End, error) {
	o := linear.Options{
		At:      at,
		Save:    func(j lesson.Journal) { progress.Keep(l, j) },
		Remarks: progress.Remarks,
	}
	if kept, ok := progress.Lesson(l.Name); ok && !kept.Journal.Done {
		o.Resume = &kept.Journal
	}
	s := lesson.NewSession(l, p.opener)
	end, err := linear.Play(ctx, s, in, out, o)
	if closing := s.Close(); err == nil && closing != nil {
		err = fmt.Errorf("close the lab: %w", closing)
	}
	return end, err
}

// linearEnd is what the end of a session means for the exit status: an input
// that is no person and ended before the lesson did has not done what it came
// for.
func (p *program) linearEnd(end linear.End, err error, name string) error {
	if err != nil || end != linear.OutOfInput {
		return err
	}
	fmt.Fprintf(p.out, "The input ended before the lesson did. The place is kept: sockstep learn %s goes on there.\n", clean(name))
	if p.typing() {
		return nil
	}
	return &quietError{1}
}
