package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sockstep/lesson/exercise"
	"sockstep/lesson/exercise/check"
	"sockstep/netcore"
)

// grading is how the results of a check are given.
type grading struct {
	json  bool
	junit string
	only  []string
}

func (g *grading) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&g.json, "json", false, "print the results as JSON, one object a line")
	cmd.Flags().StringVar(&g.junit, "junit", "", "write the results to `FILE` as JUnit XML too")
	cmd.Flags().StringSliceVar(&g.only, "only", nil, "check only these `goals`, and those they need")
}

func (p *program) exerciseCheckCommand() *cobra.Command {
	var g grading
	var watch bool
	cmd := &cobra.Command{
		Use:   "check [NAME] [DIR]",
		Short: "Build the program of a folder, run it, and say what holds",
		Long: `Build the program in DIR, or in this folder, run it, and say which goals of the
exercise hold. Without NAME it is the exercise that was started there. With --watch
it is checked again whenever a file of it is saved, until you press Ctrl-C. The exit
status is 1 if something does not hold.`,
		Args: atMost(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := p.work(args)
			if err != nil {
				return err
			}
			if err := g.known(w.Exercise); err != nil {
				return err
			}
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			if watch {
				return p.watchWork(ctx, w, &g)
			}
			return p.checkWork(ctx, w, &g)
		},
	}
	g.flags(cmd)
	cmd.Flags().BoolVar(&watch, "watch", false, "check again at every save")
	return cmd
}

func (p *program) checkCommand() *cobra.Command {
	var g grading
	cmd := &cobra.Command{
		Use:   "check NAME -- CMD [ARG...]",
		Short: "For graders: check any program against an exercise",
		Long: `Run CMD and check it against the exercise NAME (sockstep exercise list), as sockstep
exercise check does with a folder. Nothing is built. The exit status is 0 when every
goal holds, 1 when one does not or the check could not be made, 2 for misuse.`,
		Example: `  sockstep check echo -- ./server
  sockstep check X07 --json -- python3 server.py
  sockstep check echo --junit results.xml -- ./server --quiet`,
		Args: func(cmd *cobra.Command, args []string) error {
			at := cmd.ArgsLenAtDash()
			if at != 1 || len(args) < 2 {
				return misuse("name the exercise, and the program behind --: sockstep check NAME -- CMD")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := p.exercise(args[0])
			if err != nil {
				return err
			}
			if err := g.known(e); err != nil {
				return err
			}
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			dir, err := os.Getwd()
			if err != nil {
				return err
			}
			return p.examine(ctx, e, args[1:], dir, &g)
		},
	}
	g.flags(cmd)
	return cmd
}

// known refuses goals the exercise does not have.
func (g *grading) known(e *exercise.Exercise) error {
	var names []string
	for _, goal := range e.Goals {
		names = append(names, goal.Name)
	}
	for _, n := range g.only {
		if e.Goal(n) == "" {
			return misuse("no goal %q in %s; %s", n, e.Name, meant(n, names, "goals"))
		}
	}
	return nil
}

// checkWork builds a learner's program and checks it.
func (p *program) checkWork(ctx context.Context, w *exercise.Work, g *grading) error {
	command, said, err := w.Language.Build(ctx, w.Dir(), w.Exercise.Name)
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	var bad *check.BuildError
	switch {
	case errors.As(err, &bad):
		fmt.Fprintf(p.err, "%s\n", clean(strings.TrimRight(said, "\n")))
		return fmt.Errorf("it does not build (%s in %s); nothing was checked", strings.Join(bad.Command, " "), w.Dir())
	case err != nil:
		return err
	case said != "":
		fmt.Fprintf(p.err, "%s\n", clean(strings.TrimRight(said, "\n")))
	}
	return p.examine(ctx, w.Exercise, command, w.Dir(), g)
}

// examine checks a program and tells what came of it, in the form asked for.
func (p *program) examine(ctx context.Context, e *exercise.Exercise, command []string, dir string, g *grading) error {
	r := p.newExamination(e, g.json)
	begun := time.Now()
	o := exercise.Options{Lab: netcore.Options{Program: "sockstep " + Version}, Command: command, Dir: dir, Only: g.only}
	out, err := e.Check(ctx, o, r.result)
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err != nil {
		return err
	}
	r.end(out)
	if g.junit != "" {
		if err := writeJUnit(g.junit, e, out, begun); err != nil {
			return err
		}
	}
	if !out.Holds() {
		return &quietError{1}
	}
	return nil
}

// watchWork checks at every save until it is interrupted.
func (p *program) watchWork(ctx context.Context, w *exercise.Work, g *grading) error {
	for {
		seen, err := w.State()
		if err != nil {
			return err
		}
		if err := p.checkWork(ctx, w, g); context.Cause(ctx) != nil {
			return context.Cause(ctx)
		} else if err != nil {
			p.sayOnce(err)
		}
		fmt.Fprintf(p.err, "\nWaiting for a file in %s to be saved. Ctrl-C ends.\n\n", clean(w.Dir()))
		if err := waitForSave(ctx, w, seen); err != nil {
			return err
		}
	}
}

// sayOnce complains of what is not said yet.
func (p *program) sayOnce(err error) {
	var quiet *quietError
	if !errors.As(err, &quiet) {
		p.complain(err)
	}
}

// watchEvery is how often the files of a folder are looked at.
const watchEvery = 250 * time.Millisecond

// waitForSave waits until the sources of a folder are others than they were, and have
// been so for a moment: an editor may write a file in several steps.
func waitForSave(ctx context.Context, w *exercise.Work, seen string) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	last := seen
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
		now, err := w.State()
		if err != nil {
			continue // it is being replaced
		}
		if now != seen && now == last {
			return nil
		}
		last = now
	}
}
