package linear

import (
	"fmt"
	"io"
	"strings"

	"sockstep/ui/printable"
)

// Output writes plain lines, wrapped between words.
type Output struct {
	w     io.Writer
	width int
	open  bool // a prompt stands on the line
	blank bool // the last line was empty
}

// NewOutput writes to w in lines of at most width columns, 78 where width is 0.
func NewOutput(w io.Writer, width int) *Output {
	if width <= 0 {
		width = 78
	}
	return &Output{w: w, width: max(width, 20), blank: true}
}

// say writes a paragraph.
func (o *Output) say(format string, args ...any) {
	o.indented("", fmt.Sprintf(format, args...))
}

// indented writes text with a mark before its first line; the lines under it
// stand as far to the right.
func (o *Output) indented(mark, text string) {
	room := max(o.width-len(mark), 20)
	for i, l := range wrap(plain(text), room) {
		if i == 1 {
			mark = strings.Repeat(" ", len(mark))
		}
		o.line(mark + l)
	}
}

// code writes a line of a program as it is, whatever its length.
func (o *Output) code(text string) { o.line(printable.Clean(text)) }

// gap leaves one line empty.
func (o *Output) gap() {
	if !o.blank {
		o.line("")
	}
}

func (o *Output) line(text string) {
	if o.open {
		fmt.Fprintln(o.w)
		o.open = false
	}
	fmt.Fprintln(o.w, strings.TrimRight(text, " "))
	o.blank = text == ""
}

// prompt writes what is asked for and stays on the line.
func (o *Output) prompt(text string) {
	fmt.Fprint(o.w, plain(text)+" > ")
	o.open, o.blank = true, false
}

// echo completes the prompt's line by what was read, where nothing else shows it.
func (o *Output) echo(text string, show bool) {
	if show {
		fmt.Fprintln(o.w, printable.Clean(text))
	}
	o.open = false
}

// plain cleans a text of one paragraph and says signs in words.
func plain(text string) string {
	return spoken.Replace(printable.Clean(strings.Join(strings.Fields(text), " ")))
}

// spoken are the signs of the screen that are no good when read aloud or on a
// terminal that knows ASCII only.
var spoken = strings.NewReplacer(" → ", " to ", "→", " to ", "…", "...", " ▸ ", " ", "•", "-")

// wrap breaks a text between words into lines of at most width columns. A longer
// word gets a line of its own.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case printable.Width(line)+1+printable.Width(word) > width:
			lines, line = append(lines, line), word
		default:
			line += " " + word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
