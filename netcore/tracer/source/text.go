package source

import (
	"bufio"
	"io"
	"os"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"
)

// maxSource is how much of a source file is read, and maxLine how long the line
// may be, in bytes.
const (
	maxSource = 4 << 20
	maxLine   = 512
)

// sourceLine returns a line of a file, trimmed, or "".
func sourceLine(name string, line int, built time.Time) string {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.ModTime().After(built) {
		return ""
	}
	file, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return ""
	}
	defer file.Close()
	lines := bufio.NewScanner(io.LimitReader(file, maxSource))
	for n := 1; lines.Scan(); n++ {
		if n == line {
			return clean(lines.Text())
		}
	}
	return ""
}

func clean(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > maxLine || !utf8.ValidString(text) {
		return ""
	}
	return text
}
