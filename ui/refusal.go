package ui

import "sockstep/lesson"

// refusal says why the last move's last call was refused, as the lesson found it in
// what the kernel showed; nothing where it was not, or nothing observed tells. Where
// the step itself explains what has run, the reason is enough: the result stands in the
// status, and what helps is the lesson's to say.
func refusal(v *lesson.View, w int) []line {
	l := lastCall(v)
	if l == nil || l.Cause == "" {
		return nil
	}
	why := l.Cause
	if onPath(v) && l.Reason != "" {
		why = l.Reason
	}
	return wrap(line{sp(roleRefused, "Why: "), sp(roleText, why+".")}, w, 0)
}

// onPath reports whether the step itself explains what has just run.
func onPath(v *lesson.View) bool { return v.Phase == lesson.Ran && v.OffPath == "" }
