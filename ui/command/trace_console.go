package command

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"sync"
	"unicode/utf8"

	"github.com/charmbracelet/x/term"

	"sockstep/netcore/trace"
	"sockstep/ui/printable"
)

// console is what the programs have as standard input, output and error when they are
// traced without a screen: this command's own where those are files and pipes. In the
// place of a terminal each has one of its own, so that nothing it prints reaches ours
// but as printable characters; what is typed goes to the program started last.
type console struct {
	files []*os.File  // nil for the program's own terminal
	size  *trace.Size // of that, nil where there is none

	tty   *os.File // opened here
	in    *os.File // the terminal that is typed at, nil where there is none
	ours  *os.File // a terminal of ours, nil where there is none
	stop  chan struct{}
	start sync.Once

	mu       sync.Mutex
	out      io.Writer
	held     map[string][]byte // what a program printed of a character that is not whole
	programs []*trace.Running  // what is typed is for the last
}

// openConsole looks at what this command has. tty is the path of a terminal that is to
// be the programs' own, "" for none.
func (p *program) openConsole(tty string, form traceForm) (*console, error) {
	c := &console{stop: make(chan struct{}), held: map[string][]byte{}}
	if tty != "" {
		var err error
		if c.tty, err = trace.OpenTerminal(tty); err != nil {
			return nil, err
		}
		if !term.IsTerminal(c.tty.Fd()) {
			_ = c.tty.Close()
			return nil, fmt.Errorf("%s is no terminal", tty)
		}
		c.files = []*os.File{c.tty, c.tty, c.tty}
		return c, nil
	}
	out := p.out
	if form.json && form.file == "" {
		out = os.Stderr
	}
	c.files = []*os.File{p.in, out, os.Stderr}
	for n, f := range c.files {
		if !term.IsTerminal(f.Fd()) {
			continue
		}
		if n == 0 {
			c.in = f
		}
		if c.out == nil || n == 1 {
			c.out = f
		}
		if c.ours == nil {
			c.ours, c.size = f, sizeOf(f)
		}
		c.files[n] = nil
	}
	return c, nil
}

func sizeOf(f *os.File) *trace.Size {
	columns, rows, err := term.GetSize(f.Fd())
	if err != nil || columns <= 0 || rows <= 0 {
		columns, rows = 80, 24
	}
	return &trace.Size{Columns: uint16(columns), Rows: uint16(rows), Silent: true}
}

// printed shows what a program has printed on its terminal.
func (c *console) printed(process string, b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	text, held := visible(append(c.held[process], b...))
	c.held[process] = held
	_, _ = io.WriteString(c.out, text)
}

// visible is what was printed as text for our terminal, and what of it has to wait for
// more: a line feed behind a carriage return, the rest of a character. A carriage return
// begins a new line, so that nothing is written over.
func visible(b []byte) (text string, held []byte) {
	end := len(b)
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if at := len(b) - n; utf8.RuneStart(b[at]) {
			if !utf8.FullRune(b[at:]) {
				end = at
			}
			break
		}
	}
	if end == len(b) {
		end = len(bytes.TrimRight(b, "\r"))
	}
	whole := returns.ReplaceAll(b[:end], []byte("\n"))
	return printable.Lines(string(whole)), bytes.Clone(b[end:])
}

var returns = regexp.MustCompile(`\r*\n|\r+`)

// has takes a program that was started: what is typed from now on goes to it, and its
// terminal has the size of ours.
func (c *console) has(r *trace.Running) {
	if c.ours == nil {
		return
	}
	c.mu.Lock()
	c.programs = append(c.programs, r)
	c.mu.Unlock()
	c.start.Do(func() {
		if c.in != nil {
			go trace.Typed(c.in, c.stop, c.typed)
		}
		if len(resizings) > 0 {
			resized := make(chan os.Signal, 1)
			signal.Notify(resized, resizings...)
			go c.resizing(resized)
		}
	})
}

// resizing passes on what size our terminal has, until close.
func (c *console) resizing(resized chan os.Signal) {
	defer signal.Stop(resized)
	for {
		select {
		case <-c.stop:
			return
		case <-resized:
		}
		size := sizeOf(c.ours)
		c.mu.Lock()
		for _, r := range c.programs {
			_ = r.Resize(*size) // it may have ended
		}
		c.mu.Unlock()
	}
}

// typed passes on what was typed; the end of the input is what Ctrl-D stands for in the
// program's terminal.
func (c *console) typed(b []byte) {
	const endOfInput = "\x04"
	if len(b) == 0 {
		b = []byte(endOfInput)
	}
	c.mu.Lock()
	r := c.programs[len(c.programs)-1]
	c.mu.Unlock()
	_, _ = r.Console.Write(b) // it may have ended
}

// close shows the rest. The programs have ended.
func (c *console) close() {
	close(c.stop)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, held := range c.held {
		_, _ = io.WriteString(c.out, printable.Lines(string(bytes.TrimRight(held, "\r"))))
	}
	if c.tty != nil {
		_ = c.tty.Close()
	}
}
