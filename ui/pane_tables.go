package ui

import (
	"net/netip"
	"slices"
	"strings"

	"sockstep/lesson"
	"sockstep/netcore"
)

// tablesPane is each side's descriptor table with its sockets, and the sockets
// nobody has a descriptor of.
func (m Model) tablesPane(r rect, marks linked) []line {
	v := m.stage.seen()
	out := []line{titleBar("descriptors and sockets, as the kernel shows them", "", r.w, m.stage.large == paneTables)}
	var rows []line
	if n := len(v.Sides); n == 2 && r.w >= 60 {
		rows = m.tablesBeside(v, marks, r.w)
	} else {
		for i := range v.Sides {
			rows = append(rows, m.tableOf(v, &v.Sides[i], marks, r.w)...)
		}
	}
	rows = append(rows, orphans(v, marks, r.w)...)
	rows = append(rows, m.counterRows(v, r.w)...)
	for _, miss := range v.Snapshot.Missing {
		rows = append(rows, wrap(line{sp(roleMuted, " "+miss)}, r.w, 1)...)
	}
	return append(out, window(rows, m.stage.scroll[paneTables], r.h-1, m.moreOf(paneTables))...)
}

func (m Model) tablesBeside(v *lesson.View, marks linked, w int) []line {
	lw := w / 2
	a, b := m.tableOf(v, &v.Sides[0], marks, lw), m.tableOf(v, &v.Sides[1], marks, w-lw-1)
	h := max(len(a), len(b))
	return beside(block(a, lw, h), block(b, w-lw-1, h))
}

// tableOf is one side's descriptors without the standard ones; all of them when large.
func (m Model) tableOf(v *lesson.View, s *lesson.Side, marks linked, w int) []line {
	r := roleTitle
	if s.Name == m.stage.focus() {
		r = roleFocus
	}
	out := []line{{pad(1), sp(r, s.Name), sp(roleMuted, " "+m.sideState(s))}}
	t := tableFor(v, s.Name)
	if t == nil && s.Traced != nil && ended(s) {
		return append(out, ln(roleMuted, "   its end has closed its descriptors"))
	}
	if t == nil {
		return append(out, ln(roleMuted, "   not read yet"))
	}
	shown := 0
	for i := range t.FDs {
		d := &t.FDs[i]
		if d.Standard() && m.stage.large != paneTables {
			continue
		}
		out = append(out, descriptorRows(v, s.Name, d, marks, w)...)
		shown++
	}
	switch {
	case shown == 0 && len(v.Sides) > 2:
		out[0] = append(out[0], sp(roleMuted, ": no descriptor from 3 on"))
	case shown == 0:
		out = append(out, ln(roleMuted, "   no descriptor from 3 on"))
	}
	return out
}

func tableFor(v *lesson.View, name string) *netcore.ProcessTable {
	for i := range v.Snapshot.Processes {
		if v.Snapshot.Processes[i].Name == name {
			return &v.Snapshot.Processes[i]
		}
	}
	return nil
}

// descriptorRows is one descriptor: what it is, and below that its state.
func descriptorRows(v *lesson.View, side string, d *netcore.Descriptor, marks linked, w int) []line {
	sign := changeSign(v, func(c *lesson.Change) bool {
		return c.Side == side && c.FD == d.FD || d.Cookie != 0 && c.Cookie == d.Cookie
	})
	k := socketFor(v, d)
	if k != nil && marks.has(k.Cookie) {
		sign = linkedSign
	}
	if k == nil {
		return []line{{sign, sp(roleBold, itoa(d.FD)), sp(roleText, " "+d.Kind+" "+d.Target)}}
	}
	head := line{sign, sp(roleBold, itoa(d.FD)), sp(roleText, " ● "+socketKind(k)+" "+addresses(k))}
	out := packed(head, append([]line{{sp(roleKernel, k.State)}}, queueParts(v, k, w)...), w, 3)
	if k.State == "LISTEN" {
		out = append(out, waitingRows(v, k, w)...)
	}
	return out
}

// changeSign marks what the last move changed.
func changeSign(v *lesson.View, is func(*lesson.Change) bool) span {
	for i := range v.Changed {
		if is(&v.Changed[i]) {
			return sp(roleChanged, " ◆ ")
		}
	}
	return pad(3)
}

func socketFor(v *lesson.View, d *netcore.Descriptor) *netcore.Socket {
	for i := range v.Snapshot.Sockets {
		k := &v.Snapshot.Sockets[i]
		if d.Cookie != 0 && k.Cookie == d.Cookie || d.Cookie == 0 && d.Inode != 0 && k.Inode == d.Inode {
			return k
		}
	}
	return nil
}

func socketKind(k *netcore.Socket) string {
	switch {
	case k.Protocol != "":
		return k.Protocol
	case k.Domain == "AF_UNIX":
		return "unix"
	}
	return strings.ToLower(strings.TrimPrefix(k.Type, "SOCK_"))
}

// addresses are both ends of a socket, as far as it has them.
func addresses(k *netcore.Socket) string {
	if k.Path != "" {
		return k.Path
	}
	local, peer := "no address", ""
	if k.Bound || k.Local.IsValid() && k.Local.Port() != 0 {
		local = addrText(k.Local)
	}
	if k.Peer.IsValid() && k.Peer.Port() != 0 {
		peer = " → " + addrText(k.Peer)
	}
	return local + peer
}

// addrText is an address; of the loopback only the port, which says it all.
func addrText(a netip.AddrPort) string {
	if a.Addr() == loopback4 {
		return ":" + itoa(int(a.Port()))
	}
	return a.String()
}

var loopback4 = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// queueWord is a queue's length, or how it changed.
type queueWord struct {
	text    string
	changed bool
}

// queueWords finds the changes of a socket's queues.
func queueWords(v *lesson.View, k *netcore.Socket) (rx, tx queueWord) {
	for i := range v.Changed {
		c := &v.Changed[i]
		if c.What != "queue" || c.Cookie == 0 || c.Cookie != k.Cookie {
			continue
		}
		words := strings.Fields(c.Text)
		if len(words) < 2 {
			continue
		}
		w := queueWord{words[len(words)-1], true}
		switch words[len(words)-2] {
		case "rx", "waiting":
			rx = w
		case "tx", "limit":
			tx = w
		}
	}
	return rx, tx
}

// orphans are the sockets no process has a descriptor of, but for those that wait
// at a listener shown above: ends that linger.
func orphans(v *lesson.View, marks linked, w int) []line {
	var out []line
	for i := range v.Snapshot.Sockets {
		k := &v.Snapshot.Sockets[i]
		if len(k.Owners) > 0 || owned(v, k) || listenerOf(v, k) != nil {
			continue
		}
		if out == nil {
			out = append(out, line{pad(1), sp(roleTitle, "no descriptor"), sp(roleMuted, "  the kernel's own")})
		}
		sign := socketSign(v, k)
		if marks.has(k.Cookie) {
			sign = linkedSign
		}
		head := line{sign, sp(roleText, "○ "+socketKind(k)+" "+addresses(k))}
		parts := append([]line{{sp(roleKernel, k.State)}}, queueParts(v, k, w)...)
		if why := orphanWhy(k); why != "" {
			parts = append(parts, ln(roleMuted, why))
		}
		out = append(out, packed(head, parts, w, 3)...)
	}
	return out
}

func owned(v *lesson.View, k *netcore.Socket) bool {
	for i := range v.Snapshot.Processes {
		if slices.ContainsFunc(v.Snapshot.Processes[i].FDs, func(d netcore.Descriptor) bool {
			return k.Cookie != 0 && d.Cookie == k.Cookie
		}) {
			return true
		}
	}
	return false
}

func orphanWhy(k *netcore.Socket) string {
	switch k.State {
	case "ESTABLISHED", "SYN_RECV", "CLOSE_WAIT":
		return "waits for accept"
	case "TIME_WAIT", "FIN_WAIT1", "FIN_WAIT2", "CLOSING", "LAST_ACK":
		return "its process has let go"
	}
	return ""
}
