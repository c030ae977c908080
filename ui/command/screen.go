package command

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/charmbracelet/colorprofile"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui"
	"sockstep/ui/terminal"
)

// plain reports whether the plain lines are to be used: asked for, or because
// the terminal has no screen.
func (p *program) plain() bool {
	if p.linear {
		return true
	}
	ok, _ := terminal.Usable(p.in, p.out)
	return !ok
}

// learnScreen opens the course, or its outline and what reads it whole, on the whole
// screen.
func (p *program) learnScreen(ctx context.Context, course *lesson.Course, whole func() *lesson.Course, progress *lesson.Progress, v visit) error {
	guard := &guardian{open: p.opener, file: p.in, between: v.lesson == ""}
	if v.lesson != "" {
		guard.begin(ctx, course.Lesson(v.lesson).World())
	}
	o := p.courseOptions(course, whole, progress, guard)
	o.Lesson, o.Step = v.lesson, v.step
	_, err := p.screen(ctx, guard, o)
	return err
}

// courseOptions open a course on the screen, or its outline with what reads it whole.
// Questions run in labs of their own,
// beside the one that guards the terminal.
func (p *program) courseOptions(course *lesson.Course, whole func() *lesson.Course, progress *lesson.Progress, guard *guardian) ui.Options {
	cast := func() []lesson.Role {
		if whole != nil {
			return whole().Lessons[0].Cast
		}
		return course.Lessons[0].Cast
	}
	return ui.Options{
		Course:   course,
		Whole:    whole,
		Open:     func(l *lesson.Lesson) ui.Session { return p.rec.record(lesson.NewSession(l, guard.opener)) },
		Play:     func() ui.Session { return p.rec.record(lesson.NewPlay(cast(), false, guard.opener)) },
		Practise: p.practise,
		Progress: progress,
	}
}

func (p *program) playScreen(ctx context.Context, cast []lesson.Role, g game) error {
	if g.wire && !possible(ctx) {
		return fmt.Errorf("%w, and this machine gives none (sockstep doctor says why, and what helps)", netcore.ErrNoWire)
	}
	if text := g.addresses(); text != "" {
		fmt.Fprintf(p.err, "sockstep: %s\n", text)
	}
	guard := &guardian{open: p.opener, file: p.in}
	_, err := p.screen(ctx, guard, ui.Options{
		Play:    func() ui.Session { return p.rec.record(lesson.NewPlay(cast, g.wire, guard.opener)) },
		Playing: true,
	})
	return err
}

// possible reports whether there can be a wire.
func possible(ctx context.Context) bool { return netcore.Probe(ctx).Tier.Private() }

// screen runs the full-screen program until it ends, closes what it opened, and
// returns it as it was last.
func (p *program) screen(ctx context.Context, guard *guardian, o ui.Options) (ui.Model, error) {
	o.Machine = machineSentence
	o.Save = saveIn(".")
	o.Theme = p.theme
	if p.theme == "auto" {
		o.Theme = ""
	}
	o.Depth = depth(os.Environ())
	o.ASCII = !speaksUTF8(os.Getenv)
	model := ui.New(o)
	defer guard.close()
	last, err := terminal.Run(ctx, model, terminal.Options{In: p.in, Out: p.out, Err: p.err, Guard: guard.terminal})
	if m, ok := last.(ui.Model); ok {
		model = m
	}
	if closing := model.Close(); err == nil && closing != nil {
		return model, fmt.Errorf("close the lab: %w", closing)
	}
	return model, err
}

// depth is how many colours the environment promises.
func depth(env []string) ui.Depth {
	switch terminal.Profile(env) {
	case colorprofile.TrueColor, colorprofile.ANSI256:
		return ui.DepthFull
	case colorprofile.ANSI:
		return ui.Depth16
	}
	return ui.DepthMono
}

// speaksUTF8 reports whether the locale says that the terminal takes UTF-8. An
// environment that says nothing at all is taken to.
func speaksUTF8(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := getenv(name); v != "" {
			v = strings.ToLower(v)
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return true
}
