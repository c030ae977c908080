package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"sockstep/lesson"
	"sockstep/lesson/placement"
	"sockstep/ui/linear"
)

// visit is what a learner opens.
type visit struct {
	lesson string // empty: the course
	step   int    // to jump to, from 1; 0: where it was left
	rec    records
}

func (p *program) learnCommand() *cobra.Command {
	var at string
	var rec records
	cmd := &cobra.Command{
		Use:   "learn [LESSON]",
		Short: "Open the course, or a lesson where you left it",
		Args:  atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			v := visit{rec: rec}
			if len(args) == 1 {
				v.lesson = args[0]
			}
			return p.learnAt(cmd.Context(), v, at)
		},
	}
	cmd.Flags().StringVar(&at, "at", "", "go to this `STEP`, a number or a name; the steps before it really run")
	rec.flags(cmd)
	p.wordsFlags(cmd)
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
	if !p.plain() && p.ownCourse() {
		return p.learnList(ctx, v)
	}
	course, err := p.course()
	if err != nil {
		return fmt.Errorf("open the course: %w", err)
	}
	if v.lesson != "" {
		if _, err := find(course, v.lesson); err != nil {
			return err
		}
	}
	return p.learnFrom(v, func(progress *lesson.Progress) error {
		if p.plain() {
			return p.learnLinear(ctx, course, progress, v)
		}
		return p.learnScreen(ctx, course, nil, progress, v)
	})
}

// learnFrom has something learnt with the progress that is kept and the record that was
// asked for, and ends both.
func (p *program) learnFrom(v visit, learn func(*lesson.Progress) error) error {
	if err := v.rec.check(); err != nil {
		return err
	}
	p.rec = v.rec.open()
	progress := p.progress()
	err := learn(progress)
	_ = p.endProgress(progress)
	p.endRecord()
	return err
}

// learnList opens the built-in course on the whole screen: its list or one lesson at
// once, and the others as soon as they are read.
func (p *program) learnList(ctx context.Context, v visit) error {
	files, err := lesson.BuiltinFiles()
	if err != nil {
		return fmt.Errorf("open the course: %w", err)
	}
	outline, err := lesson.OutlineWith(files, v.lesson)
	if err != nil {
		return fmt.Errorf("open the course: %w", err)
	}
	if v.lesson != "" {
		if _, err := find(outline, v.lesson); err != nil {
			return err
		}
	}
	whole := sync.OnceValue(func() *lesson.Course {
		course, err := p.course()
		if err != nil {
			panic(fmt.Sprintf("the built-in course: %v", err)) // it is compiled in
		}
		return course
	})
	return p.learnFrom(v, func(progress *lesson.Progress) error {
		return p.learnScreen(ctx, outline, whole, progress, v)
	})
}

// endRecord ends the files of the record, and says what of it could not be written. The
// learner's lesson has not failed of that.
func (p *program) endRecord() {
	if err := p.rec.close(nil); err != nil {
		p.complain(err)
	}
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
		end, err := p.playLinear(ctx, course, course.Lesson(v.lesson), progress, v.step, in, out)
		return p.linearEnd(end, err, v.lesson)
	}
	for {
		l, err := linear.Choose(ctx, in, out, p.choices(course, progress))
		if err != nil || l == nil {
			return err
		}
		end, err := p.playLinear(ctx, course, l, progress, 0, in, out)
		if errors.Is(err, lesson.ErrPrivate) {
			p.complain(err) // others may open
			continue
		}
		if err != nil || end == linear.OutOfInput {
			return p.linearEnd(end, err, l.Name)
		}
	}
}

// choices are the lessons of the course as the list shows them. Enter alone takes the
// one that was left, or the one after it when that is done.
func (p *program) choices(course *lesson.Course, progress *lesson.Progress) linear.Menu {
	m := linear.Menu{Remarks: progress.Remarks(), Search: searcher(course)}
	if progress.Last() == "" && progress.Placement().Times == 0 && placement.Possible(course) {
		m.Remarks = append(m.Remarks, "New to this, or not quite? sockstep placement asks twelve questions and says where to start.")
	}
	for i, l := range course.Lessons {
		m.Lessons = append(m.Lessons, linear.Choice{Lesson: l, Done: done(l, progress)})
		if kept, _ := progress.Lesson(l.Name); l.Name == progress.Last() {
			m.Default = i
			if kept.Journal.Done {
				m.Default = min(i+1, len(course.Lessons)-1)
			}
		}
	}
	return m
}

func (p *program) playLinear(ctx context.Context, course *lesson.Course, l *lesson.Lesson, progress *lesson.Progress, at int, in *linear.Input, out *linear.Output) (linear.End, error) {
	o := linear.Options{
		At:       at,
		Save:     func(j lesson.Journal) { progress.Keep(l, j) },
		Remarks:  progress.Remarks,
		Export:   exporter(l.Name),
		Practise: p.practise,
		Search:   searcher(course),
	}
	o.Recall = lesson.FirstBelief(progress.Opened(l.Name))
	o.Recalled = func(belief string, m lesson.Mark) { progress.Recalled(l.Name, belief, m) }
	if kept, ok := progress.Lesson(l.Name); ok && !kept.Journal.Done {
		o.Resume = &kept.Journal
	}
	s := p.rec.record(lesson.NewSession(l, p.opener))
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
