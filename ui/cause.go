package ui

import (
	"fmt"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// causeWords names an event as what brought something about: "connect(...)" with
// its arguments, or "SYN ACK arrived (packet 2)". It is empty where the record has
// no such event.
func causeWords(v *lesson.View, id netcore.ID, network string) string {
	if s := insideCall(v, id); s != nil {
		return s.Name + " called " + callText(s)
	}
	if v.Timeline == nil {
		return ""
	}
	e, ok := v.Timeline.Get(id)
	switch {
	case ok && e.Packet != nil:
		return packetWords(e.Packet)
	case ok && e.Call != nil:
		return e.Call.Process + " called " + netcore.Short(e.Call)
	case ok && e.Process != nil:
		return e.Process.Name + " ended"
	case ok && e.Setting != nil:
		return "of the setting " + e.Setting.Kind + " " + e.Setting.Name
	}
	return ""
}

// insideCall is the side that is inside the call with this id, and has not returned.
func insideCall(v *lesson.View, id netcore.ID) *lesson.Side {
	for i := range v.Sides {
		if b := v.Sides[i].Blocked; b != nil && b.Call == id {
			return &v.Sides[i]
		}
	}
	return nil
}

// packetWords says that a packet came in: "SYN ACK arrived (packet 2)".
func packetWords(p *netcore.Packet) string {
	return fmt.Sprintf("%s arrived (packet %d)", packetName(p), p.Number)
}

// packetName is a packet in a word or two, with how much it carries.
func packetName(p *netcore.Packet) string {
	h := p.Header()
	name := h.Summary()
	if name == "" {
		name = "a packet"
	}
	if h.PayloadLen > 0 {
		name += " with " + words.Count(h.PayloadLen, "byte")
	}
	return name
}
