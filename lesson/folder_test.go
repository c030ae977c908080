package lesson

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// written is the good lesson with its translation in a folder, and beside it a
// lesson that does not belong to the course.
func written(t *testing.T) (course, outside string) {
	t.Helper()
	top := t.TempDir()
	course, outside = filepath.Join(top, "course"), filepath.Join(top, "outside")
	for _, dir := range []string{course, outside} {
		if err := os.CopyFS(dir, inGerman(german)); err != nil {
			t.Fatal(err)
		}
	}
	return course, outside
}

// TestAFolderIsNotLeft puts links to what lies outside in the place of every file and
// folder of a course, and wants each refused.
func TestAFolderIsNotLeft(t *testing.T) {
	for _, name := range []string{"course.yaml", "x", "x/lesson.md", "x/server.c", "x/lesson.de.md"} {
		for _, absolute := range []bool{true, false} {
			course, outside := written(t)
			target := filepath.Join(outside, name)
			if !absolute {
				target = filepath.Join("..", strings.Repeat("../", strings.Count(name, "/")), "outside", name)
			}
			if err := os.RemoveAll(filepath.Join(course, name)); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(target, filepath.Join(course, name)); err != nil {
				t.Skipf("no symbolic links here: %v", err)
			}
			root, err := os.OpenRoot(course)
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			if _, err := LoadIn(root.FS(), "de"); err == nil {
				t.Errorf("%s is a link to %s, and was read", name, target)
			}
		}
	}
}

// watched is a file system that fails the test when anything but a course's own
// files is asked for.
type watched struct {
	fstest.MapFS
	t *testing.T
}

func (w watched) watch(name string) {
	dir, file, inside := strings.Cut(name, "/")
	base, _, _ := strings.Cut(file, ".")
	if name != courseFile && !(plainName(dir) && (!inside || plainName(base))) {
		w.t.Errorf("%q was asked for", name)
	}
}

func (w watched) Open(name string) (fs.File, error)      { w.watch(name); return w.MapFS.Open(name) }
func (w watched) Lstat(name string) (fs.FileInfo, error) { w.watch(name); return w.MapFS.Lstat(name) }
func (w watched) ReadDir(name string) ([]fs.DirEntry, error) {
	w.watch(name)
	return w.MapFS.ReadDir(name)
}

// FuzzLoadCourse loads whole folders, each file behind a line with its name: nothing beside the files of
// the course is asked for, and an error has a file and a reason.
func FuzzLoadCourse(f *testing.F) {
	f.Add(archive(f, inGerman(german)))
	f.Add("-- course.yaml --\nlessons: [../x, /etc, x]\n-- x/lesson.md --\n")
	f.Add("-- course.yaml --\nlanguage: ../..\nlessons: [x]\n-- x/lesson.../de.md --\n")
	files, err := StarterFiles()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(archive(f, files))
	f.Fuzz(func(t *testing.T, text string) {
		fsys := watched{fstest.MapFS{}, t}
		for _, file := range strings.Split("\n"+text, "\n-- ") {
			name, data, _ := strings.Cut(file, " --\n")
			if fs.ValidPath(name) {
				fsys.MapFS[name] = &fstest.MapFile{Data: []byte(data)}
			}
		}
		c, err := LoadIn(fsys, "de")
		if err != nil && err.Error() == "" {
			t.Error("an error without a text")
		}
		if err == nil && len(c.Lessons) == 0 {
			t.Error("an empty course without an error")
		}
	})
}

func archive(f *testing.F, fsys fs.FS) string {
	var all strings.Builder
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		all.WriteString("-- " + name + " --\n" + string(data) + "\n")
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	return all.String()
}
