package lesson

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/netcore"
	"sockstep/netcore/dumptest"
)

// eachPrivateLesson opens every lesson in a private network and hands it over.
func eachPrivateLesson(t *testing.T, do func(t *testing.T, s *Session)) {
	course, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range course.Lessons {
		t.Run(l.Name, func(t *testing.T) {
			s := NewSession(l, OpenLab(netcore.Options{Tier: netcore.TierUser}))
			if err := s.Start(ctx(t)); err != nil {
				t.Skipf("no private network: %v", err)
			}
			defer s.Close()
			do(t, s)
		})
	}
}

// play plays a lesson to its end.
func play(t *testing.T, s *Session) {
	t.Helper()
	for s.View().Phase != Finished {
		playStep(t, s)
	}
	if err := s.Refresh(ctx(t)); err != nil {
		t.Fatal(err)
	}
}

// TestPacketsAreWhatTcpdumpSees plays every lesson with tcpdump in the same network:
// the packets are the same, in the same order, with the same flags and lengths.
func TestPacketsAreWhatTcpdumpSees(t *testing.T) {
	eachPrivateLesson(t, func(t *testing.T, s *Session) {
		places := []watch{{"lo", "in"}}
		if s.world.Wire {
			places = []watch{
				{netcore.ServerNetwork, "in"}, {netcore.ClientNetwork, "in"},
				{netcore.ServerNetwork, "out"}, {netcore.ClientNetwork, "out"},
			}
		}
		dumps := make([]*dumptest.Dump, len(places))
		for i, w := range places {
			dumps[i] = dumptest.Start(t, dumptest.Network(s.stage.(labStage).PID()), w.device, "-Q", w.way)
		}
		play(t, s)
		checkFates(t, s)
		rows := make([][]string, len(places))
		for i, w := range places {
			least := len(w.rows(s))
			for _, p := range dumps[i].Read(least) {
				rows[i] = append(rows[i], packetRow(p.Raw, p.Len))
			}
		}
		if err := s.Refresh(ctx(t)); err != nil {
			t.Fatal(err)
		}
		for i, w := range places {
			ours := w.rows(s)
			ours = ours[:min(len(ours), len(rows[i]))] // the kernel may have repeated one since tcpdump ended
			if diff := cmp.Diff(rows[i], ours); diff != "" {
				t.Errorf("packets, %s at %s (-tcpdump +ours):\n%s", w.way, w.device, diff)
			}
			t.Logf("%d packets, %s at %s", len(ours), w.way, w.device)
		}
	})
}

// watch is a place to watch packets at: those that come in at a device, or go out.
type watch struct{ device, way string }

// rows are the packets that came by there, as the Timeline has them.
func (w watch) rows(s *Session) (rows []string) {
	refused := map[netcore.ID]bool{}
	for _, e := range s.Timeline().Since(0) {
		if e.Packet != nil && e.Packet.Fate == netcore.FateDropped {
			refused[e.Packet.Of] = true
		}
	}
	for _, e := range s.Timeline().Since(0) {
		if p := e.Packet; p != nil && w.sees(p, refused[e.ID]) {
			rows = append(rows, packetRow(p.Raw, int(p.Len)))
		}
	}
	return rows
}

// sees reports whether a sighting is one of a packet that came by. On the wire a
// packet goes out at the end it is for: at once, or when it was let go.
func (w watch) sees(p *netcore.Packet, refused bool) bool {
	switch {
	case w.device == "lo":
		return true
	case w.way == "in":
		return p.Of == 0 && p.Network == w.device
	case p.Of == 0:
		return p.Network != w.device && p.Fate == netcore.FateNone && !refused
	}
	return p.Network == w.device && (p.Fate == netcore.FatePassed || p.Fate == netcore.FateDuplicated)
}

// checkFates checks that every packet that was held has been let go or dropped since,
// or is held still.
func checkFates(t *testing.T, s *Session) {
	t.Helper()
	held, decided := map[netcore.ID]bool{}, map[netcore.ID]bool{}
	for _, e := range s.Timeline().Since(0) {
		switch p := e.Packet; {
		case p == nil:
		case p.Of == 0 && p.Fate == netcore.FateHeld:
			held[e.ID] = true
		case p.Fate == netcore.FatePassed, p.Fate == netcore.FateDropped:
			if decided[p.Of] {
				t.Errorf("packet %d was %s, after its fate had been decided", p.Number, p.Fate)
			}
			decided[p.Of] = true
		}
	}
	now := map[netcore.ID]bool{}
	if w := s.View().Snapshot.Wire; w != nil {
		for _, h := range w.Held {
			now[h.Event] = true
		}
	}
	for id := range held {
		if decided[id] == now[id] {
			t.Errorf("event %d was held: its fate was decided: %v, it is held still: %v", id, decided[id], now[id])
		}
	}
	t.Logf("%d packets were held, of which %d are still", len(held), len(now))
}

func packetRow(raw []byte, length int) string {
	h := netcore.DecodePacket(raw)
	return fmt.Sprintf("%v > %v %s seq %d ack %d win %d, %d bytes", h.From, h.To, h.Summary(), h.Seq, h.Ack, h.Window, length)
}

// TestNothingBeforeItsCause plays every lesson and looks at the times of what
// caused what: a packet lies inside its call, a change comes behind its packet.
func TestNothingBeforeItsCause(t *testing.T) {
	eachPrivateLesson(t, func(t *testing.T, s *Session) {
		play(t, s)
		tl, last := s.Timeline(), int64(0)
		for _, e := range tl.Since(1) {
			if e.At < last && e.Sample == nil {
				t.Errorf("event %d (%s) stands behind a later one", e.ID, e.Type)
			}
			last = max(last, e.At)
			for _, cause := range causesOf(&e) {
				if c, ok := tl.Get(cause); !ok {
					t.Errorf("event %d (%s) has a cause that is not there: %d", e.ID, e.Type, cause)
				} else if begin := beginning(&c); begin > e.At {
					t.Errorf("event %d (%s) is %d ns before its cause, %s", e.ID, e.Type, begin-e.At, c.Type)
				}
			}
			if p := e.Packet; p != nil && p.Call != 0 && p.Of == 0 {
				if c, _ := tl.Get(p.Call); c.Call == nil || e.At < c.Call.Enter || c.Call.Exit != 0 && e.At > c.Call.Exit {
					t.Errorf("packet %d lies outside of its call", p.Number)
				}
			}
		}
	})
}

func causesOf(e *netcore.Event) (all []netcore.ID) {
	if e.Cause != 0 {
		all = append(all, e.Cause)
	}
	if e.Sample != nil {
		for _, c := range e.Sample.Changes {
			if c.Cause != 0 {
				all = append(all, c.Cause)
			}
		}
	}
	return all
}

// beginning is when an event began: a call's entry.
func beginning(e *netcore.Event) int64 {
	if e.Call != nil {
		return e.Call.Enter
	}
	return e.At
}

// TestEveryStateIsReached plays the lesson on the states: all eleven of RFC 9293 are
// read from the kernel.
func TestEveryStateIsReached(t *testing.T) {
	course, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	l := course.Lesson("states")
	if l == nil {
		t.Skip("there is no such lesson yet")
	}
	s := NewSession(l, OpenLab(netcore.Options{Tier: netcore.TierUser}))
	if err := s.Start(ctx(t)); err != nil {
		t.Skipf("no private network: %v", err)
	}
	defer s.Close()
	seen := map[string]bool{}
	for s.View().Phase != Finished {
		playStep(t, s)
		for _, k := range s.View().Snapshot.Sockets {
			if k.Protocol == "TCP" {
				seen[k.State] = true
			}
		}
	}
	for _, state := range strings.Fields("CLOSE LISTEN SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT1 FIN_WAIT2 CLOSE_WAIT CLOSING LAST_ACK TIME_WAIT") {
		if !seen[state] {
			t.Errorf("%s is never on the screen", state)
		}
	}
}
