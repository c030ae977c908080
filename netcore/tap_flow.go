package netcore

// progress is how far one direction of a TCP connection has come.
type progress struct {
	base    uint32 // the first sequence number seen: relative 0
	next    uint32 // behind the last byte sent so far
	started bool
}

// step is what a segment is to its direction.
type step uint8

const (
	stepNew   step = iota // carries something new, or nothing
	stepAgain             // repeats what was sent before
	stepProbe             // asks for an acknowledgement
)

func (t *tap) flowOf(h *PacketHeader, network string) flow {
	f := flow{network, h.Protocol, h.From, h.To}
	if network == ServerNetwork || network == ClientNetwork {
		f.network = ""
	}
	return f
}

func (f flow) back() flow {
	f.from, f.to = f.to, f.from
	return f
}

// follow makes the numbers of a segment relative, and says what it is.
func (t *tap) follow(h *PacketHeader, p *Packet) step {
	if h.Protocol != "TCP" {
		return stepNew
	}
	f := t.flowOf(h, p.Network)
	own := t.flows[f]
	fresh := h.Flags&FlagSYN != 0 && (own == nil || h.Seq != own.base)
	if own == nil || fresh {
		own = &progress{base: h.Seq}
		t.flows[f] = own
		if h.Flags&FlagACK == 0 && h.Flags&FlagSYN != 0 {
			delete(t.flows, f.back()) // a new connection between the same ends
		}
	}
	p.Seq = h.Seq - own.base
	if other := t.flows[f.back()]; other != nil && h.Flags&FlagACK != 0 {
		p.Ack = h.Ack - other.base
	} else if h.Flags&FlagRST != 0 && h.Flags&FlagACK != 0 {
		p.Ack = 1
	}
	return own.advance(h)
}

// length is how many sequence numbers a segment takes: SYN and FIN take one each.
func (h *PacketHeader) length() uint32 {
	n := uint32(h.PayloadLen)
	if h.Flags&FlagSYN != 0 {
		n++
	}
	if h.Flags&FlagFIN != 0 {
		n++
	}
	return n
}

// advance notes what a segment carries.
func (p *progress) advance(h *PacketHeader) step {
	end := h.Seq + h.length()
	switch {
	case !p.started:
		p.started, p.next = true, end
		return stepNew
	case h.Flags&FlagRST != 0:
		return stepNew
	case int32(h.Seq-p.next) == -1 && h.PayloadLen <= 1 && h.Flags&(FlagSYN|FlagFIN) == 0:
		return stepProbe // keepalive(7), or a probe of a closed window
	case h.length() > 0 && int32(end-p.next) <= 0:
		return stepAgain
	}
	if int32(end-p.next) > 0 {
		p.next = end
	}
	return stepNew
}
