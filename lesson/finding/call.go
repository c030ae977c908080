package finding

import (
	"encoding/binary"
	"net/netip"

	"sockstep/netcore"
)

// verb is what a call does, whatever its name.
type verb int

const (
	other verb = iota
	makes
	pairs
	binds
	listens
	connects
	accepts
	sends
	receives
	shuts
	closes
	closesRange
	copies
	controls
	sets
	gets
	names
	waits
	moves
	unlinks
)

// verbs are those of the calls, by the names of C and of the kernel.
var verbs = map[string]verb{
	"socket": makes, "socketpair": pairs, "bind": binds, "listen": listens, "connect": connects,
	"accept": accepts, "accept4": accepts,
	"send": sends, "sendto": sends, "sendmsg": sends, "sendmmsg": sends, "write": sends, "writev": sends,
	"sendfile": sends, "sendfile64": sends, "pwritev2": sends, "splice": moves,
	"recv": receives, "recvfrom": receives, "recvmsg": receives, "recvmmsg": receives, "read": receives, "readv": receives, "preadv2": receives,
	"shutdown": shuts, "close": closes, "close_range": closesRange,
	"dup": copies, "dup2": copies, "dup3": copies, "fcntl": controls, "fcntl64": controls, "ioctl": controls,
	"setsockopt": sets, "getsockopt": gets, "getsockname": names, "getpeername": names,
	"poll": waits, "ppoll": waits, "select": waits, "pselect6": waits, "pselect": waits,
	"epoll_wait": waits, "epoll_pwait": waits, "epoll_pwait2": waits,
	"unlink": unlinks, "unlinkat": unlinks,
}

// call is a call with what the model knows of its descriptor before it.
type call struct {
	*netcore.Call
	verb  verb
	p     *process
	t     *thread
	fd    int
	d     *descriptor // nil where fd is no socket known
	f     *file
	n     int64 // the result; -1 where there is none
	ok    bool
	errno string
	at    int64
}

// call looks at a call, tells what it shows, and then takes over its effect.
func (w *Watch) call(k *netcore.Call, at int64) {
	c := &call{Call: k, verb: verbs[k.Name], fd: -1, n: -1, at: at}
	if c.verb == other {
		c.verb = verbs[k.Syscall]
	}
	p := w.processes[k.PID]
	if p == nil {
		p = w.newProcess(k.PID, k.Process)
	}
	c.p, c.t = p, p.thread(k.TID)
	if k.Ret != nil {
		c.n, c.ok, c.errno = *k.Ret, k.Errno == 0, k.Errno.Name()
	}
	if c.verb != makes && c.verb != pairs && c.verb != waits && c.verb != unlinks && c.verb != closesRange {
		c.fd = int(int32(c.arg(0)))
		c.d = p.fds[c.fd]
	}
	if c.d != nil {
		c.f = c.d.file
	}
	w.look(c)
	w.follow(c)
	delete(w.asleep, k.ID)
	if c.d != nil && c.verb != closes {
		c.d.touched = c.mark()
	}
}

// failed reports whether the call came back with one of these errors, any if none is
// named.
func (c *call) failed(errnos ...string) bool {
	if c.errno == "" {
		return false
	}
	for _, e := range errnos {
		if c.errno == e {
			return true
		}
	}
	return len(errnos) == 0
}

func (c *call) arg(i int) int64 {
	if i >= len(c.Args) {
		return 0
	}
	return c.Args[i].Value
}

// memory is what an argument pointed to, at entry or at return.
func (c *call) memory(i int, after bool) []byte {
	if i >= len(c.Args) {
		return nil
	}
	if after {
		return c.Args[i].After
	}
	return c.Args[i].Before
}

// number is an int an argument pointed to.
func (c *call) number(i int, after bool) (int32, bool) {
	m := c.memory(i, after)
	if len(m) < 4 {
		return 0, false
	}
	return int32(binary.NativeEndian.Uint32(m)), true
}

// given reports whether an argument is a pointer that is not null.
func (c *call) given(i int) bool {
	return i < len(c.Args) && c.Args[i].Pointer != netcore.NullValue && (c.Args[i].Value != 0 || len(c.Args[i].Before)+len(c.Args[i].After) > 0)
}

// address is the address an argument points to, as a program of Linux writes it.
func (c *call) address(i int, after bool) (netip.AddrPort, bool) {
	a, ok := netcore.LinuxLayout.AddrPort(c.memory(i, after))
	if !ok {
		return a, false
	}
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port()), true
}

// family is the address family an argument's address begins with, -1 without one.
func (c *call) family(i int) int {
	m := c.memory(i, false)
	if len(m) < 2 {
		return -1
	}
	return int(binary.NativeEndian.Uint16(m))
}

// path is the name of an AF_UNIX address in the file system, "" for another.
func (c *call) path(i int) string {
	m := c.memory(i, false)
	if c.family(i) != afUnix || len(m) < 3 || m[2] == 0 {
		return ""
	}
	m = m[2:]
	for i, b := range m {
		if b == 0 {
			m = m[:i]
			break
		}
	}
	return string(m)
}

// plain reports whether the result of a transfer is its number of bytes and its
// buffer the second argument.
func (c *call) plain() bool {
	switch c.Name {
	case "send", "sendto", "write", "recv", "recvfrom", "read":
		return true
	}
	return false
}

// flags are the MSG_* of a transfer.
func (c *call) flags() int64 {
	switch c.Name {
	case "send", "sendto", "recv", "recvfrom":
		return c.arg(3)
	case "sendmsg", "recvmsg":
		return c.arg(2)
	}
	return 0
}

// sent is what a plain send handed over, as far as it was recorded.
func (c *call) sent() []byte {
	m := c.memory(1, false)
	if n := c.arg(2); n >= 0 && int64(len(m)) > n {
		m = m[:n]
	}
	return m
}

// got is what a plain receive brought.
func (c *call) got() []byte {
	m := c.memory(1, true)
	if c.n >= 0 && int64(len(m)) > c.n {
		m = m[:c.n]
	}
	return m
}
