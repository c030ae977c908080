package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"sockstep/lesson"
)

func (p *program) runCommand() *cobra.Command {
	var json bool
	var rec records
	cmd := &cobra.Command{
		Use:   "run [LESSON]",
		Short: "Run a lesson, or all of them, without questions, and print what happened",
		Long: `Run a lesson, or all of them, without questions, and print what happened: every
call in the form strace gives it, the packets it caused, what changed and why, and
which of the lesson's expectations held. The exit status is 1 if the kernel
disagreed with the lesson. What this machine cannot show is reported, not failed.
With several lessons --pcap and --transcript make one file each, the lesson's name
put before the extension.`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			lessons, err := p.lessons(args)
			if err := errors.Join(err, rec.check()); err != nil {
				return err
			}
			return p.runAll(cmd.Context(), lessons, json, rec)
		},
	}
	cmd.Flags().BoolVar(&json, "json", false, "print the record as JSON, one event a line")
	rec.flags(cmd)
	p.wordsFlags(cmd)
	return cmd
}

// lessons are those named, or all of the course.
func (p *program) lessons(names []string) ([]*lesson.Lesson, error) {
	course, err := p.course()
	if err != nil {
		return nil, fmt.Errorf("open the course: %w", err)
	}
	if len(names) == 0 {
		return course.Lessons, nil
	}
	l, err := find(course, names[0])
	return []*lesson.Lesson{l}, err
}

// runAll rehearses lessons one after the other, each in a lab of its own.
func (p *program) runAll(ctx context.Context, lessons []*lesson.Lesson, json bool, rec records) error {
	ctx, stop := interruptible(ctx)
	defer stop()
	failed := 0
	for _, l := range lessons {
		own := rec
		if len(lessons) > 1 {
			own = rec.of(l.Name)
		}
		agreed, err := p.rehearse(ctx, l, json, own.open())
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		if err != nil {
			p.complain(fmt.Errorf("lesson %s: %w", l.Name, err))
		}
		if err != nil || !agreed {
			failed++
		}
	}
	if failed > 0 {
		return &quietError{1}
	}
	return nil
}

// rehearse runs one lesson and reports whether everything held.
func (p *program) rehearse(ctx context.Context, l *lesson.Lesson, json bool, rec *recorder) (bool, error) {
	r := &rehearsal{l: l, s: lesson.NewSession(l, p.opener), progress: p.err, rec: rec}
	r.print = newReport(p.out, l)
	if json {
		r.print = newStream(p.out)
	}
	err := r.run(ctx)
	if closing := r.s.Close(); closing != nil {
		err = errors.Join(err, fmt.Errorf("close the lab: %w", closing))
	}
	err = errors.Join(err, r.finish())
	return r.result.agreed(), errors.Join(err, rec.close(r.s.Timeline()))
}
