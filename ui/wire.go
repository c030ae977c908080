package ui

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
	"sockstep/netcore"
)

// wire is the state of the wire shown, nil where there is none.
func (s *stage) wire() *netcore.WireState { return s.seen().Snapshot.Wire }

// heldPacket is the packet the keys of the wire act on: the one held longest of
// those that wait for a key. Nil when there is none.
func (s *stage) heldPacket() *netcore.HeldPacket {
	_, h := s.heldAt()
	return h
}

// heldAt is the same with its place among those held, from 1; 0 without one.
func (s *stage) heldAt() (place int, h *netcore.HeldPacket) {
	w := s.wire()
	if w == nil {
		return 0, nil
	}
	for i := range w.Held {
		if w.Held[i].Until == 0 {
			return i + 1, &w.Held[i]
		}
	}
	return 0, nil
}

// heldName is a held packet in a few words: "#3 SYN client → server".
func heldName(v *lesson.View, h *netcore.HeldPacket) string {
	name := fmt.Sprintf("#%d", h.Number)
	if v.Timeline == nil {
		return name
	}
	e, ok := v.Timeline.Get(h.Event)
	if !ok || e.Packet == nil {
		return name
	}
	header := e.Packet.Header()
	return name + " " + packetName(e.Packet) + " " + wireEnd(header.From.Addr().String()) + " → " + wireEnd(header.To.Addr().String())
}

// wireEnd names an end of the wire by its address.
func wireEnd(addr string) string {
	switch addr {
	case netcore.ServerAddress:
		return netcore.ServerNetwork
	case netcore.ClientAddress:
		return netcore.ClientNetwork
	}
	return addr
}

// heldNote says what stands on the wire, for the status line, in about w columns.
func (m Model) heldNote(v *lesson.View, w int) line {
	wire := v.Snapshot.Wire
	if wire == nil || len(wire.Held) == 0 {
		return nil
	}
	_, h := m.stage.heldAt()
	if h == nil {
		h = &wire.Held[0]
	}
	long, short := heldTexts(v, h, m.stage.clock())
	more := ""
	if n := len(wire.Held) - 1; n > 0 {
		more = ", and " + itoa(n) + " more"
	}
	keys := line{sp(roleText, "   ")}
	for _, k := range [][2]string{{"+", "let through"}, {"-", "drop"}, {"*", "twice"}, {"%", "delay"}} {
		keys = append(keys, sp(roleKey, k[0]), sp(roleText, " "+k[1]+"  "))
	}
	switch l := (line{sp(roleNotice, " "+long+more)}); {
	case h.Until == 0 && m.stage.past == nil && l.width()+keys.width() <= w:
		return append(l, keys...)
	case l.width() <= w:
		return l
	}
	return line{sp(roleNotice, " "+short+more)}
}

// heldTexts say of a packet on the wire since when it is held, or when it goes on.
func heldTexts(v *lesson.View, h *netcore.HeldPacket, at int64) (long, short string) {
	name := heldName(v, h)
	if h.Until > 0 {
		left := countdown(time.Duration(h.Until - at))
		return "delayed on the wire: " + name + ", goes on in " + left, "delayed: " + name + ", " + left
	}
	age := ageText(time.Duration(at - h.At))
	return "held on the wire: " + name + ", since " + age, "held: " + name + ", " + age
}

// wireKey makes the action of a key that does something with the held packet.
func wireKey(what string) func(Model, string) (Model, tea.Cmd) {
	return func(m Model, _ string) (Model, tea.Cmd) {
		place, _ := m.stage.heldAt()
		text := what
		if place > 1 {
			text += " " + itoa(place)
		}
		return m.onWire(text)
	}
}

// onWire makes a move as the network.
func (m Model) onWire(text string) (Model, tea.Cmd) {
	m.stage.side = m.stage.focus()
	return m.actOf(moveOther, lesson.Move{Kind: lesson.MoveWire, Text: text})
}

// actOf begins a move that is no side's.
func (m Model) actOf(kind moveKind, mv lesson.Move) (Model, tea.Cmd) {
	return m.act(kind, func(ctx context.Context, s Session) error { return s.Do(ctx, mv) })
}

// toggleWire makes packets stop in the middle of the wire, or lets them all pass.
func (m Model) toggleWire() (Model, tea.Cmd) {
	if m.stage.wire().Holding {
		return m.onWire(string(netcore.WireFlow))
	}
	return m.onWire(string(netcore.WireHold))
}

func (m Model) wireWord() string {
	if w := m.stage.wire(); w != nil && w.Holding {
		return "let all flow"
	}
	return "hold packets"
}

// noWire says why nothing can be done as the network.
func (m Model) noWire() string {
	if why := m.noDrive(); why != "" {
		return why
	}
	switch {
	case m.stage.wire() != nil:
		return ""
	case m.o.PlayWire == nil:
		return "There is no wire here: both sides share one network."
	}
	return "There is no wire here: both sides share one network. F in the course plays on a wire."
}

// noHeld says why no packet can be acted on.
func (m Model) noHeld() string {
	if why := m.noWire(); why != "" {
		return why
	}
	if m.stage.heldPacket() != nil {
		return ""
	}
	switch w := m.stage.wire(); {
	case len(w.Held) > 0:
		return "What is on the wire is delayed, and goes on by itself."
	case w.Holding:
		return "Nothing is held: no packet has reached the middle of the wire yet."
	}
	return "Nothing is held: packets pass the wire. W makes them stop in its middle."
}

func (m Model) noPlayWire() string {
	if m.o.PlayWire == nil {
		return "Free play on a wire is not to be had here: it needs a private network."
	}
	return ""
}

// nextEvent runs the side in focus until something happens.
func (m Model) nextEvent() (Model, tea.Cmd) {
	return m.do(moveOther, lesson.Move{Kind: lesson.MoveEvent})
}

// save writes what the lab shown has recorded to files.
func (m Model) save() (Model, tea.Cmd) {
	name := "play"
	if m.stage.trace != nil {
		name = "trace"
	}
	if m.stage.lesson != nil {
		name = m.stage.lesson.Name
	}
	m.notice = "Saving what was seen."
	return m, save(m.o.Save, m.stage.seen().Timeline, name)
}

func (m Model) noSave() string {
	switch {
	case m.o.Save == nil:
		return "Nothing can be saved from here: sockstep was started without a place to write to."
	case m.stage.seen().Timeline == nil:
		return "There is nothing to save yet: no lab has been open."
	}
	return ""
}

// saved tells where to find what was written.
func (m Model) saved(msg savedMsg) Model {
	switch {
	case msg.err != nil:
		m.notice = "Not saved: " + firstLines(msg.err)
	default:
		m.notice = "Saved: " + strings.Join(msg.files, ", ")
	}
	return m
}
