package netcore

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

func TestShort(t *testing.T) {
	number := func(n int64) Arg { return Arg{Value: n} }
	memory := func(before, after []byte) Arg {
		return Arg{Value: 0x7f0000001000, Pointer: MemoryValue, Before: before, After: after}
	}
	length := func(before, after uint32) Arg {
		return memory(binary.NativeEndian.AppendUint32(nil, before), binary.NativeEndian.AppendUint32(nil, after))
	}
	server := Sockaddr(netip.MustParseAddrPort("127.0.0.1:7777"))
	client := Sockaddr(netip.MustParseAddrPort("127.0.0.1:40000"))
	v6 := Sockaddr(netip.MustParseAddrPort("[::1]:80"))
	path := append([]byte{byte(SystemLayout.Unix), 0}, "/tmp/\x1bs\x00"...)
	if SystemLayout.HasLen {
		path[0], path[1] = byte(len(path)), byte(SystemLayout.Unix)
	}
	constant := func(name string) Arg {
		n, _ := Constant(name)
		return Arg{Value: n}
	}
	one := binary.NativeEndian.AppendUint32(nil, 1)
	fds := append(binary.NativeEndian.AppendUint32(nil, 3), 1, 0, 1, 0)
	for _, tt := range []struct {
		name  string
		args  []Arg
		ret   int64
		errno unix.Errno
		want  string
	}{
		{"socket", []Arg{constant("AF_INET"), constant("SOCK_STREAM"), number(0)}, 3, 0, "socket(AF_INET, SOCK_STREAM, 0) = 3"},
		{"bind", []Arg{number(3), memory(server, nil), number(16)}, 0, 0, "bind(3, 127.0.0.1:7777, 16) = 0"},
		{"bind", []Arg{number(3), memory(v6, nil), number(28)}, -1, unix.EADDRINUSE, "bind(3, [::1]:80, 28) = -1 EADDRINUSE"},
		{"bind", []Arg{number(3), memory(server, nil), number(4)}, -1, unix.EINVAL, `bind(3, {sa_family=AF_INET, sa_data="\36a"}, 4) = -1 EINVAL`},
		{"bind", []Arg{number(3), memory(path, nil), number(int64(len(path)))}, 0, 0, `bind(3, "/tmp/\33s", 10) = 0`},
		{"bind", []Arg{number(3), {}, number(16)}, -1, unix.EFAULT, "bind(3, NULL, 16) = -1 EFAULT"},
		{"accept", []Arg{number(3), memory(make([]byte, 16), client), length(16, 16)}, 4, 0, "accept(3, 127.0.0.1:40000, [16]) = 4"},
		{"accept", []Arg{number(3), memory(make([]byte, 128), append(client[:16:16], make([]byte, 112)...)), length(128, 16)}, 4, 0, "accept(3, 127.0.0.1:40000, [128 => 16]) = 4"},
		{"accept", []Arg{number(3), {}, {}}, 4, 0, "accept(3, NULL, NULL) = 4"},
		{"accept", []Arg{number(3), memory(make([]byte, 16), nil), length(16, 16)}, -1, unix.EAGAIN, "accept(3, 0x7f0000001000, [16]) = -1 EAGAIN"},
		{"send", []Arg{number(3), memory([]byte("hello"), nil), number(5), number(0)}, 5, 0, `send(3, "hello", 5, 0) = 5`},
		{"send", []Arg{number(3), memory([]byte("a line that is too long for it"), nil), number(30), constant("MSG_PEEK")}, 30, 0, `send(3, "a line that is too long "..., 30, MSG_PEEK) = 30`},
		{"recv", []Arg{number(4), memory(make([]byte, 9), []byte("hello\x00\x00\x00\x00")), number(9), number(0)}, 5, 0, `recv(4, "hello", 9, 0) = 5`},
		{"recv", []Arg{number(4), memory(make([]byte, 9), nil), number(9), number(0)}, 0, 0, `recv(4, "", 9, 0) = 0`},
		{"shutdown", []Arg{number(4), constant("SHUT_WR")}, 0, 0, "shutdown(4, SHUT_WR) = 0"},
		{"setsockopt", []Arg{number(3), constant("SOL_SOCKET"), constant("SO_REUSEADDR"), memory(one, nil), number(4)}, 0, 0, "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0"},
		{"getsockopt", []Arg{number(3), constant("SOL_SOCKET"), constant("SO_TYPE"), memory(make([]byte, 4), one), length(4, 4)}, 0, 0, "getsockopt(3, SOL_SOCKET, SO_TYPE, [1], [4]) = 0"},
		{"fcntl", []Arg{number(3), constant("F_GETFL"), number(0)}, 2, 0, "fcntl(3, F_GETFL, 0) = 2"},
		{"fcntl", []Arg{number(3), constant("F_SETFL"), constant("O_NONBLOCK")}, 0, 0, "fcntl(3, F_SETFL, O_RDONLY|O_NONBLOCK) = 0"},
		{"ioctl", []Arg{number(3), constant("FIONREAD"), memory(make([]byte, 4), one)}, 0, 0, "ioctl(3, FIONREAD, [1]) = 0"},
		{"poll", []Arg{memory(fds, fds), number(1), number(-1)}, 1, 0, "poll([{fd=3, revents=POLLIN}], 1, -1) = 1"},
		{"kill", []Arg{number(1), number(9)}, -1, unix.EPERM, "kill(1, SIGKILL) = -1 EPERM"},
		{"unlink", []Arg{memory([]byte("/tmp/s\x00"), nil)}, 0, 0, `unlink("/tmp/s") = 0`},
		{"close", []Arg{number(3)}, 0, 0, "close(3) = 0"},
	} {
		spec, _ := Lookup(tt.name)
		got := Short(&Call{Name: tt.name, Syscall: spec.Syscall, Args: tt.args, Ret: &tt.ret, Errno: Errno(tt.errno)})
		if got != tt.want {
			t.Errorf("\n got %s\nwant %s", got, tt.want)
		}
	}
	waiting := &Call{Name: "accept", Args: []Arg{number(3), {}, {}}}
	if got, want := Short(waiting), "accept(3, NULL, NULL) = ?"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
