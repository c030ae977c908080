package netcore

import (
	"runtime"
	"strings"
	"testing"
)

func TestTableIsComplete(t *testing.T) {
	calls := strings.Fields(`socket bind listen connect accept accept4 send sendto recv recvfrom read write shutdown close
		getsockname getpeername setsockopt getsockopt fcntl ioctl dup poll socketpair setrlimit kill sigaction unlink`)
	for _, name := range calls {
		s, ok := Lookup(name)
		if !ok || s.Name != name || s.Syscall == "" || s.Returns == "" || s.Manual == "" || len(s.Params) == 0 {
			t.Errorf("Lookup(%q) = %+v, %v", name, s, ok)
		}
	}
	if len(Specs()) != len(calls) {
		t.Errorf("the table has %d calls, want %d", len(Specs()), len(calls))
	}
	if s, ok := Lookup("fork"); ok {
		t.Errorf("Lookup(fork) = %+v", s)
	}
}

func TestTableLengths(t *testing.T) {
	lengths := map[ParamKind][]ParamKind{
		KindSockaddrIn: {KindSockLen}, KindAddrOut: {KindLenInOut}, KindBufIn: {KindSize}, KindBufOut: {KindSize},
		KindOptIn: {KindSockLen}, KindOptOut: {KindLenInOut}, KindPollFDs: {KindCount},
	}
	for _, s := range Specs() {
		for _, p := range s.Params {
			want, sized := lengths[p.Kind]
			switch {
			case !sized && p.Len != -1:
				t.Errorf("%s: %s has a length", s.Name, p.Name)
			case sized && (p.Len < 0 || p.Len >= len(s.Params) || s.Params[p.Len].Kind != want[0]):
				t.Errorf("%s: the length of %s is parameter %d", s.Name, p.Name, p.Len)
			}
		}
	}
}

func TestKernelNames(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the kernel's names are known for Linux only")
	}
	want := map[string]string{
		"send": "sendto", "recv": "recvfrom", "setrlimit": "prlimit64", "sigaction": "rt_sigaction", "bind": "bind",
		"poll": "poll", "unlink": "unlink",
	}
	if runtime.GOARCH == "arm64" {
		want["poll"], want["unlink"] = "ppoll", "unlinkat"
	}
	for name, kernel := range want {
		if s, _ := Lookup(name); s.Syscall != kernel {
			t.Errorf("%s is %s in the kernel, want %s", name, s.Syscall, kernel)
		}
	}
}

func TestMayBlock(t *testing.T) {
	plain, nonblock := []string{"O_RDWR"}, []string{"O_RDWR", "O_NONBLOCK"}
	for _, tt := range []struct {
		name  string
		flags []string
		want  bool
	}{
		{"accept", plain, true}, {"accept", nonblock, false}, {"bind", plain, false}, {"poll", nonblock, true}, {"close", nonblock, true},
		{"epoll_wait", nonblock, true}, {"recvmsg", plain, true}, {"recvmsg", nonblock, false},
	} {
		s, _ := Describe(tt.name)
		if got := s.MayBlock(tt.flags); got != tt.want {
			t.Errorf("%s with %v: MayBlock = %v", tt.name, tt.flags, got)
		}
	}
}
