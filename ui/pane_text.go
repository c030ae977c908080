package ui

import (
	"fmt"
	"slices"
	"strings"

	"sockstep/lesson"
	"sockstep/ui/words"
)

// textPane is the lesson's text: before, question, or what happened.
func (m Model) textPane(r rect) []line {
	name, remark := m.textTitle()
	out := []line{titleBar(name, remark, r.w, true)}
	ls := m.textLines(r.w-2, r.h-1)
	return append(out, indented(window(ls, m.textFrom(ls, r.h-1), r.h-1, m.moreOf(paneText)))...)
}

func (m Model) textTitle() (name, remark string) {
	v := m.stage.seen()
	if v.Lesson != nil {
		remark = v.Lesson.Title
	}
	if m.stage.past != nil {
		remark = "recorded: look, nothing runs"
	}
	st := v.Shown()
	switch {
	case v.Traced != nil:
		return "in words", remark
	case v.Phase == lesson.Finished:
		return "what to remember", remark
	case st == nil:
		return "free play", remark
	}
	return fmt.Sprintf("step %d of %d: %s", v.Step+1, len(v.Lesson.Steps), st.Title), remark
}

// textFrom is the first line shown. A question keeps its chosen answer in sight.
func (m Model) textFrom(ls []line, h int) int {
	if !m.stage.asking() || len(ls) <= h {
		return m.stage.scroll[paneText]
	}
	for i := range ls {
		if len(ls[i]) > 0 && strings.HasPrefix(ls[i].plain(), "▸") {
			return max(i-h+3, 0)
		}
	}
	return 0
}

// farthest is how far a pane can be scrolled.
func (m Model) farthest(p pane) int {
	l := m.layout()
	switch p {
	case paneText:
		return max(len(m.textLines(l.text.w-2, l.text.h-1))-(l.text.h-1), 0)
	case paneLadder:
		if did := m.stage.seen().Watched; did != nil {
			return max(len(did.Calls)-(l.ladder.h-1), 0)
		}
		return max(len(m.stage.rungs().rungs)-(l.ladder.h-2), 0)
	case paneDetails:
		return max(len(m.detailLines(l.details.w))-(l.details.h-1), 0)
	case paneProgram:
		_, down := m.programReach()
		return down
	case paneTerminal:
		return 0
	}
	return 200
}

// nearest is how far a pane can be scrolled up: a program begins with the line about
// to run in sight, and not at its top.
func (m Model) nearest(p pane) int {
	if p == paneTerminal {
		return -200
	}
	if p != paneProgram {
		return 0
	}
	up, _ := m.programReach()
	return up
}

// textLines lays the text of the present phase out in w columns; h rows are
// there for it.
func (m Model) textLines(w, h int) []line {
	v := m.stage.seen()
	st := v.Shown()
	var out []line
	if m.field.open && m.field.err != "" {
		out = append(wrap(line{sp(roleRefused, "Not taken: "), sp(roleText, firstRow(m.field.err))}, w, 2), nil)
	}
	if m.stage.past == nil {
		out = append(out, notes(v, w)...)
	}
	if v.Traced != nil {
		return append(out, m.tracedLines(v, w)...)
	}
	if why := refusal(v, w); !onPath(v) && why != nil {
		out = append(append(out, why...), nil)
	}
	switch {
	case v.Phase == lesson.Finished && v.Lesson != nil:
		out = append(out, markdown(v.Lesson.Takeaway, w)...)
	case st == nil:
		out = append(out, markdown(freeText, w)...)
		out = append(out, m.changedLines(v, w)...)
	case v.Phase == lesson.Asking:
		out = append(out, m.question(st, w, h-len(out))...)
	case v.Phase == lesson.Trying:
		out = append(out, m.goal(v, st, w, h-len(out))...)
	case v.Phase == lesson.Ran:
		out = append(out, m.after(v, st, w, h-len(out))...)
	default:
		out = append(out, m.before(v, st, w, h)...)
	}
	return append(out, m.hintLines(w)...)
}

const freeText = "Both sides are yours: **tab** changes the side, **s** runs its next line, **:** types a call of your own, " +
	"**e** edits a line. Nothing here follows a path, so nothing is out of order."

// notes are the session's remarks.
func notes(v *lesson.View, w int) []line {
	var out []line
	if v.Message != "" {
		out = append(out, wrap(line{sp(roleNotice, v.Message)}, w, 0)...)
	}
	if v.OffPath != "" {
		out = append(out, wrap(line{sp(roleNotice, "Off the path: "), sp(roleText, v.OffPath)}, w, 0)...)
	}
	return out
}

// before is the step's text, after the lesson's first words where there is room
// for both.
func (m Model) before(v *lesson.View, st *lesson.Step, w, h int) []line {
	out := markdown(st.Before, w)
	if v.Step == 0 && v.At == 0 {
		if intro := markdown(v.Lesson.Intro, w); len(intro)+1+len(out) <= h {
			out = append(append(intro, nil), out...)
		}
	}
	if st.Input != nil && v.Phase == lesson.Typing {
		out = append(out, nil)
		out = append(out, wrap(append(line{sp(roleNotice, "Type: ")}, inline(st.Input.Ask)...), w, 0)...)
		out = append(out, m.presentValue(v, st, w)...)
	}
	return out
}

// presentValue says what an empty answer keeps.
func (m Model) presentValue(v *lesson.View, st *lesson.Step, w int) []line {
	s := sideOf(v, st.Input.Role)
	if s == nil || s.Program == nil {
		return nil
	}
	value, _, ok := s.Program.Define(st.Input.Define)
	if !ok {
		return nil
	}
	return wrap(line{sp(roleMuted, "enter alone keeps what is there: "), sp(roleCode, value)}, w, 0)
}

// question is the text before, as far as there is room, the question and its
// options.
func (m Model) question(st *lesson.Step, w, h int) []line {
	q := wrap(append(line{sp(roleNotice, "? ")}, inline(oneParagraph(st.Ask.Text))...), w, 2)
	if st.Ask.Typed != "" {
		q = append(q, wrap(line{sp(roleMuted, "Type "+lesson.TypedForm(st.Ask.Typed)+"; enter alone "+m.withoutAnswer()+" one.")}, w, 0)...)
	} else if m.hide {
		q = append(q, wrap(line{sp(roleMuted, "The answers are hidden; p shows them, 0 "+m.withoutAnswer()+" one.")}, w, 0)...)
	} else {
		for i, o := range st.Ask.Options {
			q = append(q, m.option(i, o, w)...)
		}
	}
	before := markdown(st.Before, w)
	if len(before) > 0 && (len(before)+1+len(q) <= h || m.stage.large == paneText) {
		return append(append(before, nil), q...)
	}
	return q
}

func oneParagraph(s string) string { return strings.Join(strings.Fields(s), " ") }

func (m Model) option(i int, o lesson.Option, w int) []line {
	chosen := i == m.stage.choice && m.stage.past == nil
	lead := sp(roleKey, fmt.Sprintf("  %d  ", i+1))
	if chosen {
		lead = sp(roleChosen, fmt.Sprintf("▸ %d  ", i+1))
	}
	ls := wrapLead(append(line{lead}, inline(oneParagraph(o.Text))...), w, 5)
	if chosen {
		for j := range ls {
			ls[j] = ls[j].as(roleChosen)
		}
	}
	return ls
}

// after is how the prediction was marked, what changed, the lesson's words, and why a
// call was refused. Where there is no room for all of it, what changed comes last: the
// other panes point at that too.
func (m Model) after(v *lesson.View, st *lesson.Step, w, h int) []line {
	verdict, changed, told := m.verdict(v, st, w), m.changedLines(v, w), m.told(v, st, w)
	if len(verdict)+len(changed)+len(told) > h {
		return slices.Concat(verdict, told, changed)
	}
	return slices.Concat(verdict, changed, told)
}

// verdict is how the prediction was marked, after what was meant to fail.
func (m Model) verdict(v *lesson.View, st *lesson.Step, w int) []line {
	var out []line
	if st.Failure {
		out = append(out, wrap(line{sp(roleNotice, "This failure is the point of the step: nothing is broken.")}, w, 0)...)
	}
	return append(out, m.marking(v, st, w)...)
}

// told are the lesson's words about what happened, after what went otherwise and
// before why a call was refused.
func (m Model) told(v *lesson.View, st *lesson.Step, w int) []line {
	out := append(m.compiledLines(v, w), m.watchedLines(v, w)...)
	for _, d := range v.Differed {
		out = append(out, wrap(line{sp(roleRefused, "Not as the lesson expected: "), sp(roleText, d)}, w, 2)...)
	}
	if len(v.Differed) > 0 || v.OffPath != "" {
		out = append(out, wrap(line{sp(roleNotice, "On the path this is what happens:")}, w, 0)...)
	}
	out = append(out, markdown(st.After, w)...)
	if onPath(v) {
		out = append(out, refusal(v, w)...)
	}
	return out
}

// changedLines say in words what the last move changed.
func (m Model) changedLines(v *lesson.View, w int) []line {
	l := line{sp(roleChanged, "◆ changed: ")}
	add := func(text string) {
		if len(l) > 1 {
			l = append(l, sp(roleMuted, " · "))
		}
		l = append(l, sp(roleText, text))
	}
	for _, text := range m.byteChanges(v) {
		add(text)
	}
	for i := range v.Changed {
		if c := &v.Changed[i]; c.What != "descriptor" || c.FD > 2 {
			add(c.Text)
		}
	}
	if len(l) == 1 {
		return nil
	}
	return wrap(l, w, 2)
}

// marking holds the prediction against what the kernel did.
func (m Model) marking(v *lesson.View, st *lesson.Step, w int) []line {
	a, ok := v.Answers[st.ID]
	if !ok || st.Ask == nil {
		return nil
	}
	if m.hide {
		return wrap(line{sp(roleMuted, "The prediction and its marking are hidden; p shows them.")}, w, 0)
	}
	var out []line
	if a.Typed != "" && a.Chosen < 0 {
		out = append(out, wrap(markLine(a, nil), w, 2)...)
	}
	if o := optionAt(st, a.Chosen); o != nil {
		out = append(out, wrap(markLine(a, o), w, 2)...)
		out = append(out, indentedBy(markdown(o.Why, w-2), 2)...)
	}
	if o := optionAt(st, a.Correct); o != nil && a.Correct != a.Chosen {
		l := rightOne(a)
		if oneParagraph(o.Text) != a.Observed || a.Typed == "" {
			l = append(l, inline(oneParagraph(o.Text))...)
		}
		out = append(out, wrap(append(l, observed(a)...), w, 2)...)
		if a.Chosen < 0 {
			out = append(out, indentedBy(markdown(o.Why, w-2), 2)...)
		}
	}
	return out
}

// rightOne introduces the answer that held: in green beside a wrong one, and
// plainly where none was given.
func rightOne(a lesson.Answer) line {
	if a.Typed != "" {
		return line{sp(roleOK, "✓ It was "+a.Observed+". ")}
	}
	if a.Chosen < 0 {
		return line{sp(roleText, "No prediction. Right was "+itoa(a.Correct+1)+": ")}
	}
	return line{sp(roleOK, "✓ Right was "+itoa(a.Correct+1)+": ")}
}

func markLine(a lesson.Answer, o *lesson.Option) line {
	text := line{sp(roleCode, a.Typed)}
	if a.Typed == "" {
		text = inline(oneParagraph(o.Text))
	}
	switch a.Mark {
	case lesson.Right:
		return append(append(line{sp(roleOK, "✓ Right. "), sp(roleText, "You said: ")}, text...), observed(a)...)
	case lesson.Wrong:
		return append(line{sp(roleRefused, "✗ Not so. "), sp(roleText, "You said: ")}, text...)
	}
	return append(line{sp(roleText, "You said: ")}, text...)
}

func observed(a lesson.Answer) line {
	if a.Observed == "" || a.Typed != "" {
		return nil
	}
	return line{sp(roleMuted, "  (observed: "+a.Observed+")")}
}

func optionAt(st *lesson.Step, i int) *lesson.Option {
	if i < 0 || i >= len(st.Ask.Options) {
		return nil
	}
	return &st.Ask.Options[i]
}

func indentedBy(ls []line, n int) []line {
	for i := range ls {
		ls[i] = append(line{pad(n)}, ls[i]...)
	}
	return ls
}

// skipKey leaves a question open.
const skipKey = "0"

// hintLines are the levels of hints asked for.
func (m Model) hintLines(w int) []line {
	if m.hide || m.stage.past != nil || m.stage.hints == 0 {
		return nil
	}
	hints := words.Hints(m.stage.view, skipKey)
	var out []line
	for i := 0; i < min(m.stage.hints, len(hints)); i++ {
		l := append(line{sp(roleNotice, fmt.Sprintf("Hint %d of %d: ", i+1, len(hints)))}, inline(oneParagraph(hints[i]))...)
		out = append(out, wrap(l, w, 2)...)
	}
	return out
}
