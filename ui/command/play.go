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
	"sockstep/netcore"
	"sockstep/ui/linear"
)

// largest is the size in bytes above which a file is no program to play with.
const largest = 1 << 20

func (p *program) playCommand() *cobra.Command {
	var wire bool
	var rec records
	cmd := &cobra.Command{
		Use:   "play [SERVER.c CLIENT.c]",
		Short: "Free play: every side yours, any line, any order",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return misuse("play takes two programs or none: sockstep play SERVER.c CLIENT.c")
			}
			return atMost(2)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			cast, err := p.cast(args, wire)
			if err := errors.Join(err, rec.check()); err != nil {
				return err
			}
			p.rec = rec.open()
			defer p.endRecord()
			return p.play(cmd.Context(), cast, game{wire: wire, files: len(args) > 0})
		},
	}
	cmd.Flags().BoolVar(&wire, "wire", false, "you are the network too: server and client each in one of their own, joined by a wire you hold")
	rec.flags(cmd)
	return cmd
}

// game is what kind of free play is wanted.
type game struct {
	wire  bool // the learner is the network
	files bool // with programs of their own
}

// wireLesson is the lesson whose programs talk over the wire.
const wireLesson = "lost"

// cast is the cast of the files named, or that of a lesson: for the wire the one that
// plays there, where the course has it.
func (p *program) cast(files []string, wire bool) ([]lesson.Role, error) {
	if len(files) == 0 {
		course, err := p.course()
		if err != nil {
			return nil, fmt.Errorf("open the course: %w", err)
		}
		return playCast(course, wire), nil
	}
	var cast []lesson.Role
	var wrong []error
	for i, name := range []string{"server", "client"} {
		role, err := readRole(name, files[i])
		cast, wrong = append(cast, role), append(wrong, err)
	}
	return cast, errors.Join(wrong...)
}

func playCast(course *lesson.Course, wire bool) []lesson.Role {
	if l := course.Lesson(wireLesson); wire && l != nil {
		return l.Cast
	}
	return course.Lessons[0].Cast
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

// addresses say what programs that talk over the wire have to be told.
func (g game) addresses() string {
	if !g.wire || !g.files {
		return ""
	}
	return fmt.Sprintf("On the wire the server's address is %s and the client's %s; 127.0.0.1 is each one's own.", netcore.ServerAddress, netcore.ClientAddress)
}

func (p *program) play(ctx context.Context, cast []lesson.Role, g game) error {
	if !p.plain() {
		return p.playScreen(ctx, cast, g)
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	s := p.rec.record(lesson.NewPlay(cast, g.wire, p.opener))
	in := linear.NewInput(p.in, !p.typing())
	_, err := linear.Play(ctx, s, in, linear.NewOutput(p.out, p.columns()), linear.Options{
		Export: exporter(""), Remarks: once(g.addresses()), Practise: p.practise, Search: searcher(&lesson.Course{}),
	})
	if closing := s.Close(); err == nil && closing != nil {
		err = fmt.Errorf("close the lab: %w", closing)
	}
	return err
}

// once returns a remark the first time it is asked, unless that is empty.
func once(remark string) func() []string {
	return func() []string {
		if remark == "" {
			return nil
		}
		said := remark
		remark = ""
		return []string{said}
	}
}
