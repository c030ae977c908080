package netcore

import (
	"encoding/binary"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/netcore/protocol"
)

// TestWrappers checks what the C library does around each call, also those of
// other machines.
func TestWrappers(t *testing.T) {
	here := int64(-100)
	timespec := binary.NativeEndian.AppendUint64(binary.NativeEndian.AppendUint64(nil, 1), 500e6)
	action := sigactionBytes(1, 0x0102030405060708, 0x10000000)
	kernel := binary.NativeEndian.AppendUint64(nil, 1)
	kernel = binary.NativeEndian.AppendUint64(kernel, 0x10000000)
	kernel = binary.NativeEndian.AppendUint64(kernel, 0)
	kernel = binary.NativeEndian.AppendUint64(kernel, 0x0102030405060708)
	number := func(n int64) protocol.Arg { return protocol.Arg{Number: uint64(n)} }
	memory := func(b []byte) protocol.Arg { return protocol.Arg{Memory: true, Bytes: b} }
	for _, c := range []struct {
		name, syscall string
		args          []Value
		want          []protocol.Arg
	}{
		{"send", "sendto", []Value{Number(3), Memory([]byte("x")), Number(1), Number(0)},
			[]protocol.Arg{number(3), memory([]byte("x")), number(1), number(0), {}, {}}},
		{"recv", "recvfrom", []Value{Number(3), Null(), Number(1), Number(0)},
			[]protocol.Arg{number(3), {}, number(1), number(0), {}, {}}},
		{"setrlimit", "prlimit64", []Value{Number(7), Memory([]byte("limit"))},
			[]protocol.Arg{{}, number(7), memory([]byte("limit")), {}}},
		{"unlink", "unlinkat", []Value{Memory([]byte("p\x00"))},
			[]protocol.Arg{number(here), memory([]byte("p\x00")), {}}},
		{"poll", "ppoll", []Value{Memory([]byte("fds")), Number(1), Number(1500)},
			[]protocol.Arg{memory([]byte("fds")), number(1), memory(timespec), {}, {}}},
		{"poll", "ppoll", []Value{Null(), Number(0), Number(-1)},
			[]protocol.Arg{{}, number(0), {}, {}, {}}},
		{"sigaction", "rt_sigaction", []Value{Number(13), Memory(action), Memory(make([]byte, librarySigaction))},
			[]protocol.Arg{number(13), memory(watched(kernel)), memory(make([]byte, watchedSigaction)), number(8)}},
	} {
		s := &shape{}
		for _, v := range c.args {
			s.args = append(s.args, registerArg(v))
		}
		if err := wrappers[c.syscall](s, c.args); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if d := cmp.Diff(c.want, s.args); d != "" {
			t.Errorf("%s as %s, -want +got:\n%s", c.name, c.syscall, d)
		}
	}
}

// sigactionBytes is a C struct sigaction.
func sigactionBytes(handler, mask uint64, flags uint32) []byte {
	b := make([]byte, librarySigaction)
	binary.NativeEndian.PutUint64(b, handler)
	binary.NativeEndian.PutUint64(b[8:], mask)
	binary.NativeEndian.PutUint32(b[136:], flags)
	return b
}

func TestSigactionThereAndBack(t *testing.T) {
	want := sigactionBytes(1, 7, 4)
	term := Number(15)
	kernel, err := kernelActionOf(term, want)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, libraryActionOf(make([]byte, librarySigaction), kernel)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	var not ErrNotMade
	for _, bad := range [][]byte{sigactionBytes(0x401000, 0, 0), want[:151], {}} {
		if _, err := kernelActionOf(term, bad); !errors.As(err, &not) {
			t.Errorf("%d bytes: %v, want ErrNotMade", len(bad), err)
		}
	}
}

func TestCallThisSystemHasNot(t *testing.T) {
	var not ErrNotMade
	if _, err := shapeCall(&Spec{Name: "fly", Syscall: "fly"}, nil); !errors.As(err, &not) {
		t.Errorf("err = %v", err)
	}
	if _, err := shapeCall(&Spec{Name: "close", Syscall: "close"}, make([]Value, 7)); !errors.As(err, &not) {
		t.Errorf("seven arguments: %v", err)
	}
}
