package lesson

import (
	"fmt"
	"net/netip"
	"slices"

	"sockstep/netcore"
)

// changes is what differs between two snapshots, in words.
type changes struct{ words []Change }

// diff compares two looks at the lab. Timers that merely ran on are no change.
func diff(was, now netcore.Snapshot) []Change {
	var c changes
	c.descriptors(was, now)
	c.sockets(was, now)
	return c.words
}

func (c *changes) add(what, side string, fd int, cookie uint64, format string, args ...any) {
	c.words = append(c.words, Change{What: what, Side: side, FD: fd, Cookie: cookie, Text: fmt.Sprintf(format, args...)})
}

func (c *changes) descriptors(was, now netcore.Snapshot) {
	for _, p := range now.Processes {
		old := table(was, p.Name)
		for _, d := range p.FDs {
			if before, ok := lookupFD(old, d.FD); !ok {
				c.add("descriptor", p.Name, d.FD, d.Cookie, "%s: new descriptor %d", p.Name, d.FD)
			} else if before.Inode != d.Inode {
				c.add("descriptor", p.Name, d.FD, d.Cookie, "%s: descriptor %d is another file now", p.Name, d.FD)
			}
		}
		for _, d := range old {
			if _, ok := lookupFD(p.FDs, d.FD); !ok {
				c.add("descriptor", p.Name, d.FD, 0, "%s: descriptor %d is gone", p.Name, d.FD)
			}
		}
	}
}

func table(n netcore.Snapshot, process string) []netcore.Descriptor {
	for _, p := range n.Processes {
		if p.Name == process {
			return p.FDs
		}
	}
	return nil
}

func lookupFD(t []netcore.Descriptor, fd int) (netcore.Descriptor, bool) {
	i := slices.IndexFunc(t, func(d netcore.Descriptor) bool { return d.FD == fd })
	if i < 0 {
		return netcore.Descriptor{}, false
	}
	return t[i], true
}

func (c *changes) sockets(was, now netcore.Snapshot) {
	for _, k := range now.Sockets {
		if i := indexSocket(was, k); i >= 0 {
			c.compare(was.Sockets[i], k)
		} else {
			c.appeared(k)
		}
	}
	for _, k := range was.Sockets {
		if indexSocket(now, k) < 0 && !turned(now, k) {
			c.add("state", "", -1, k.Cookie, "%s: %s → gone", SocketName(k), k.State)
		}
	}
}

func sameSocket(a, b netcore.Socket) bool {
	return a.Cookie == b.Cookie && a.Network == b.Network
}

// indexSocket is where a snapshot has a socket, -1 for nowhere. What the kernel keeps
// in TIME_WAIT is an object of its own with the cookie of the socket it came from,
// which may live on behind its descriptor, in CLOSE.
func indexSocket(n netcore.Snapshot, k netcore.Socket) int {
	waits := k.State == timeWait
	same := func(o netcore.Socket) bool { return sameSocket(o, k) && (o.State == timeWait) == waits }
	if i := slices.IndexFunc(n.Sockets, same); i >= 0 || !waits {
		return i
	}
	return slices.IndexFunc(n.Sockets, func(o netcore.Socket) bool { return sameSocket(o, k) && o.State != "CLOSE" })
}

// turned reports whether a socket is in TIME_WAIT by now.
func turned(now netcore.Snapshot, k netcore.Socket) bool {
	return slices.ContainsFunc(now.Sockets, func(o netcore.Socket) bool { return sameSocket(o, k) && o.State == timeWait })
}

const timeWait = "TIME_WAIT"

func (c *changes) appeared(k netcore.Socket) {
	side, fd := firstOwner(k)
	c.add("state", side, fd, k.Cookie, "%s: %s", SocketName(k), k.State)
}

func (c *changes) compare(a, b netcore.Socket) {
	side, fd := firstOwner(b)
	if a.State != b.State {
		c.add("state", side, fd, b.Cookie, "%s: %s → %s", SocketName(b), a.State, b.State)
	}
	if a.Local != b.Local && b.Local.IsValid() {
		c.add("state", side, fd, b.Cookie, "%s: local address %s", SocketName(b), AddrText(b.Local))
	}
	if a.Peer != b.Peer && b.Peer.IsValid() {
		c.add("state", side, fd, b.Cookie, "%s: peer %s", SocketName(b), AddrText(b.Peer))
	}
	c.queues(a, b, side, fd)
}

func (c *changes) queues(a, b netcore.Socket, side string, fd int) {
	rx, tx := "rx", "tx"
	if b.State == "LISTEN" {
		rx, tx = "waiting", "limit"
	}
	if a.State != "LISTEN" && b.State == "LISTEN" {
		return // the columns changed their meaning
	}
	if a.RecvQ != b.RecvQ {
		c.add("queue", side, fd, b.Cookie, "%s: %s %d→%d", SocketName(b), rx, a.RecvQ, b.RecvQ)
	}
	if a.SendQ != b.SendQ {
		c.add("queue", side, fd, b.Cookie, "%s: %s %d→%d", SocketName(b), tx, a.SendQ, b.SendQ)
	}
}

func firstOwner(k netcore.Socket) (string, int) {
	if len(k.Owners) == 0 {
		return "", -1
	}
	return k.Owners[0].Process, k.Owners[0].FD
}

// SocketName is how a socket is called in sentences: by its descriptor, or by
// its addresses when nobody has one.
func SocketName(k netcore.Socket) string {
	if side, fd := firstOwner(k); side != "" {
		return fmt.Sprintf("%s %d", side, fd)
	}
	return fmt.Sprintf("no descriptor, %s", AddrText(k.Local))
}

// AddrText is an address for the screen: "127.0.0.1:7777", "none" when unset.
func AddrText(a netip.AddrPort) string {
	if !a.IsValid() || (a.Port() == 0 && a.Addr().IsUnspecified()) {
		return "none"
	}
	return a.String()
}

// timersMoved reports whether a kernel timer shown on the stage now reads
// another second.
func timersMoved(was, now netcore.Snapshot) bool {
	for _, k := range now.Sockets {
		i := indexSocket(was, k)
		if i >= 0 && (was.Sockets[i].Timer.Kind != k.Timer.Kind ||
			was.Sockets[i].Timer.Expires.Truncate(1e9) != k.Timer.Expires.Truncate(1e9)) {
			return true
		}
	}
	return false
}

// Live reports whether something on the stage changes by itself: a blocked
// call's age, a kernel timer, a closing handshake.
func (v *View) Live() bool {
	for _, sd := range v.Sides {
		if sd.State == SideBlocked {
			return true
		}
	}
	for _, k := range v.Snapshot.Sockets {
		if k.Timer.Kind != "" || passing(k.State) {
			return true
		}
	}
	return false
}

// passing reports whether a state is one the kernel leaves by itself.
func passing(state string) bool {
	switch state {
	case "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "LAST_ACK", "CLOSING", "TIME_WAIT":
		return true
	}
	return false
}
