package tracer

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/netcore"
	"sockstep/netcore/protocol"
)

// filled sets every field of a value to something, pointers and slices too, and the
// numbers to n; nested types end at a depth.
func filled(v reflect.Value, n int64, depth int) {
	switch v.Kind() {
	case reflect.Pointer:
		if depth > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			filled(v.Elem(), n, depth-1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			filled(v.Field(i), n, depth)
		}
	case reflect.Slice:
		if depth > 0 {
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
			for i := range v.Len() {
				filled(v.Index(i), n+int64(i), depth-2)
			}
		}
	case reflect.String:
		v.SetString(strings.Repeat("n", int(n%7)))
	case reflect.Bool:
		v.SetBool(n%2 == 1)
	case reflect.Uint8:
		v.SetUint(uint64(n % 256))
	case reflect.Uint64:
		v.SetUint(uint64(n))
	default:
		v.SetInt(n)
	}
}

// TestWireCarriesEveryField sends messages with something in every field, and finds
// in what arrives the same: also in a field that is new.
func TestWireCarriesEveryField(t *testing.T) {
	out, in := newWriter(), newReader()
	for _, n := range []int64{1, 6, 300, math.MaxInt32, math.MaxInt64 - 10} {
		var sent, arrived message
		filled(reflect.ValueOf(&sent).Elem(), n, 7)
		carry(t, out, in, &sent, &arrived)
		if d := cmp.Diff(sent, arrived); d != "" {
			t.Errorf("with %d: %s", n, d)
		}
	}
}

// TestWireKeepsNothing sends nothing after something.
func TestWireKeepsNothing(t *testing.T) {
	out, in := newWriter(), newReader()
	zero := int64(0)
	for _, m := range []message{
		{Events: []Event{{Kind: CallEvent, Call: &netcore.Call{Name: "recv", Ret: &zero, Args: []netcore.Arg{{Before: []byte("a")}}}}}},
		{Events: []Event{{Kind: CallEvent, Call: &netcore.Call{Name: "recv"}}}},
		{Answer: &answer{Seq: 1}},
		{},
	} {
		var arrived message
		carry(t, out, in, &m, &arrived)
		if d := cmp.Diff(m, arrived); d != "" {
			t.Error(d)
		}
	}
}

func carry(t *testing.T, out, in *wire, sent, arrived *message) {
	t.Helper()
	frame, err := out.frame(sent)
	if err != nil {
		t.Fatal(err)
	}
	body, err := protocol.Read(bytes.NewReader(frame), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := in.read(body, arrived); err != nil {
		t.Fatal(err)
	}
}

// FuzzWire reads anything: what is taken for a message is one that can be sent.
func FuzzWire(f *testing.F) {
	var m message
	filled(reflect.ValueOf(&m).Elem(), 5, 7)
	frame, err := newWriter().frame(&m)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(frame[headerSize:])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		var m, again message
		if newReader().read(body, &m) != nil {
			return
		}
		carry(t, newWriter(), newReader(), &m, &again)
		if d := cmp.Diff(m, again); d != "" {
			t.Error(d)
		}
	})
}

func BenchmarkWire(b *testing.B) {
	zero := int64(64)
	m := message{}
	for range 100 {
		m.Events = append(m.Events, Event{Kind: CallEvent, Serial: 1000, TID: 4711, Time: 1 << 50, Call: &netcore.Call{
			Process: "server", PID: 4711, TID: 4711, Origin: netcore.FromTraced, Name: "send", Syscall: "sendto",
			Args: []netcore.Arg{
				{Name: "sockfd", Kind: netcore.KindFD, Value: 3},
				{Name: "buf", Kind: netcore.KindBufIn, Value: 1 << 46, Pointer: netcore.MemoryValue, Before: make([]byte, 64)},
				{Name: "len", Kind: netcore.KindSize, Value: 64},
				{Name: "flags", Kind: netcore.KindMsgFlags},
			}, Ret: &zero, Enter: 1 << 50, Exit: 1 << 50,
		}})
	}
	out, in := newWriter(), newReader()
	b.ReportAllocs()
	for b.Loop() {
		frame, err := out.frame(&m)
		if err != nil {
			b.Fatal(err)
		}
		var arrived message
		if err := in.read(frame[headerSize:], &arrived); err != nil {
			b.Fatal(err)
		}
	}
}
