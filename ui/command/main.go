package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"sockstep/lesson"
	"sockstep/netcore"
)

// Version is the program's version.
const Version = "0.1.0"

// program is one run of the program: where it reads and writes, and how it gets
// at what it shows.
type program struct {
	in  *os.File
	out *os.File
	err io.Writer

	course   func() (*lesson.Course, error)
	progress func() *lesson.Progress
	opener   lesson.Opener
	linear   bool
	theme    string
	dir      string    // of the course; empty: the built-in one
	language string    // of the lessons; empty: the environment's, or the original's
	rec      *recorder // of learn and play, nil unless asked for
}

// Main runs the command line args, whose first element is the program's name,
// and returns the exit status. It blocks until the command is done.
func Main(ctx context.Context, args []string) int {
	p := &program{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		opener: lesson.OpenLab(netcore.Options{Program: "sockstep " + Version}),
	}
	p.course = p.openCourse
	p.progress = func() *lesson.Progress { return lesson.UserProgress(p.keptAt()) }
	if runtime.GOOS == "windows" && !asksForHelp(args[1:]) {
		p.complain(errors.New("sockstep needs the sockets of a Unix system: install WSL (wsl --install), and run it inside"))
		return 1
	}
	return p.main(ctx, args[1:])
}

func (p *program) main(ctx context.Context, args []string) int {
	err := p.execute(ctx, args)
	if err == nil {
		return 0
	}
	var quiet *quietError
	if !errors.As(err, &quiet) {
		p.complain(err)
	}
	return status(err)
}

func (p *program) complain(err error) {
	fmt.Fprintf(p.err, "sockstep: %s\n", clean(err.Error()))
}
