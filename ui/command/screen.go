package command

import (
	"context"

	"sockstep/lesson"
)

// plain reports whether the plain lines are to be used.
func (p *program) plain() bool { return true }

func (p *program) learnScreen(ctx context.Context, course *lesson.Course, progress *lesson.Progress, v visit) error {
	return p.learnLinear(ctx, course, progress, v)
}

func (p *program) playScreen(ctx context.Context, cast []lesson.Role) error { return nil }
