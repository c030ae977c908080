package netcore

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// ErrNotStream is returned for input that does not begin with a stream's header.
var ErrNotStream = errors.New("not a recording: it does not begin with a header")

// ErrCutOff is returned for a last line that has no end, as when the program that
// wrote it was killed. What stands before it is whole.
var ErrCutOff = errors.New("the last line is cut off")

// maxLine bounds one line of a stream in bytes: two buffers of a call of several
// megabytes in base64, with room.
const maxLine = 256 << 20

// Writer writes a Timeline as JSON lines, one event a line, the header first. The
// lines are pure printable ASCII: whatever a payload or a path holds, a terminal
// they are printed on stays as it is.
type Writer struct {
	w      io.Writer
	begun  bool
	buffer bytes.Buffer
}

// NewWriter returns a Writer to w, which gets one Write call an event.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// WriteEvent writes one event.
func (w *Writer) WriteEvent(e Event) error {
	if !w.begun && e.Type != HeaderEvent {
		return fmt.Errorf("write event %d: %w", e.ID, ErrNotStream)
	}
	wire, err := wireOf(e)
	if err != nil {
		return fmt.Errorf("write event %d: %w", e.ID, err)
	}
	w.buffer.Reset()
	encoder := json.NewEncoder(&w.buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(wire); err != nil {
		return fmt.Errorf("write event %d: %w", e.ID, err)
	}
	if _, err := w.w.Write(asciiJSON(w.buffer.Bytes())); err != nil {
		return fmt.Errorf("write event %d: %w", e.ID, err)
	}
	w.begun = true
	return nil
}

// asciiJSON writes every character outside printable ASCII, which in JSON is
// inside a string, as \uXXXX.
func asciiJSON(line []byte) []byte {
	foreign := func(b byte) bool { return b >= 0x7f }
	if !slices.ContainsFunc(line, foreign) {
		return line
	}
	out := make([]byte, 0, len(line)+32)
	for len(line) > 0 {
		r, n := utf8.DecodeRune(line)
		switch {
		case r < 0x7f:
			out = append(out, line[0])
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		line = line[n:]
	}
	return out
}

// Reader reads what a Writer wrote.
type Reader struct {
	lines   *bufio.Scanner
	line    int
	begun   bool
	skipped int
	cut     bool // the line has no end
}

// NewReader returns a Reader from r.
func NewReader(r io.Reader) *Reader {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	out := &Reader{lines: lines}
	lines.Split(out.split)
	return out
}

// split is bufio.ScanLines, and notes whether the line has an end.
func (r *Reader) split(data []byte, atEOF bool) (int, []byte, error) {
	advance, line, err := bufio.ScanLines(data, atEOF)
	r.cut = line != nil && data[advance-1] != '\n'
	return advance, line, err
}

// ReadEvent returns the next event, io.EOF at the end. Empty lines are passed
// over, and so are events of a type this program does not know; see Skipped.
// Every other error names the line.
func (r *Reader) ReadEvent() (Event, error) {
	for r.lines.Scan() {
		r.line++
		line := bytes.TrimSpace(r.lines.Bytes())
		if len(line) == 0 {
			continue
		}
		e, err := r.decode(line)
		if errors.Is(err, errUnknownType) {
			r.skipped++
			continue
		}
		switch {
		case err != nil && r.cut && r.begun && !json.Valid(line):
			return Event{}, fmt.Errorf("line %d: %w", r.line, ErrCutOff)
		case err != nil:
			return Event{}, fmt.Errorf("line %d: %w", r.line, err)
		}
		return e, nil
	}
	if err := r.lines.Err(); err != nil {
		return Event{}, fmt.Errorf("line %d: %w", r.line+1, err)
	}
	if !r.begun {
		return Event{}, fmt.Errorf("line %d: %w", r.line+1, ErrNotStream)
	}
	return Event{}, io.EOF
}

// Skipped returns how many events of an unknown type were passed over so far.
func (r *Reader) Skipped() int { return r.skipped }

// Line returns the number of the line read last, from 1.
func (r *Reader) Line() int { return r.line }

func (r *Reader) decode(line []byte) (Event, error) {
	var head envelope
	if err := json.Unmarshal(line, &head); err != nil {
		if !r.begun {
			return Event{}, fmt.Errorf("%w (%w)", ErrNotStream, err)
		}
		return Event{}, err
	}
	if r.begun == (head.Type == HeaderEvent) {
		if r.begun {
			return Event{}, errors.New("a second header")
		}
		return Event{}, ErrNotStream
	}
	e, err := eventOf(head.Type, line)
	if err != nil {
		return Event{}, err
	}
	if e.ID == 0 {
		return Event{}, errors.New("an event without an id")
	}
	if !r.begun && e.Header.Version > StreamVersion {
		return Event{}, fmt.Errorf("the recording has format version %d, this program reads up to %d", e.Header.Version, StreamVersion)
	}
	r.begun = true
	return e, nil
}

// ReadTimeline reads a whole stream. The Timeline it returns is closed, and with
// an error holds what came before it. Skipped is how many events of an unknown
// type were passed over.
func ReadTimeline(from io.Reader) (t *Timeline, skipped int, err error) {
	t = emptyTimeline()
	defer t.Close()
	r := NewReader(from)
	for {
		e, err := r.ReadEvent()
		if err == io.EOF {
			return t, r.Skipped(), nil
		}
		if err != nil {
			return t, r.Skipped(), fmt.Errorf("read recording: %w", err)
		}
		if t.Add(e) == 0 {
			return t, r.Skipped(), fmt.Errorf("read recording: line %d: a second event with id %d", r.Line(), e.ID)
		}
	}
}
