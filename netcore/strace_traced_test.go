package netcore

import (
	"encoding/binary"
	"runtime"
	"testing"
)

// word64 are numbers of 64 bits in memory.
func word64(n ...uint64) []byte {
	var b []byte
	for _, w := range n {
		b = binary.NativeEndian.AppendUint64(b, w)
	}
	return b
}

// TestTracedCalls compares the two forms of calls whose pointers lead to further
// memory; their form in full is compared with strace's own in package tracer.
func TestTracedCalls(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the structures are Linux's")
	}
	pointer := func(before, after []byte, parts ...Part) Arg {
		return Arg{Value: 0x7f0000001000, Pointer: MemoryValue, Before: before, After: after, Parts: parts}
	}
	fd, zero := Arg{Value: 3}, Arg{}
	vector := word64(0x1000, 3, 0x2000, 300000)
	buffers := []Part{{Offset: 0, Value: 0x1000, Before: []byte("one"), After: []byte("eno")}, {Offset: 16, Value: 0x2000, Before: make([]byte, memoryLimit), After: []byte("ow")}}
	name := []byte{2, 0, 0x1e, 0x61, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}
	parts := []Part{{Offset: 0, Value: 0x3000, Before: name, After: name}, {Offset: 16, Value: 0x4000, Before: vector, Parts: buffers}, {Offset: 32, Value: 0x5000, Before: word64(20, 1<<32|1, 7), After: word64(20, 1<<32|1, 7)}}
	message, got := word64(0x3000, 16, 0x4000, 2, 0x5000, 24, 0), word64(0x3000, 16, 0x4000, 2, 0x5000, 24, 0x40000000)
	for _, tt := range []struct {
		call        Call
		long, short string
	}{
		{
			Call{Name: "writev", Args: []Arg{fd, pointer(vector, nil, buffers...), {Value: 2}}},
			`writev(3, [{iov_base="one", iov_len=3}, {iov_base="\0\0\0\0"..., iov_len=300000}], 2) = 5`,
			`writev(3, ["one", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"...], 2) = 5`,
		},
		{
			Call{Name: "recvmsg", Args: []Arg{fd, pointer(message, got, parts...), zero}},
			`recvmsg(3, {msg_name={sa_family=AF_INET, sin_port=htons(7777), sin_addr=inet_addr("127.0.0.1")}, msg_namelen=16, msg_iov=[{iov_base="eno", iov_len=3}, {iov_base="ow", iov_len=300000}], msg_iovlen=2, msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[7]}], msg_controllen=24, msg_flags=MSG_CMSG_CLOEXEC}, 0) = 5`,
			`recvmsg(3, {127.0.0.1:7777, ["eno", "ow"], control 24}, 0) = 5`,
		},
		{
			Call{Name: "select", Syscall: "pselect6", Args: []Arg{{Value: 8}, pointer(word64(1<<5|1<<7), word64(1<<5)), zero, zero, pointer(word64(1, 5), word64(0, 7))}},
			`pselect6(8, [5 7], NULL, NULL, {tv_sec=1, tv_nsec=5}, NULL) = 5 (in [5], left {tv_sec=0, tv_nsec=7})`,
			`select(8, [5 7], NULL, NULL, {tv_sec=1, tv_nsec=5}) = 5`,
		},
		{
			Call{Name: "ioctl", Args: []Arg{fd, {Value: 0x5451}, {Value: 7}}},
			`ioctl(3, FIOCLEX)                       = 5`,
			`ioctl(3, FIOCLEX, 0x7) = 5`,
		},
	} {
		ret := int64(5)
		tt.call.Ret = &ret
		limit := 32
		if tt.call.Name == "writev" {
			limit = 4
		}
		if got := StraceLimit(&tt.call, limit); got != tt.long {
			t.Errorf("\n got %s\nwant %s", got, tt.long)
		}
		if got := Short(&tt.call); got != tt.short {
			t.Errorf("\n got %s\nwant %s", got, tt.short)
		}
	}
}

// TestDescribe asks for every call there is a form for.
func TestDescribe(t *testing.T) {
	for name := range straceCalls {
		if name == "prlimit64" || name == "rt_sigaction" || name == "unlinkat" || name == "pselect6" {
			continue // those are names of the kernel
		}
		s, ok := Describe(name)
		if !ok || s.Name != name || s.Syscall == "" || s.Returns == "" || s.Manual == "" || len(s.Params) == 0 {
			t.Errorf("Describe(%q) = %+v, %v", name, s, ok)
		}
		for _, p := range s.Params {
			if p.Len >= len(s.Params) {
				t.Errorf("%s: the length of %s is parameter %d", name, p.Name, p.Len)
			}
		}
	}
	if _, ok := Lookup("sendmsg"); ok {
		t.Error("sendmsg can be made")
	}
	if s, ok := Describe("fork"); ok {
		t.Errorf("Describe(fork) = %+v", s)
	}
}
