package lesson

import (
	"embed"
	"io/fs"
)

// starter is a course with one small lesson, for teachers to begin with.
//
//go:embed starter
var starter embed.FS

// StarterFiles is a course with one small lesson that uses most of the format, with
// remarks for those who write lessons.
func StarterFiles() (fs.FS, error) { return fs.Sub(starter, "starter") }
