package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"sockstep/lesson"
	"sockstep/netcore/compiler"
)

func (p *program) lintCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lint [DIR]",
		Short: "For teachers: run a course, and say what is wrong with it",
		Long: `Run every step of every lesson in the course in DIR, or in the built-in one, on
this kernel, and say what is wrong with file and line: an expectation that does not
hold, a label or a program that is missing, a question without a right answer, a
program that does not compile cleanly (or not with the warnings it declares), a text
that has to be scrolled in a window of 80x24, and words of a translation for what is
not there any more. The exit status is 1 if anything was found. What this machine
cannot show, and what a translation leaves out, is a note and no finding.`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.oneCourse(args); err != nil {
				return err
			}
			return p.lint(cmd.Context())
		},
	}
	p.courseFlag(cmd)
	return cmd
}

func (p *program) lint(ctx context.Context) error {
	files, end, err := courseFiles(p.dir)
	if err != nil {
		return fmt.Errorf("open the course: %w", err)
	}
	defer end()
	ctx, stop := interruptible(ctx)
	defer stop()
	l := &linter{p: p, files: files}
	course, err := lesson.Load(files)
	if err != nil {
		return l.unread(err)
	}
	l.course = course
	if l.cc, err = compiler.Find(); err != nil {
		l.note(lesson.Problem{File: "course.yaml", Text: err.Error() + ": the programs were not compiled"})
	}
	for _, one := range course.Lessons {
		if err := l.lesson(ctx, one); err != nil {
			return err
		}
	}
	return l.summary()
}

// linter looks through one course.
type linter struct {
	p      *program
	files  fs.FS
	course *lesson.Course
	cc     string // the C compiler; empty: there is none
	found  int
	noted  int
	steps  int
	said   map[lesson.Problem]bool
}

// find prints something wrong.
func (l *linter) find(f lesson.Problem) {
	if l.fresh(f) {
		l.found++
		l.print(f)
	}
}

// note prints what is not wrong and good to know.
func (l *linter) note(f lesson.Problem) {
	f.Text = "note: " + f.Text
	if l.fresh(f) {
		l.noted++
		l.print(f)
	}
}

// fresh reports whether a thing has not been said yet.
func (l *linter) fresh(f lesson.Problem) bool {
	if l.said == nil {
		l.said = map[lesson.Problem]bool{}
	}
	old := l.said[f]
	l.said[f] = true
	return !old
}

func (l *linter) print(f lesson.Problem) {
	if l.p.dir != "" {
		f.File = filepath.Join(l.p.dir, filepath.FromSlash(f.File))
	}
	fmt.Fprintln(l.p.out, clean(f.String()))
}

// unread says why a course could not be read. Nothing of it was run.
func (l *linter) unread(err error) error {
	var le *lesson.LoadError
	if !errors.As(err, &le) {
		return fmt.Errorf("open the course: %w", err)
	}
	for _, f := range le.Problems {
		l.find(f)
	}
	more := ""
	if le.More {
		more = " and more"
	}
	fmt.Fprintf(l.p.out, "%s%s; nothing was run\n", count(l.found, "finding"), more)
	return &quietError{1}
}

func (l *linter) summary() error {
	fmt.Fprintf(l.p.out, "%s, %s, %s: %s, %s\n", count(len(l.course.Lessons), "lesson"), count(l.steps, "step"),
		count(len(lesson.Languages(l.files, l.course)), "language"), count(l.found, "finding"), count(l.noted, "note"))
	if l.found > 0 {
		return &quietError{1}
	}
	return nil
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// lesson looks through one lesson: its translations, its programs, its steps.
func (l *linter) lesson(ctx context.Context, one *lesson.Lesson) error {
	fmt.Fprintf(l.p.err, "%s: %s\n", clean(one.Name), count(len(one.Steps), "step"))
	l.steps += len(one.Steps)
	translations := l.translations(one)
	if err := l.programs(ctx, one); err != nil {
		return err
	}
	return l.rehearse(ctx, one, translations)
}

// translations reads a lesson's words in the other languages of the course.
func (l *linter) translations(one *lesson.Lesson) (all []*lesson.Translation) {
	for _, language := range lesson.Languages(l.files, l.course)[1:] {
		t, err := lesson.LoadTranslation(l.files, one, language)
		var le *lesson.LoadError
		switch {
		case errors.As(err, &le):
			for _, f := range le.Problems {
				l.find(f)
			}
		case err != nil:
			l.note(lesson.Problem{File: one.Name + "/lesson.md", Text: fmt.Sprintf("the lesson is not there in %q", language)})
		default:
			all = append(all, t)
			l.translation(t)
		}
	}
	return all
}

func (l *linter) translation(t *lesson.Translation) {
	for _, f := range t.Stale {
		l.find(f)
	}
	for _, f := range t.Missing {
		l.note(f)
	}
}

// programs compiles a lesson's programs: cleanly, or with the warnings they declare
// and no other.
func (l *linter) programs(ctx context.Context, one *lesson.Lesson) error {
	if l.cc == "" {
		return nil
	}
	programs := programsOf(one)
	for _, w := range one.Watches() {
		if w.Own() && w.Language() == "C" { // of another course a file is given to nobody
			programs = append(programs, lesson.Role{File: w.File, Source: w.Source})
		}
	}
	for _, r := range programs {
		file := one.Name + "/" + r.File
		said, err := compiler.Check(ctx, l.cc, r.Source)
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		if err != nil {
			l.find(lesson.Problem{File: file, Text: err.Error()})
			continue
		}
		l.complaints(file, r, said)
	}
	return nil
}

func (l *linter) complaints(file string, r lesson.Role, said []compiler.Complaint) {
	given := map[string]bool{}
	for _, c := range said {
		given[c.Option] = true
		if !slices.Contains(r.Warnings, c.Option) {
			l.find(lesson.Problem{File: file, Line: c.Line, Text: fmt.Sprintf("does not compile cleanly: %s%s", c.Text, bracketed(c.Option))})
		}
	}
	for _, w := range r.Warnings {
		if !given[w] {
			l.find(lesson.Problem{File: file, Text: "declares the warning " + w + " and does not give it: take it out of the cast in lesson.md"})
		}
	}
}

func bracketed(option string) string {
	if option == "" {
		return ""
	}
	return " [" + option + "]"
}
