package linear

import (
	"bufio"
	"context"
	"io"
	"strings"
)

// longest is the size in bytes of the longest line that is read; what is longer
// is cut there.
const longest = 64 << 10

// Input reads the learner's lines. It reads ahead in a goroutine of its own,
// which ends with the input.
type Input struct {
	lines chan string
	// echo is set where nothing shows what was typed: the input is no terminal.
	echo bool
}

// NewInput reads lines from r. With echo they are written out again, so that the
// output of a piped session reads like one that was typed.
func NewInput(r io.Reader, echo bool) *Input {
	in := &Input{lines: make(chan string), echo: echo}
	go in.read(r)
	return in
}

func (in *Input) read(r io.Reader) {
	defer close(in.lines)
	b := bufio.NewReaderSize(r, longest)
	for {
		text, more, err := b.ReadLine()
		if err != nil {
			return
		}
		in.lines <- strings.TrimSuffix(string(text), "\r")
		for more && err == nil {
			_, more, err = b.ReadLine()
		}
	}
}

// next blocks until a line is there, the input has ended (false) or ctx ends.
func (in *Input) next(ctx context.Context) (string, bool, error) {
	select {
	case text, ok := <-in.lines:
		return text, ok, nil
	case <-ctx.Done():
		return "", false, context.Cause(ctx)
	}
}
