package ui

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
)

// longestQuery is how many letters a search takes.
const longestQuery = 60

// openSearch opens the search. The index is read at the first one, not before.
func (m Model) openSearch() (Model, tea.Cmd) {
	if m.index == nil {
		m = m.whole()
		m.index = lesson.NewIndex(m.o.Course)
	}
	m.over = overlay{kind: overSearch, title: "search lessons, cards and the glossary"}
	return m, nil
}

// searchKey edits the words, walks through what was found and opens it.
func (m Model) searchKey(key string) (Model, tea.Cmd) {
	o := &m.over
	switch key {
	case "esc":
		m.over = overlay{}
	case "enter":
		return m.openHit()
	case "up", "pgup":
		o.index = clamp(o.index-step(key), 0, max(len(o.hits)-1, 0))
	case "down", "pgdown":
		o.index = clamp(o.index+step(key), 0, max(len(o.hits)-1, 0))
	case "backspace":
		_, n := utf8.DecodeLastRuneInString(o.text)
		m.seek(o.text[:len(o.text)-n])
	case "ctrl+u":
		m.seek("")
	case "space":
		m.seek(o.text + " ")
	default:
		if r, n := utf8.DecodeRuneInString(key); n == len(key) && unicode.IsPrint(r) && utf8.RuneCountInString(o.text) < longestQuery {
			m.seek(o.text + key)
		}
	}
	return m, nil
}

// seek searches for words.
func (m *Model) seek(text string) {
	m.over.text, m.over.index = text, 0
	m.over.hits = m.index.Search(text)
}

// openHit opens what is chosen: a card or a term as a page, a lesson at its step.
func (m Model) openHit() (Model, tea.Cmd) {
	o := m.over
	if o.index >= len(o.hits) {
		return m, nil
	}
	h := o.hits[o.index]
	switch h.Kind {
	case lesson.HitCard:
		c, _ := lesson.CardOf(h.Name)
		return m.openPages(cardPage(c)), nil
	case lesson.HitTerm:
		return m.openPages(termPage(h.Name)), nil
	}
	l := m.o.Course.Lesson(h.Name)
	if l == nil || m.o.Open == nil {
		return m, nil
	}
	m.over = overlay{}
	if h.Kind == lesson.HitStep && m.stage.lesson == l && m.stage.ready {
		m.onStage = true
		return m.jumpTo(h.Step)
	}
	return m.openLesson(l, h.Step, h.Kind == lesson.HitLesson)
}

// termPage is the page of a term of the glossary.
func termPage(name string) page {
	for _, t := range lesson.Glossary() {
		if t.Names[0] == name {
			return page{name, t.Markdown()}
		}
	}
	return page{title: name}
}

// searchLines are the words, and what was found.
func (m Model) searchLines(w, h int) []line {
	o := m.over
	out := []line{{sp(roleKey, " words: "), sp(roleText, o.text), sp(roleCursor, " ")}, nil}
	switch {
	case strings.TrimSpace(o.text) == "":
		out = append(out, indented(wrap(ln(roleMuted, "Type words, or how they begin: accept queue, EINVAL, TIME_WAIT, htons."), w-2, 0))...)
	case len(o.hits) == 0:
		out = append(out, ln(roleText, " Nothing has all of these words."))
	default:
		out = append(out, ln(roleMuted, fmt.Sprintf(" %d found, the best first", len(o.hits))))
	}
	rows := max((h-len(out))/2, 1)
	from := clamp(o.index-rows/2, 0, max(len(o.hits)-rows, 0))
	for i := from; i < len(o.hits) && i < from+rows; i++ {
		out = append(out, hitLines(o.hits[i], i == o.index, w)...)
	}
	return out
}

// hitLines are two rows: what it is, and the part of its text with the word.
func hitLines(h lesson.Hit, chosen bool, w int) []line {
	lead := "   "
	if chosen {
		lead = " ▸ "
	}
	title := line{sp(roleText, lead), sp(roleMuted, padded(string(h.Kind), 7)), sp(roleBold, h.Title)}
	if chosen {
		title = title.fit(w).as(roleChosen)
	}
	return []line{title, line{pad(10), sp(roleMuted, plainText(h.Sample))}.fit(w)}
}

// plainText is a part of a Markdown text without its signs.
func plainText(text string) string { return inline(text).plain() }
