package lesson

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"sockstep/netcore"
)

// ErrPrivate says that a lesson cannot be played here: it makes settings that
// would be felt outside of a private network.
var ErrPrivate = errors.New("this lesson needs a private network, and this machine gives none")

// furnish makes the settings a lesson begins with.
func (s *Session) furnish(ctx context.Context) error {
	if s.lesson == nil {
		return nil
	}
	if s.lesson.Private() && !s.stage.Tier().Private() {
		return ErrPrivate
	}
	for _, set := range s.lesson.Stage {
		if set.Kind == netcore.SettingWire {
			continue // the lab was opened with it
		}
		if err := s.stage.Apply(ctx, set); err != nil {
			return fmt.Errorf("this machine refuses a setting of the lesson: %w", err)
		}
	}
	return nil
}

// arrange makes a move that is no side's: a setting, one as the network, one of the
// compiler, or a program that is watched.
func (s *Session) arrange(ctx context.Context, m Move) error {
	s.last = s.begun(s.last.focus)
	if err := s.rearrange(ctx, m); err != nil {
		return err
	}
	s.moves = append(s.moves, m)
	if m.Kind == MoveWire && m.Step == 0 {
		s.guide.acted++
	}
	return s.look(ctx)
}

func (s *Session) rearrange(ctx context.Context, m Move) error {
	switch m.Kind {
	case MoveSet:
		return s.set(ctx, m.Text)
	case MoveWire:
		return s.act(ctx, m.Text)
	case MoveCompile:
		return s.compile(ctx, m)
	case MoveWatch:
		return s.watch(ctx, m)
	}
	return fmt.Errorf("the move %q needs a side", m.Kind)
}

// set makes a stage setting.
func (s *Session) set(ctx context.Context, text string) error {
	set, err := netcore.ParseSetting(text)
	if err != nil {
		return err
	}
	if err := s.stage.Apply(ctx, set); err != nil {
		return err
	}
	s.last.result = "set: " + set.String()
	s.last.changed = append(s.last.changed, Change{What: "setting", Side: set.Process, FD: -1, Text: "set: " + set.String()})
	return nil
}

// act does something as the network.
func (s *Session) act(ctx context.Context, text string) error {
	act, which, err := ParseWire(text)
	if err != nil {
		return err
	}
	switch {
	case act.Verb == netcore.WireHold:
		s.last.result = "from now on packets stop in the middle of the wire"
		return s.stage.Act(ctx, act)
	case act.Verb == netcore.WireFlow:
		s.last.result = "from now on packets pass the wire"
		return s.stage.Act(ctx, act)
	case which.All:
		return s.actOnAll(ctx, act)
	}
	held, err := s.held(ctx, which)
	if err != nil {
		return err
	}
	return s.actOn(ctx, act, held)
}

// actOn does something with one held packet.
func (s *Session) actOn(ctx context.Context, act netcore.WireAct, held netcore.HeldPacket) error {
	act.Packet = held.Number
	s.last.result = fmt.Sprintf("packet %d, %s: %s", held.Number, s.packetText(held.Event), wireResults[act.Verb])
	return s.stage.Act(ctx, act)
}

// actOnAll does it with every packet held now, of which there may be none.
func (s *Session) actOnAll(ctx context.Context, act netcore.WireAct) error {
	w := s.snapshot.Wire
	if w == nil {
		return netcore.ErrNoWire
	}
	for _, held := range w.Held {
		if err := s.actOn(ctx, act, held); err != nil {
			return err
		}
	}
	s.last.result = fmt.Sprintf("all that were held, %d: %s", len(w.Held), wireResults[act.Verb])
	return nil
}

var wireResults = map[netcore.WireVerb]string{
	netcore.WirePass: "let through", netcore.WireDrop: "dropped", netcore.WireDuplicate: "let through, twice",
	netcore.WireDelay: "goes on by itself in a while",
}

// packetText names a packet by its flags.
func (s *Session) packetText(id netcore.ID) string {
	e, ok := s.Timeline().Get(id)
	if !ok || e.Packet == nil {
		return "a packet"
	}
	return packetWords(e.Packet)
}

// packetWords is a packet as the observable "packets" has it.
func packetWords(p *netcore.Packet) string {
	h := p.Header()
	text := h.Summary()
	if h.PayloadLen > 0 && h.ICMP == nil {
		text += " " + strconv.Itoa(h.PayloadLen)
	}
	return text
}

// heldPatience is how long a packet that is to be acted upon may take to come: as
// long as the kernel takes to repeat one.
const heldPatience = 5 * time.Second

// aheadPatience is how long, where the learner has acted as the network: what the
// path would wait for may have come and gone.
const aheadPatience = 2 * time.Second

// actedAlone reports whether the learner has acted as the network beside the path.
func (s *Session) actedAlone() bool {
	return slices.ContainsFunc(s.moves, func(m Move) bool { return m.Kind == MoveWire && m.Step == 0 })
}

// errNoHeld says that a packet that was to be acted upon is not held on the wire.
var errNoHeld = errors.New("no such packet is held on the wire")

// held returns one of the packets that wait on the wire, and waits for it to come.
func (s *Session) held(ctx context.Context, which HeldWhich) (netcore.HeldPacket, error) {
	limit := heldPatience
	if s.actedAlone() {
		limit = aheadPatience
	}
	end := time.NewTimer(limit)
	defer end.Stop()
	late, extra := false, repeatPatience
	for {
		w := s.snapshot.Wire
		if w == nil {
			return netcore.HeldPacket{}, netcore.ErrNoWire
		}
		if i := s.indexHeld(w.Held, which); i >= 0 {
			return w.Held[i], nil
		}
		if !w.Holding && len(w.Held) == 0 {
			return netcore.HeldPacket{}, fmt.Errorf("%w: packets pass it", errNoHeld)
		}
		if late {
			due := s.repeatDue(&extra)
			if due == 0 {
				return netcore.HeldPacket{}, fmt.Errorf("%w: %s; those held are %d", errNoHeld, which, len(w.Held))
			}
			end.Reset(due)
			late = false
		}
		select {
		case <-ctx.Done():
			return netcore.HeldPacket{}, context.Cause(ctx)
		case <-end.C:
			late = true
		case <-s.stage.Arrived():
		}
		if err := s.quiet(ctx); err != nil {
			return netcore.HeldPacket{}, err
		}
	}
}

// repeatPatience is how much longer than its patience a step waits where the kernel is
// going to send something again: it takes its time by how long answers took before, and
// twice as long with every repeat.
const repeatPatience = 12 * time.Second

// repeatDue is how long it takes until the kernel has sent again what it sends first,
// 0 where it will not, or not within what is left of the extra time, from which it is
// taken.
func (s *Session) repeatDue(extra *time.Duration) time.Duration {
	due := time.Duration(0)
	for _, k := range s.snapshot.Sockets {
		if t := k.Timer.Expires + settling; k.Timer.Kind == "on" && (due == 0 || t < due) {
			due = t
		}
	}
	if due > *extra {
		return 0
	}
	*extra -= due
	return due
}

// indexHeld is where the packet meant stands in the row of those held, -1 for nowhere.
func (s *Session) indexHeld(held []netcore.HeldPacket, which HeldWhich) int {
	if which.Name == "" {
		if which.Place > len(held) {
			return -1
		}
		return which.Place - 1
	}
	return slices.IndexFunc(held, func(h netcore.HeldPacket) bool { return which.names(s.packetText(h.Event)) })
}

// HeldWhich tells which of the packets held on the wire an act is about.
type HeldWhich struct {
	Place int    // in their row, from 1
	Name  string // or the first with these flags, "SYN ACK"
	All   bool   // or every one of them
}

// String is the packet as ParseWire takes it.
func (w HeldWhich) String() string {
	switch {
	case w.All:
		return "all"
	case w.Name != "":
		return w.Name
	}
	return "number " + strconv.Itoa(w.Place)
}

// names reports whether a packet has that name, with or without how many bytes it
// carries.
func (w HeldWhich) names(packet string) bool {
	rest, ok := strings.CutPrefix(packet, w.Name)
	return ok && strings.Trim(rest, " 0123456789") == ""
}

// ParseWire reads what a MoveWire does: a verb, and for one of the held packets its
// place in their row from 1, "pass 2", or its flags, "pass SYN ACK", which mean the
// first of those; without either it is the first of all, and "drop all" drops every
// one. "delay 1s" takes a time before that.
func ParseWire(text string) (act netcore.WireAct, which HeldWhich, err error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return act, which, errors.New("write pass, drop, duplicate, delay, hold or flow")
	}
	act.Verb = netcore.WireVerb(words[0])
	words = words[1:]
	switch act.Verb {
	case netcore.WireDelay:
		if len(words) == 0 {
			return act, which, errors.New("write how long: delay 1s")
		}
		if act.After, err = time.ParseDuration(words[0]); err != nil || act.After <= 0 || act.After > time.Minute {
			return act, which, fmt.Errorf("%q is no delay up to a minute: write 200ms or 1s", words[0])
		}
		words = words[1:]
	case netcore.WirePass, netcore.WireDrop, netcore.WireDuplicate, netcore.WireHold, netcore.WireFlow:
	default:
		return act, which, fmt.Errorf("nothing on the wire is called %q: write pass, drop, duplicate, delay, hold or flow", text)
	}
	which, err = parseWhich(words)
	if err != nil {
		err = fmt.Errorf("%w, as in %s 2 or %s SYN ACK", err, act.Verb, act.Verb)
	}
	return act, which, err
}

func parseWhich(words []string) (HeldWhich, error) {
	switch {
	case len(words) == 0:
		return HeldWhich{Place: 1}, nil
	case len(words) == 1 && words[0] == "all":
		return HeldWhich{All: true}, nil
	case strings.ToUpper(words[0]) == words[0] && words[0] > "A":
		return HeldWhich{Name: strings.Join(words, " ")}, nil
	}
	place, err := strconv.Atoi(words[0])
	if err != nil || place < 1 || len(words) > 1 {
		return HeldWhich{}, fmt.Errorf("%q: write the packet's place in the row or its flags", strings.Join(words, " "))
	}
	return HeldWhich{Place: place}, nil
}

const (
	// calm is how long nothing new must come for a wire to count as quiet, and
	// unrest how long it may go on at the longest.
	calm   = 2 * time.Millisecond
	unrest = 100 * time.Millisecond
)

// quiet takes in what happens until nothing new comes: what goes on over a wire
// wakes others, whose answers come back over it.
func (s *Session) quiet(ctx context.Context) error {
	end := time.Now().Add(unrest)
	for still := 0; still < 2; still++ {
		events := s.Timeline().Len()
		s.absorb(ctx)
		if err := s.sample(ctx); err != nil {
			return err
		}
		if s.Timeline().Len() != events && time.Now().Before(end) {
			still = -1
		}
		wait := time.NewTimer(calm)
		select {
		case <-ctx.Done():
			wait.Stop()
			return context.Cause(ctx)
		case <-s.stage.Arrived():
			if time.Now().Before(end) {
				still = -1
			}
		case <-wait.C:
		}
		wait.Stop()
	}
	return s.sample(ctx)
}

// toEvent runs a side's lines until something happens: a state or a queue
// changes, a packet comes by, a call fails or blocks, the process ends.
func (s *Session) toEvent(ctx context.Context, sd *side) error {
	for range maxLines {
		calls := len(s.last.calls)
		if err := s.line(ctx, sd); err != nil {
			return err
		}
		if err := s.sample(ctx); err != nil {
			return err
		}
		if sd.state != SideReady || s.eventful() || len(s.last.calls) > calls && strings.HasPrefix(sd.last, "E") {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s ran %d lines, and nothing happened", sd.role.Name, maxLines)
}

// eventful reports whether the move has brought a packet or a change of a socket.
func (s *Session) eventful() bool {
	for _, e := range s.Timeline().Since(s.last.from) {
		if e.Packet != nil || e.Sample != nil && len(e.Sample.Changes) > 0 {
			return true
		}
	}
	return false
}

// watchArrivals takes in packets that come while nobody moves: what the kernel
// does by itself.
func (s *Session) watchArrivals(life context.Context, stage Stage) {
	for {
		select {
		case <-life.Done():
			return
		case <-stage.Arrived():
		}
		s.meanwhile(life, stage.Waiting)
		select {
		case <-life.Done():
			return
		case <-time.After(arrivalPause):
		}
	}
}

// arrivalPause bounds how often a flood is looked at.
const arrivalPause = 15 * time.Millisecond

// moves are what a step does, in order; n is its number.
func (st *Step) moves(n int) (all []Move) {
	for _, set := range st.Stage {
		all = append(all, Move{Kind: MoveSet, Text: set.String(), Step: n})
	}
	if st.Run != nil {
		all = append(all, Move{Kind: MoveRun, Role: st.Run.Role, Label: st.Run.Label, Step: n})
	}
	for _, act := range st.Wire {
		all = append(all, Move{Kind: MoveWire, Text: act, Step: n})
	}
	for _, leg := range st.Route {
		all = append(all, leg.move(n))
	}
	if st.Interrupt != "" {
		all = append(all, Move{Kind: MoveCancel, Role: st.Interrupt, Text: st.Signal, Step: n})
	}
	return all
}

// walk makes the moves of a step. What all of them brought is the outcome.
func (s *Session) walk(ctx context.Context, moves []Move) error {
	for i, m := range moves {
		before := s.last
		err := s.guided(ctx, m)
		if i > 0 {
			s.last = s.last.behind(before)
		}
		if err != nil {
			return err
		}
		if i < len(moves)-1 {
			s.keep()
		}
	}
	return nil
}

// behind is an outcome with that of the move before it.
func (o outcome) behind(before outcome) outcome {
	o.calls = append(before.calls, o.calls...)
	o.changed = append(before.changed, o.changed...)
	o.lines = append(before.lines, o.lines...)
	o.from, o.since = min(o.from, before.from), min(o.since, before.since)
	o.result = cmp.Or(o.result, before.result)
	return o
}

// guidedWire does what a step does as the network, unless the learner has seen to it
// already.
func (s *Session) guidedWire(ctx context.Context, m Move) error {
	if s.guide.acted > 0 && s.seenTo(ctx, &s.lesson.Steps[m.Step-1]) {
		s.last = outcome{focus: s.last.focus, from: s.Timeline().Len(), message: "You have done that already, as the network."}
		return nil
	}
	err := s.make(ctx, m)
	if errors.Is(err, errNoHeld) && s.actedAlone() {
		s.last.message = err.Error() // the learner has been ahead of the path
		return nil
	}
	return err
}

// seenTo reports whether what a step expects has come about by what the learner did
// as the network, or will with the kernel's next repeat. Where it expects nothing,
// each act of the learner's stands for one of its own.
func (s *Session) seenTo(ctx context.Context, st *Step) bool {
	if len(st.Expect) == 0 {
		s.guide.acted--
		return true
	}
	if s.last.differed = s.differing(st); len(s.last.differed) > 0 {
		brief := *st
		brief.Patience = min(max(st.Patience, settling), aheadPatience)
		s.waitFor(ctx, &brief)
	}
	seen := len(s.last.differed) == 0
	if s.last.differed = nil; !seen {
		s.guide.acted = 0 // the step does it all itself
	}
	return seen
}
