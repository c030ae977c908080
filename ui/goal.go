package ui

import (
	"context"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
	"sockstep/ui/words"
)

// trying reports whether a goal is to be brought about.
func (s *stage) trying() bool { return s.past == nil && s.view.Phase == lesson.Trying }

// ordering reports whether calls are to be put in order.
func (s *stage) ordering() bool { return s.trying() && s.step() != nil && s.step().Order != nil }

// picked are the calls chosen so far. A record does not know them.
func (s *stage) picked() []int {
	if s.past != nil {
		return nil
	}
	return s.picks
}

// pickCall puts a call behind those chosen, or takes it out again; a negative one
// takes the last out.
func (m Model) pickCall(n int) Model {
	picks := slices.Clone(m.stage.picks)
	cards := m.stage.step().Order.Cards()
	at := slices.Index(picks, n)
	switch {
	case n >= len(cards):
		m.notice = fmt.Sprintf("The calls go from 1 to %d.", len(cards))
	case n < 0 && len(picks) == 0:
		m.notice = "No call is chosen yet."
	case n < 0:
		picks = picks[:len(picks)-1]
	case at >= 0:
		picks = slices.Delete(picks, at, at+1)
	default:
		picks = append(picks, n)
	}
	m.stage.picks = picks
	m.stage.scroll[paneText] = 0 // the calls stand before the hints
	return m
}

// runOrder has the calls really made in the order chosen.
func (m Model) runOrder() (Model, tea.Cmd) {
	picks := m.stage.picks
	if len(picks) == 0 {
		m.notice = fmt.Sprintf("Choose the calls in their order first: 1 to %d.", len(m.stage.step().Order.Cards()))
		return m, nil
	}
	m.stage.scroll[paneText] = 0
	return m.act(moveWorld, func(ctx context.Context, s Session) error { return s.Order(ctx, picks) })
}

// skipOrSolve runs a step without a prediction, or reaches a goal in the lesson's way.
func (m Model) skipOrSolve() (Model, tea.Cmd) {
	if m.stage.asking() {
		return m.skip()
	}
	return m.ask("Have the lesson reach the goal its own way, in a fresh lab?", func(m Model) (Model, tea.Cmd) {
		return m.act(moveWorld, func(ctx context.Context, s Session) error { return s.Solve(ctx) })
	}), nil
}

func (m Model) skipWord() string {
	if m.stage.trying() {
		return "show me"
	}
	return ""
}

// notYet says what is missing most: the first condition that does not hold.
func notYet(open []lesson.Unmet) string {
	if len(open) == 0 {
		return ""
	}
	u := open[0]
	return "Not yet: " + words.Fact(u.About) + " should be " + string(u.Want) + ", and is " + words.Observed(u.About, u.Got) + "."
}

// goalPrompt is what Enter does while a goal is open.
func (m Model) goalPrompt() line {
	switch n := len(m.stage.picks); {
	case !m.stage.ordering():
		return line{sp(roleText, " looks whether it is reached; "), sp(roleKey, ":"), sp(roleText, " types a call, "),
			sp(roleKey, "tab"), sp(roleText, " other side, "), sp(roleKey, "0"), sp(roleText, " shows how")}
	case n == 0:
		return line{sp(roleText, " after choosing calls in their order: "), sp(roleKey, "1-"+itoa(len(m.stage.step().Order.Cards()))),
			sp(roleText, "; "), sp(roleKey, "0"), sp(roleText, " shows how")}
	case n == 1:
		return line{sp(roleText, " really makes this call; "), sp(roleKey, "backspace"), sp(roleText, " takes it out")}
	default:
		return line{sp(roleText, fmt.Sprintf(" really makes these %d calls; ", n)), sp(roleKey, "backspace"), sp(roleText, " takes the last one out")}
	}
}

// goal is the step's text, the calls to be put in order, and what is to be observed.
func (m Model) goal(v *lesson.View, st *lesson.Step, w, h int) []line {
	must := append(m.cards(st, w), goalLines(v, st, w, true)...)
	before := markdown(st.Before, w)
	room := h - len(must)
	if st.Order == nil && len(before)+len(st.Expect)+1 <= h {
		must = append([]line{nil}, goalLines(v, st, w, false)...)
	}
	if len(before) <= room || m.stage.large == paneText || st.Order == nil {
		return append(before, must...)
	}
	return must
}

// cards are the calls of a puzzle, those chosen with their place.
func (m Model) cards(st *lesson.Step, w int) []line {
	if st.Order == nil {
		return nil
	}
	var out []line
	for i, call := range st.Order.Cards() {
		at := slices.Index(m.stage.picked(), i)
		lead, place := sp(roleKey, fmt.Sprintf("  %d  ", i+1)), sp(roleText, "    ")
		if at >= 0 {
			lead, place = sp(roleChosen, fmt.Sprintf("▸ %d  ", i+1)), sp(roleChosen, fmt.Sprintf("#%d  ", at+1))
		}
		out = append(out, line{lead, place, sp(roleCode, call)}.fit(w))
	}
	return out
}

// goalLines are the conditions, each with whether it holds; in one paragraph where
// there is little room.
func goalLines(v *lesson.View, st *lesson.Step, w int, together bool) []line {
	var out []line
	all := line{sp(roleNotice, "Goal: ")}
	for i, e := range st.Expect {
		l := condition(v, e)
		if i > 0 && together {
			all = append(all, sp(roleMuted, " · "))
		}
		all = append(all, l...)
		out = append(out, wrap(append(line{pad(2)}, l...), w, 4)...)
	}
	if together {
		return wrap(all, w, 6)
	}
	return append([]line{{sp(roleNotice, "Goal:")}}, out...)
}

func condition(v *lesson.View, e lesson.Expectation) line {
	i := slices.IndexFunc(v.Open, func(u lesson.Unmet) bool { return u.About == e.About })
	what := words.Fact(e.About) + ": "
	if i < 0 {
		return line{sp(roleOK, "✓ "), sp(roleText, what), sp(roleCode, string(e.Here()))}
	}
	u := v.Open[i]
	return line{sp(roleNotice, "○ "), sp(roleText, what), sp(roleCode, string(u.Want)), sp(roleMuted, " (now "+words.Observed(u.About, u.Got)+")")}
}
