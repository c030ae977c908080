package words

import (
	"net/netip"

	"sockstep/netcore"
)

// Ends knows which process is at either end of a packet: from the sockets the
// kernel has shown so far, also of those that are closed by now. Its zero value is
// ready.
type Ends struct {
	timeline *netcore.Timeline
	read     int // events looked at
	at       map[end]string
}

// end is a local port of a network.
type end struct {
	network string
	port    uint16
}

// Follow takes in the sockets of a lab up to an event's place. For another lab's
// record it begins anew.
func (e *Ends) Follow(t *netcore.Timeline, upTo int) {
	if t == nil {
		return
	}
	if e.timeline != t {
		*e = Ends{timeline: t}
	}
	for ; e.read < min(upTo, t.Len()); e.read++ {
		if s := t.At(e.read).Sample; s != nil {
			e.learn(s.Sockets)
		}
	}
}

// Look takes in the sockets of one look at the lab.
func (e *Ends) Look(s netcore.Snapshot) { e.learn(s.Sockets) }

func (e *Ends) learn(sockets []netcore.Socket) {
	if e.at == nil {
		e.at = map[end]string{}
	}
	for i := range sockets {
		if k := &sockets[i]; len(k.Owners) > 0 && k.Local.Port() != 0 {
			e.at[end{k.Network, k.Local.Port()}] = k.Owners[0].Process
		}
	}
}

// Of names both ends of a packet: the processes, or the addresses where no process
// is known. An ICMP message has the ends of the datagram it is about.
func (e *Ends) Of(p *netcore.Packet, h *netcore.PacketHeader) (from, to string) {
	if h.ICMP != nil && h.ICMP.About != nil {
		to, from = e.Of(p, h.ICMP.About)
		return from, to
	}
	return e.name(network(p, h.From), h.From), e.name(network(p, h.To), h.To)
}

// Owner is the process that has or had a local port of a network; empty where none is
// known.
func (e *Ends) Owner(network string, port uint16) string { return e.at[end{network, port}] }

func (e *Ends) name(network string, a netip.AddrPort) string {
	if who := e.Owner(network, a.Port()); who != "" {
		return who
	}
	if a.Port() == 0 {
		return a.Addr().String()
	}
	return a.String()
}

// network is the network an address of a packet is in: on the wire each end has its
// own, elsewhere there is one.
func network(p *netcore.Packet, a netip.AddrPort) string {
	switch a.Addr().Unmap().String() {
	case netcore.ServerAddress:
		return netcore.ServerNetwork
	case netcore.ClientAddress:
		return netcore.ClientNetwork
	}
	return p.Network
}
