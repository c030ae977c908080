package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"sockstep/lesson"
	"sockstep/lesson/placement"
	"sockstep/ui/linear"
	"sockstep/ui/words"
)

func (p *program) placementCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "placement",
		Short: "Twelve questions, and the lesson to start with",
		Long: `Twelve questions from all over the course, and then the lesson to start with: the
first whose question was answered wrongly. Questions with lines of C are answered by
really running them. The result is kept; the next placement asks the same with other
numbers, and says what was learned since. One that is left counts for nothing. On a
terminal it fills the screen; --linear asks in plain lines.`,
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			course, err := p.course()
			if err != nil {
				return fmt.Errorf("open the course: %w", err)
			}
			if !p.plain() {
				return p.placementScreen(cmd.Context(), course)
			}
			return p.withProgress(func(progress *lesson.Progress) error {
				return p.placement(cmd.Context(), course, progress)
			})
		},
	}
	p.wordsFlags(cmd)
	return cmd
}

// errNothingToAsk says that a course has no questions for a placement.
var errNothingToAsk = errors.New("this course has nothing a placement could ask about")

// placementScreen asks on the whole screen; the lesson that is advised can be opened
// from there.
func (p *program) placementScreen(ctx context.Context, course *lesson.Course) error {
	if !placement.Possible(course) {
		return errNothingToAsk
	}
	progress := p.progress()
	guard := &guardian{open: p.opener, file: p.in, between: true}
	o := p.courseOptions(course, nil, progress, guard)
	o.Placing = true
	_, err := p.screen(ctx, guard, o)
	_ = p.endProgress(progress)
	return err
}

func (p *program) placement(ctx context.Context, course *lesson.Course, progress *lesson.Progress) error {
	ctx, stop := interruptible(ctx)
	defer stop()
	questions := placement.Next(course, progress.Placement())
	if len(questions) == 0 {
		return errNothingToAsk
	}
	in, out := linear.NewInput(p.in, !p.typing()), linear.NewOutput(p.out, p.columns())
	marks, err := linear.Place(ctx, in, out, questions, p.practise)
	if err != nil {
		return err
	}
	return p.placed(out, course, progress, questions, marks)
}

// placed says what the answers advise, and keeps it where there is an answer to
// every question, or to some and the others were skipped.
func (p *program) placed(out *linear.Output, course *lesson.Course, progress *lesson.Progress, questions []placement.Question, marks []lesson.Mark) error {
	v := placement.Judge(questions, marks)
	if len(marks) < len(questions) || v.Answered() == 0 {
		fmt.Fprintln(p.out, "\n"+words.NotPlaced)
		return nil
	}
	start := ""
	if v.Start != nil {
		start = v.Start.Name
	}
	first := progress.Placement().Asked
	kept, err := progress.Placed(v.Right, start, placement.Kept(questions, marks))
	linear.Advise(out, course, v, kept, placement.Grown(first, questions, marks))
	if err != nil && !errors.Is(err, lesson.ErrNotKept) { // of that the remarks say why
		fmt.Fprintf(p.err, "sockstep: %s\n", clean(err.Error()))
	}
	return nil
}
