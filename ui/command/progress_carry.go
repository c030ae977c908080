package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"sockstep/lesson"
)

func (p *program) progressCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "progress",
		Short: "Take your progress to another machine, or forget it",
		Long: `Your progress is, lesson by lesson, your place, the steps you ran, your answers,
and what your wrong answers believed. It lies in one file on this machine and goes
nowhere by itself.`,
		Example: `  sockstep progress export mine.json
  sockstep progress import mine.json   on the other machine
  sockstep progress reset tcp          forget one lesson`,
		Args: p.noSuchProgress,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return misuse("say what to do with it: sockstep progress export, import FILE, or reset [LESSON]")
		},
	}
	cmd.AddCommand(p.exportCommand(), p.importCommand(), p.resetCommand())
	return cmd
}

func (p *program) noSuchProgress(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return misuse("progress cannot be asked to %q; %s", args[0], meant(args[0], []string{"export", "import", "reset"}, "words"))
}

func (p *program) exportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export [FILE]",
		Short: "Write your progress as JSON to FILE, which must be new, or to standard output",
		Args:  atMost(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return p.withProgress(func(progress *lesson.Progress) error { return p.export(progress, args) })
		},
	}
	p.courseFlag(cmd)
	return cmd
}

func (p *program) importCommand() *cobra.Command {
	var replace, yes bool
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Add the progress in FILE to what is here",
		Long: `Add the progress in FILE, which sockstep progress export wrote, to what is here.
Nothing that was ever run or answered is lost by that; your place in a lesson is that
of the later visit. With --replace what is here is given up for it. A file that is
damaged changes nothing.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return misuse("name the file: sockstep progress import FILE")
			}
			return atMost(1)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withProgress(func(progress *lesson.Progress) error {
				return p.importFrom(cmd.Context(), progress, args[0], replace, yes)
			})
		},
	}
	cmd.Flags().BoolVar(&replace, "replace", false, "give up what is here for it")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	p.courseFlag(cmd)
	return cmd
}

func (p *program) resetCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "reset [LESSON]",
		Short: "Forget the progress in a lesson, or in all of them",
		Args:  atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withProgress(func(progress *lesson.Progress) error {
				return p.reset(cmd.Context(), progress, args, yes)
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	p.courseFlag(cmd)
	return cmd
}

// withProgress opens the progress for something that is done to it. Where there is
// none to work on, the remarks say why.
func (p *program) withProgress(do func(*lesson.Progress) error) error {
	progress := p.progress()
	err := do(progress)
	_ = p.endProgress(progress)
	return err
}

func (p *program) export(progress *lesson.Progress, args []string) error {
	data, err := progress.Export()
	if err != nil {
		return err
	}
	if len(args) == 0 {
		_, err = p.out.Write(data)
		return err
	}
	if err := writeNew(args[0], data); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "The progress in %s is in %s.\n", count(len(progress.Known()), "lesson"), clean(args[0]))
	return nil
}

// writeNew writes a file that is not there yet, and takes it away again where that
// fails half way.
func writeNew(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already, and nothing is written over", path)
	}
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Close()); err != nil {
		_ = os.Remove(path)
	}
	return err
}

func (p *program) importFrom(ctx context.Context, progress *lesson.Progress, path string, replace, yes bool) error {
	carried, err := lesson.ReadCarried(path)
	if err != nil {
		return fmt.Errorf("%s is not taken over: %w; nothing was changed", path, err)
	}
	here := len(progress.Known())
	if replace && here > 0 {
		question := fmt.Sprintf("Give up the progress in %s here for that in %s?", count(here, "lesson"), count(len(carried.Lessons()), "lesson"))
		if err := p.sure(ctx, question, yes); err != nil {
			return err
		}
	}
	take := progress.Merge
	if replace {
		take = progress.Replace
	}
	if err := take(carried); err != nil {
		return err
	}
	p.taken(carried)
	return nil
}

// taken says what was taken over, and what of it this course does not have.
func (p *program) taken(carried lesson.Carried) {
	fmt.Fprintf(p.out, "The progress in %s was taken over.\n", count(len(carried.Lessons()), "lesson"))
	course, err := p.course()
	if err != nil {
		return
	}
	for _, name := range carried.Lessons() {
		if course.Lesson(name) == nil {
			fmt.Fprintf(p.out, "This course has no lesson %s; its progress is kept all the same.\n", clean(name))
		}
	}
}

func (p *program) reset(ctx context.Context, progress *lesson.Progress, args []string, yes bool) error {
	names, err := p.toReset(progress, args)
	if err != nil {
		return err
	}
	placed := len(args) == 0 && progress.Placement().Times > 0
	if len(names) == 0 && !placed {
		fmt.Fprintln(p.out, "There is no progress to forget.")
		return nil
	}
	what := "of the placements"
	switch {
	case len(args) > 0:
		what = "in " + names[0]
	case len(names) > 0:
		what = "in all lessons (" + strings.Join(names, ", ") + ")"
	}
	if err := p.sure(ctx, "Forget the progress "+what+"?", yes); err != nil {
		return err
	}
	if err := progress.Reset(names...); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "The progress %s is forgotten.\n", clean(what))
	return nil
}

// toReset are the lessons meant of which something is kept. A name that is neither
// kept nor a lesson's is misuse.
func (p *program) toReset(progress *lesson.Progress, args []string) ([]string, error) {
	known := progress.Known()
	if len(args) == 0 {
		return known, nil
	}
	for _, name := range known {
		if name == args[0] {
			return args, nil
		}
	}
	course, err := p.course()
	if err != nil {
		return nil, fmt.Errorf("open the course: %w", err)
	}
	_, err = find(course, args[0])
	return nil, err
}

// sure asks before something is given up. Anything but a yes leaves it alone.
func (p *program) sure(ctx context.Context, question string, yes bool) error {
	if yes {
		return nil
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	fmt.Fprintf(p.err, "%s [y/N] ", clean(question))
	answer := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(p.in).ReadString('\n')
		answer <- strings.ToLower(strings.TrimSpace(text))
	}()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case text := <-answer:
		if text == "y" || text == "yes" {
			return nil
		}
	}
	fmt.Fprintln(p.err, "\nNothing was changed. (Answer y, or give --yes.)")
	return &quietError{1}
}
