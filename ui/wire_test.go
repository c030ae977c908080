package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"sockstep/lesson"
	"sockstep/netcore"
)

// onHeld drives a stage on which a packet is held.
func onHeld(t *testing.T, o func(*Options)) (*driver, *script) {
	v := heldView(t, sample(t))
	m := staged(t, v, 120, 36)
	if o != nil {
		o(&m.o)
	}
	return drive(t, m), m.stage.session.(*script)
}

// TestWireKeys: each key makes the move as the network, on no side.
func TestWireKeys(t *testing.T) {
	for key, want := range map[string]string{"+": "pass", "=": "pass", "-": "drop", "*": "duplicate", "%": "delay 1s", "W": "flow"} {
		d, s := onHeld(t, nil)
		d.press(key)
		d.settled()
		if mv := s.made(lesson.MoveWire); mv == nil || mv.Text != want || mv.Role != "" {
			t.Errorf("%s made %+v, want %q", key, mv, want)
		}
		if _, _, err := lesson.ParseWire(want); err != nil {
			t.Error(err)
		}
	}
}

// TestWirePlace: a packet that is delayed goes on by itself, so the keys act on the
// first that waits for them.
func TestWirePlace(t *testing.T) {
	d, s := onHeld(t, nil)
	d.m.stage.view.Snapshot.Wire.Held[0].Until = 101 * second
	d.shows("held on the wire: #4 SYN client → server")
	d.press("-")
	d.settled()
	if mv := s.made(lesson.MoveWire); mv == nil || mv.Text != "drop 2" {
		t.Errorf("made %+v", mv)
	}
}

// TestWireWhy: a key of the wire that can do nothing says why.
func TestWireWhy(t *testing.T) {
	for _, c := range []struct {
		name, key, want string
		wire            *netcore.WireState
	}{
		{"no wire", "+", "There is no wire here", nil},
		{"no wire", "W", "There is no wire here", nil},
		{"flowing", "-", "packets pass the wire", &netcore.WireState{}},
		{"quiet", "*", "no packet has reached the middle", &netcore.WireState{Holding: true}},
		{"delayed", "%", "goes on by itself", &netcore.WireState{Held: []netcore.HeldPacket{{Number: 1, Until: 105 * second}}}},
	} {
		d, s := onHeld(t, nil)
		d.m.stage.view.Snapshot.Wire = c.wire
		d.press(c.key)
		if !strings.Contains(d.m.notice, c.want) {
			t.Errorf("%s: %s says %q, want %q", c.name, c.key, d.m.notice, c.want)
		}
		if s.made(lesson.MoveWire) != nil {
			t.Errorf("%s: %s made a move", c.name, c.key)
		}
	}
}

// TestTypedSetting: what begins with set is a setting of the lab, also while the side
// is blocked; one that is refused stays in the field.
func TestTypedSetting(t *testing.T) {
	d, s := onHeld(t, nil)
	d.press(":")
	d.typed("set deaf client 3")
	d.press("enter")
	d.settled()
	if mv := s.made(lesson.MoveSet); mv == nil || mv.Text != "deaf client 3" || mv.Role != "" {
		t.Fatalf("made %+v", mv)
	}
	if d.m.field.open {
		t.Error("the field is open still")
	}
	s.fail["Do set"] = errors.New("no such setting: dead")
	d.press(":")
	d.typed("set dead client 3")
	d.press("enter")
	d.settled()
	d.shows("no such setting: dead")
}

// TestNextEvent runs the side in focus to the next event.
func TestNextEvent(t *testing.T) {
	d, s := onHeld(t, nil)
	d.press(".")
	if s.made(lesson.MoveEvent) != nil || !strings.Contains(d.m.notice, "blocked") {
		t.Errorf("a blocked side was run: %q", d.m.notice)
	}
	d.press("tab", ".")
	d.settled()
	if mv := s.made(lesson.MoveEvent); mv == nil || mv.Role != "server" {
		t.Errorf("made %+v", mv)
	}
}

// TestPlayOnTheWire: F begins it, where it is offered, and restarting stays on it.
func TestPlayOnTheWire(t *testing.T) {
	d, _, _ := opening(t)
	d.press("F")
	if d.m.onStage || !strings.Contains(d.m.notice, "not to be had") {
		t.Fatalf("F said %q", d.m.notice)
	}
	v := baseView(sample(t))
	v.Lesson, v.Phase = nil, lesson.Free
	wired := newScript(t, v)
	d.m.o.PlayWire = func() Session { return wired }
	d.press("F")
	d.settled()
	if !wired.was("Start") || !d.m.stage.wired {
		t.Error("no play on the wire was begun")
	}
}

// TestSave writes outside of Update and tells the names, or what went wrong.
func TestSave(t *testing.T) {
	var names []string
	fail := error(nil)
	d, s := onHeld(t, func(o *Options) {
		o.Save = func(tl *netcore.Timeline, lesson string) ([]string, error) {
			if tl == nil {
				t.Error("no timeline")
			}
			names = append(names, lesson)
			return []string{"tcp-1.pcapng", "tcp-1.txt"}, fail
		}
	})
	d.press("w")
	d.shows("Saved: tcp-1.pcapng, tcp-1.txt")
	fail = errors.New("the disk is full")
	d.press("w")
	d.shows("Not saved: the disk is full")
	if !slices.Equal(names, []string{"tcp", "tcp"}) {
		t.Errorf("saved %q", names)
	}
	d.m.o.Save = nil
	d.press("w")
	if d.m.notice == "" || len(s.moves) > 0 {
		t.Errorf("w without a place to write to said %q", d.m.notice)
	}
}

// TestWaiting: the wait for the kernel is counted, and esc gives it up.
func TestWaiting(t *testing.T) {
	d, s, _ := opening(t)
	d.press("enter")
	d.settled()
	s.hold = make(chan struct{})
	d.press("enter")
	v := baseView(sample(t))
	v.Waits = netcore.Now() + 8*second
	s.publish(v)
	d.shows("waiting for the kernel")
	d.shows("of at most 8 s; esc stops waiting")
	d.press("esc")
	d.settled()
	if strings.Contains(picture(d.m), "waiting for the kernel") {
		t.Errorf("it waits still:\n%s", picture(d.m))
	}
}
