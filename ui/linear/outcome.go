package linear

import (
	"fmt"
	"strings"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// outcome says what a move brought: every call in words, what changed, how the
// prediction fared, and the text after.
func (p *player) outcome(before, now *lesson.View) {
	p.tell(now)
	p.changes(now)
	for i := range now.Sides {
		if now.Sides[i].State == lesson.SideBlocked {
			p.blocked(now, &now.Sides[i])
		}
	}
	p.heldNews(now)
	headed := now.Step != before.Step && now.Shown() != nil // the step's heading says it
	if now.Message != "" && !headed && (now.Message != before.Message || now.Phase == lesson.Ran) {
		p.out.say("%s", now.Message)
	}
	if now.OffPath != "" && now.OffPath != before.OffPath {
		p.out.say("%s", now.OffPath)
	}
	if now.Phase == lesson.Ran && before.Phase != lesson.Ran {
		p.after(now)
	}
	if now.Phase == lesson.Free || now.Phase == before.Phase && now.Phase == lesson.Reading {
		p.next(now, now.Focus)
	}
}

// after says what the step was about, now that it has run.
func (p *player) after(v *lesson.View) {
	st := v.Shown()
	if st == nil {
		return
	}
	p.compiled(v)
	p.watched(v)
	otherwise := p.differed(v)
	p.marked(v, st)
	if otherwise || v.OffPath != "" {
		p.out.say("On the path this is what happens:")
	}
	p.out.Prose(st.After)
	p.show(v, st)
}

// differed says what was expected and not observed, and reports whether the kernel
// disagreed with the lesson: what cannot be seen here is no disagreement.
func (p *player) differed(v *lesson.View) (otherwise bool) {
	for _, d := range v.Unseen {
		p.out.say("Not to be seen here. %s.", d)
	}
	for _, d := range v.Differed {
		p.out.say("Otherwise than the lesson expected. %s.", d)
	}
	return len(v.Differed) > 0
}

// marked says how the prediction fared.
func (p *player) marked(v *lesson.View, st *lesson.Step) {
	a, ok := v.Answers[st.ID]
	if st.Ask == nil || !ok {
		return
	}
	options := st.Ask.Options
	right := option(options, a.Correct)
	chosen := option(options, a.Chosen)
	if a.Typed != "" {
		p.markedTyped(a, chosen, right)
		return
	}
	switch {
	case chosen == nil && right != nil:
		p.out.say("The answer: %s %s", sentence(right.Text), inline(right.Why))
	case a.Mark == lesson.Right:
		p.out.say("Your prediction came true: %s %s", sentence(chosen.Text), inline(chosen.Why))
	case a.Mark == lesson.Wrong:
		p.out.say("You said: %s %s", sentence(chosen.Text), inline(chosen.Why))
		if right != nil {
			p.out.say("What happened: %s %s", sentence(right.Text), inline(right.Why))
		}
	case a.Observed != "":
		p.out.say("None of the answers is what this machine did: %s.", a.Observed)
	}
}

// markedTyped says how a typed prediction fared.
func (p *player) markedTyped(a lesson.Answer, chosen, right *lesson.Option) {
	why := ""
	if right != nil {
		why = " " + inline(right.Why)
	}
	switch {
	case a.Mark == lesson.Right:
		p.out.say("Your prediction came true: %s.%s", a.Typed, why)
	case a.Mark == lesson.Wrong && chosen != nil:
		p.out.say("You said: %s. %s", a.Typed, inline(chosen.Why))
		p.out.say("What happened: %s.%s", a.Observed, why)
	case a.Mark == lesson.Wrong:
		p.out.say("You said: %s. What happened: %s.%s", a.Typed, a.Observed, why)
	}
}

func option(options []lesson.Option, i int) *lesson.Option {
	if i < 0 || i >= len(options) {
		return nil
	}
	return &options[i]
}

// sentence ends a text with a full stop.
func sentence(s string) string {
	s = inline(strings.TrimSpace(s))
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}

// show says the view the step is about.
func (p *player) show(v *lesson.View, st *lesson.Step) {
	words := strings.Fields(st.Show)
	if len(words) == 0 {
		return
	}
	switch words[0] {
	case "bytes":
		p.bytes(v, words[1:])
	case "sockets", "descriptors":
		p.descriptors(v, true)
	case "headers":
		p.headers(v, words[1:])
	}
}

// inWords is a line of the log as a sentence.
func (p *player) inWords(l lesson.LogLine) string {
	who := l.Side
	if l.Line != "" {
		who += ", " + strings.Replace(l.Line, ":", " line ", 1)
	}
	switch {
	case l.Kind == netcore.OutputEvent:
		return fmt.Sprintf("%s printed: %s", who, l.Text)
	case l.Kind != netcore.CallEvent:
		return fmt.Sprintf("%s: %s.", who, l.Text)
	case l.Blocked:
		return fmt.Sprintf("%s: %s has not returned.", who, l.Text)
	case l.Errno != 0:
		return fmt.Sprintf("%s: %s returned -1, %s (error %d): %s.%s", who, l.Text, l.Errno.Name(), int(l.Errno), l.Errno.Text(), p.cause(l))
	case l.Lost():
		return fmt.Sprintf("%s: %s never returned.", who, l.Text)
	}
	return fmt.Sprintf("%s: %s returned %s.", who, l.Text, l.Result)
}

// cause is what was found to be the reason of an errno, in words.
func (p *player) cause(l lesson.LogLine) string {
	e, ok := p.s.Timeline().Get(l.ID)
	if !ok || e.Call == nil || e.Call.Cause == "" {
		return ""
	}
	return " " + sentence(e.Call.Cause)
}

// changes says what else changed in a move: what no event has told with its cause.
func (p *player) changes(v *lesson.View) {
	texts := words.Untold(v)
	if len(texts) == 0 {
		return
	}
	p.out.say("Changed: %s.", strings.Join(texts, "; "))
}

// condition says how a side stands.
func condition(side *lesson.Side) string {
	switch side.State {
	case lesson.SideEnded:
		return fmt.Sprintf("%s has ended with exit status %d. fresh %s starts it again.", side.Name, side.Exit, side.Name)
	case lesson.SideKilled:
		return fmt.Sprintf("%s was ended by %s. fresh %s starts it again.", side.Name, side.Signal, side.Name)
	case lesson.SideFault:
		return fmt.Sprintf("%s cannot go on: %s. e edits the line, fresh %s starts it again.", side.Name, strings.TrimRight(side.Fault, "."), side.Name)
	case lesson.SideIdle:
		return side.Name + " has not begun."
	case lesson.SideBlocked:
		return side.Name + " is inside a call."
	}
	return fmt.Sprintf("%s stands before line %d.", side.Name, side.Line)
}
