package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"sockstep/lesson"
)

func (p *program) listingCommand() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "listing LESSON [DIR]",
		Short: "Write a lesson's programs out, ready to compile",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return misuse("name the lesson whose programs you want: sockstep listing LESSON [DIR]")
			}
			return atMost(2)(cmd, args)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			course, err := p.course()
			if err != nil {
				return fmt.Errorf("open the course: %w", err)
			}
			l, err := find(course, args[0])
			if err != nil {
				return err
			}
			dir := "."
			if len(args) == 2 {
				dir = args[1]
			}
			return p.listing(l, dir, force)
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "write over files that are there")
	p.courseFlag(cmd)
	return cmd
}

// listing writes the programs of a lesson into dir, which is made where there is
// none. Without force nothing is written when one of the files is there.
func (p *program) listing(l *lesson.Lesson, dir string, force bool) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	programs := listingsOf(l)
	if there := existing(programs, dir); len(there) > 0 && !force {
		return fmt.Errorf("%s there already: name another folder, or write over it with --force", strings.Join(there, " and ")+verb(len(there)))
	}
	for _, r := range programs {
		if err := p.writeListing(r, dir, force); err != nil {
			return err
		}
		p.buildHint(l, r, filepath.Join(dir, r.File))
	}
	return nil
}

func verb(n int) string {
	if n == 1 {
		return " is"
	}
	return " are"
}

// programsOf are the roles of a lesson with different programs.
func programsOf(l *lesson.Lesson) []lesson.Role {
	var out []lesson.Role
	seen := map[string]bool{}
	for _, r := range l.Cast {
		if !seen[r.File] {
			seen[r.File] = true
			out = append(out, r)
		}
	}
	return out
}

// listingsOf are the programs of a lesson, and what its steps have compiled or watch.
func listingsOf(l *lesson.Lesson) []lesson.Role {
	out := programsOf(l)
	for _, c := range l.Units() {
		out = append(out, lesson.Role{File: c.File, Source: c.Source})
	}
	for _, w := range l.Watches() {
		out = append(out, lesson.Role{File: w.File, Source: w.Source})
	}
	return out
}

func existing(programs []lesson.Role, dir string) []string {
	var there []string
	for _, r := range programs {
		path := filepath.Join(dir, r.File)
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			there = append(there, path)
		}
	}
	return there
}

func (p *program) writeListing(r lesson.Role, dir string, force bool) error {
	path := filepath.Join(dir, r.File)
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(path, flags, 0o666)
	if err != nil {
		return fmt.Errorf("write the program: %w", err)
	}
	_, err = f.Write([]byte(r.Source))
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write the program: %w", err)
	}
	fmt.Fprintf(p.out, "%s\n", clean(path))
	return nil
}

// buildHint says how a listing is built, or what else is done with it.
func (p *program) buildHint(l *lesson.Lesson, r lesson.Role, path string) {
	for _, w := range l.Watches() {
		switch {
		case w.File != r.File:
		case w.Build() != "":
			fmt.Fprintf(p.err, "  %s && %s\n", clean(w.Build()), clean(w.Start()))
			return
		default:
			fmt.Fprintf(p.err, "  %s\n", clean(w.Start()))
			return
		}
	}
	out := strings.TrimSuffix(path, filepath.Ext(path))
	switch {
	case r.Program != nil:
		fmt.Fprintf(p.err, "  cc -std=c11 -D_GNU_SOURCE -Wall -Wextra -o %s %s\n", clean(out), clean(path))
	case filepath.Ext(path) == ".cpp": // a file the lesson shows to the compiler, and no program
		fmt.Fprintf(p.err, "  c++ -Wall -Wextra -fsyntax-only %s\n", clean(path))
	default:
		fmt.Fprintf(p.err, "  cc -Wall -Wextra -fsyntax-only %s\n", clean(path))
	}
}
