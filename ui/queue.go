package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// packed puts parts behind a head, on as few rows as they need; those after the
// first start with indent blanks.
func packed(head line, parts []line, w, indent int) []line {
	out, now := []line(nil), head
	for i, p := range parts {
		gap := 2
		if i == 0 {
			gap = 1
		}
		if now.width()+gap+p.width() <= w {
			now = append(append(now, pad(gap)), p...)
			continue
		}
		out, now = append(out, now), append(line{pad(indent)}, p...)
		if now.width() > w {
			broken := wrap(now, w, indent+2)
			out, now = append(out, broken[:len(broken)-1]...), broken[len(broken)-1]
		}
	}
	return append(out, now)
}

// queueParts are what waits in a socket and what its timer counts down to.
func queueParts(v *lesson.View, k *netcore.Socket, w int) []line {
	rx, tx := queueWords(v, k)
	var out []line
	switch {
	case k.State == "LISTEN":
		out = []line{acceptQueue(k, rx, tx)}
	case k.Protocol == "TCP" && k.State == "CLOSE":
		// its queues hold nothing, whatever the numbers say
	case k.Protocol == "TCP" && (k.State == "TIME_WAIT" || k.State == "SYN_RECV") && k.RecvQ == 0 && k.SendQ == 0 && !rx.changed && !tx.changed:
	case k.Protocol == "TCP":
		out = []line{byteQueue("rx", "▪", k.RecvQ, rx, finNote(k), mostSigns(w)), byteQueue("tx", "▫", k.SendQ, tx, sentNote(k), mostSigns(w))}
		if waits := k.RecvQ > 0 || rx.changed; waits != (k.SendQ > 0 || tx.changed) {
			out = slices.DeleteFunc(out, isZero)
		}
	default:
		out = []line{byteQueue("rx", "", k.RecvQ, rx, "", 0), byteQueue("tx", "", k.SendQ, tx, "", 0)}
	}
	if t := timerWords(k); t != "" {
		out = append(out, ln(roleWire, t))
	}
	return out
}

// mostPlaces is how many places of an accept queue are drawn one by one.
const mostPlaces = 16

// acceptQueue is a listener's queue of finished connections, place by place. Linux
// holds one more than the limit given to listen(2).
func acceptQueue(k *netcore.Socket, waiting, limit queueWord) line {
	holds := int(k.SendQ) + 1
	full := min(int(k.RecvQ), mostPlaces)
	strip := strings.Repeat("■", full) + strings.Repeat("□", clamp(holds-full, 0, mostPlaces-full))
	if max(holds, int(k.RecvQ)) > mostPlaces {
		strip += "…"
	}
	l := line{sp(roleText, "waiting "), sp(roleKernel, strip), waiting.span(k.RecvQ)}
	if holds <= int(k.RecvQ) {
		l = append(l, sp(roleNotice, " full"))
	}
	return append(l, sp(roleText, ", limit"), limit.span(k.SendQ), sp(roleText, " holds "+itoa(holds)))
}

// span is a queue's length, or how it changed.
func (q queueWord) span(n uint32) span {
	if q.changed {
		return sp(roleChanged, " "+q.text)
	}
	return sp(roleText, " "+itoa(int(n)))
}

// mostSigns is how many signs a strip of bytes has at most in a pane of w columns.
func mostSigns(w int) int { return clamp(w/2-4, 10, 32) }

// byteQueue is a queue of bytes as a strip that can be counted. Where there are
// more than it has signs, one stands for several, which is said.
func byteQueue(name, sign string, n uint32, q queueWord, note string, most int) line {
	l := line{sp(roleText, name)}
	each := perSign(int(n), max(most, 1))
	if sign != "" && n > 0 {
		l = append(l, sp(roleWire, " "+strings.Repeat(sign, (int(n)+each-1)/each)))
	}
	l = append(l, q.span(n))
	if note != "" && n > 0 {
		l = append(l, sp(roleText, " "+note))
	}
	if sign != "" && each > 1 {
		l = append(l, sp(roleMuted, fmt.Sprintf(" (%s is %d bytes)", sign, each)))
	}
	return l
}

// perSign is how many bytes a sign stands for: 1, 2, 5, 10, 20, ...
func perSign(n, most int) int {
	for each := 1; ; each *= 10 {
		for _, x := range []int{each, 2 * each, 5 * each} {
			if n <= x*most {
				return x
			}
		}
	}
}

// finNote says why the kernel counts one byte more than were sent: the end of the
// stream takes a place in the order of bytes.
func finNote(k *netcore.Socket) string {
	switch k.State {
	case "CLOSE_WAIT", "LAST_ACK", "CLOSING":
		return "with the FIN"
	}
	return ""
}

func sentNote(k *netcore.Socket) string {
	switch k.State {
	case "SYN_SENT", "SYN_RECV":
		return "not acknowledged: the SYN"
	case "FIN_WAIT1", "LAST_ACK", "CLOSING":
		return "not acknowledged, with the FIN"
	}
	return "not acknowledged"
}

// timerWords say what the kernel's timer of a socket counts down to.
func timerWords(k *netcore.Socket) string {
	in := " in " + countdown(k.Timer.Expires)
	switch k.Timer.Kind {
	case "":
		return ""
	case "on":
		return "retransmits" + in + times(k.Timer.Retrans)
	case "timewait":
		return "ends" + in
	case "keepalive":
		if k.State == "SYN_RECV" || k.State == "FIN_WAIT2" {
			return "timer" + in
		}
		return "probes (keepalive)" + in + times(k.Timer.Retrans)
	case "persist":
		return "probes the window" + in + times(k.Timer.Retrans)
	}
	return "timer " + k.Timer.Kind + in
}

func times(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return ", once so far"
	}
	return fmt.Sprintf(", %d times so far", n)
}

// countdown is a short time as one reads it while it passes.
func countdown(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", max(d, 0).Seconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return fmt.Sprintf("%d min", int(d.Minutes()))
}

// listenerOf is the listener at which a connection without a descriptor waits.
func listenerOf(v *lesson.View, k *netcore.Socket) *netcore.Socket {
	if k.Protocol != "TCP" || k.State != "ESTABLISHED" && k.State != "SYN_RECV" && k.State != "CLOSE_WAIT" {
		return nil
	}
	for i := range v.Snapshot.Sockets {
		s := &v.Snapshot.Sockets[i]
		if s.State == "LISTEN" && s.Network == k.Network && s.Local.Port() == k.Local.Port() && len(s.Owners) > 0 {
			return s
		}
	}
	return nil
}

// waitingRows are the connections at a listener: those nobody has accepted, and
// those the handshake of which is not over.
func waitingRows(v *lesson.View, listener *netcore.Socket, w int) []line {
	var finished, half []line
	for i := range v.Snapshot.Sockets {
		k := &v.Snapshot.Sockets[i]
		switch {
		case len(k.Owners) > 0 || owned(v, k) || listenerOf(v, k) != listener:
		case k.State == "SYN_RECV":
			half = append(half, waitingRow(v, k, "half-open", w)...)
		default:
			finished = append(finished, waitingRow(v, k, "no descriptor yet", w)...)
		}
	}
	return append(finished, half...)
}

func waitingRow(v *lesson.View, k *netcore.Socket, what string, w int) []line {
	l := line{socketSign(v, k), sp(roleText, "  ○ "+what+" "+addrText(k.Peer))}
	if state := sp(roleKernel, " "+k.State); k.State != "ESTABLISHED" || l.width()+state.w <= w {
		l = append(l, state)
	}
	return packed(l, slices.DeleteFunc(queueParts(v, k, w), isZero), w, 7)
}

// isZero reports whether a part says that nothing is in a queue.
func isZero(l line) bool { return l.plain() == "rx 0" || l.plain() == "tx 0" }

// socketSign marks a socket the last move changed.
func socketSign(v *lesson.View, k *netcore.Socket) span {
	return changeSign(v, func(c *lesson.Change) bool { return k.Cookie != 0 && c.Cookie == k.Cookie })
}

// counterRows are the networks' own counters that have moved, and how many packets
// nobody could record.
func (m Model) counterRows(v *lesson.View, w int) []line {
	l := line{sp(roleTitle, " counters")}
	var was *lesson.View
	if v.Traced == nil {
		was = m.stage.before(v)
	}
	for i := range v.Snapshot.Counters {
		c := &v.Snapshot.Counters[i]
		old, known := counterBefore(was, c)
		switch {
		case known && old != c.Value:
			l = append(l, sp(roleChanged, fmt.Sprintf("  ◆ %s %d→%d", counterName(c), old, c.Value)))
		case c.Value > 0 && v.Tier.Private():
			l = append(l, sp(roleText, fmt.Sprintf("  %s %d", counterName(c), c.Value)))
		}
	}
	var out []line
	if len(l) > 1 {
		out = wrap(l, w, 3)
	}
	if n := v.Snapshot.Lost; n > 0 {
		out = append(out, wrap(line{sp(roleNotice, " "+words.Count(int(n), "packet")+" came too fast to be recorded")}, w, 1)...)
	}
	return out
}

// counterName is a counter's name, with the end of the wire it belongs to.
func counterName(c *netcore.Counter) string {
	if c.Network == netcore.ServerNetwork || c.Network == netcore.ClientNetwork {
		return c.Network + " " + c.Name
	}
	return c.Name
}

func counterBefore(was *lesson.View, c *netcore.Counter) (uint64, bool) {
	if was == nil {
		return 0, false
	}
	for _, o := range was.Snapshot.Counters {
		if o.Network == c.Network && o.Name == c.Name {
			return o.Value, true
		}
	}
	return 0, len(was.Snapshot.Counters) > 0
}
