//go:build unix

package netcore

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"sockstep/netcore/clocktest"
)

func openLab(t testing.TB, o Options) *Lab {
	t.Helper()
	l, err := Open(deadline(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func deadline(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), clocktest.Patience)
	t.Cleanup(cancel)
	return ctx
}

func start(t testing.TB, l *Lab, name string) *Process {
	t.Helper()
	p, err := l.Start(deadline(t), name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func call(name string, args ...Value) Request { return Request{Name: name, Args: args} }

func do(t testing.TB, p *Process, name string, args ...Value) Call {
	t.Helper()
	c, err := p.Do(deadline(t), call(name, args...))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// want makes a call and checks what it returned.
func want(t testing.TB, p *Process, ret int64, name string, args ...Value) Call {
	t.Helper()
	c := do(t, p, name, args...)
	if c.Ret == nil {
		t.Fatalf("%s never returned: %s", name, c.Reason)
	}
	if *c.Ret != ret {
		t.Fatalf("%s = %d (%v), want %d; descriptors of %s: %v, its own: %v", name, *c.Ret, c.Errno, ret, p.Name(), open(p), p.body.own)
	}
	return c
}

// open are the descriptors of a process, "3 socket:[4711]", where the system shows them.
func open(p *Process) (out []string) {
	links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", p.PID()))
	for _, link := range links {
		target, _ := os.Readlink(link)
		out = append(out, filepath.Base(link)+" "+target)
	}
	return out
}

// wantErrno makes a call and checks how it failed.
func wantErrno(t testing.TB, p *Process, errno string, name string, args ...Value) Call {
	t.Helper()
	c := want(t, p, -1, name, args...)
	if c.Errno.Name() != errno {
		t.Fatalf("%s failed with %s, want %s", name, c.Errno.Name(), errno)
	}
	return c
}

// inet4 is a struct sockaddr_in of 127.0.0.1.
func inet4(port uint16) []byte { return inet4At([4]byte{127, 0, 0, 1}, port) }

func inet4At(addr [4]byte, port uint16) []byte {
	b := binary.NativeEndian.AppendUint16(nil, 2)
	b = binary.BigEndian.AppendUint16(b, port)
	b = append(b, addr[:]...)
	return append(b, make([]byte, 8)...)
}

func int32Bytes(n int32) []byte { return binary.NativeEndian.AppendUint32(nil, uint32(n)) }

// listening brings p to a listening socket, descriptor 3, and returns its port.
func listening(t testing.TB, p *Process, backlog int64) uint16 {
	t.Helper()
	want(t, p, 3, "socket", Number(2), Number(1), Number(0))
	want(t, p, 0, "bind", Number(3), Memory(inet4(0)), Number(16))
	want(t, p, 0, "listen", Number(3), Number(backlog))
	c := want(t, p, 0, "getsockname", Number(3), Memory(make([]byte, 16)), Memory(int32Bytes(16)))
	return binary.BigEndian.Uint16(c.Args[1].After[2:])
}

func TestLifeCycle(t *testing.T) {
	l := openLab(t, Options{})
	server, client := start(t, l, "server"), start(t, l, "client")
	port := listening(t, server, 5)
	want(t, client, 3, "socket", Number(2), Number(1), Number(0))
	want(t, client, 0, "connect", Number(3), Memory(inet4(port)), Number(16))
	c := want(t, server, 4, "accept", Number(3), Memory(make([]byte, 16)), Memory(int32Bytes(16)))
	if got := binary.NativeEndian.Uint16(c.Args[1].After); got != 2 {
		t.Errorf("accept wrote family %d, want 2", got)
	}
	if c.Syscall != "accept" || c.Enter >= c.Exit || c.PID != server.PID() || c.TID != c.PID {
		t.Errorf("call = %+v", c)
	}
	want(t, client, 5, "send", Number(3), Memory([]byte("hello")), Number(5), Number(0))
	c = want(t, server, 5, "recv", Number(4), Memory(make([]byte, 20)), Number(20), Number(0))
	if got := string(c.Args[1].After[:5]); got != "hello" {
		t.Errorf("received %q", got)
	}
	want(t, client, 0, "close", Number(3))
	want(t, server, 0, "recv", Number(4), Memory(make([]byte, 20)), Number(20), Number(0))
	want(t, server, 0, "close", Number(4))
	want(t, server, 0, "close", Number(3))
}

// connected brings up a connection: the server's descriptors are 3 and 4, the
// client's is 3.
func connected(t testing.TB, l *Lab) (server, client *Process) {
	t.Helper()
	server, client = start(t, l, "server"), start(t, l, "client")
	port := listening(t, server, 5)
	want(t, client, 3, "socket", Number(2), Number(1), Number(0))
	want(t, client, 0, "connect", Number(3), Memory(inet4(port)), Number(16))
	want(t, server, 4, "accept", Number(3), Null(), Null())
	return server, client
}
