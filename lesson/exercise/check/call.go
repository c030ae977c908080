package check

import (
	"encoding/binary"
	"net/netip"

	"sockstep/netcore"
)

// Kind is what a call does, whatever its name: send, write, sendto, sendmsg and
// writev are all Out.
type Kind string

// The kinds of calls.
const (
	Socket    Kind = "socket"
	Bind      Kind = "bind"
	Listen    Kind = "listen"
	Accept    Kind = "accept" // accept4 too
	Connect   Kind = "connect"
	In        Kind = "in"  // recv, read and their like
	Out       Kind = "out" // send, write and their like
	Shutdown  Kind = "shutdown"
	Close     Kind = "close"
	SetOption Kind = "setsockopt"
	GetOption Kind = "getsockopt"
	AskName   Kind = "name" // getsockname, getpeername
	Wait      Kind = "wait" // poll, select, epoll_wait and theirs
	Control   Kind = "fcntl"
	Duplicate Kind = "dup"
)

var kinds = map[string]Kind{
	"socket": Socket, "socketpair": Socket, "bind": Bind, "listen": Listen, "accept": Accept, "accept4": Accept, "connect": Connect,
	"recv": In, "recvfrom": In, "recvmsg": In, "recvmmsg": In, "read": In, "readv": In, "preadv2": In,
	"send": Out, "sendto": Out, "sendmsg": Out, "sendmmsg": Out, "write": Out, "writev": Out, "pwritev2": Out, "sendfile": Out,
	"shutdown": Shutdown, "close": Close, "setsockopt": SetOption, "getsockopt": GetOption,
	"getsockname": AskName, "getpeername": AskName,
	"poll": Wait, "ppoll": Wait, "select": Wait, "pselect": Wait, "pselect6": Wait, "epoll_wait": Wait, "epoll_pwait": Wait, "epoll_pwait2": Wait,
	"fcntl": Control, "ioctl": Control, "dup": Duplicate, "dup2": Duplicate, "dup3": Duplicate,
}

// KindOf is what a call does, "" for one that is none of the kinds.
func KindOf(c *netcore.Call) Kind { return kinds[c.Name] }

// Descriptor is the descriptor a call is about: its first argument, and for socket
// and accept the one it was given. -1 is none.
func Descriptor(c *netcore.Call) int {
	switch KindOf(c) {
	case Socket:
		return Returned(c)
	case Wait, "":
		return -1
	}
	if len(c.Args) == 0 {
		return -1
	}
	return int(int32(c.Args[0].Value))
}

// Returned is what a call returned, -1 for one that failed or never returned.
func Returned(c *netcore.Call) int {
	if c.Ret == nil {
		return -1
	}
	return int(*c.Ret)
}

// AddressOf is the address a call gave the kernel, as bind and connect do, or got
// from it, as accept does; false for none, or one of another family than IP.
func AddressOf(c *netcore.Call) (netip.AddrPort, bool) {
	for _, a := range c.Args {
		switch a.Kind {
		case netcore.KindSockaddrIn:
			return sockaddr(a.Before)
		case netcore.KindAddrOut:
			return sockaddr(a.After)
		}
	}
	return netip.AddrPort{}, false
}

// sockaddr reads a struct sockaddr_in or sockaddr_in6 of Linux.
func sockaddr(b []byte) (netip.AddrPort, bool) {
	const inet, inet6 = 2, 10
	if len(b) < 8 {
		return netip.AddrPort{}, false
	}
	port := binary.BigEndian.Uint16(b[2:])
	switch family := binary.NativeEndian.Uint16(b); {
	case family == inet:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[4:8])), port), true
	case family == inet6 && len(b) >= 24:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[8:24])).Unmap(), port), true
	}
	return netip.AddrPort{}, false
}

// Match says which calls are meant.
type Match func(*netcore.Call) bool

// Is matches calls of any of the kinds.
func Is(kinds ...Kind) Match {
	return func(c *netcore.Call) bool {
		for _, k := range kinds {
			if KindOf(c) == k {
				return true
			}
		}
		return false
	}
}

// On matches calls about a descriptor.
func On(fd int) Match { return func(c *netcore.Call) bool { return Descriptor(c) == fd } }

// Succeeds matches calls that came back without an error.
func Succeeds(c *netcore.Call) bool { return c.Returned() && !c.Failed() }

// FailsWith matches calls that came back with one of the errors ("EPIPE"), any error
// without a name.
func FailsWith(names ...string) Match {
	return func(c *netcore.Call) bool {
		if len(names) == 0 {
			return c.Failed()
		}
		for _, n := range names {
			if c.Failed() && c.Errno.Name() == n {
				return true
			}
		}
		return false
	}
}

// Returns matches calls that returned a number.
func Returns(n int) Match {
	return func(c *netcore.Call) bool { return c.Ret != nil && *c.Ret == int64(n) }
}

// Sets matches setsockopt of an option by its names, ("SOL_SOCKET", "SO_REUSEADDR"),
// to anything but 0.
func Sets(level, name string) Match {
	l, ok := netcore.Constant(level)
	n, also := netcore.Constant(name)
	if !ok || !also {
		return func(*netcore.Call) bool { return false }
	}
	return func(c *netcore.Call) bool {
		if KindOf(c) != SetOption || len(c.Args) < 4 || int64(int32(c.Args[1].Value)) != l || int64(int32(c.Args[2].Value)) != n {
			return false
		}
		for _, b := range c.Args[3].Before {
			if b != 0 {
				return true
			}
		}
		return false
	}
}

// Not matches what another does not.
func Not(m Match) Match { return func(c *netcore.Call) bool { return !m(c) } }

// every reports whether all of them match.
func every(ms []Match, c *netcore.Call) bool {
	for _, m := range ms {
		if !m(c) {
			return false
		}
	}
	return true
}

// Pick chooses the call to show out of those in question, in order; nil for none.
type Pick func([]*netcore.Call) *netcore.Call

// First picks the first call that matches all.
func First(ms ...Match) Pick {
	return func(calls []*netcore.Call) *netcore.Call {
		for _, c := range calls {
			if every(ms, c) {
				return c
			}
		}
		return nil
	}
}

// Last picks the last call that matches all.
func Last(ms ...Match) Pick {
	return func(calls []*netcore.Call) *netcore.Call {
		for i := len(calls) - 1; i >= 0; i-- {
			if every(ms, calls[i]) {
				return calls[i]
			}
		}
		return nil
	}
}

// OrElse picks what the first of the picks finds.
func OrElse(picks ...Pick) Pick {
	return func(calls []*netcore.Call) *netcore.Call {
		for _, p := range picks {
			if c := p(calls); c != nil {
				return c
			}
		}
		return nil
	}
}
