package exercise

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"sockstep/lesson/exercise/check"
)

// hiddenSuffix stands behind the names of files the Go tool would take for code of
// this program.
const hiddenSuffix = ".txt"

// Starter is what a learner starts with in a language, by file name: the starter's
// files, a Makefile or go.mod where it has none, and TASK.md.
func (e *Exercise) Starter(language string) (map[string][]byte, error) {
	files, err := e.set("starter", language)
	if err != nil && language == "cpp" && e.turnsIntoCXX() {
		files, err = e.turnedIntoCXX()
	}
	if err != nil {
		return nil, err
	}
	files["TASK.md"] = []byte(e.Text())
	return files, nil
}

// turnsIntoCXX reports whether the starter in C makes one in C++: it is one file, built
// as such programs are.
func (e *Exercise) turnsIntoCXX() bool {
	entries, err := fs.ReadDir(e.files, "starter/c")
	return err == nil && len(entries) == 1 && entries[0].Name() == e.Name+".c"
}

// turnedIntoCXX is the starter in C as C++: they differ in the empty initializer.
func (e *Exercise) turnedIntoCXX() (map[string][]byte, error) {
	text, err := fs.ReadFile(e.files, "starter/c/"+e.Name+".c")
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{e.Name + ".cpp": bytes.ReplaceAll(text, []byte(" = {0};"), []byte(" = {};"))}
	e.complete(files, "cpp")
	return files, nil
}

// Solution is a program that does the exercise, by file name. It is in C.
func (e *Exercise) Solution() (map[string][]byte, error) { return e.set("solution", "c") }

// set reads the files of a kind in a language.
func (e *Exercise) set(kind, language string) (map[string][]byte, error) {
	files, err := Folder(e.files, kind+"/"+language)
	if err != nil {
		return nil, fmt.Errorf("%s has no %s in %s: there are %s", e.Name, kind, language, strings.Join(e.Languages, ", "))
	}
	e.complete(files, language)
	return files, nil
}

// complete adds what a program is built with, where that is missing.
func (e *Exercise) complete(files map[string][]byte, language string) {
	for name, text := range e.made(language) {
		if files[name] == nil {
			files[name] = []byte(text)
		}
	}
}

// Folder reads the files of a folder of programs, by the names they have with the
// learner.
func Folder(fsys fs.FS, folder string) (map[string][]byte, error) {
	entries, err := fs.ReadDir(fsys, folder)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, f := range entries {
		if f.IsDir() {
			continue
		}
		b, err := fs.ReadFile(fsys, path.Join(folder, f.Name()))
		if err != nil {
			return nil, err
		}
		name := f.Name()
		if strings.HasSuffix(name, ".go"+hiddenSuffix) {
			name = strings.TrimSuffix(name, hiddenSuffix)
		}
		files[name] = b
	}
	return files, nil
}

// Made are the files a program of the exercise is built with unless it has its own.
func (e *Exercise) made(language string) map[string]string {
	const warnings = "-Wall -Wextra -O1 -g -pthread"
	switch language {
	case "c":
		return map[string]string{"Makefile": fmt.Sprintf("CC = cc\nCFLAGS = -std=c11 -D_GNU_SOURCE %s\n\n%[2]s: %[2]s.c\n\t$(CC) $(CFLAGS) -o $@ $<\n\nclean:\n\trm -f %[2]s\n\n.PHONY: clean\n", warnings, e.Name)}
	case "cpp":
		return map[string]string{"Makefile": fmt.Sprintf("CXX = c++\nCXXFLAGS = -std=c++17 %s\n\n%[2]s: %[2]s.cpp\n\t$(CXX) $(CXXFLAGS) -o $@ $<\n\nclean:\n\trm -f %[2]s\n\n.PHONY: clean\n", warnings, e.Name)}
	case "rust":
		return map[string]string{"Makefile": fmt.Sprintf("%[1]s: %[1]s.rs\n\trustc -g -o $@ $<\n\nclean:\n\trm -f %[1]s\n\n.PHONY: clean\n", e.Name)}
	case "go":
		return map[string]string{"go.mod": fmt.Sprintf("module exercise/%s\n\ngo 1.21\n", e.Name)}
	}
	return nil
}

// Text is the exercise's task as a page: what to write, what is checked, and how.
func (e *Exercise) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n\n%s\n\n## What is checked\n\n", e.ID, e.Title, e.Task)
	for _, g := range e.Goals {
		fmt.Fprintf(&b, "- %s (%s)\n", g.Sentence, g.Name)
	}
	if strings.Contains(e.Task, "`PORT`") {
		b.WriteString("\nThe program finds its port in the environment variable PORT (7777 where there is none).\n")
	}
	fmt.Fprintf(&b, "\n    sockstep exercise check           build it, run it, and say what holds\n"+
		"    sockstep exercise check --watch   the same at every save\n"+
		"    sockstep exercise hint            the next hint (there are %d)\n", len(e.Hints))
	return b.String()
}

// ordered sorts languages as check does.
func ordered(names []string) (out []string) {
	for _, l := range check.Languages {
		if slices.Contains(names, l.Name) {
			out = append(out, l.Name)
		}
	}
	return out
}
