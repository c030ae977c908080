package ui

import (
	"fmt"
	"strings"
	"time"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// traceHeader is what is traced, where threads stop, and the network.
func (m Model) traceHeader(w int) line {
	v := m.stage.seen()
	end := line{sp(roleKernel, " "+v.Where), sp(roleMuted, "  ? keys ")}
	if m.stage.past != nil || m.stage.replaying() {
		end = line{sp(roleNotice, " recorded"), sp(roleMuted, "  ? keys ")}
	}
	l := line{sp(roleBold, " "+m.o.Title)}
	switch {
	case m.stage.replaying():
	case m.stage.view.Traced.Stops == "":
		l = append(l, sp(roleMuted, "   "), sp(roleHere, " runs freely "))
	default:
		l = append(l, sp(roleMuted, "   "), sp(roleHere, " stops at "+m.stage.view.Traced.Stops+" "))
	}
	l = append(l, sp(roleMuted, "  "+words.Count(v.Traced.Calls, "call")))
	if n := len(v.Traced.Found); n > 0 {
		l = append(l, sp(roleNotice, fmt.Sprintf("  ! %d found", n)))
	}
	return append(l.fit(max(w-end.width(), 0)), end...)
}

// traceStatus is what came back last, and who waits or has ended.
func (m Model) traceStatus() line {
	v := m.stage.seen()
	var parts []line
	switch {
	case m.stage.busy && !m.stage.ready:
		return ln(roleMuted, " opening the lab and starting the programs")
	case m.stage.busy && m.stage.slow:
		parts = append(parts, ln(roleWaiting, " the program runs"))
	case v.Result != "":
		r := roleOK
		if strings.Contains(v.Result, " = -1 ") || strings.HasSuffix(v.Result, " = ?") {
			r = roleRefused
		}
		parts = append(parts, line{sp(r, " "+v.Result)})
	}
	for i := range v.Sides {
		s := &v.Sides[i]
		switch {
		case s.State == lesson.SideBlocked:
			parts = append(parts, ln(roleWaiting, fmt.Sprintf(" %s waits %s in %s", s.Name, m.age(s), callName(s))))
		case s.State == lesson.SideStands && s.Name != m.stage.focus():
			parts = append(parts, ln(roleText, " "+s.Name+" "+m.sideState(s)))
		case ended(s):
			parts = append(parts, ln(roleMuted, " "+s.Name+" "+m.sideState(s)))
		}
	}
	var l line
	for i, p := range parts {
		if i > 0 {
			l = append(l, sp(roleMuted, "  │"))
		}
		l = append(l, p...)
	}
	return l
}

// tracePrompt is what enter does, with the call that is about to be made.
func (m Model) tracePrompt() line {
	s := m.stage.current()
	text := func(s string) line { return line{sp(roleText, " "+s)} }
	switch {
	case m.stage.replaying():
		return text("does nothing here: this is the end of the recording. ← looks back")
	case !m.stage.ready:
		return text("works as soon as the programs have begun")
	case m.stage.view.Traced.Stops == "":
		return text("stops the programs at their next calls")
	case s == nil:
		return text("does nothing: no program has begun")
	case len(s.Traced.Stands) > 0:
		return standPrompt(&s.Traced.Stands[0])
	}
	if o := m.otherStand(); o != nil {
		return line{sp(roleText, " does nothing for the "+s.Name+" now.  "), sp(roleKey, "tab"), sp(roleText, " goes to the "+o.Name+", which "+m.sideState(o))}
	}
	return text("does nothing now. " + m.noStand())
}

// pastTrace says where in the record one is, and the ways.
func (m Model) pastTrace() line {
	last := m.stage.source().Records()
	l := line{sp(roleNotice, fmt.Sprintf(" recorded, %d of %d", m.stage.pastAt+1, max(last, m.stage.pastAt+1))),
		sp(roleText, ": nothing runs.  "), sp(roleKey, "→"), sp(roleText, " forward  "), sp(roleKey, "←"), sp(roleText, " back  "), sp(roleKey, "G"), sp(roleText, " go to  ")}
	if m.stage.replaying() {
		return l
	}
	return append(l, sp(roleKey, "esc"), sp(roleText, " present"))
}

// standPrompt is the call a thread stands at, and what it will wait for.
func standPrompt(st *lesson.Stand) line {
	if st.Returned {
		return line{sp(roleText, " goes on behind "), sp(roleCode, st.Text())}
	}
	return line{sp(roleText, " makes the call  "), sp(roleNext, "▶ "+st.Text())}
}

// tracedLines are what stands, what came back and why, what changed, what went wrong,
// and what was not seen.
func (m Model) tracedLines(v *lesson.View, w int) []line {
	var out []line
	add := func(ls []line) { out = append(out, ls...) }
	if m.stage.past == nil && !m.stage.replaying() {
		add(m.standing(v, w))
	}
	add(newFindings(v, w))
	if len(v.StepCalls) > 0 {
		add(m.cameBack(v, w))
	}
	add(m.changedLines(v, w))
	for _, text := range v.Traced.Notes {
		add(wrap(line{sp(roleNotice, "Note: "), sp(roleText, text)}, w, 2))
	}
	for i := range v.Sides {
		if s := &v.Sides[i]; ended(s) {
			add(wrap(m.endLine(s), w, 2))
		}
	}
	if len(out) == 0 && m.stage.busy {
		add(wrap(ln(roleText, "The programs are about to begin."), w, 0))
	}
	return out
}

// standing says of the program in focus what it is about to do, or what it waits for.
func (m Model) standing(v *lesson.View, w int) []line {
	s := m.stage.current()
	if s == nil {
		return nil
	}
	var out []line
	for i := range s.Traced.Stands {
		st := &s.Traced.Stands[i]
		lead := "▶ "
		if i > 0 {
			lead = "  also: "
		}
		l := line{sp(roleNext, lead+st.Process+m.threadOf(s, st)), sp(roleText, " stands "+standWord(st)+" "), sp(roleCode, st.Text())}
		if !st.Returned && i == 0 {
			l = append(l, sp(roleText, willWait(st)))
		}
		out = append(out, wrap(l, w, 2)...)
		if i == mostStands {
			out = append(out, ln(roleMuted, fmt.Sprintf("  and %d more", len(s.Traced.Stands)-i-1)))
			break
		}
	}
	if len(s.Traced.Stands) == 0 && s.State == lesson.SideBlocked {
		l := line{sp(roleWaiting, "▷ "+s.Name+" waits "+m.age(s)), sp(roleText, " in "), sp(roleCode, callText(s))}
		if s.Blocked.On != "" {
			l = append(l, sp(roleText, ": for "+s.Blocked.On+"."))
		}
		out = append(out, wrap(l, w, 2)...)
	}
	if s.State == lesson.SideRunning && m.stage.ready && m.stage.view.Traced.Stops != "" {
		out = append(out, wrap(line{sp(roleText, s.Name+" runs between two calls, or reads its terminal ("), sp(roleKey, ":"), sp(roleText, " types into it).")}, w, 2)...)
	}
	for i := range min(len(s.Traced.Waiting), mostStands) {
		b := &s.Traced.Waiting[i]
		out = append(out, wrap(line{sp(roleWaiting, "▷ "+b.Process), sp(roleText, " waits "+ageText(time.Duration(m.stage.clock()-b.Since))+" in "), sp(roleCode, b.Text)}, w, 2)...)
	}
	return out
}

// mostStands is how many threads of a program are named one by one.
const mostStands = 3

// threadOf names a thread that is not its process's first.
func (m Model) threadOf(s *lesson.Side, st *lesson.Stand) string {
	if st.TID == st.Call.PID || st.Call.PID == 0 {
		return ""
	}
	return " (thread " + itoa(st.TID) + ")"
}

func standWord(st *lesson.Stand) string {
	if st.Returned {
		return "behind"
	}
	return "at"
}

// willWait says what a call will wait for, should it have to.
func willWait(st *lesson.Stand) string {
	if st.Waits == "" {
		return ": it returns at once."
	}
	return ": if it has to, it waits for " + st.Waits + "."
}

// cameBack is the last call of each program that the move brought back, that of the
// program in focus first.
func (m Model) cameBack(v *lesson.View, w int) []line {
	var out []line
	for i := len(v.StepCalls) - 1; i >= 0; i-- {
		e, ok := v.Timeline.Get(v.StepCalls[i])
		if !ok || e.Call == nil {
			continue
		}
		if rows := outcomeOf(e.Call, w); netcore.ProgramOf(e.Call.Process) == m.stage.focus() {
			out = append(rows, out...)
		} else {
			out = append(out, rows...)
		}
	}
	return out
}

// outcomeOf is a call that came back, what its value means, and why it was refused.
func outcomeOf(c *netcore.Call, w int) []line {
	l := append(line{sp(roleBold, c.Process+" ")}, callCell(c, "", cellCall, 10*w)...)
	if c.Line != "" {
		l = append(l, sp(roleMuted, "  "+c.Line))
	}
	out := wrap(l, w, 2)
	spec, _ := netcore.Describe(c.Name)
	switch {
	case !c.Returned():
		out = append(out, wrap(ln(roleText, "  It never returned: "+c.Reason+"."), w, 2)...)
	case c.Failed() && c.Cause != "":
		out = append(out, wrap(line{sp(roleRefused, "  Why: "), sp(roleText, c.Cause+".")}, w, 2)...)
	case c.Failed():
		out = append(out, wrap(line{sp(roleRefused, "  "+c.Errno.Name()+": "), sp(roleText, c.Errno.Text()+".")}, w, 2)...)
	case spec.Returns != "" && spec.Returns != "0":
		out = append(out, wrap(ln(roleMuted, fmt.Sprintf("  %d: %s.", *c.Ret, spec.Returns)), w, 2)...)
	}
	return out
}

// newFindings are those the last move made certain.
func newFindings(v *lesson.View, w int) []line {
	var out []line
	for i := v.Traced.New; i < len(v.Traced.Found); i++ {
		f := &v.Traced.Found[i]
		l := line{sp(roleNotice, "! "+strings.TrimSpace(f.Process+" "+f.Line)+": "), sp(roleText, f.What+" "+f.Why+" "+f.Fix), sp(roleMuted, " (f lists them)")}
		out = append(out, wrap(l, w, 2)...)
	}
	return out
}

// endLine says how a program ended.
func (m Model) endLine(s *lesson.Side) line {
	again := ""
	if m.noTrace() == "" {
		again = " r runs it again."
	}
	switch {
	case s.State == lesson.SideKilled:
		return line{sp(roleRefused, s.Name+" was ended by "+s.Signal), sp(roleText, "."+again)}
	case s.Exit < 0:
		return line{sp(roleRefused, s.Name+" is gone"), sp(roleText, "; nobody saw how it ended."+again)}
	}
	return line{sp(roleText, fmt.Sprintf("%s ended with exit status %d.%s", s.Name, s.Exit, again))}
}

// tracedWays are what one can do while a traced program waits.
func (m Model) tracedWays(s *lesson.Side) [][2]string {
	var out [][2]string
	if o := m.otherStand(); o != nil {
		out = append(out, [2]string{"tab", "go to the " + o.Name + ", which " + m.sideState(o)})
	}
	return append(out, [2]string{"c", "send it a signal: SIGINT interrupts the call, or ends the program"})
}

// traceSigns are the signs of a trace and what they say.
var traceSigns = [][2]string{
	{"▶", "a thread stands at this call: enter lets it be made"},
	{"▷", "a thread waits inside this call"},
	{"·", "the line of the last call"},
	{"◆", "what the last move changed"},
	{"!", "something went wrong here; f says what"},
	{"● ○", "a socket with a descriptor, one without"},
	{"─▶", "a packet; ╌▶ is one the kernel sends by itself"},
	{"1+20", "in a packet: 20 bytes, the first of them number 1 of its direction"},
	{"■ □", "in an accept queue: a place taken, a free one"},
	{"┃", "that side is inside a call"},
	{"▸ ▪", "the event that is selected, and what belongs to it"},
	{"x/2", "a child of the program x; thread 7 is one of its threads"},
	{"…", "cut off here; the pane's key (b d l v x o s) shows it large"},
}
