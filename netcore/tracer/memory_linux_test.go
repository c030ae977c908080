//go:build amd64 || arm64

package tracer

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/netcore"
)

// fakeMemory is memory by the address at which a piece of it begins.
type fakeMemory map[uint64][]byte

func (m fakeMemory) read(address uint64, n int) []byte {
	for start, b := range m {
		if address >= start && address < start+uint64(len(b)) {
			rest := b[address-start:]
			return append([]byte{}, rest[:min(n, len(rest))]...)
		}
	}
	return nil
}

// words are 64-bit numbers in memory.
func words(n ...uint64) []byte {
	var b []byte
	for _, w := range n {
		b = order.AppendUint64(b, w)
	}
	return b
}

func ints(n ...int32) []byte {
	var b []byte
	for _, w := range n {
		b = order.AppendUint32(b, uint32(w))
	}
	return b
}

func describe(t *testing.T, kernel string) *description {
	t.Helper()
	d := described(numbers[kernel])
	if d == nil || d.kernel != kernel {
		t.Fatalf("described(%s) = %+v", kernel, d)
	}
	return d
}

func TestEveryCallIsDescribed(t *testing.T) {
	for kernel, number := range numbers {
		d := described(number)
		if d == nil || d.kernel != kernel || d.number != number || len(d.params) == 0 {
			t.Errorf("%s: %+v", kernel, d)
		}
	}
	if n := len(watched()); n != len(numbers) {
		t.Errorf("%d calls are watched, want %d", n, len(numbers))
	}
	for _, w := range watched() {
		if d := described(w.number); w.descriptor && d.params[0].Kind != netcore.KindFD {
			t.Errorf("%s: the first argument is no descriptor", d.name)
		}
	}
	if d := described(1 << 40); d != nil {
		t.Errorf("no call is described as %s", d.name)
	}
}

func TestSend(t *testing.T) {
	m := fakeMemory{0x1000: []byte("hello"), 0x2000: {2, 0, 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}}
	d := describe(t, "sendto")
	args := d.enter(&[6]uint64{0xffffffff, 0x1000, 4, 0, 0, 0}, m)
	want := []netcore.Arg{
		{Name: "sockfd", Kind: netcore.KindFD, Value: -1},
		{Name: "buf", Kind: netcore.KindBufIn, Value: 0x1000, Pointer: netcore.MemoryValue, Before: []byte("hell")},
		{Name: "len", Kind: netcore.KindSize, Value: 4},
		{Name: "flags", Kind: netcore.KindMsgFlags},
	}
	if diff := cmp.Diff(want, args); diff != "" || d.called(args) != "send" {
		t.Errorf("send is %s (-want +got):\n%s", d.called(args), diff)
	}
	args = d.enter(&[6]uint64{3, 0x1000, 4, 0, 0x2000, 16}, m)
	if d.called(args) != "sendto" || len(args) != 6 || len(args[4].Before) != 16 {
		t.Errorf("sendto is %s, %+v", d.called(args), args)
	}
	args = d.enter(&[6]uint64{3, 0x9000, 1 << 40, 0, 0, 0}, m)
	if args[1].Pointer != netcore.AddressValue || args[1].Before != nil || args[2].Value != 1<<40 {
		t.Errorf("a bad pointer: %+v", args)
	}
}

func TestAccept(t *testing.T) {
	m := fakeMemory{0x1000: make([]byte, 128), 0x2000: ints(16)}
	d := describe(t, "accept4")
	args := d.enter(&[6]uint64{3, 0x1000, 0x2000, 0}, m)
	m[0x1000][0], m[0x2000] = 2, ints(28)
	d.leave(args, 4, false, m)
	if len(args[1].After) != 16 || args[1].After[0] != 2 || args[1].Before != nil {
		t.Errorf("the address, of which there was room for 16 bytes: %+v", args[1])
	}
	if diff := cmp.Diff(ints(28), args[2].After); diff != "" {
		t.Error(diff)
	}
}

func TestLongBuffer(t *testing.T) {
	m := fakeMemory{0x100000: make([]byte, 200<<10)}
	args := describe(t, "write").enter(&[6]uint64{3, 0x100000, 200 << 10}, m)
	if len(args[1].Before) != mostMemory || args[2].Value != 200<<10 {
		t.Errorf("%d bytes are kept of a long buffer", len(args[1].Before))
	}
	m[0x1000] = words(0x100000, 100<<10, 0x100000+5, 100<<10, 0, 7, 0x99, 1)
	args = describe(t, "writev").enter(&[6]uint64{3, 0x1000, 4}, m)
	if len(args[1].Parts) != 3 || len(args[1].Parts[0].Before) != mostMemory-64 || len(args[1].Parts[1].Before) != leastBuffer || args[1].Parts[2].Before != nil {
		t.Errorf("the buffers of a long vector: %+v", args[1].Parts)
	}
	args = describe(t, "write").enter(&[6]uint64{3, 0x100000, 1<<64 - 1}, m)
	if len(args[1].Before) != mostMemory {
		t.Errorf("a length of -1: %d bytes", len(args[1].Before))
	}
}

func TestReceivedMessages(t *testing.T) {
	name, control := ints(2, 0, 0, 0), []byte("control!")
	array := words(0x2000, 64, 0x3000, 2, 0x4000, 24, 0, 0, 0, 0, 0x3000, 1, 0, 0, 0, 0)
	m := fakeMemory{
		0x1000: array, 0x2000: name, 0x3000: words(0x5000, 3, 0x6000, 10), 0x4000: control,
		0x5000: []byte("abcdef"), 0x6000: []byte("ghijkl"),
	}
	d := describe(t, "recvmmsg")
	args := d.enter(&[6]uint64{3, 0x1000, 2, 0, 0}, m)
	before := copyCall(&netcore.Call{Args: args})
	m[0x1000] = words(0x2000, 16, 0x3000, 2, 0x4000, 8, 0, 5, 0, 0, 0x3000, 1, 0, 0, 0, 2)
	d.leave(args, 2, false, m)
	want := []netcore.Part{
		{Offset: 0, Value: 0x2000, After: name},
		{Offset: 16, Value: 0x3000, Before: m[0x3000], Parts: []netcore.Part{{Offset: 0, Value: 0x5000, After: []byte("abc")}, {Offset: 16, Value: 0x6000, After: []byte("gh")}}},
		{Offset: 32, Value: 0x4000, After: control},
		{Offset: 80, Value: 0x3000, Before: m[0x3000][:16], Parts: []netcore.Part{{Offset: 0, Value: 0x5000, After: []byte("ab")}}},
	}
	if diff := cmp.Diff(want, args[1].Parts); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	if p := before.Args[1].Parts; p[0].After != nil || p[1].Parts[0].After != nil {
		t.Errorf("a copy made at entry has what was written later: %+v", p)
	}
	if diff := cmp.Diff([][]byte{array, m[0x1000]}, [][]byte{args[1].Before, args[1].After}); diff != "" {
		t.Errorf("array (-want +got):\n%s", diff)
	}
}

func TestDescriptors(t *testing.T) {
	m := fakeMemory{0x1000: ints(3, 1, -1, 0, 5, 0), 0x2000: words(1<<4|1<<63, 1)}
	for _, tt := range []struct {
		kernel    string
		registers [6]uint64
		want      []int
	}{
		{"poll", [6]uint64{0x1000, 3}, []int{3, -1, 5}},
		{"ppoll", [6]uint64{0x1000, 2}, []int{3, -1}},
		{"select", [6]uint64{65, 0x2000, 0, 0x2000}, []int{4, 63, 64, 4, 63, 64}},
		{"pselect6", [6]uint64{64, 0, 0x2000}, []int{4, 63}},
		{"epoll_ctl", [6]uint64{3, 1, 4}, []int{3, 4}},
		{"sendfile", [6]uint64{3, 4}, []int{3, 4}},
		{"splice", [6]uint64{3, 0, 4}, []int{3, 4}},
		{"dup2", [6]uint64{3, 4}, []int{3, 4}},
		{"close_range", [6]uint64{3, 5}, []int{3, 4, 5}},
		{"socket", [6]uint64{2, 1}, nil},
		{"close", [6]uint64{0xffffffff}, []int{-1}},
	} {
		number, ok := numbers[tt.kernel]
		if !ok {
			continue
		}
		d := described(number)
		if diff := cmp.Diff(tt.want, d.descriptors(d.enter(&tt.registers, m))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.kernel, diff)
		}
	}
	d := describe(t, "close_range")
	if all := d.descriptors(d.enter(&[6]uint64{3, 1<<32 - 1}, m)); len(all) != mostDescriptors {
		t.Errorf("close_range of all: %d descriptors", len(all))
	}
}

func TestRequests(t *testing.T) {
	m := fakeMemory{0x1000: ints(0)}
	d := describe(t, "ioctl")
	args := d.enter(&[6]uint64{3, 0x541b, 0x1000}, m)
	m[0x1000] = ints(7)
	d.leave(args, 0, false, m)
	if diff := cmp.Diff(ints(7), args[2].After); diff != "" {
		t.Error(diff)
	}
	if args := d.enter(&[6]uint64{3, 0x5451, 0x1000}, m); args[2].Pointer != netcore.NumberValue || args[2].Before != nil {
		t.Errorf("the argument of a request without one: %+v", args[2])
	}
}

// FuzzDecode hands calls registers and memory of any content: nothing may go wrong,
// and no more be kept than is allowed.
func FuzzDecode(f *testing.F) {
	f.Add("recvmmsg", uint64(3), uint64(0x1000), uint64(2), uint64(0), uint64(0x1000), uint64(0), words(0x1000, 64, 0x1000, 2, 0x1000, 24, 0, 0), int64(1))
	f.Add("pselect6", uint64(64), uint64(0x1000), uint64(0x1000), uint64(0), uint64(0x1000), uint64(0x1000), words(0x1000, 8), int64(1))
	f.Fuzz(func(t *testing.T, kernel string, r0, r1, r2, r3, r4, r5 uint64, b []byte, ret int64) {
		number, ok := numbers[strings.TrimSpace(kernel)]
		if !ok {
			return
		}
		d := described(number)
		m := fakeMemory{0x1000: b}
		args := d.enter(&[6]uint64{r0, r1, r2, r3, r4, r5}, m)
		d.descriptors(args)
		d.leave(args, ret, ret < 0, m)
		for _, a := range args {
			if len(a.Before) > mostMemory || len(a.After) > mostMemory {
				t.Errorf("%s: %d and %d bytes", a.Name, len(a.Before), len(a.After))
			}
		}
		netcore.Strace(&netcore.Call{Name: d.called(args), Syscall: d.kernel, Args: args, Ret: &ret})
	})
}
