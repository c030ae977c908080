package finding

import (
	"fmt"
	"net/netip"
	"slices"
)

// portUse is a port a program wrote down: bound, or called in vain.
type portUse struct {
	mark
	p       *process
	port    uint16
	binding bool
}

// oldName is a name whose socket is gone.
type oldName struct {
	path string
	f    *file
}

// refusal is a bind that found its name taken by what an earlier socket has left.
type refusal struct {
	mark
	fd      int
	address netip.AddrPort
	path    string
	row     string // the connection in TIME_WAIT as it was sampled, or ""
}

// keptNames bounds how many ports and old names are remembered.
const keptNames = 256

// exchanged is a port with its two bytes exchanged.
func exchanged(port uint16) uint16 { return port<<8 | port>>8 }

// lookAddress is about the bytes of an address that is bound or called.
func (w *Watch) lookAddress(c *call) {
	a, inet := c.address(1, false)
	kind, known := structures[c.family(1)]
	meant, swapped := structures[c.family(1)>>8]
	switch {
	case c.family(1)&0xff == 0 && swapped && c.failed("EAFNOSUPPORT", "EINVAL"):
		w.raise(FamilySwapped, c.p, c.mark(), text{
			fmt.Sprintf("%s() on descriptor %d was given an address of family %d and failed with %s. %d is %s, %d, with its two bytes exchanged.", c.Name, c.fd, c.family(1), c.errorText(), c.family(1), meant.family, c.family(1)>>8),
			"The family is read by this machine's kernel only, so it stays in host byte order. Only what goes on the wire, port and address, is turned round.",
			fmt.Sprintf("Write address.%s = %s, without htons().", meant.field, meant.family),
		})
	case known && c.failed("EINVAL") && !c.f.bound && c.f.domain == c.family(1) && uint64(c.arg(2)) < kind.least:
		w.raise(AddressLength, c.p, c.mark(), text{
			fmt.Sprintf("%s() on descriptor %d was given an address of length %d and failed with %s.", c.Name, c.fd, int32(c.arg(2)), c.errorText()),
			fmt.Sprintf("struct %s has %d bytes, and the kernel takes no shorter address of %s.%s", kind.name, kind.size, kind.family, sizeIs(c.arg(2))),
			fmt.Sprintf("Pass sizeof of the structure itself: %s(s, (struct sockaddr *)&address, sizeof address).", c.Name),
		})
	case inet && a.Addr() == backToFront && (c.verb == binds && c.failed("EADDRNOTAVAIL") || c.verb == connects && !c.ok):
		w.raise(HtonlMissing, c.p, c.mark(), text{
			fmt.Sprintf("%s() on descriptor %d was given the address 1.0.0.127. These are the bytes of 127.0.0.1 back to front.", c.Name, c.fd),
			"The kernel reads an address high byte first, on whatever machine. 1.0.0.127 belongs to somebody else.",
			"Write address.sin_addr.s_addr = htonl(INADDR_LOOPBACK), or use inet_pton() with \"127.0.0.1\".",
		})
	case inet && a.Port() != 0:
		w.lookPort(c, a.Port())
	}
}

// structure is the structure of an address of a family.
type structure struct {
	family, name, field string
	size                int
	least               uint64 // what the kernel takes, in bytes
}

var structures = map[int]structure{
	afInet:  {"AF_INET", "sockaddr_in", "sin_family", 16, 16},
	afInet6: {"AF_INET6", "sockaddr_in6", "sin6_family", 28, 24},
}

// sizeIs says what a length that is too short may be the size of, "" for another.
func sizeIs(length int64) string {
	switch length {
	case 8:
		return " A length of 8 is the size of a pointer: sizeof was asked for the pointer, not for what it points to."
	case 16:
		return " A length of 16 is the size of struct sockaddr and of struct sockaddr_in."
	}
	return ""
}

var backToFront = netip.AddrFrom4([4]byte{1, 0, 0, 127})

// lookPort is about a port whose bytes are exchanged.
func (w *Watch) lookPort(c *call, port uint16) {
	meant := exchanged(port)
	if meant == port {
		return
	}
	if w.options.Port != 0 {
		if int(meant) == w.options.Port {
			w.swapped(c, port, meant)
		}
		return
	}
	u := &portUse{c.mark(), c.p, port, c.verb == binds}
	if u.binding && !c.ok || !u.binding && !c.failed("ECONNREFUSED") {
		return
	}
	for _, o := range w.ports {
		if o.port != meant || o.p == u.p || o.binding == u.binding {
			continue
		}
		if u.binding {
			w.onePort(u, o)
		} else {
			w.onePort(o, u)
		}
		return
	}
	if len(w.ports) < keptNames && !slices.ContainsFunc(w.ports, func(o *portUse) bool { return o.port == port && o.p == c.p }) {
		w.ports = append(w.ports, u)
	}
}

// swapped is about a port that is not the one the program was told.
func (w *Watch) swapped(c *call, port, meant uint16) {
	w.raise(HtonsMissing, c.p, c.mark(), text{
		fmt.Sprintf("%s() on descriptor %d was given port %d. The program was told port %d: these are the same two bytes, exchanged.", c.Name, c.fd, port, meant),
		fmt.Sprintf("The kernel reads sin_port high byte first, on whatever machine, and every two bytes are some port. No call fails because of it; whoever looks for port %d finds nobody.", meant),
		fmt.Sprintf("Write address.sin_port = htons(%d).", meant),
	})
}

// onePort is about two programs that mean one port, one of which leaves htons out.
func (w *Watch) onePort(bound, called *portUse) {
	w.raise(HtonsMissing, bound.p, bound.mark, text{
		fmt.Sprintf("%s was bound to port %d, and %s called port %d and was refused. %d and %d are the same two bytes, exchanged: one of the two programs leaves out htons().", bound.p.name, bound.port, called.p.name, called.port, bound.port, called.port),
		"The kernel reads sin_port high byte first, on whatever machine, and every two bytes are some port. No call fails because of it, and the two never meet.",
		fmt.Sprintf("Write address.sin_port = htons(PORT) in both. Where PORT is %d the mistake is in %s, where it is %d in %s.", called.port, bound.p.name, bound.port, called.p.name),
	}, called.mark)
}

// lookRefusedName notes a bind that found its name taken by what is left of an earlier
// socket. A program that then gets the name has done all that is needed.
func (w *Watch) lookRefusedName(c *call) {
	if !c.failed("EADDRINUSE") || len(c.p.refused) >= keptNames {
		return
	}
	if path := c.path(1); path != "" {
		if w.left(func(o *oldName) bool { return o.path == path }) && !w.held(func(f *file) bool { return f.path == path }) {
			c.p.refused = append(c.p.refused, refusal{mark: c.mark(), fd: c.fd, path: path})
		}
		return
	}
	a, inet := c.address(1, false)
	if !inet || !c.f.stream() || c.f.reuse || w.held(func(f *file) bool {
		return f.local.Port() == a.Port() && f.stream() && f.inet() && (f.listening || f.from == nil)
	}) {
		return
	}
	row := w.timeWait(a.Port())
	closedFirst := w.left(func(o *oldName) bool {
		return o.f.local.Port() == a.Port() && o.f.closedFirst != 0 && c.at-o.f.closedFirst < timeWait
	})
	if row != "" || closedFirst {
		c.p.refused = append(c.p.refused, refusal{mark: c.mark(), fd: c.fd, address: a, row: row})
	}
}

// timeWait is how long Linux keeps a connection in TIME_WAIT, in nanoseconds.
const timeWait = 60e9

// timeWait is a sampled connection in TIME_WAIT at a port at which nobody listens.
func (w *Watch) timeWait(port uint16) (row string) {
	for _, k := range w.sampled {
		switch {
		case k.Local.Port() != port:
		case k.State == "LISTEN" || k.State == "ESTABLISHED" || k.State == "CLOSE":
			return ""
		case k.State == "TIME_WAIT":
			row = fmt.Sprintf("%s with %s", k.Local, k.Peer)
		}
	}
	return row
}

func (w *Watch) left(is func(*oldName) bool) bool { return slices.ContainsFunc(w.gone, is) }

// held reports whether a descriptor of the trace stands for such a bound socket.
func (w *Watch) held(is func(*file) bool) bool {
	for _, p := range w.processes {
		for _, d := range p.fds {
			if d.file.bound && is(d.file) {
				return true
			}
		}
	}
	return false
}

// took notes that a program has got a name.
func (w *Watch) took(c *call, a netip.AddrPort, inet bool) {
	path := c.path(1)
	c.p.refused = slices.DeleteFunc(c.p.refused, func(r refusal) bool {
		return path != "" && r.path == path || inet && r.path == "" && r.address.Port() == a.Port()
	})
	w.gone = slices.DeleteFunc(w.gone, func(o *oldName) bool { return path != "" && o.path == path })
}

// leaveName notes that a socket with a name is gone.
func (w *Watch) leaveName(f *file) {
	if f.path == "" && !f.listening || f.accepted {
		return
	}
	w.gone = append(w.gone, &oldName{f.path, f})
	if len(w.gone) > keptNames {
		w.gone = w.gone[1:]
	}
}

// closeFirst notes at the last close of an accepted connection that the other side had
// not closed: this end goes into TIME_WAIT.
func (f *file) closeFirst() {
	if f.from == nil || !f.inet() || f.over() || f.unread.id != 0 || f.lingers {
		return
	}
	if o := f.end(); o != nil && o.goneAt == 0 && !o.shutOut {
		f.from.closedFirst = f.goneAt
	}
}

func (w *Watch) followUnlink(c *call) {
	if !c.ok {
		return
	}
	path := text0(c.memory(0, false))
	if c.Name == "unlinkat" || c.Syscall == "unlinkat" && len(c.Args) > 1 {
		path = text0(c.memory(1, false))
	}
	w.gone = slices.DeleteFunc(w.gone, func(o *oldName) bool { return path != "" && o.path == path })
}

// text0 is what stands in front of the null byte.
func text0(b []byte) string {
	if i := slices.Index(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}

// refusedNames tells of the names a process did not get until its end.
func (w *Watch) refusedNames(p *process) {
	for _, r := range p.refused {
		if r.path != "" {
			w.raise(PathLeft, p, r.mark, text{
				fmt.Sprintf("bind() on descriptor %d failed with EADDRINUSE: the file %s was there already. An earlier socket of this run was bound to it and is gone.", r.fd, r.path),
				"The file of a Unix socket stays when the socket is closed and when its program ends. Nobody listens there any more, and still nobody else can bind to it.",
				fmt.Sprintf("Call unlink(\"%s\") right before bind(), and when the server ends.", r.path),
			})
			continue
		}
		what := fmt.Sprintf("bind() on descriptor %d failed with EADDRINUSE at port %d, at which nobody listens any more, and SO_REUSEADDR was not set.", r.fd, r.address.Port())
		if r.row != "" {
			what += fmt.Sprintf(" The kernel showed a connection in TIME_WAIT there, %s.", r.row)
		} else {
			what += " The earlier server of this run had closed a connection before its client did."
		}
		w.raise(NoReuseAddr, p, r.mark, text{
			what,
			"The end that closes first stays in TIME_WAIT for 60 seconds, and a server that starts again meanwhile does not get its port.",
			"Call setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) with int on = 1 before every bind() of a server. The server before it must have set it as well.",
		})
	}
	p.refused = nil
}
