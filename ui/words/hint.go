package words

import (
	"fmt"
	"slices"
	"strings"

	"sockstep/lesson"
)

// Hints are what helps one who is stuck where a view stands, in levels: the lesson's
// own first, then where to look, and last what to do. There is always one. skip names
// what one does to leave a question open, "0" or "Enter".
func Hints(v *lesson.View, skip string) []string {
	st := v.Shown()
	switch {
	case v.Phase == lesson.Free:
		return []string{"s runs the next line of the side in focus, : makes a call of yours. R begins again, in a fresh lab."}
	case st == nil:
		return []string{"Enter leaves the lesson, which is finished."}
	}
	var own []string
	if v.Phase != lesson.Ran {
		own = append(own, st.Hints...)
	}
	switch v.Phase {
	case lesson.Asking:
		return questionHints(st, own, skip)
	case lesson.Typing:
		return append(own, "Enter alone keeps what is there: the lesson's own value.")
	case lesson.Trying:
		return slices.Concat(endedHints(v), own, goalHints(v, st))
	case lesson.Ran:
		return []string{ranHint(v)}
	}
	return append(own, runHint(v, st))
}

// questionHints are the lesson's own, or where to look, and that one may leave it open.
func questionHints(st *lesson.Step, own []string, skip string) []string {
	last := "Nobody has to know it before: " + skip + " runs the step without an answer, and what happens then is the solution."
	if st.Goal {
		last = "Nobody has to know it before: " + skip + " goes on without an answer, and the goal, once reached, is the solution."
	}
	if len(own) > 0 {
		return append(own, last)
	}
	look := "What counts is what will be observed: " + Fact(st.Ask.About) + "."
	if st.Ask.Source != "" {
		look = "No run can answer this. What does: " + st.Ask.Source + "."
	}
	return []string{look, last}
}

// goalHints are what is missing, and the lesson's own way to a goal.
func goalHints(v *lesson.View, st *lesson.Step) (all []string) {
	if len(v.Open) > 0 {
		all = append(all, "What is missing first: "+Fact(v.Open[0].About)+" is to be "+string(v.Open[0].Want)+".")
	}
	if st.Order == nil && begun(v) && len(endedHints(v)) == 0 {
		all = append(all, fmt.Sprintf("In a corner? g and %d begins this step again, in a fresh lab.", v.Step+1))
	}
	var way []string
	for i, leg := range st.Route {
		text := legText(v.Lesson, leg)
		if i == 0 || leg.Role != st.Route[i-1].Role {
			text = leg.Role + ": " + text
		}
		way = append(way, text)
	}
	return append(all, "The lesson's own way: "+strings.Join(way, ", then ")+". 0 has it done, in a fresh lab.")
}

// endedHints are the ways out where a side has ended with a goal still open.
func endedHints(v *lesson.View) (all []string) {
	for i := range v.Sides {
		if s := &v.Sides[i]; ended(s) {
			all = append(all, fmt.Sprintf("%s cannot go on: n starts it anew, with nothing open. g and %d begins this step again, in a fresh lab.", s.Name, v.Step+1))
		}
	}
	return all
}

// begun reports whether anything has happened in the present step.
func begun(v *lesson.View) bool {
	return slices.ContainsFunc(v.Log, func(l lesson.LogLine) bool { return l.Step == v.Step+1 })
}

// ended reports whether a side's process cannot run another line.
func ended(s *lesson.Side) bool {
	return s.State == lesson.SideEnded || s.State == lesson.SideKilled || s.State == lesson.SideFault
}

// legText is a move of the lesson's way, as one would say it of its role.
func legText(l *lesson.Lesson, g lesson.Leg) string {
	text := strings.TrimSuffix(g.Text, ";")
	if g.Label != "" {
		text = g.Label
		if r := l.Role(g.Role); r != nil {
			if at, ok := r.Program.ByLabel(g.Label); ok {
				text = fmt.Sprintf("its lines up to %d", at.Line)
			}
		}
	}
	return text
}

func ranHint(v *lesson.View) string {
	if len(v.Differed) > 0 || v.OffPath != "" {
		return fmt.Sprintf("The step has run. Enter goes on; g jumps to any step, this one is %d, in a fresh lab on the lesson's path.", v.Step+1)
	}
	return "The step has run. Enter goes on; looking back shows what was before."
}

func runHint(v *lesson.View, st *lesson.Step) string {
	if st.Compile != nil {
		return "Enter has " + st.Compile.File + " compiled."
	}
	if st.Watch != nil {
		return "Enter has " + st.Watch.File + " built and run, and its calls watched."
	}
	if st.Run == nil {
		return "Enter does what this step is about, and goes on."
	}
	for i := range v.Sides {
		s := &v.Sides[i]
		switch {
		case s.Name != st.Run.Role:
		case s.State == lesson.SideBlocked:
			return s.Name + " is inside a call: the other side can bring it out, c cancels it, r runs everything up to here again."
		case ended(s):
			return fmt.Sprintf("%s cannot go on. n starts it anew; g and %d really runs everything before this step in a fresh lab.", s.Name, v.Step+1)
		case s.Program != nil:
			return runsHint(s, st)
		}
	}
	return "Enter runs the step."
}

// runsHint says which line Enter runs.
func runsHint(s *lesson.Side, st *lesson.Step) string {
	at, ok := s.Program.ByLabel(st.Run.Label)
	if !ok {
		return "The line this step is about is not in " + s.Name + "'s program any more: o puts the original back."
	}
	return fmt.Sprintf("Enter runs %s through line %d: %s", s.Name, at.Line, at.Text)
}
