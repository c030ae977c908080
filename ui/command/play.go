package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"sockstep/lesson"
	"sockstep/lesson/cprog"
	"sockstep/ui/linear"
)

// largest is the size in bytes above which a file is no program to play with.
const largest = 1 << 20

func (p *program) playCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "play [SERVER.c CLIENT.c]",
		Short: "Free play: every side yours, any line, any order",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return misuse("play takes two programs or none: sockstep play SERVER.c CLIENT.c")
			}
			return atMost(2)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			cast, err := p.cast(args)
			if err != nil {
				return err
			}
			return p.play(cmd.Context(), cast)
		},
	}
}

// cast is the cast of the files named, or that of the first lesson.
func (p *program) cast(files []string) ([]lesson.Role, error) {
	if len(files) == 0 {
		course, err := p.course()
		if err != nil {
			return nil, fmt.Errorf("open the course: %w", err)
		}
		return course.Lessons[0].Cast, nil
	}
	var cast []lesson.Role
	var wrong []error
	for i, name := range []string{"server", "client"} {
		role, err := readRole(name, files[i])
		cast, wrong = append(cast, role), append(wrong, err)
	}
	return cast, errors.Join(wrong...)
}

func readRole(name, file string) (lesson.Role, error) {
	info, err := os.Stat(file)
	if err != nil {
		return lesson.Role{}, fmt.Errorf("read the %s's program: %w", name, err)
	}
	if !info.Mode().IsRegular() || info.Size() > largest {
		return lesson.Role{}, fmt.Errorf("%s is no C program: a regular file of at most %d bytes is wanted", file, largest)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return lesson.Role{}, fmt.Errorf("read the %s's program: %w", name, err)
	}
	prog, err := cprog.Parse(filepath.Base(file), text)
	if err != nil {
		return lesson.Role{}, err
	}
	return lesson.Role{Name: name, File: filepath.Base(file), Program: prog}, nil
}

func (p *program) play(ctx context.Context, cast []lesson.Role) error {
	if !p.plain() {
		return p.playScreen(ctx, cast)
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	s := lesson.NewPlay(cast, p.opener)
	in := linear.NewInput(p.in, !p.typing())
	_, err := linear.Play(ctx, s, in, linear.NewOutput(p.out, p.columns()), linear.Options{})
	if closing := s.Close(); err == nil && closing != nil {
		err = fmt.Errorf("close the lab: %w", closing)
	}
	return err
}
