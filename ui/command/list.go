package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"sockstep/lesson"
)

func (p *program) listCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Lessons, minutes, what is done",
		Args:  atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			course, err := p.course()
			if err != nil {
				return fmt.Errorf("open the course: %w", err)
			}
			progress := p.progress()
			p.list(course, progress)
			return p.endProgress(progress)
		},
	}
	p.wordsFlags(cmd)
	return cmd
}

func (p *program) list(course *lesson.Course, progress *lesson.Progress) {
	for _, l := range course.Lessons {
		fmt.Fprintf(p.out, "%-14s %3d min  %-16s %s\n", clean(l.Name), l.Minutes, done(l, progress), clean(l.Title))
	}
}

// done says how far a learner has come in a lesson.
func done(l *lesson.Lesson, progress *lesson.Progress) string {
	kept, ok := progress.Lesson(l.Name)
	switch {
	case kept.Finished:
		return "done"
	case ok && len(kept.Ran) > 0:
		return fmt.Sprintf("%d of %d steps", len(kept.Ran), len(l.Steps))
	}
	return fmt.Sprintf("%d steps", len(l.Steps))
}
