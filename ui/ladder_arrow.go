package ui

import (
	"fmt"
	"slices"
	"strings"

	"sockstep/netcore"
	"sockstep/ui/words"
)

// arrow draws a packet on its way. The kernel's own are drawn with a broken line; on a
// wire the arrow ends or begins in the middle, where the packet was.
func (d drawing) arrow(c cell) line {
	w := d.shape.middle
	e, _ := d.l.timeline.Get(c.event())
	if e.Packet == nil {
		return line{pad(w)}
	}
	h := e.Packet.Header()
	label := " " + d.label(c, e.Packet, &h, w-4) + " "
	tail, head := strokes(e.Packet, w-width(label))
	a := tail + label + head
	if d.leftward(e.Packet, &h) {
		a = mirror(head) + label + mirror(tail)
	}
	r := roleWire
	if e.Packet.Own != netcore.OwnNone {
		r = roleKernel
	}
	if c == d.m.stage.selected {
		r = roleChosen
	}
	return ln(r, a)
}

// leftward reports whether a packet goes to the server's side.
func (d drawing) leftward(p *netcore.Packet, h *netcore.PacketHeader) bool {
	from, to := d.l.ends.Of(p, h)
	return netcore.ProgramOf(to) == d.l.left && netcore.ProgramOf(from) != d.l.left
}

// label is what stands in the arrow: as much as there is room for.
func (d drawing) label(c cell, p *netcore.Packet, h *netcore.PacketHeader, w int) string {
	mark := map[string]string{"▸ ": "▸", "▪ ": "▪", "◆ ": "◆"}[d.sign(c).text]
	var last string
	for _, text := range packetLabels(p, h) {
		last = mark + text
		if width(last) <= w {
			return last
		}
	}
	return truncate(last, w)
}

// packetLabels are the ways to write a packet, from the longest to the shortest.
func packetLabels(p *netcore.Packet, h *netcore.PacketHeader) []string {
	name := h.Summary()
	if p.Own == netcore.OwnRetransmission {
		name = "again " + name
	}
	if fate := fateWord(p); fate != "" {
		name = fate + " " + name
	}
	if h.Protocol != "TCP" {
		return []string{clean(fmt.Sprintf("%s, %d bytes", name, h.PayloadLen)), clean(name)}
	}
	long, short := tcpNumbers(p, h)
	return []string{clean(name + " " + long), clean(name + " " + short), clean(name)}
}

// fateWord says what became of a packet on the wire; what was let through needs no
// word.
func fateWord(p *netcore.Packet) string {
	switch p.Fate {
	case netcore.FateHeld, netcore.FateDropped, netcore.FateDelayed:
		return p.Fate.String()
	case netcore.FateDuplicated:
		return "copy of"
	}
	return ""
}

// tcpNumbers are a segment's relative numbers in full and short: "1+20" is 20 bytes,
// the first of them number 1.
func tcpNumbers(p *netcore.Packet, h *netcore.PacketHeader) (long, short string) {
	if h.PayloadLen > 0 {
		long = fmt.Sprintf("seq %d, %s", p.Seq, words.Count(h.PayloadLen, "byte"))
		short = fmt.Sprintf("%d+%d", p.Seq, h.PayloadLen)
	} else if h.Flags&(netcore.FlagSYN|netcore.FlagFIN) != 0 {
		long, short = fmt.Sprintf("seq %d", p.Seq), itoa(int(p.Seq))
	}
	if h.Flags&netcore.FlagACK != 0 {
		ack := fmt.Sprintf("ack %d", p.Ack)
		long, short = strings.TrimPrefix(long+", "+ack, ", "), strings.TrimSpace(short+" "+ack)
	}
	return long, short
}

// strokes are the two parts of an arrow to the right, around a label, together w
// columns wide.
func strokes(p *netcore.Packet, w int) (tail, head string) {
	stroke := "─"
	if p.Own != netcore.OwnNone {
		stroke = "╌"
	}
	n := w / 2
	line, rest := strings.Repeat(stroke, n), w-n-1
	switch p.Fate {
	case netcore.FateHeld, netcore.FateDelayed:
		return line, "■" + strings.Repeat(" ", rest)
	case netcore.FateDropped:
		return line, "✗" + strings.Repeat(" ", rest)
	case netcore.FatePassed, netcore.FateDuplicated:
		return strings.Repeat(" ", max(n-1, 0)) + "■"[:3*min(n, 1)], strings.Repeat(stroke, rest) + "▶"
	}
	return line, strings.Repeat(stroke, rest) + "▶"
}

// mirror turns a part of an arrow to the left.
func mirror(s string) string {
	runes := []rune(strings.ReplaceAll(s, "▶", "◀"))
	slices.Reverse(runes)
	return string(runes)
}
