package command

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/charmbracelet/colorprofile"

	"sockstep/lesson"
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

func (p *program) learnScreen(ctx context.Context, course *lesson.Course, progress *lesson.Progress, v visit) error {
	guard := &guardian{open: p.opener, file: p.in, between: v.lesson == ""}
	if v.lesson != "" {
		guard.begin(ctx, v.lesson)
	}
	return p.screen(ctx, guard, ui.Options{
		Course:   course,
		Open:     func(l *lesson.Lesson) ui.Session { return lesson.NewSession(l, guard.opener) },
		Play:     func() ui.Session { return lesson.NewPlay(course.Lessons[0].Cast, guard.opener) },
		Progress: progress,
		Lesson:   v.lesson,
		Step:     v.step,
	})
}

func (p *program) playScreen(ctx context.Context, cast []lesson.Role) error {
	guard := &guardian{open: p.opener, file: p.in}
	return p.screen(ctx, guard, ui.Options{
		Play:    func() ui.Session { return lesson.NewPlay(cast, guard.opener) },
		Playing: true,
	})
}

// screen runs the full-screen program until it ends, and closes what it opened.
func (p *program) screen(ctx context.Context, guard *guardian, o ui.Options) error {
	o.Machine = machineSentence
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
		return fmt.Errorf("close the lab: %w", closing)
	}
	return err
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
