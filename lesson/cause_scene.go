package lesson

import (
	"encoding/binary"
	"iter"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"sockstep/netcore"
)

// scene is what can be read about a call that was refused.
type scene struct {
	call     *netcore.Call
	now, was netcore.Snapshot
	record   *netcore.Timeline
}

// arg returns an argument by its parameter's name; the zero Arg where there is none.
func (s *scene) arg(name string) netcore.Arg {
	for _, a := range s.call.Args {
		if a.Name == name {
			return a
		}
	}
	return netcore.Arg{}
}

func (s *scene) number(name string) int { return int(int32(s.arg(name).Value)) }

// is reports whether an argument has the value of one of the constants.
func (s *scene) is(name string, constants ...string) bool {
	return slices.ContainsFunc(constants, func(c string) bool {
		n, ok := netcore.Constant(c)
		return ok && int64(s.number(name)) == n
	})
}

// has reports whether a flag is among those of an argument.
func (s *scene) has(name, flag string) bool {
	n, ok := netcore.Constant(flag)
	return ok && n != 0 && s.arg(name).Value&n == n
}

// written is an argument as the call has it, "SOCK_STREAM"; a number where it has
// no name.
func (s *scene) written(name string) string {
	texts := arguments(netcore.Short(s.call))
	for i, a := range s.call.Args {
		if a.Name == name && i < len(texts) {
			if strings.Contains(texts[i], "???") || strings.HasPrefix(texts[i], "_IOC") {
				return strconv.FormatInt(a.Value, 10)
			}
			return texts[i]
		}
	}
	return ""
}

// arguments cuts a call as it is written into its arguments.
func arguments(call string) (out []string) {
	_, rest, _ := strings.Cut(call, "(")
	depth, from, quoted := 0, 0, false
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case quoted:
		case c == '(' || c == '{' || c == '[':
			depth++
		case depth == 0 && (c == ',' || c == ')'):
			if out = append(out, strings.TrimSpace(rest[from:i])); c == ')' {
				return out
			}
			from = i + 1
		case c == ')' || c == '}' || c == ']':
			depth--
		}
	}
	return out
}

// fd is the descriptor the call is about, -1 for a call about none.
func (s *scene) fd() int {
	if len(s.call.Args) > 0 && s.call.Args[0].Kind == netcore.KindFD {
		return int(int32(s.call.Args[0].Value))
	}
	return -1
}

// descriptor is the row of the table for the call's descriptor.
func (s *scene) descriptor() (netcore.Descriptor, bool) {
	for _, d := range s.table() {
		if d.FD == s.fd() {
			return d, true
		}
	}
	return netcore.Descriptor{}, false
}

// table is the descriptor table of the calling process.
func (s *scene) table() []netcore.Descriptor {
	for _, p := range s.now.Processes {
		if p.Name == s.call.Process {
			return p.FDs
		}
	}
	return nil
}

// nonblocking reports whether the descriptor, or this call alone, does not wait.
func (s *scene) nonblocking() bool {
	d, _ := s.descriptor()
	return slices.Contains(d.Flags, "O_NONBLOCK") || s.has("flags", "MSG_DONTWAIT")
}

// socket is the socket behind the call's descriptor.
func (s *scene) socket() netcore.Socket {
	k, _ := SocketOf(s.now, s.call.Process, s.fd())
	return k
}

// before is that socket as it was at the last look before the call.
func (s *scene) before() netcore.Socket {
	now := s.socket()
	if k, ok := SocketOf(s.was, s.call.Process, s.fd()); ok && k.Cookie == now.Cookie {
		return k
	}
	return now
}

func (s *scene) tcp() bool {
	k := s.socket()
	return k.Type == "SOCK_STREAM" && k.Domain != "AF_UNIX"
}

func (s *scene) udp() bool { return s.socket().Type == "SOCK_DGRAM" && s.socket().Domain != "AF_UNIX" }

// address is the memory of a struct sockaddr as far as the length passed covers it.
func (s *scene) address() []byte {
	for _, name := range []string{"addr", "dest_addr"} {
		if a := s.arg(name); a.Before != nil {
			return a.Before[:min(max(s.number("addrlen"), 0), len(a.Before))]
		}
	}
	return nil
}

// target is the internet address passed; false for another family or a short one.
func (s *scene) target() (netip.AddrPort, bool) { return netcore.AddrPort(s.address()) }

// family is the name of the family in the address passed, "AF_INET".
func (s *scene) family() string {
	fields := netcore.FieldsAs("sockaddr", s.address(), -1)
	for _, f := range fields {
		if f.Name == "sa_family" {
			return strings.TrimPrefix(f.Text, "unknown family ")
		}
	}
	return ""
}

// path is the name in an AF_UNIX address.
func (s *scene) path() string {
	if b := s.address(); len(b) > 2 && s.family() == "AF_UNIX" {
		name, _, _ := strings.Cut(string(b[2:]), "\x00")
		return name
	}
	return ""
}

// option is the int passed to setsockopt by a call.
func option(c *netcore.Call) int {
	for _, a := range c.Args {
		if a.Name == "optval" && len(a.Before) >= 4 {
			return int(int32(nativeUint32(a.Before)))
		}
	}
	return 0
}

// earlier are the calls of the record that came before, the latest first.
func (s *scene) earlier() iter.Seq[*netcore.Call] {
	return func(yield func(*netcore.Call) bool) {
		for i := s.record.Len() - 1; i >= 0; i-- {
			c := s.record.At(i).Call
			if c != nil && c.ID != s.call.ID && c.Enter < s.call.Enter && !yield(c) {
				return
			}
		}
	}
}

// history are the earlier calls about the descriptor since it was made, the latest
// first.
func (s *scene) history() iter.Seq[*netcore.Call] { return s.historyOf(s.call.Process, s.fd()) }

func (s *scene) historyOf(process string, fd int) iter.Seq[*netcore.Call] {
	return func(yield func(*netcore.Call) bool) {
		for c := range s.earlier() {
			switch {
			case c.Process != process:
			case makes(c, fd):
				return
			case len(c.Args) > 0 && c.Args[0].Kind == netcore.KindFD && int(int32(c.Args[0].Value)) == fd:
				if !yield(c) {
					return
				}
			}
		}
	}
}

// makes reports whether a call made a descriptor.
func makes(c *netcore.Call, fd int) bool {
	switch c.Name {
	case "socket", "accept", "accept4", "dup":
		return c.Returned() && *c.Ret == int64(fd)
	}
	return false
}

// did returns the latest earlier call of a name on the descriptor that succeeded,
// nil where there is none.
func (s *scene) did(name string) *netcore.Call {
	for c := range s.history() {
		if c.Name == name && c.Returned() && !c.Failed() {
			return c
		}
	}
	return nil
}

// met returns the latest earlier call on the descriptor that was refused with an
// errno, nil where there is none.
func (s *scene) met(errno string) *netcore.Call {
	for c := range s.history() {
		if c.Failed() && c.Errno.Name() == errno {
			return c
		}
	}
	return nil
}

// set is what an option was set to last on a descriptor.
func (s *scene) set(process string, fd int, name string) (value int, ok bool) {
	number, _ := netcore.Constant(name)
	for c := range s.historyOf(process, fd) {
		if c.Name == "setsockopt" && c.Returned() && !c.Failed() && len(c.Args) > 2 && c.Args[2].Value == number {
			return option(c), true
		}
	}
	return 0, false
}

// packet returns the latest packet that fits and came while the call ran, or since
// the descriptor's last call; false where there is none.
func (s *scene) packet(fits func(*netcore.PacketHeader) bool) (netcore.Packet, bool) {
	for i := s.record.Len() - 1; i >= 0; i-- {
		e := s.record.At(i)
		if e.Packet == nil || s.call.Exit != 0 && e.At > s.call.Exit {
			continue
		}
		if h := e.Packet.Header(); fits(&h) {
			return *e.Packet, true
		}
	}
	return netcore.Packet{}, false
}

// during is packet for those that came between the call's entry and its return.
func (s *scene) during(fits func(*netcore.PacketHeader) bool) (netcore.Packet, bool) {
	return s.sighted(func(p *netcore.Packet) bool { h := p.Header(); return fits(&h) })
}

// sighted is the last sighting between the call's entry and its return that fits. On
// a wire a packet may be seen twice.
func (s *scene) sighted(fits func(*netcore.Packet) bool) (netcore.Packet, bool) {
	for i := s.record.Len() - 1; i >= 0; i-- {
		e := s.record.At(i)
		if e.Call == nil && e.At < s.call.Enter {
			break
		}
		if e.Packet != nil && e.At >= s.call.Enter && e.At <= s.call.Exit {
			if fits(e.Packet) {
				return *e.Packet, true
			}
		}
	}
	return netcore.Packet{}, false
}

// setting returns the latest stage setting of a kind, nil where there is none.
func (s *scene) setting(kind netcore.SettingKind, fits func(*netcore.Setting) bool) *netcore.Setting {
	for i := s.record.Len() - 1; i >= 0; i-- {
		if set := s.record.At(i).Setting; set != nil && set.Kind == string(kind) && fits(set) {
			return set
		}
	}
	return nil
}

func nativeUint32(b []byte) uint32 { return binary.NativeEndian.Uint32(b) }
