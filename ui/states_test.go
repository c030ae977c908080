package ui

import (
	"slices"
	"strings"
	"testing"

	"sockstep/netcore"
)

// TestPicturesAreWhole: both pictures have a place for each state and each arrow.
func TestPicturesAreWhole(t *testing.T) {
	for name, d := range map[string]diagram{"wide": wideDiagram, "narrow": narrowDiagram} {
		var names, places []string
		var marks []byte
		for _, row := range d.rows {
			for _, p := range row {
				switch {
				case p.name:
					names = append(names, p.state)
				case p.state != "":
					places = append(places, p.state)
				case p.arrow != 0:
					marks = append(marks, p.arrow)
				}
			}
		}
		for _, s := range tcpStates {
			if !slices.Contains(names, s) || !slices.Contains(places, s) {
				t.Errorf("%s: no place for %s", name, s)
			}
		}
		for _, a := range append([]arrow{{mark: resetArrow}}, arrows...) {
			if a.mark != 0 && !slices.Contains(marks, a.mark) {
				t.Errorf("%s: no arrow %c", name, a.mark)
			}
		}
	}
}

func TestWay(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"CLOSE", "LISTEN", ""},
		{"CLOSE", "ESTABLISHED", "SYN_SENT"},
		{"LISTEN", "ESTABLISHED", "SYN_RECV"},
		{"ESTABLISHED", "TIME_WAIT", "FIN_WAIT1, then FIN_WAIT2 or CLOSING"},
		{"ESTABLISHED", "FIN_WAIT2", "FIN_WAIT1"},
		{"ESTABLISHED", forgotten, "CLOSE_WAIT, then LAST_ACK"},
		{"TIME_WAIT", "LISTEN", "no way"},
	} {
		got := "no way"
		if b, ok := way(c.from, c.to); ok {
			got = wayWords(b)
		}
		if got != c.want {
			t.Errorf("%s to %s: %q, want %q", c.from, c.to, got, c.want)
		}
	}
}

// TestTransitionWords tells each kind of transition.
func TestTransitionWords(t *testing.T) {
	l := sample(t)
	v := acceptView(t, l)
	k := v.Snapshot.Sockets
	r := newRecording(t)
	call := r.add(netcore.Event{Type: netcore.CallEvent, Call: &netcore.Call{Name: "close", Process: "client", Syscall: "close"}})
	r.state(k[1], "", "CLOSE", 0)
	r.state(k[1], "ESTABLISHED", "FIN_WAIT1", call)
	r.state(k[3], "TIME_WAIT", "", 0)
	k[3].Timer.Expires = 3e8
	r.state(k[3], "TIME_WAIT", "", 0)
	r.packet(tcpPacket(7, loop(7777), loop(40000), netcore.FlagRST|netcore.FlagACK, ""))
	r.state(k[1], "ESTABLISHED", "CLOSE", 0)
	r.state(k[2], "", "ESTABLISHED", 0)
	v.Timeline, v.Events = r.tl, r.tl.Len()
	log := transitions{}.follow(v)
	list, _ := log.seen(v)
	want := []struct{ text, marks string }{
		{"client 3: new, CLOSE", ""},
		{"client 3: ESTABLISHED → FIN_WAIT1 because client called close() = ?", "g"},
		{":7777→:40001: TIME_WAIT → closed and forgotten", "n"},
		{":7777→:40001: TIME_WAIT → closed and forgotten because its time was over", "n"},
		{"client 3: ESTABLISHED → CLOSE because of a reset", "o"},
		{":7777→:40000: a new connection, ESTABLISHED; passed through SYN_RECV too fast to be seen", "ce"},
	}
	for i, w := range want {
		if got := list[i].line(v).plain(); got != w.text || string(list[i].marks()) != w.marks {
			t.Errorf("%q, arrows %q; want %q, %q", got, list[i].marks(), w.text, w.marks)
		}
	}
}

// TestDiagramInASCII: nothing but ASCII is left, and the sockets are still named.
func TestDiagramInASCII(t *testing.T) {
	m := states(t)["diagram"](120, 36)
	m.o.ASCII, m.theme = true, themeFor("", DepthMono)
	text := ours.ReplaceAllString(m.View().Content, "")
	for _, r := range text {
		if r > 0x7e {
			t.Fatalf("the sign %q is left", r)
		}
	}
	for _, want := range []string{"< server 3", "-* SYN ACK arrives >| ESTABLISHED", "client 3: CLOSE > ESTABLISHED because SYN ACK arrived (packet 2)"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}
