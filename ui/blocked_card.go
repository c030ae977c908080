package ui

import (
	"fmt"
	"strings"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// blockedPane is the card of the side in focus in the place of the bytes. What one
// can do stays in sight.
func (m Model) blockedPane(r rect, s *lesson.Side) []line {
	ways := m.wayRows(s, r.w)
	body := m.waitRows(s, r.w)
	room := max(r.h-1-len(ways), 1)
	out := append([]line{titleBar("why the "+s.Name+" waits", "", r.w, true)}, window(body, m.stage.scroll[paneBytes], room, "i shows them")...)
	return append(out, ways...)
}

// cardShown is the side whose card stands in the bytes' place: the one in focus
// while it is blocked, unless the step is about bytes.
func (m Model) cardShown() *lesson.Side {
	s := m.stage.current()
	if s == nil || s.State != lesson.SideBlocked || m.stage.large == paneBytes {
		return nil
	}
	if st := m.stage.step(); st != nil && m.stage.side == "" && (about(st) == "bytes" || about(st) == "headers") {
		return nil
	}
	return s
}

// waitRows say of a blocked side which call it is inside and since when, how its
// socket stands, and what would wake it, in w columns.
func (m Model) waitRows(s *lesson.Side, w int) []line {
	v, k := m.stage.seen(), blockedOn(m.stage.seen(), s)
	out := []line{m.callRow(s, w)}
	add := func(lead, text string) {
		if text != "" {
			out = append(out, wrapLead(line{sp(roleMuted, padded(" "+lead, cardLead)), sp(roleText, text)}, w, cardLead)...)
		}
	}
	if k != nil {
		add("socket", socketName(v, k)+": "+addresses(k)+" "+k.State)
	}
	if s.Blocked != nil && s.Blocked.On != "" {
		add("wakes", s.Blocked.On)
	} else {
		add("wakes", "something that has not happened yet")
	}
	add("now", observedWait(v, k, waitKind(s)))
	if waitKind(s) != "connect" {
		add("or", untilWords(k))
	}
	return out
}

// cardLead is how wide the words at the left of the card are.
const cardLead = 8

// callRow is the call with its arguments, cut where it must be, and its age.
func (m Model) callRow(s *lesson.Side, w int) line {
	since := ", since " + m.age(s)
	if s.Line > 0 {
		since += fmt.Sprintf(", line %d", s.Line)
	}
	l := line{sp(roleMuted, padded(" call", cardLead)), sp(roleWaiting, callText(s))}
	end := sp(roleText, since)
	if l.width()+end.w > w {
		l = l.cut(max(w-end.w, cardLead))
	}
	return append(l, end)
}

// wayRows are what the learner can do, a row each.
func (m Model) wayRows(s *lesson.Side, w int) []line {
	if m.stage.past != nil {
		return nil
	}
	var out []line
	for _, way := range m.waysOut(m.stage.seen(), s) {
		l := line{sp(roleKey, padded(" "+way[0], cardLead)), sp(roleText, way[1])}
		if l.width() > w {
			l = l.cut(w)
		}
		out = append(out, l)
	}
	return out
}

// blockedOn is the socket a side's call is about, nil where none is known.
func blockedOn(v *lesson.View, s *lesson.Side) *netcore.Socket {
	fd := callFD(s)
	t := tableFor(v, s.Name)
	if fd < 0 || t == nil {
		return nil
	}
	for i := range t.FDs {
		if t.FDs[i].FD == fd {
			return socketFor(v, &t.FDs[i])
		}
	}
	return nil
}

// callFD is the descriptor in a call's arguments, -1 where it has none.
func callFD(s *lesson.Side) int {
	if s.Call != nil {
		for i := range s.Call.Args {
			if a := &s.Call.Args[i]; a.Kind == netcore.KindFD {
				return int(a.Value)
			}
		}
	}
	return -1
}

// waitKind is the C name of the call a side is blocked in, of several that wait for
// the same the plainest.
func waitKind(s *lesson.Side) string {
	switch name := strings.TrimSuffix(callName(s), "()"); name {
	case "accept4":
		return "accept"
	case "recvfrom", "recvmsg", "read", "readv":
		return "recv"
	case "sendto", "sendmsg", "write", "writev":
		return "send"
	default:
		return name
	}
}

// observedWait is what the kernel shows of what a call waits for.
func observedWait(v *lesson.View, k *netcore.Socket, call string) string {
	switch {
	case k == nil:
		return ""
	case call == "accept" && k.State == "LISTEN" && k.RecvQ == 0:
		return "nothing waits in the queue of " + socketName(v, k) + halfOpen(v, k)
	case call == "accept" && k.State == "LISTEN":
		return words.Count(int(k.RecvQ), "connection") + " in the queue of " + socketName(v, k)
	case call == "recv" && k.RecvQ == 0:
		return "the receive queue of " + socketName(v, k) + " is empty" + otherEnd(v, k)
	case call == "connect" && k.State == "SYN_SENT":
		return "its SYN went out" + repeated(k)
	case call == "send":
		return sendWait(v, k)
	}
	return ""
}

// halfOpen says how many connections at a listener are not finished.
func halfOpen(v *lesson.View, listener *netcore.Socket) string {
	n := 0
	for i := range v.Snapshot.Sockets {
		if k := &v.Snapshot.Sockets[i]; k.State == "SYN_RECV" && listenerOf(v, k) == listener {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return ", " + itoa(n) + " half-open"
}

func repeated(k *netcore.Socket) string {
	if k.Timer.Kind != "on" {
		return ""
	}
	return fmt.Sprintf(", repeated %s, the next repeat in %s", timesWord(k.Timer.Retrans), countdown(k.Timer.Expires))
}

func timesWord(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return itoa(n) + " times"
}

// sendWait says why a queue takes no more bytes.
func sendWait(v *lesson.View, k *netcore.Socket) string {
	text := fmt.Sprintf("the send queue of %s is full: %s not acknowledged", socketName(v, k), words.Count(int(k.SendQ), "byte"))
	if k.Timer.Kind == "persist" {
		text += ", and the other end's window is 0"
	}
	if o := peerOf(v, k); o != nil && o.RecvQ > 0 {
		text += fmt.Sprintf("; %s has %s unread", socketName(v, o), words.Count(int(o.RecvQ), "byte"))
	}
	return text
}

// otherEnd says how the other end of a connection stands.
func otherEnd(v *lesson.View, k *netcore.Socket) string {
	switch o := peerOf(v, k); {
	case k.Protocol != "TCP" || !k.Peer.IsValid() || k.Peer.Port() == 0:
		return ""
	case o == nil:
		return ", no other end is to be seen"
	case len(o.Owners) == 0 && o.State == "ESTABLISHED":
		return ", the other end is ESTABLISHED and waits for accept"
	default:
		return ", the other end (" + socketName(v, o) + ") is " + o.State + heldBack(o)
	}
}

// heldBack names bytes the other end has sent and that did not arrive.
func heldBack(k *netcore.Socket) string {
	if k.SendQ == 0 {
		return ""
	}
	return ", " + words.Count(int(k.SendQ), "byte") + " of it not acknowledged"
}

// peerOf is the socket at the other end, where it is in the lab.
func peerOf(v *lesson.View, k *netcore.Socket) *netcore.Socket {
	for i := range v.Snapshot.Sockets {
		o := &v.Snapshot.Sockets[i]
		if o.Protocol == k.Protocol && k.Peer.IsValid() && o.Local == k.Peer && o.Peer == k.Local && o.Cookie != k.Cookie {
			return o
		}
	}
	return nil
}

// untilWords say what the kernel's timer of the socket will do by itself.
func untilWords(k *netcore.Socket) string {
	if k == nil || timerWords(k) == "" {
		return ""
	}
	return "the kernel " + timerWords(k)
}

// waysOut are what the learner can do, each with its key.
func (m Model) waysOut(v *lesson.View, s *lesson.Side) [][2]string {
	if v.Traced != nil {
		return m.tracedWays(s)
	}
	var out [][2]string
	for i := range v.Sides {
		o := &v.Sides[i]
		if o.Name != s.Name && o.Line > 0 && o.State == lesson.SideReady {
			text := fmt.Sprintf("run the %s's line %d: %s", o.Name, o.Line, sourceLine(o, o.Line))
			out = append(out, [2]string{"tab, s", text})
			break
		}
	}
	if h := m.stage.heldPacket(); h != nil {
		out = append(out, [2]string{"+", "let " + heldName(v, h) + " through"})
	}
	returns := " returns -1 EINTR"
	if waitKind(s) == "send" {
		returns = " returns how many bytes it took, or -1 EINTR"
	}
	return append(out, [2]string{"c", "interrupt it: " + callName(s) + returns})
}

// callText is the call a side is inside, as it is written in C.
func callText(s *lesson.Side) string {
	switch {
	case s.Call != nil && s.Traced != nil:
		return lesson.Coming(s.Call)
	case s.Call != nil && len(s.Call.Args) > 0:
		return strings.TrimSuffix(netcore.Short(s.Call), " = ?")
	case s.Blocked != nil && s.Blocked.Text != "":
		return s.Blocked.Text
	}
	return callName(s)
}
