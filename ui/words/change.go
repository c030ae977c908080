package words

import (
	"fmt"
	"strings"
	"time"

	"sockstep/lesson"
	"sockstep/netcore"
)

// Change says what changed about a socket and why: "server 4: ESTABLISHED to
// CLOSE_WAIT, because FIN ACK arrived (packet 9)".
func Change(v *lesson.View, s *netcore.Sample, c *netcore.SocketChange) string {
	text := subject(s, c) + ": " + Transition(c)
	if why := Cause(v, c.Cause); why != "" {
		text += ", because " + why
	}
	return text + "."
}

// subject is what a socket is called: by its descriptor, or by its addresses.
func subject(s *netcore.Sample, c *netcore.SocketChange) string {
	if c.Owner.Process != "" {
		return fmt.Sprintf("%s %d", c.Owner.Process, c.Owner.FD)
	}
	if k := s.Socket(c); k != nil {
		return "no descriptor, " + lesson.AddrText(k.Local) + " with " + lesson.AddrText(k.Peer)
	}
	return "a socket without a descriptor"
}

// changeNames are what changes, and in which unit it is counted.
var changeNames = map[string][2]string{
	"recvq": {"receive queue", " bytes"}, "sendq": {"send queue", " bytes"},
	"waiting": {"waiting for accept", ""}, "limit": {"limit of the accept queue", ""},
	"retransmits": {"repeated without an answer", " times"}, "owner": {"descriptor", ""},
	"resent": {"segments repeated", ""},
}

// Transition is a change without its subject: "ESTABLISHED to CLOSE_WAIT".
func Transition(c *netcore.SocketChange) string {
	name, known := changeNames[c.What]
	switch {
	case c.What == "state" && c.From == "" && !Connected(c.To):
		return "a new socket, " + c.To
	case c.What == "state" && c.From == "":
		return "a new connection, " + c.To
	case c.What == "state" && c.To == "":
		return c.From + " to gone"
	case c.What == "shutdown" && shutDown[c.To] != "":
		return shutDown[c.To]
	case c.What == "state":
		return c.From + " to " + c.To
	case !known:
		name = [2]string{c.What, ""}
	}
	return fmt.Sprintf("%s %s to %s%s", name[0], orNone(c.From), orNone(c.To), name[1])
}

// Connected reports whether a socket in this state has an end it talks with, or had.
func Connected(state string) bool {
	switch state {
	case "", "CLOSE", "LISTEN", "SYN_SENT":
		return false
	}
	return true
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// Cause names the event that brought something about; empty where the record
// has none.
func Cause(v *lesson.View, id netcore.ID) string {
	if id == 0 || v.Timeline == nil {
		return ""
	}
	if e, ok := v.Timeline.Get(id); ok {
		switch {
		case e.Packet != nil:
			return arrived(e.Packet)
		case e.Process != nil:
			return e.Process.Name + " ended"
		case e.Setting != nil:
			return "of the setting " + e.Setting.Kind + " " + e.Setting.Name
		}
	}
	if name := Call(v, id); name != "" {
		return "of " + name
	}
	return ""
}

// arrived says that a packet came in.
func arrived(p *netcore.Packet) string {
	h := p.Header()
	text := h.Summary()
	if h.PayloadLen > 0 {
		text += " with " + Count(h.PayloadLen, "byte")
	}
	return fmt.Sprintf("%s arrived (packet %d)", text, p.Number)
}

// Call names a call by its process, "client's connect()", also one that has not
// returned; it is empty where there is no such call.
func Call(v *lesson.View, id netcore.ID) string {
	for i := range v.Sides {
		if b := v.Sides[i].Blocked; b != nil && b.Call == id && v.Sides[i].Call != nil {
			return v.Sides[i].Name + "'s " + v.Sides[i].Call.Name + "()"
		}
	}
	if v.Timeline == nil {
		return ""
	}
	if e, ok := v.Timeline.Get(id); ok && e.Call != nil {
		return e.Call.Process + "'s " + e.Call.Name + "()"
	}
	return ""
}

// Timer says what the kernel's timer of a socket counts down to; empty where
// none runs.
func Timer(k *netcore.Socket) string {
	in := "in " + Seconds(k.Timer.Expires)
	switch k.Timer.Kind {
	case "":
		return ""
	case "on":
		return "the kernel repeats " + in + soFar(k.Timer.Retrans)
	case "timewait":
		return "it ends by itself " + in
	case "persist":
		return "the kernel asks whether the window is open " + in + soFar(k.Timer.Retrans)
	case "keepalive":
		if k.State == "SYN_RECV" || k.State == "FIN_WAIT2" {
			break
		}
		return "the kernel asks whether the other end is there " + in + soFar(k.Timer.Retrans)
	}
	return "the kernel's timer ends " + in
}

func soFar(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s so far)", Count(n, "time"))
}

// Seconds is a short time as one reads it.
func Seconds(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.1f s", max(d, 0).Seconds())
	}
	return fmt.Sprintf("%d s", int(d.Round(time.Second).Seconds()))
}

// Setting says what was set on the stage.
func Setting(s *netcore.Setting) string {
	text := "Set: " + strings.TrimSpace(s.Kind+" "+s.Name)
	if s.Value != "" {
		text += " is now " + s.Value
	}
	if s.Was != "" && s.Was != s.Value {
		text += ", it was " + s.Was
	}
	return text + "."
}
