package ui

import (
	"context"
	"strings"

	"sockstep/lesson"
	"sockstep/netcore"
)

// stage is a lesson being played: the session, the view it published last, and
// what the learner has chosen to look at.
type stage struct {
	session Session        // nil in a trace
	trace   Tracing        // nil in a lesson
	lesson  *lesson.Lesson // nil in free play
	gen     int            // counts sessions up; answers of another are dropped
	left    chan struct{}  // closed when the session is let go
	view    *lesson.View
	past    *lesson.View // the record looked at; nil: the present
	pastAt  int
	side    string // the side in focus; empty: the one the view names
	large   pane
	choice  int   // the option chosen, or noChoice
	warned  bool  // Enter was pressed without a choice
	hints   int   // levels of hints shown
	picks   []int // calls of an open puzzle in the order chosen
	scroll  [paneCount]int
	ticking bool
	since   int64 // when something became live, monotonic nanoseconds
	now     int64 // monotonic nanoseconds at the last tick
	move    int   // counts moves up
	busy    bool
	slow    bool
	kind    moveKind // of the move under way
	cancel  context.CancelFunc
	ready   bool // the lab is open
	history map[string][]string
	// ladder is the record of the lab shown, pastLadder that of the view looked back
	// at; selected is the event chosen in it.
	ladder, pastLadder *ladder
	selected           cell
	// transitions are the changes of state of the lab shown so far.
	transitions transitions
	log         *callLog // of a trace
	driven      string   // the side in focus before one looked back in a trace
	// wired is set in free play on a wire; waiting is since when the kernel is
	// waited for, monotonic nanoseconds, 0 when it is not.
	wired   bool
	waiting int64
}

// source is what feeds the panes, nil where nothing is on the stage.
func (s *stage) source() Source {
	switch {
	case s.trace != nil:
		return s.trace
	case s.session != nil:
		return s.session
	}
	return nil
}

// noChoice is the choice before one was made; handed in, it skips the question.
const noChoice = -1

// seen is the view on the screen: the present one or a record.
func (s *stage) seen() *lesson.View {
	if s.past != nil {
		return s.past
	}
	return s.view
}

// focus is the name of the side in focus.
func (s *stage) focus() string {
	v := s.seen()
	if s.side != "" && sideOf(v, s.side) != nil {
		return s.side
	}
	if sideOf(v, v.Focus) != nil {
		return v.Focus
	}
	if len(v.Sides) > 0 {
		return v.Sides[0].Name
	}
	return ""
}

// current is the side in focus, nil when there is none yet.
func (s *stage) current() *lesson.Side { return sideOf(s.seen(), s.focus()) }

// step is the lesson's step shown, nil in free play.
func (s *stage) step() *lesson.Step { return s.seen().Shown() }

// asking reports whether an answer is waited for.
func (s *stage) asking() bool {
	return s.past == nil && s.view.Phase == lesson.Asking && s.step() != nil && s.step().Ask != nil
}

// typing reports whether that answer is to be typed.
func (s *stage) typing() bool { return s.asking() && s.step().Ask.Typed != "" }

// blocked is the first side that is blocked, the one in focus before others.
func (s *stage) blocked() *lesson.Side {
	if c := s.current(); c != nil && c.State == lesson.SideBlocked {
		return c
	}
	v := s.seen()
	for i := range v.Sides {
		if v.Sides[i].State == lesson.SideBlocked {
			return &v.Sides[i]
		}
	}
	return nil
}

// clock is the moment ages are counted to: now, or that of the record.
func (s *stage) clock() int64 {
	if s.past != nil {
		return s.past.Snapshot.At
	}
	return max(s.now, s.view.Snapshot.At)
}

// show takes a newer view.
func (s *stage) show(v *lesson.View) {
	if v == nil || s.view != nil && v.Serial < s.view.Serial {
		return
	}
	old := s.view
	s.view = v
	s.now = netcore.Now()
	s.transitions = s.transitions.follow(v)
	s.ladder = s.ladder.follow(v)
	s.log = s.log.follow(v)
	if v.Traced != nil && (old == nil || old.At != v.At) {
		s.scroll[paneText] = 0
	}
	s.waiting = waitingSince(s.waiting, old, v, s.now)
	if old != nil && old.Step == v.Step && old.Phase == v.Phase {
		if v.Phase == lesson.Trying && v.At != old.At {
			s.scroll[paneText] = 0 // what the move brought stands first
		}
		return
	}
	s.scroll[paneText] = 0
	if old == nil || old.Step != v.Step {
		s.hints, s.choice, s.side, s.warned, s.picks = 0, noChoice, "", false, nil
	}
	if old == nil || old.Phase != v.Phase {
		s.hints = 0
	}
	if v.Phase == lesson.Ran || v.Phase == lesson.Reading {
		s.side = ""
	}
}

func sideOf(v *lesson.View, name string) *lesson.Side {
	for i := range v.Sides {
		if v.Sides[i].Name == name {
			return &v.Sides[i]
		}
	}
	return nil
}

// shown is the view a step is about, for a window without room for all of them.
func (s *stage) shown() pane {
	v := s.seen()
	st := v.Shown()
	switch {
	case v.Phase == lesson.Free:
		return paneLadder
	case st == nil:
		return paneNone
	case about(st) == "states":
		return paneStates
	case s.asking(), s.ordering():
		return paneNone
	case st.Watch != nil && v.Watched != nil && len(v.Watched.Calls) > 0:
		return paneLadder
	case st.Watch != nil:
		return paneNone
	}
	switch about(st) {
	case "bytes", "headers":
		return paneBytes
	case "descriptors", "sockets", "states":
		return paneTables
	case "packets":
		return paneLadder
	}
	return paneNone
}

// about is the view a step's front matter names.
func about(st *lesson.Step) string {
	what, _, _ := strings.Cut(st.Show, " ")
	return what
}
