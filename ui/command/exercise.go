package command

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sockstep/lesson/exercise"
	"sockstep/ui/linear"
)

func (p *program) exerciseCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "exercise",
		Short: "Write programs of your own, and have them checked",
		Long: `Write programs of your own, in the language you like, and have them checked as a
patient teacher would. start writes a program with gaps and the task into a folder;
check builds it, runs it in a private network, talks to it as its clients would,
disturbs it (reads of one byte, interrupted calls, clients that vanish), looks at
its calls and at the kernel, and says what holds. What does not is shown with what
was seen, the call that shows it, the belief behind it, and what to try next.

The program finds its port in the environment variable PORT. Nothing of it is left
when the check is over.`,
		Example: `  sockstep exercise list
  sockstep exercise start echo               a folder echo, in C
  sockstep exercise start echo --lang go     the same in Go
  cd echo; sockstep exercise check           build it, run it, say what holds
  sockstep exercise check --watch            the same at every save
  sockstep exercise hint                     the next hint
  sockstep exercise solution --to ../seen    a program that passes`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return misuse("say what to do: sockstep exercise list, start, check, hint, reset or solution")
			}
			return misuse("no command exercise %q; %s", args[0], meant(args[0], []string{"list", "start", "check", "hint", "reset", "solution"}, "commands"))
		},
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	cmd.AddCommand(p.exerciseListCommand(), p.exerciseStartCommand(), p.exerciseCheckCommand(), p.exerciseHintCommand(),
		p.exerciseResetCommand(), p.exerciseSolutionCommand())
	return cmd
}

func (p *program) exerciseListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "Exercises, minutes, languages, the lessons they build on",
		Args:  atMost(0),
		RunE: func(*cobra.Command, []string) error {
			all, err := exercise.All()
			if err != nil {
				return err
			}
			for _, e := range all {
				fmt.Fprintf(p.out, "%-4s %-11s %3d min  %s\n", e.ID, e.Name, e.Minutes, e.Title)
				hang(p.out, p.wrapAt(), "                          ", fmt.Sprintf("%s; after the lessons %s", strings.Join(e.Languages, ", "), strings.Join(e.Lessons, ", ")))
			}
			return nil
		},
	}
}

// exercise finds the exercise of a name, or says which are near.
func (p *program) exercise(name string) (*exercise.Exercise, error) {
	all, err := exercise.All()
	if err != nil {
		return nil, err
	}
	if e := exercise.Find(all, name); e != nil {
		return e, nil
	}
	var names []string
	for _, e := range all {
		names = append(names, e.Name)
	}
	return nil, misuse("no exercise %q; %s", name, meant(name, names, "exercises"))
}

func (p *program) exerciseStartCommand() *cobra.Command {
	var language string
	cmd := &cobra.Command{
		Use:   "start NAME [DIR]",
		Short: "Write the task and a program with gaps into a folder",
		Long: `Write the task (TASK.md), a program with gaps that compiles, and what builds it into
DIR, a new folder of the exercise's name where none is named. A file that is there
and was changed is not written over.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return misuse("name the exercise to start: sockstep exercise start NAME [DIR]")
			}
			return atMost(2)(cmd, args)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			e, err := p.exercise(args[0])
			if err != nil {
				return err
			}
			if !slices.Contains(e.Languages, language) {
				return misuse("%s has no starter in %q; the languages are %s", e.Name, language, strings.Join(e.Languages, ", "))
			}
			dir := e.Name
			if len(args) == 2 {
				dir = args[1]
			}
			return p.startExercise(e, dir, language)
		},
	}
	cmd.Flags().StringVar(&language, "lang", "c", "the `language`: c, cpp, go, python or rust")
	return cmd
}

func (p *program) startExercise(e *exercise.Exercise, dir, language string) error {
	w, done, err := e.Start(dir, language)
	p.tellWritten(dir, done)
	if err != nil {
		return err
	}
	if err := w.Language.Here(); err != nil {
		fmt.Fprintf(p.err, "%s: it is written, and cannot be checked here.\n", clean(err.Error()))
	}
	fmt.Fprintf(p.err, "The task is in %s. When you have written something:\n  sockstep exercise check %s\n", clean(filepath.Join(dir, "TASK.md")), clean(argument(dir)))
	return nil
}

// argument is a folder as an argument in a shell.
func argument(dir string) string {
	if strings.ContainsFunc(dir, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-/", r))
	}) {
		return "'" + strings.ReplaceAll(dir, "'", `'\''`) + "'"
	}
	return dir
}

func (p *program) tellWritten(dir string, done []exercise.Written) {
	for _, f := range done {
		name := clean(filepath.Join(dir, f.Name))
		switch {
		case f.Kept:
			fmt.Fprintf(p.err, "%s is there and was changed: it was left as it is\n", name)
		case f.Aside != "":
			fmt.Fprintf(p.out, "%s (yours is kept as %s)\n", name, clean(f.Aside))
		default:
			fmt.Fprintln(p.out, name)
		}
	}
}

// work finds the learner's folder: DIR, or the one we are in, of exercise NAME where
// that is given. The words can be NAME, DIR, or both in that order.
func (p *program) work(args []string) (*exercise.Work, error) {
	all, err := exercise.All()
	if err != nil {
		return nil, err
	}
	var e *exercise.Exercise
	dir := "."
	switch {
	case len(args) == 2:
		if e, err = p.exercise(args[0]); err != nil {
			return nil, err
		}
		dir = args[1]
	case len(args) == 1:
		// A folder of an exercise's name is meant before the exercise.
		_, wrong := os.Stat(filepath.Join(args[0], exercise.Memory))
		if e = exercise.Find(all, args[0]); e == nil || wrong == nil {
			dir = args[0]
		}
	}
	w, err := exercise.Open(dir)
	switch {
	case errors.Is(err, exercise.ErrNoMemory) && e != nil:
		return e.Guess(dir)
	case errors.Is(err, exercise.ErrNoMemory) && len(args) == 1 && !isFolder(dir):
		_, err := p.exercise(args[0])
		return nil, err
	case errors.Is(err, exercise.ErrNoMemory):
		return nil, misuse("%v; or name the exercise", err)
	case err != nil:
		return nil, err
	case e != nil && w.Exercise != e:
		return nil, misuse("the exercise of the folder %s is %s, not %s", dir, w.Exercise.Name, e.Name)
	}
	return w, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func (p *program) exerciseHintCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "hint [NAME] [DIR]",
		Short: "The next hint; the last one says what to write",
		Args:  atMost(2),
		RunE: func(_ *cobra.Command, args []string) error {
			w, err := p.work(args)
			if err != nil {
				return err
			}
			n, text, err := w.NextHint()
			if err != nil {
				return err
			}
			fmt.Fprintf(p.out, "Hint %d of %d\n\n", n, len(w.Exercise.Hints))
			if width := p.wrapAt(); width > 0 {
				linear.NewOutput(p.out, width).Prose(text)
			} else {
				fmt.Fprintln(p.out, text)
			}
			return nil
		},
	}
}

func (p *program) exerciseResetCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "reset [NAME] [DIR]",
		Short: "Write the starter again; your files are kept beside it",
		Args:  atMost(2),
		RunE: func(_ *cobra.Command, args []string) error {
			w, err := p.work(args)
			if err != nil {
				return err
			}
			done, err := w.Reset()
			p.tellWritten(w.Dir(), done)
			return err
		},
	}
}

func (p *program) exerciseSolutionCommand() *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:   "solution [NAME] [DIR]",
		Short: "A program that passes, in C: printed, or written into a folder",
		Long: `Print a program that passes the check, in C, or write it into a folder with --to.
One learns more by trying first: the hints go all the way (sockstep exercise hint).`,
		Args: atMost(2),
		RunE: func(_ *cobra.Command, args []string) error {
			e, err := p.solved(args)
			if err != nil {
				return err
			}
			files, err := e.Solution()
			if err != nil {
				return err
			}
			fmt.Fprintln(p.err, "This is a program that passes. There are others; yours need not look like it.")
			if to == "" {
				p.printFiles(files)
				return nil
			}
			return p.writeFiles(to, files)
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "write it into this `folder` instead of printing it")
	return cmd
}

// solved is the exercise whose solution is asked for: no folder is needed.
func (p *program) solved(args []string) (*exercise.Exercise, error) {
	if len(args) == 1 {
		if all, err := exercise.All(); err == nil {
			if e := exercise.Find(all, args[0]); e != nil {
				return e, nil
			}
		}
	}
	w, err := p.work(args)
	if err != nil {
		return nil, err
	}
	return w.Exercise, nil
}

// printFiles prints sources; what builds them is printed only where it is unusual.
func (p *program) printFiles(files map[string][]byte) {
	names := slices.Sorted(maps.Keys(files))
	names = slices.DeleteFunc(names, func(n string) bool { return n == "Makefile" && len(names) == 2 })
	for _, name := range names {
		if len(names) > 1 {
			fmt.Fprintf(p.out, "--- %s\n", name)
		}
		fmt.Fprint(p.out, clean(string(files[name])))
	}
}

// writeFiles writes files that must not be there yet, all or none.
func (p *program) writeFiles(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("open the folder: %w", err)
	}
	defer root.Close()
	names := slices.Sorted(maps.Keys(files))
	for _, name := range names {
		if _, err := root.Lstat(name); err == nil {
			return fmt.Errorf("%s is there already: name another folder", filepath.Join(dir, name))
		}
	}
	for _, name := range names {
		if err := root.WriteFile(name, files[name], 0o666); err != nil {
			return fmt.Errorf("write the solution: %w", err)
		}
		fmt.Fprintln(p.out, clean(filepath.Join(dir, name)))
	}
	return nil
}
