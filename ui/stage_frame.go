package ui

import (
	"fmt"
	"strings"
	"time"

	"sockstep/lesson"
)

// stageFrame is the stage with everything on it.
func (m Model) stageFrame() []line {
	w, h := m.width, m.height
	l := m.layout()
	out := make([]line, 0, h)
	header := m.header
	if m.stage.trace != nil {
		header = m.traceHeader
	}
	out = append(out, header(w).fit(w))
	if m.over.fills() {
		out = append(out, block(m.overlayLines(w, l.body.h), w, l.body.h)...)
	} else {
		out = append(out, m.body(l)...)
	}
	return append(out, m.status(w).fit(w), m.prompt(w).fit(w), m.footer().fit(w))
}

// layout is where the panes of the stage stand now.
func (m Model) layout() layout {
	shown := m.stage.shown()
	if shown == paneStates && m.stage.asking() && m.height < 34 {
		shown = paneNone
	}
	if m.stage.selected.kind != cellNone && shown != paneStates {
		shown = paneLadder
	}
	l := layoutFor(m.width, m.height, m.stage.large, shown)
	if m.stage.selected.kind != cellNone {
		l.detail()
	}
	if m.stage.trace != nil {
		l.console()
		return l
	}
	if l.text.h > 0 && m.stage.large == paneNone && (m.stage.seen().Phase == lesson.Ran || m.stage.ordering()) {
		short := max(len(m.textLines(l.text.w-2, l.text.h-1))-(l.text.h-1), 0)
		l.grow(short)
		if m.stage.ordering() {
			l.borrow(short)
		}
		if m.watching() != nil {
			l.yield(max(len(m.textLines(l.text.w-2, l.text.h-1))-(l.text.h-1), 0))
		}
	}
	return l
}

// body puts the panes where the layout says. Rows are built from the left to
// the right, so the panes that share a row are joined.
func (m Model) body(l layout) []line {
	var left, mid, right, below []line
	marks := m.links()
	for i, r := range l.programs {
		left = append(left, block(m.sourcePane(r, i, len(l.programs), marks), r.w, r.h)...)
	}
	add := func(r rect, draw func(rect) []line) {
		if r.h == 0 {
			return
		}
		b := block(draw(r), r.w, r.h)
		switch {
		case r.w == l.width:
			below = append(below, b...)
		case r.x == 0:
			left = append(left, b...)
		case r.x+r.w < l.width:
			mid = append(mid, b...)
		default:
			right = append(right, b...)
		}
	}
	add(l.states, m.statesPane)
	add(l.bytes, m.bytesPane)
	add(l.details.unless(l.details.w == l.width), m.detailsPane)
	add(l.ladder, m.ladderPane)
	add(l.tables, func(r rect) []line { return m.tablesPane(r, marks) })
	add(l.details.unless(l.details.w < l.width), m.detailsPane)
	if l.terminal.h > 0 && l.text.h > 0 && l.terminal.y == l.text.y {
		below = append(below, beside(block(m.textPane(l.text), l.text.w, l.text.h), block(m.terminalPane(l.terminal), l.terminal.w, l.terminal.h))...)
		l.text, l.terminal = rect{}, rect{}
	}
	add(l.terminal, m.terminalPane)
	add(l.text, m.textPane)
	if mid != nil {
		left = beside(left, mid)
	}
	if right != nil {
		left = beside(left, right)
	}
	return append(left, below...)
}

// sideFor is the side whose program stands at place i of n.
func (m Model) sideFor(i, n int) *lesson.Side {
	v := m.stage.seen()
	if n > 1 && i < len(v.Sides) {
		return &v.Sides[i]
	}
	if n > 1 {
		return nil
	}
	return m.stage.current()
}

// titleBar is a pane's first row: its name, and a remark at the right.
func titleBar(name, remark string, w int, focus bool) line {
	r := roleTitle
	if focus {
		r = roleFocus
	}
	l := line{sp(roleMuted, "─"), sp(r, " "+name+" ")}
	end := line{}
	if remark != "" {
		end = line{sp(roleMuted, " "+remark+" ")}
	}
	if n := w - l.width() - end.width(); n > 0 {
		l = append(l, sp(roleMuted, strings.Repeat("─", n)))
	}
	return append(l, end...)
}

// header is the lesson's name, its numbered parts with where one is, and the
// network.
func (m Model) header(w int) line {
	v := m.stage.seen()
	title, where := "free play", v.Where
	if m.stage.lesson != nil {
		title = m.stage.lesson.Title
	}
	end := line{sp(roleKernel, where), sp(roleMuted, "  ? keys ")}
	if m.stage.past != nil {
		end = line{sp(roleNotice, "recorded"), sp(roleMuted, "  ? keys ")}
	}
	named := line{sp(roleBold, " "+title+"   ")}
	for _, l := range []line{
		append(named[:1:1], m.parts(2)...), append(line{pad(1)}, m.parts(2)...),
		append(named[:1:1], m.parts(1)...), append(line{pad(1)}, m.parts(1)...),
	} {
		if l.width()+end.width() <= w {
			return append(l.fit(w-end.width()), end...)
		}
	}
	return append(line{pad(1)}, m.parts(0)...)
}

// parts are the lesson's numbered parts; names says whose names are written out:
// 2 all, 1 where one is, 0 none.
func (m Model) parts(names int) line {
	var l line
	if m.stage.lesson == nil {
		return l
	}
	here := m.herePart()
	for i, p := range m.stage.lesson.Parts {
		text := itoa(i + 1)
		if names == 2 || names == 1 && i == here {
			text += " " + p
		}
		if i == here {
			l = append(l, sp(roleHere, "▸"+text), sp(roleText, " "))
		} else {
			l = append(l, sp(roleMuted, text+" "))
		}
	}
	return l
}

func (m Model) herePart() int {
	if st := m.stage.step(); st != nil {
		return st.Part
	}
	return len(m.stage.lesson.Parts) - 1
}

// status is a notice, or what the last move did and who is blocked.
func (m Model) status(w int) line {
	if m.notice != "" {
		return line{sp(roleNotice, " "+m.notice)}
	}
	if m.field.open && m.field.err != "" {
		return line{sp(roleRefused, " not taken: "), sp(roleText, firstRow(m.field.err))}
	}
	if m.stage.trace != nil {
		return m.traceStatus()
	}
	v := m.stage.seen()
	if m.waits() {
		return m.waitingNote(v)
	}
	l := m.result(v)
	if m.stage.blocked() != nil && strings.HasSuffix(v.Result, "has not returned") && !m.stage.busy {
		l = nil // what follows says it better
	}
	if k := killed(v); len(k) > 0 && len(l) > 0 {
		l = append(append(k, sp(roleMuted, "  │")), l...)
	} else {
		l = append(k, l...)
	}
	if v.Result == "" && m.stage.wire() != nil && len(m.stage.wire().Held) > 0 && !m.stage.busy {
		l = nil
	}
	if held := m.heldNote(v, w-l.width()); len(held) > 0 {
		if len(l) > 0 {
			l = append(l, sp(roleMuted, "  │"))
		}
		l = append(l, held...)
	}
	for i := range v.Sides {
		if s := &v.Sides[i]; s.State == lesson.SideBlocked {
			if len(l) > 0 {
				l = append(l, sp(roleMuted, "  │"))
			}
			l = append(l, m.waitNote(s)...)
		}
	}
	return l
}

// firstRow is the first line of an error, and how many more there are.
func firstRow(s string) string {
	first, rest, _ := strings.Cut(strings.TrimSpace(s), "\n")
	if n := strings.Count(rest, "\n") + 1; rest != "" {
		first += fmt.Sprintf(" (and %d more)", n)
	}
	return strings.Join(strings.Fields(first), " ")
}

// result is the last move's outcome.
func (m Model) result(v *lesson.View) line {
	switch {
	case m.stage.busy && m.stage.slow:
		return line{sp(roleWaiting, " "+m.underWay())}
	case !m.stage.ready && m.stage.busy:
		return line{sp(roleMuted, " opening the lab")}
	case v.Result == "" && v.Phase == lesson.Ran:
		return line{sp(roleMuted, " result: no call was made")}
	case v.Result == "" && v.Phase == lesson.Finished:
		return nil
	case v.Result == "":
		return line{sp(roleMuted, " nothing has run in this step yet")}
	}
	r := roleOK
	if strings.Contains(v.Result, "-1 E") || strings.Contains(v.Result, "killed") {
		r = roleRefused
	}
	return line{sp(roleMuted, " result: "), sp(r, v.Result)}
}

// waitNote says who waits for what since when, and the way out.
func (m Model) waitNote(s *lesson.Side) line {
	l := line{sp(roleMuted, " "), sp(roleWaiting, s.Name+" blocked "+m.age(s)+" in "+callName(s)), sp(roleMuted, " (c cancels)")}
	if s.Blocked != nil && s.Blocked.On != "" {
		l = append(l, sp(roleText, ", waits for "+s.Blocked.On))
	}
	return l
}

// killed says which sides a signal ended, and the way out, unless the result
// says so of the only one.
func killed(v *lesson.View) line {
	var l line
	if n := countKilled(v); n == 0 || n == 1 && strings.Contains(v.Result, "killed by") {
		return nil
	}
	for i := range v.Sides {
		if s := &v.Sides[i]; s.State == lesson.SideKilled {
			l = append(l, sp(roleRefused, " "+s.Name+" was killed by "+s.Signal), sp(roleMuted, " (n starts it anew)"))
		}
	}
	return l
}

func countKilled(v *lesson.View) int {
	n := 0
	for i := range v.Sides {
		if v.Sides[i].State == lesson.SideKilled {
			n++
		}
	}
	return n
}

// age is how long a side has been blocked, in words.
func (m Model) age(s *lesson.Side) string {
	if s.Blocked == nil || s.Blocked.Since == 0 {
		return ""
	}
	return ageText(time.Duration(m.stage.clock() - s.Blocked.Since))
}

// ageText is a duration as a person reads it on a clock.
func ageText(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return fmt.Sprintf("%d min", int(d.Minutes()))
}

// prompt says what Enter does, or is the field being typed in.
func (m Model) prompt(w int) line {
	switch {
	case m.over.kind == overAsk:
		return m.askLine()
	case m.over.kind != overNone:
		return nil
	case m.field.open:
		return m.fieldLine(w)
	case m.stage.past != nil:
		return m.pastPrompt()
	}
	if m.stage.trace != nil {
		return append(line{sp(roleKey, " enter")}, m.tracePrompt()...)
	}
	return append(line{sp(roleKey, " enter")}, m.nextPrompt()...)
}

func (m Model) pastPrompt() line {
	if m.stage.trace != nil {
		return m.pastTrace()
	}
	return line{sp(roleNotice, fmt.Sprintf(" recorded, %d of %d", m.stage.pastAt+1, max(m.stage.source().Records(), m.stage.pastAt+1))),
		sp(roleText, ": nothing runs.  "), sp(roleKey, "→"), sp(roleText, " forward  "),
		sp(roleKey, "esc"), sp(roleText, " present  "), sp(roleKey, "r"), sp(roleText, " run again to here")}
}

// nextPrompt is what Enter does now.
func (m Model) nextPrompt() line {
	v := m.stage.view
	text := func(s string) line { return line{sp(roleText, " "+s)} }
	switch {
	case !m.stage.ready && m.stage.busy:
		return text("works as soon as the lab is open")
	case !m.stage.ready:
		return text("tries to open the lab again")
	case m.stage.typing():
		return line{sp(roleText, " opens the field for your answer; "), sp(roleKey, "0"), sp(roleText, " runs it without one")}
	case m.stage.asking() && m.stage.choice == noChoice:
		return line{sp(roleText, " after choosing an answer: "), sp(roleKey, "1-"+itoa(len(m.stage.step().Ask.Options))), sp(roleText, " or "),
			sp(roleKey, "up down"), sp(roleText, " choose, "), sp(roleKey, "0"), sp(roleText, " "+m.withoutAnswer())}
	case m.stage.asking() && m.stage.step().Goal:
		return text("commits the answer; 1-9 or up, down choose, 0 skips")
	case m.stage.asking():
		return text("commits the answer and runs the line; 1-9 or up, down choose, 0 skips")
	case v.Phase == lesson.Ran:
		return append(text("goes on: "), sp(roleBold, m.nextTitle()))
	case v.Phase == lesson.Finished:
		return append(text("goes back to the course"), m.practiceHint()...)
	case v.Phase == lesson.Typing:
		return text("opens the field to type in")
	case v.Phase == lesson.Free:
		return m.linePrompt(m.stage.current())
	case v.Phase == lesson.Trying:
		return m.goalPrompt()
	}
	return m.runPrompt()
}

// withoutAnswer is what comes of a question that is left open: a goal is still to be
// brought about, any other step runs.
func (m Model) withoutAnswer() string {
	if m.stage.step().Goal {
		return "goes on without"
	}
	return "runs it without"
}

func (m Model) nextTitle() string {
	steps := m.stage.view.Lesson.Steps
	if n := m.stage.view.Step + 1; n < len(steps) {
		return steps[n].Title
	}
	return "what to remember"
}

// runPrompt names the lines the step will run.
func (m Model) runPrompt() line {
	st := m.stage.step()
	switch {
	case st != nil && st.Run == nil && st.Interrupt != "":
		return line{sp(roleText, " sends a signal to "+st.Interrupt)}
	case st != nil && st.Compile != nil:
		return line{sp(roleText, " compiles "), sp(roleCode, st.Compile.File)}
	case st != nil && st.Watch != nil:
		return line{sp(roleText, " builds and runs "), sp(roleCode, st.Watch.File), sp(roleText, ", and watches its calls")}
	case st == nil, st.Run == nil && len(st.Wire) == 0:
		return line{sp(roleText, " goes on")}
	case st.Run == nil:
		return line{sp(roleText, " acts as the network: "), sp(roleCode, strings.Join(st.Wire, ", "))}
	}
	s := sideOf(m.stage.view, st.Run.Role)
	if s == nil || s.Program == nil {
		return line{sp(roleText, " runs the "+st.Run.Role)}
	}
	to, ok := s.Program.ByLabel(st.Run.Label)
	switch {
	case !ok:
		return m.linePrompt(s)
	case s.State == lesson.SideKilled:
		return line{sp(roleText, " cannot go on: the "+s.Name+" was killed. n starts it anew, r runs everything up to here again")}
	case s.State == lesson.SideBlocked:
		return line{sp(roleText, fmt.Sprintf(" looks on: the %s is inside %s, line %d", s.Name, callName(s), s.Line))}
	}
	lines := fmt.Sprintf("line %d", to.Line)
	if s.Line > 0 && s.Line < to.Line {
		lines = fmt.Sprintf("lines %d to %d", s.Line, to.Line)
	}
	return line{sp(roleText, fmt.Sprintf(" runs %s, %s: ", m.fileOf(s), lines)), sp(roleCode, sourceLine(s, to.Line))}
}

func (m Model) linePrompt(s *lesson.Side) line {
	if s == nil || s.Line == 0 {
		return line{sp(roleText, " has no line to run here; tab goes to the other side")}
	}
	return line{sp(roleText, fmt.Sprintf(" runs %s, line %d: ", m.fileOf(s), s.Line)), sp(roleCode, sourceLine(s, s.Line))}
}

// sourceLine is one line of a program, without what stands before it.
func sourceLine(s *lesson.Side, n int) string {
	ls := sourceLines(s)
	if n < 1 || n > len(ls) {
		return ""
	}
	return strings.TrimSpace(ls[n-1])
}
