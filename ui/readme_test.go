package ui

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing"

	"sockstep/lesson"
)

// TestReadmeLesson keeps the lesson in the README the one that new-lesson writes.
func TestReadmeLesson(t *testing.T) {
	files, err := lesson.StarterFiles()
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for _, name := range []string{"course.yaml", "datagram/server.c", "datagram/client.c", "datagram/lesson.md"} {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		// Four quotes, as the lesson has blocks of its own.
		fmt.Fprintf(&want, "`%s`\n\n````%s\n%s````\n\n", name, languages[path.Ext(name)], text)
	}
	keptInReadme(t, "lesson", "\n"+want.String())
}

// languages are what a block of a kind of file is marked with.
var languages = map[string]string{".yaml": "yaml", ".c": "c", ".md": "markdown"}
