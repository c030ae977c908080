package command

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"sockstep/lesson"
)

// languageVariable names the language of the lessons where --lang does not.
const languageVariable = "SOCKSTEP_LANG"

// courseFlag adds --course to a command that reads lessons.
func (p *program) courseFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.dir, "course", "", "the course in the folder `DIR` instead of the one that is built in")
}

// wordsFlags adds --course and --lang to a command that shows the words of lessons.
func (p *program) wordsFlags(cmd *cobra.Command) {
	p.courseFlag(cmd)
	cmd.Flags().StringVar(&p.language, "lang", "", "the lessons' language, as its `CODE`: de (or set "+languageVariable+")")
}

// openCourse reads the course that is wanted, in the language that is wanted. It
// runs nothing, and reads nothing outside the course's folder.
func (p *program) openCourse() (*lesson.Course, error) {
	files, end, err := courseFiles(p.dir)
	if err != nil {
		return nil, err
	}
	defer end()
	c, err := lesson.LoadIn(files, p.wantedLanguage())
	var not *lesson.LanguageError
	switch {
	case !errors.As(err, &not):
		return c, located(err, p.dir)
	case p.language != "":
		return nil, misuse("%v", not)
	}
	return lesson.Load(files) // what the environment says is a wish
}

func (p *program) wantedLanguage() string {
	if p.language != "" {
		return p.language
	}
	return os.Getenv(languageVariable)
}

// ownCourse reports whether the built-in course is wanted as it was written.
func (p *program) ownCourse() bool { return p.dir == "" && p.wantedLanguage() == "" }

// courseFiles opens the folder of a course, or the built-in one. Nothing outside the
// folder can be reached through it, not by a link either. end lets go of it.
func courseFiles(dir string) (files fs.FS, end func(), err error) {
	if dir == "" {
		files, err = lesson.BuiltinFiles()
		return files, func() {}, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, err
	}
	return root.FS(), func() { _ = root.Close() }, nil
}

// located puts the course's folder before the names of its files.
func located(err error, dir string) error {
	var le *lesson.LoadError
	if dir == "" || !errors.As(err, &le) {
		return err
	}
	own := &lesson.LoadError{More: le.More}
	for _, f := range le.Problems {
		f.File = filepath.Join(dir, filepath.FromSlash(f.File))
		own.Problems = append(own.Problems, f)
	}
	return own
}

// keptAt is what progress is kept under: a course in a folder has its own, for its
// lessons may have the names of others.
func (p *program) keptAt() string {
	if p.dir == "" {
		return ""
	}
	abs, err := filepath.Abs(p.dir)
	if err != nil {
		return p.dir
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		return real
	}
	return abs
}

// oneCourse is the folder named by an argument or by --course.
func (p *program) oneCourse(args []string) error {
	if len(args) == 0 {
		return nil
	}
	if p.dir != "" {
		return misuse("name the course once: as the folder %s, or with --course", strings.TrimSpace(args[0]))
	}
	if args[0] == "" {
		return misuse("name the folder of the course")
	}
	p.dir = args[0]
	return nil
}
