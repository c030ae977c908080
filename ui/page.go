package ui

import (
	"fmt"
	"regexp"
	"slices"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
	"sockstep/netcore"
)

// page is a text that fills the body: a card, or a term of the glossary.
type page struct{ title, text string }

// openPages shows pages, the first one on top; tab goes through them. What lies over
// the screen now is there again when they are closed.
func (m Model) openPages(pages ...page) Model {
	under := m.over
	m.over = overlay{kind: overPage, title: pages[0].title, pages: pages}
	if under.kind == overSearch {
		m.over.under = &under
	}
	return m
}

// cardPage is the page of a card.
func cardPage(c lesson.Card) page { return page{c.Title(), c.Markdown()} }

func (m Model) pageKey(key string) (Model, tea.Cmd) {
	o := &m.over
	switch key {
	case "q":
		return m.quit()
	case "down", "j", "pgdown", "space":
		o.scroll = clamp(o.scroll+step(key), 0, m.farthestPage())
	case "up", "k", "pgup":
		o.scroll = max(o.scroll-step(key), 0)
	case "tab", "c", "C":
		o.number, o.scroll = (o.number+1)%len(o.pages), 0
		o.title = o.pages[o.number].title
	case "shift+tab":
		o.number, o.scroll = (o.number+len(o.pages)-1)%len(o.pages), 0
		o.title = o.pages[o.number].title
	case "esc", "backspace", "enter":
		if o.under != nil {
			m.over = *o.under
		} else {
			m.over = overlay{}
		}
	default:
		m.notice = "up and down scroll, tab turns the page, esc goes back."
	}
	return m, nil
}

// pageLines are the open page's text, laid out.
func (m Model) pageLines(w int) []line {
	return indented(markdown(m.over.pages[m.over.number].text, min(w-2, 100)))
}

func (m Model) farthestPage() int { return max(len(m.pageLines(m.width))-(m.height-fixedRows-1), 0) }

// pageRemark says which page of how many is open.
func (o *overlay) pageRemark() string {
	if len(o.pages) < 2 {
		return ""
	}
	next := o.pages[(o.number+1)%len(o.pages)].title
	return fmt.Sprintf("%d of %d, tab: %s", o.number+1, len(o.pages), next)
}

// pageHints are the keys of an open page.
func (m Model) pageHints() [][2]string {
	hints := [][2]string{{"up down", "scroll"}, {"esc", "back"}, {"q", "quit"}}
	if len(m.over.pages) > 1 {
		hints = append([][2]string{{"tab", "next card"}}, hints...)
	}
	return hints
}

// openCard shows the cards of the call that matters now.
func (m Model) openCard() (Model, tea.Cmd) { return m.openPages(m.callPages()...), nil }

func (m Model) noCard() string {
	if len(m.callPages()) == 0 {
		return "No call has been made, and the line about to run makes none. / searches all cards."
	}
	return ""
}

// callPages are the cards of the call a side is blocked in, of the last move's last
// call with that of its errno, and of the calls in the line about to run. Once the
// step has run, what was called comes first; before, what will be.
func (m Model) callPages() []page {
	v := m.stage.seen()
	var made, coming []page
	if l := lastCall(v); l != nil {
		made = callCards(l)
	}
	if s := m.stage.current(); s != nil {
		coming = cardsIn(sourceLine(s, s.Line))
		if s.Traced != nil && len(s.Traced.Stands) > 0 {
			coming = cardsIn(s.Traced.Stands[0].Call.Name + "()")
		}
		if s.State == lesson.SideBlocked && s.Call != nil {
			coming = cardsIn(s.Call.Name + "()")
		}
	}
	if v.Phase == lesson.Ran || v.Phase == lesson.Finished || v.Phase == lesson.Free && len(made) > 1 {
		return distinct(append(made, coming...))
	}
	return distinct(append(coming, made...))
}

// lastCall is the last call of the last move in the log, nil where it made none.
func lastCall(v *lesson.View) *lesson.LogLine {
	for i, l := range slices.Backward(v.Log) {
		if l.Kind == netcore.CallEvent && slices.Contains(v.StepCalls, l.ID) {
			return &v.Log[i]
		}
	}
	return nil
}

// callCards are the cards of a call that was made: its own, and that of its errno
// with why it was refused.
func callCards(l *lesson.LogLine) []page {
	pages := cardsIn(l.Text)
	if len(pages) > 1 {
		pages = pages[:1]
	}
	if c, ok := lesson.CardOf(l.Errno.Name()); ok && l.Errno != 0 {
		p := cardPage(c)
		if l.Cause != "" {
			p.text = "**Here** `" + l.Text + "`: " + escaped(l.Cause) + ".\n\n" + p.text
		}
		pages = append(pages, p)
	}
	return pages
}

var called = regexp.MustCompile(`[a-z_][a-z0-9_]*\(`)

// cardsIn are the cards of the functions a line calls.
func cardsIn(text string) (pages []page) {
	for _, name := range called.FindAllString(text, -1) {
		if c, ok := lesson.CardOf(name[:len(name)-1]); ok {
			pages = append(pages, cardPage(c))
		}
	}
	return pages
}

// distinct leaves out pages that stand there already.
func distinct(pages []page) (out []page) {
	for _, p := range pages {
		if !slices.ContainsFunc(out, func(o page) bool { return o.title == p.title }) {
			out = append(out, p)
		}
	}
	return out
}

var markdownSigns = regexp.MustCompile("[\\\\`*_\\[\\]<>|#]")

// escaped is a text that Markdown shows as it is.
func escaped(text string) string { return markdownSigns.ReplaceAllString(text, `\$0`) }
