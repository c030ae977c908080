package lesson

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sockstep/netcore"
)

func TestParseWire(t *testing.T) {
	for text, want := range map[string]struct {
		act   netcore.WireAct
		which HeldWhich
	}{
		"pass":             {netcore.WireAct{Verb: netcore.WirePass}, HeldWhich{Place: 1}},
		"drop 2":           {netcore.WireAct{Verb: netcore.WireDrop}, HeldWhich{Place: 2}},
		"duplicate":        {netcore.WireAct{Verb: netcore.WireDuplicate}, HeldWhich{Place: 1}},
		"delay 200ms":      {netcore.WireAct{Verb: netcore.WireDelay, After: 200 * time.Millisecond}, HeldWhich{Place: 1}},
		"delay 1s 3":       {netcore.WireAct{Verb: netcore.WireDelay, After: time.Second}, HeldWhich{Place: 3}},
		"hold":             {netcore.WireAct{Verb: netcore.WireHold}, HeldWhich{Place: 1}},
		"  flow  ":         {netcore.WireAct{Verb: netcore.WireFlow}, HeldWhich{Place: 1}},
		"drop all":         {netcore.WireAct{Verb: netcore.WireDrop}, HeldWhich{All: true}},
		"pass SYN ACK":     {netcore.WireAct{Verb: netcore.WirePass}, HeldWhich{Name: "SYN ACK"}},
		"delay 1s PSH ACK": {netcore.WireAct{Verb: netcore.WireDelay, After: time.Second}, HeldWhich{Name: "PSH ACK"}},
	} {
		act, which, err := ParseWire(text)
		if err != nil || act != want.act || which != want.which {
			t.Errorf("%q: %+v, %+v, %v", text, act, which, err)
		}
	}
	for _, text := range []string{"", "lose", "pass 0", "pass two", "pass 1 2", "delay", "delay 2h", "delay -1s", "delay 1s x", "drop all 2"} {
		if _, _, err := ParseWire(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestHeldPacketsHaveNames(t *testing.T) {
	for _, c := range []struct {
		name, packet string
		want         bool
	}{
		{"SYN", "SYN", true}, {"SYN", "SYN ACK", false}, {"ACK", "SYN ACK", false}, {"ACK", "ACK", true},
		{"PSH ACK", "PSH ACK 5", true}, {"PSH ACK 5", "PSH ACK 5", true}, {"PSH ACK 5", "PSH ACK 7", false},
	} {
		if got := (HeldWhich{Name: c.name}).names(c.packet); got != c.want {
			t.Errorf("%q is called %q: %v", c.packet, c.name, got)
		}
	}
}

// arranged is a lesson with settings before the first line, and steps with a
// setting, a line and the wire.
func arranged(t *testing.T) *Lesson {
	l := testLesson(t)
	l.Stage = []netcore.StageSetting{{Kind: netcore.SettingWire, Value: "hold"}, {Kind: netcore.SettingSysctl, Name: "net.core.somaxconn", Value: "2"}}
	l.Steps = []Step{
		{ID: "first", Run: &Run{"server", "socket"}, Stage: []netcore.StageSetting{{Kind: netcore.SettingDeaf, Process: "server", FD: 3}}},
		{ID: "second", Wire: []string{"drop", "pass 2"}},
	}
	return l
}

// wired is a snapshot of a lab with packets held on its wire.
func wired(held ...uint32) func() netcore.Snapshot {
	w := &netcore.WireState{Holding: true}
	for _, n := range held {
		w.Held = append(w.Held, netcore.HeldPacket{Number: n})
	}
	return func() netcore.Snapshot { return netcore.Snapshot{Wire: w} }
}

func TestStepSetsRunsAndActs(t *testing.T) {
	k := newScripted(plain)
	k.snap = wired(7, 9)
	s := NewSession(arranged(t), k.opener())
	defer s.Close()
	if err := s.Start(ctx(t)); err != nil {
		t.Fatal(err)
	}
	if want := (World{Lesson: "test", Wire: true, Hold: true, Server: "server"}); k.world != want {
		t.Errorf("the lab was opened with %+v, want %+v", k.world, want)
	}
	for range 3 {
		next(t, s)
	}
	want := []string{"set sysctl net.core.somaxconn 2", "set deaf server 3", "server socket", "wire drop 7", "wire pass 9"}
	if !slices.Equal(k.made, want) {
		t.Errorf("done: %v, want %v", k.made, want)
	}
	if n := s.Records(); n != 5 {
		t.Errorf("%d records of 4 moves", n)
	}
	made := slices.Clone(k.made)
	if err := s.Rerun(ctx(t), 4); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(k.made, made) {
		t.Errorf("run again: %v, the first time %v", k.made, made)
	}
	if v := s.View(); v.Phase != Ran || v.Step != 1 {
		t.Errorf("run again, the session stands in phase %v of step %d", v.Phase, v.Step)
	}
	if err := s.Jump(ctx(t), 1); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(k.made, made[:3]) {
		t.Errorf("the jump did %v, want %v", k.made, made[:3])
	}
}

// TestWireDoneBeforehand has the learner do as the network what the step would.
func TestWireDoneBeforehand(t *testing.T) {
	k := newScripted(plain)
	k.snap = wired(7, 9)
	s := NewSession(arranged(t), k.opener())
	defer s.Close()
	if err := s.Start(ctx(t)); err != nil {
		t.Fatal(err)
	}
	next(t, s)
	next(t, s)
	if err := s.Do(ctx(t), Move{Kind: MoveWire, Text: "pass 2"}); err != nil {
		t.Fatal(err)
	}
	next(t, s)
	if got := strings.Join(k.made[3:], ", "); got != "wire pass 9, wire pass 9" {
		t.Errorf("the wire did %s, want the learner's act and the second of the step", got)
	}
}

func TestSettingsNeedPrivateNetwork(t *testing.T) {
	k := newScripted(plain)
	k.tier = netcore.TierHost
	s := NewSession(arranged(t), k.opener())
	defer s.Close()
	if err := s.Start(ctx(t)); !errors.Is(err, ErrPrivate) {
		t.Errorf("err = %v, want ErrPrivate", err)
	}
}

func TestRefusedSettingIsSaid(t *testing.T) {
	k := newScripted(plain)
	k.refuses = errors.New("sysctl: permission denied")
	s := NewSession(arranged(t), k.opener())
	defer s.Close()
	if err := s.Start(ctx(t)); !errors.Is(err, k.refuses) || !strings.Contains(err.Error(), "refuses a setting") {
		t.Errorf("err = %v", err)
	}
}

func TestWireMovesSayWhatIsMissing(t *testing.T) {
	s, _ := started(t, plain)
	for text, want := range map[string]error{"pass": netcore.ErrNoWire} {
		if err := s.Do(ctx(t), Move{Kind: MoveWire, Text: text}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", text, err, want)
		}
	}
	if err := s.Do(ctx(t), Move{Kind: MoveSet, Text: "nonsense"}); err == nil {
		t.Error("a setting that is none is made")
	}
	if err := s.Do(ctx(t), Move{Kind: MoveStep}); err == nil {
		t.Error("a step without a side is made")
	}
}
