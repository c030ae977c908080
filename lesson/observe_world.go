package lesson

import (
	"slices"
	"strconv"
	"strings"
)

// worldFacts are the observables that are no side's, by their first word.
var worldFacts = map[string]func(s *Session, name string) string{
	"timewait":  func(s *Session, _ string) string { return s.timeWait() },
	"packets":   func(s *Session, _ string) string { return s.packets() },
	"held":      func(s *Session, _ string) string { return s.heldCount() },
	"sockets":   (*Session).inState,
	"counter":   (*Session).counter,
	"compiler":  func(s *Session, _ string) string { return s.verdict() },
	"complaint": func(s *Session, _ string) string { return s.complaint() },
	"complains": (*Session).complainsOf,
	"exit":      func(s *Session, _ string) string { return s.watchedFact((*Watched).ending) },
	"output":    (*Session).outputLine,
	"watched":   (*Session).results,
	"calls":     (*Session).callCount,
	"option":    (*Session).option,
}

// packets are those that came by since the move began, or where there is a goal to
// reach since its step began, in order; empty where they
// cannot be seen.
func (s *Session) packets() string {
	if slices.ContainsFunc(s.snapshot.Missing, func(m string) bool { return strings.HasPrefix(m, "Packets are not visible") }) {
		return ""
	}
	var all []string
	for _, e := range s.Timeline().Since(s.stepFrom()) {
		if e.Packet != nil && e.Packet.Of == 0 {
			all = append(all, packetWords(e.Packet))
		}
	}
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}

// heldCount is how many packets wait on the wire; empty where there is none.
func (s *Session) heldCount() string {
	if s.snapshot.Wire == nil {
		return ""
	}
	return strconv.Itoa(len(s.snapshot.Wire.Held))
}

// inState counts the sockets in a state.
func (s *Session) inState(state string) string {
	n := 0
	for _, k := range s.snapshot.Sockets {
		if k.State == state {
			n++
		}
	}
	return strconv.Itoa(n)
}

// counter is a counter of the network, of both ends of a wire together.
func (s *Session) counter(name string) string {
	n := uint64(0)
	for _, c := range s.snapshot.Counters {
		if c.Name == name {
			n += c.Value
		}
	}
	return strconv.FormatUint(n, 10)
}

// stepFrom is how many events there were before the move, or before the step whose
// goal is being tried.
func (s *Session) stepFrom() int {
	if st := s.present(); st != nil && st.Goal {
		return s.guide.from
	}
	return s.last.from
}
