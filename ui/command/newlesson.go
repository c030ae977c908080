package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"sockstep/lesson"
)

func (p *program) newLessonCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "new-lesson DIR",
		Short: "For teachers: write a course with one small lesson, to begin with",
		Long: `Write a course with one small lesson into DIR: its list of lessons, the lesson's text
and its two programs, with remarks on what may stand where. It runs as it is
(sockstep learn --course DIR), and sockstep lint DIR finds nothing wrong with it.
Nothing is written over.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return misuse("name the folder for the lesson: sockstep new-lesson DIR")
			}
			return atMost(1)(cmd, args)
		},
		RunE: func(_ *cobra.Command, args []string) error { return p.newLesson(args[0]) },
	}
}

// newLesson writes the starter into dir, which is made where there is none. Nothing
// is written when one of the files is there.
func (p *program) newLesson(dir string) error {
	files, err := lesson.StarterFiles()
	if err != nil {
		return err
	}
	names, err := filesOf(files)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("open the folder: %w", err)
	}
	defer root.Close()
	for _, name := range names {
		if _, err := root.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is there already: name another folder", filepath.Join(dir, name))
		}
	}
	for _, name := range names {
		if err := p.writeNew(root, files, name); err != nil {
			return fmt.Errorf("write the lesson: %w", err)
		}
		fmt.Fprintln(p.out, clean(filepath.Join(dir, name)))
	}
	fmt.Fprintf(p.err, "  sockstep learn --course %s\n  sockstep lint %[1]s\n", clean(dir))
	return nil
}

// filesOf are the names of all files, those of a folder behind one another.
func filesOf(files fs.FS) (names []string, err error) {
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	return names, err
}

// writeNew writes a file that must not be there yet, and the folder it is in.
func (p *program) writeNew(root *os.Root, files fs.FS, name string) error {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	if err := root.MkdirAll(path.Dir(name), 0o777); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}
