package words

import (
	"fmt"
	"strconv"
	"strings"

	"sockstep/netcore"
)

// Packet is a packet in one sentence: "packet 1 from client to server: SYN, asks
// for a connection; sequence number 0, window 65495, MSS 65495".
func Packet(e *Ends, p *netcore.Packet) string {
	h := p.Header()
	from, to := e.Of(p, &h)
	text := fmt.Sprintf("packet %d from %s to %s: %s", p.Number, from, to, meaningOf(p, &h))
	if h.Protocol == "TCP" {
		text += "; " + numbers(p, &h)
	}
	if h.Malformed != "" {
		text += "; it does not hold together: " + h.Malformed
	}
	return text
}

// meaningOf is what a packet is, and what it says.
func meaningOf(p *netcore.Packet, h *netcore.PacketHeader) string {
	name := h.Summary()
	switch {
	case h.ICMP != nil && h.ICMP.About != nil:
		return fmt.Sprintf("%s, about a %s packet", name, h.ICMP.About.Protocol)
	case h.Protocol == "TCP":
		return name + ", " + says(p, h)
	case h.Protocol == "UDP":
		return name + ", carries " + Count(h.PayloadLen, "byte")
	case name == "":
		return "no packet anybody could read"
	}
	return name
}

// says is what a TCP segment says to the other end, RFC 9293 section 3.1.
func says(p *netcore.Packet, h *netcore.PacketHeader) string {
	const syn, fin, rst, ack = netcore.FlagSYN, netcore.FlagFIN, netcore.FlagRST, netcore.FlagACK
	var all []string
	add := func(is bool, text string) {
		if is {
			all = append(all, text)
		}
	}
	on := func(f netcore.TCPFlags) bool { return h.Flags&f == f }
	add(on(syn|ack), "agrees, and asks for the other direction")
	add(on(syn) && !on(ack), "asks for a connection")
	add(on(rst|ack) && p.Seq == 0, "refuses the connection")
	add(on(rst) && !(on(ack) && p.Seq == 0), "resets the connection")
	add(h.PayloadLen > 0, "carries "+Count(h.PayloadLen, "byte"))
	add(on(fin), "ends its direction")
	if len(all) == 0 && on(ack) {
		return "acknowledges"
	}
	return strings.Join(all, ", ")
}

// numbers are a segment's: relative ones, those its flags give a meaning to.
func numbers(p *netcore.Packet, h *netcore.PacketHeader) string {
	all := []string{fmt.Sprintf("sequence number %d", p.Seq)}
	if h.Flags&netcore.FlagACK != 0 {
		all = append(all, fmt.Sprintf("acknowledgement number %d", p.Ack))
	}
	if h.Flags&netcore.FlagRST == 0 {
		all = append(all, fmt.Sprintf("window %d", h.Window))
	}
	if h.Flags&netcore.FlagSYN != 0 {
		for _, o := range h.Options {
			if strings.HasPrefix(o.Text, "MSS") || strings.HasPrefix(o.Text, "window scale") {
				all = append(all, o.Text)
			}
		}
	}
	return strings.Join(all, ", ")
}

// Count is a number of things: "1 byte", "5 bytes".
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

// Brief is a packet event as a line of a listing: "1 client > server SYN, seq 0,
// window 65495, MSS 65495", for one of the kernel's own with the reason, or what
// became of it on the wire.
func Brief(e *Ends, p *netcore.Packet) string {
	h := p.Header()
	text := fmt.Sprintf("%d %s", p.Number, h.Summary())
	if p.Of != 0 {
		return text + " " + fates[p.Fate]
	}
	from, to := e.Of(p, &h)
	text = fmt.Sprintf("%d %s > %s %s", p.Number, from, to, h.Summary())
	if h.Protocol == "TCP" {
		text += ", " + short.Replace(numbers(p, &h))
	}
	if h.PayloadLen > 0 && h.ICMP == nil {
		text += ", " + Count(h.PayloadLen, "byte")
	}
	if h.Malformed != "" {
		text += ", malformed: " + h.Malformed
	}
	if p.Own != netcore.OwnNone {
		text += ", the kernel's own: " + p.Own.String()
	}
	if p.Fate == netcore.FateHeld || p.Fate == netcore.FateDropped {
		text += ", " + fates[p.Fate]
	}
	return text
}

var short = strings.NewReplacer("sequence number", "seq", "acknowledgement number", "ack")

// ownLeads say that the kernel sent a packet by itself, and why.
var ownLeads = map[netcore.Own]string{
	netcore.OwnAnswer:         "The kernel answered, by itself: ",
	netcore.OwnRetransmission: "The kernel repeated, by itself: ",
	netcore.OwnProbe:          "The kernel asked whether the other end is there, by itself: ",
	netcore.OwnExit:           "The kernel closed for the process that ended: ",
}

// fates say what became of a packet on the wire, behind its number and flags.
var fates = map[netcore.Fate]string{
	netcore.FateHeld:       "waits in the middle of the wire",
	netcore.FatePassed:     "was let through",
	netcore.FateDropped:    "was dropped",
	netcore.FateDuplicated: "was let through once more, as a copy",
	netcore.FateDelayed:    "waits, and goes on by itself in a while",
}

// Sighting is a packet event in a sentence: the packet with who caused it, or what
// became of it on the wire.
func Sighting(e *Ends, p *netcore.Packet) string {
	if p.Of != 0 {
		h := p.Header()
		return fmt.Sprintf("On the wire: packet %d, %s, %s.", p.Number, h.Summary(), fates[p.Fate])
	}
	text := Packet(e, p)
	if lead := ownLeads[p.Own]; lead != "" {
		text = lead + text
	} else {
		text = Capital(text)
	}
	if p.Fate == netcore.FateHeld || p.Fate == netcore.FateDropped {
		text += "; it " + fates[p.Fate]
	}
	return text + "."
}

// Capital begins a sentence.
func Capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
