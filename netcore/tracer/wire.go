package tracer

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"io"

	"sockstep/netcore"
	"sockstep/netcore/protocol"
)

// wire writes messages of the tracer's process, or reads them: each type is described
// once, for both. Numbers are varints, bytes and texts stand behind their lengths, and
// a name that was there before is its number.
type wire struct {
	reading bool
	b       []byte // what was written, or is left to read
	bad     bool   // what was read is none of ours

	numbers map[string]int // of the names written
	names   []string       // read
}

// mostNames bounds how many names are remembered; later ones are written out.
const mostNames = 1 << 14

// headerSize is the length of a frame without a body.
var headerSize = len(protocol.Room(0))

func newWriter() *wire { return &wire{numbers: map[string]int{}} }

func newReader() *wire { return &wire{reading: true} }

// frame writes a message as a frame of package protocol, which is valid until the
// next one.
func (w *wire) frame(m *message) ([]byte, error) {
	if w.b == nil {
		w.b = protocol.Room(16 << 10)
	}
	w.b = w.b[:headerSize]
	w.message(m)
	return protocol.Seal(w.b)
}

// read reads a message from the body of a frame and keeps nothing of it.
func (w *wire) read(body []byte, m *message) error {
	w.b, w.bad = body, false
	w.message(m)
	if w.bad || len(w.b) > 0 {
		return protocol.ErrMalformed
	}
	return nil
}

func (w *wire) message(m *message) {
	optional(w, &m.Answer, (*wire).answer)
	list(w, &m.Events, (*wire).event)
}

func (w *wire) answer(a *answer) {
	number(w, &a.Seq)
	number(w, &a.Number)
	number(w, &a.PID)
	text(w, &a.Error)
	w.flag(&a.Ended)
}

func (w *wire) event(e *Event) {
	number(w, &e.Kind)
	number(w, &e.Time)
	number(w, &e.Serial)
	optional(w, &e.Call, (*wire).call)
	optional(w, &e.Process, (*wire).process)
	optional(w, &e.Signal, (*wire).signal)
	number(w, &e.TID)
	w.flag(&e.Returned)
	name(w, &e.Asleep)
	name(w, &e.Injected)
	text(w, &e.Text)
	number(w, &e.Program)
}

func (w *wire) call(c *netcore.Call) {
	number(w, &c.ID)
	name(w, &c.Process)
	number(w, &c.PID)
	number(w, &c.TID)
	name(w, &c.Origin)
	name(w, &c.Line)
	name(w, &c.Source)
	name(w, &c.Name)
	name(w, &c.Syscall)
	list(w, &c.Args, (*wire).arg)
	optional(w, &c.Ret, number[int64])
	number(w, &c.Errno)
	name(w, &c.Reason)
	name(w, &c.Cause)
	number(w, &c.Enter)
	number(w, &c.Exit)
}

func (w *wire) arg(a *netcore.Arg) {
	name(w, &a.Name)
	name(w, &a.Kind)
	number(w, &a.Value)
	number(w, &a.Pointer)
	w.bytes(&a.Before)
	w.bytes(&a.After)
	list(w, &a.Unwritten, (*wire).span)
	list(w, &a.Parts, (*wire).part)
}

func (w *wire) span(r *netcore.Range) {
	number(w, &r.Offset)
	number(w, &r.Length)
}

func (w *wire) part(p *netcore.Part) {
	number(w, &p.Offset)
	number(w, &p.Value)
	w.bytes(&p.Before)
	w.bytes(&p.After)
	list(w, &p.Parts, (*wire).part)
}

func (w *wire) process(p *netcore.ProcessChange) {
	name(w, &p.Name)
	number(w, &p.PID)
	number(w, &p.Parent)
	name(w, &p.Network)
	name(w, &p.Change)
	number(w, &p.Status)
	name(w, &p.Signal)
}

func (w *wire) signal(s *netcore.Signal) {
	name(w, &s.Process)
	name(w, &s.Name)
	w.flag(&s.Fatal)
}

func number[T ~int | ~int64 | ~uint64 | ~uint8](w *wire, v *T) {
	if !w.reading {
		w.b = binary.AppendVarint(w.b, int64(*v))
		return
	}
	n, size := binary.Varint(w.b)
	if size <= 0 {
		w.bad, w.b, size = true, nil, 0
	}
	*v, w.b = T(n), w.b[size:]
}

func (w *wire) flag(v *bool) {
	var n int
	if *v {
		n = 1
	}
	number(w, &n)
	*v = n != 0
}

// take is the next n bytes to read.
func (w *wire) take(n int) []byte {
	if n < 0 || n > len(w.b) {
		w.bad, w.b, n = true, nil, 0
	}
	b := w.b[:n]
	w.b = w.b[n:]
	return b
}

// bytes are nil where there are none.
func (w *wire) bytes(v *[]byte) {
	n := len(*v)
	number(w, &n)
	if !w.reading {
		w.b = append(w.b, *v...)
		return
	}
	*v = append([]byte(nil), w.take(n)...)
}

func text[T ~string](w *wire, v *T) {
	n := len(*v)
	number(w, &n)
	if !w.reading {
		w.b = append(w.b, *v...)
		return
	}
	*v = T(w.take(n))
}

// name is a text that comes again: the first time it is 0 and the text, then its
// number, from 1.
func name[T ~string](w *wire, v *T) {
	if !w.reading {
		n := w.numbers[string(*v)]
		number(w, &n)
		if n == 0 {
			text(w, v)
			if len(w.numbers) < mostNames {
				w.numbers[string(*v)] = len(w.numbers) + 1
			}
		}
		return
	}
	var n int
	number(w, &n)
	switch {
	case n == 0:
		text(w, v)
		if len(w.names) < mostNames {
			w.names = append(w.names, string(*v))
		}
	case n < 0 || n > len(w.names):
		w.bad = true
	default:
		*v = T(w.names[n-1])
	}
}

// list is nil where it has no elements.
func list[T any](w *wire, v *[]T, each func(*wire, *T)) {
	n := len(*v)
	number(w, &n)
	if w.reading {
		*v = nil
		if n < 0 || n > len(w.b) { // each takes a byte at the least
			w.bad, n = true, 0
		}
		if n > 0 {
			*v = make([]T, n)
		}
	}
	for i := range *v {
		each(w, &(*v)[i])
	}
}

func optional[T any](w *wire, v **T, what func(*wire, *T)) {
	there := *v != nil
	w.flag(&there)
	if !there {
		return
	}
	if w.reading {
		*v = new(T)
	}
	what(w, *v)
}

// frameOf is a value for the other way, and for a tracee: seldom enough for gob.
func frameOf(v any) ([]byte, error) {
	b := bytes.NewBuffer(protocol.Room(0))
	if err := gob.NewEncoder(b).Encode(v); err != nil {
		return nil, err
	}
	return protocol.Seal(b.Bytes())
}

// readFrame reads what frameOf has made, and no byte more.
func readFrame(r io.Reader, v any) error {
	body, err := protocol.Read(r, nil)
	if err != nil {
		return err
	}
	return gob.NewDecoder(bytes.NewReader(body)).Decode(v)
}
