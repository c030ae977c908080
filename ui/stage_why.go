package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
	"sockstep/ui/words"
)

// These say why a key does nothing now; empty when it does something.

const pastText = "You are looking at what was recorded. → or esc goes back to the present."

// noBusy stands before every move: none while another one is under way.
func (m Model) noBusy() string {
	if m.stage.busy {
		return busyText
	}
	return ""
}

// noMove stands before moves that need a lab.
func (m Model) noMove() string {
	switch {
	case m.stage.busy:
		return busyText
	case !m.stage.ready:
		return "There is no lab. R tries to open one again."
	}
	return ""
}

// noDrive stands before moves of the present.
func (m Model) noDrive() string {
	if m.stage.past != nil {
		return pastText
	}
	return m.noMove()
}

func (m Model) noStep() string {
	if why := m.noDrive(); why != "" {
		return why
	}
	s := m.stage.current()
	switch {
	case s == nil:
		return "There is no side to step."
	case s.State == lesson.SideBlocked:
		return "The " + s.Name + " is blocked in " + callName(s) + ": c cancels the call, tab goes to the other side."
	case ended(s):
		return "The " + s.Name + " has ended. n starts it anew."
	}
	return ""
}

func (m Model) noEdit() string {
	if why := m.noDrive(); why != "" {
		return why
	}
	if s := m.stage.current(); s == nil || s.Line == 0 {
		return "There is no line about to run on this side. E edits an earlier one."
	}
	return ""
}

func (m Model) noEditAny() string {
	if why := m.noDrive(); why != "" {
		return why
	}
	if s := m.stage.current(); s == nil || s.Program == nil {
		return "This side has no program."
	}
	return ""
}

// typeWord is what the footer calls typing a call: nothing while it would only be
// refused.
func (m Model) typeWord() string {
	if s := m.stage.current(); s != nil && s.State == lesson.SideBlocked {
		return ""
	}
	return "type a call"
}

// noType is silent about a blocked side: the field opens all the same, and says
// so when the call is entered. What one types must not act as keys.
func (m Model) noType() string {
	if s := m.stage.current(); s != nil && s.State == lesson.SideBlocked {
		return m.noDrive()
	}
	if why := m.noStep(); why != "" {
		return strings.Replace(why, "There is no side to step.", "There is no side to type a call for.", 1)
	}
	return ""
}

func (m Model) noWait() string {
	if why := m.noDrive(); why != "" {
		return why
	}
	if m.stage.blocked() == nil {
		return "No side is blocked; there is nothing to cancel."
	}
	return ""
}

func (m Model) noPast() string {
	if m.stage.source().Records() == 0 {
		return "Nothing has been recorded yet."
	}
	if m.stage.past != nil && m.stage.pastAt == 0 {
		return "This is the first thing recorded. → goes forward."
	}
	return ""
}

func (m Model) noFuture() string {
	if m.stage.past == nil {
		return "This is the present. enter goes on."
	}
	return ""
}

func (m Model) oneSide() string {
	if len(m.stage.seen().Sides) < 2 {
		return "There is one side only."
	}
	return ""
}

func (m Model) noHint() string {
	switch {
	case m.stage.past != nil:
		return pastText
	case m.hide:
		return "Answers are hidden; p shows them."
	case m.stage.hints >= len(words.Hints(m.stage.view, skipKey)):
		return "That was the last hint here."
	}
	return ""
}

func (m Model) noJump() string {
	if m.stage.lesson == nil {
		return "Free play has no steps to jump to."
	}
	return m.noMove()
}

func (m Model) noQuestion() string {
	if !m.stage.asking() && !m.stage.trying() {
		return "No question is open, and no goal."
	}
	return ""
}

func (m Model) noOriginal() string {
	if why := m.noDrive(); why != "" {
		return why
	}
	if s := m.stage.current(); s == nil || !s.Edited {
		return "This program is the original already."
	}
	return ""
}

func (m Model) noKill() string {
	if why := m.noDrive(); why != "" {
		return why
	}
	if s := m.stage.current(); s == nil || ended(s) && s.State != lesson.SideFault {
		return "This side has no process to kill."
	}
	return ""
}

func (m Model) noFresh() string {
	if why := m.noDrive(); why != "" {
		return why
	}
	if m.stage.dead() == nil {
		return "Both processes live; there is nothing to start anew."
	}
	return ""
}

func (m Model) noLesson() string {
	if len(m.o.Course.Lessons) == 0 {
		return "The course has no lessons."
	}
	return ""
}

func (m Model) noPlay() string {
	if m.o.Play == nil {
		return "Free play is not to be had here."
	}
	return ""
}

func (m Model) noColours() string {
	if m.o.Depth == DepthMono {
		return "Colours are off here (NO_COLOR, or a terminal without them)."
	}
	return ""
}

// The footer's words that depend on what is going on.

func (m Model) nextWord() string {
	v := m.stage.view
	switch {
	case m.stage.past != nil:
		return "forward"
	case m.stage.typing():
		return "type answer"
	case m.stage.asking() && m.stage.choice == noChoice:
		return "choose first"
	case m.stage.asking():
		return "commit answer"
	case v.Phase == lesson.Typing:
		return "type value"
	case v.Phase == lesson.Ran:
		return "go on"
	case v.Phase == lesson.Finished:
		return "to the course"
	case v.Phase == lesson.Free:
		return "run line"
	case m.stage.ordering() && len(m.stage.picks) == 0:
		return "choose first"
	case m.stage.ordering():
		return "run this order"
	case v.Phase == lesson.Trying:
		return "check the goal"
	case m.compiling() != nil:
		return "compile"
	case m.watching() != nil:
		return "run and watch"
	case m.stage.step() != nil && m.stage.step().Run == nil:
		return "go on"
	}
	return "run"
}

func (m Model) cancelWord() string {
	if s := m.stage.blocked(); s != nil {
		return "cancel " + callName(s)
	}
	return ""
}

// noCancel is why the key that cancels does nothing: no call waits, and there is none
// to tell about.
func (m Model) noCancel() string {
	if m.stage.blocked() != nil {
		return m.noWait()
	}
	return m.noCard()
}

// cancelOrCard interrupts the call a side is blocked in; where none is, it shows the
// card of the call that matters now.
func (m Model) cancelOrCard() (Model, tea.Cmd) {
	if m.stage.blocked() == nil {
		return m.openCard()
	}
	return m.cancelWait()
}

func (m Model) stepWord() string { return "step " + m.stage.focus() }

func (m Model) hideWord() string {
	if m.practisable() {
		return "practise"
	}
	if m.hide {
		return "show predictions"
	}
	return "hide predictions"
}

// callName is the call a side is blocked in, "accept()".
func callName(s *lesson.Side) string {
	switch {
	case s.Call != nil && s.Call.Name != "":
		return s.Call.Name + "()"
	case s.Blocked != nil:
		return s.Blocked.Syscall + "()"
	}
	return "a call"
}
