package linear

import (
	"fmt"
	"strings"
	"time"

	"sockstep/lesson"
	"sockstep/netcore"
)

// outcome says what a move brought: every call in words, what changed, how the
// prediction fared, and the text after.
func (p *player) outcome(before, now *lesson.View) {
	p.events(now)
	p.changes(now)
	for i := range now.Sides {
		if now.Sides[i].State == lesson.SideBlocked {
			p.blocked(&now.Sides[i])
		}
	}
	if now.Message != "" && (now.Message != before.Message || now.Phase == lesson.Ran) {
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
	st := stepOf(v)
	if st == nil {
		return
	}
	for _, d := range v.Differed {
		p.out.say("Otherwise than the lesson expected. %s.", d)
	}
	p.marked(v, st)
	if len(v.Differed) > 0 || v.OffPath != "" {
		p.out.say("On the path this is what happens:")
	}
	p.out.prose(st.After)
	p.show(v, st)
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

// events says what is new in the log since it was said last.
func (p *player) events(v *lesson.View) {
	for i, l := range v.Log {
		if i >= len(p.log) || p.log[i] != l {
			p.out.say("%s", p.inWords(l))
		}
	}
	p.skipLog()
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
	case l.Result == "":
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

func (p *player) changes(v *lesson.View) {
	var texts []string
	for _, c := range v.Changed {
		if c.What != "descriptor" || c.FD > 2 {
			texts = append(texts, c.Text)
		}
	}
	if len(texts) == 0 {
		return
	}
	p.out.say("Changed: %s.", strings.Join(texts, "; "))
}

// blocked says of a side what it waits for and what wakes it.
func (p *player) blocked(side *lesson.Side) {
	call, waits := "a call", ""
	if side.Call != nil {
		call = side.Call.Name + "()"
	}
	if side.Blocked != nil {
		if side.Blocked.On != "" {
			waits = " It waits for " + side.Blocked.On + "."
		}
		if age := time.Duration(netcore.Now() - side.Blocked.Since); side.Blocked.Since > 0 && age > 0 {
			waits += fmt.Sprintf(" So far for %.1f s.", age.Seconds())
		}
	}
	p.out.say("%s is inside %s.%s The other side can go on; cancel ends the wait.", side.Name, call, waits)
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
