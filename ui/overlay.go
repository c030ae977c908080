package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
)

// overlayKind is what lies over the screen.
type overlayKind int

const (
	overNone overlayKind = iota
	overHelp
	overList   // a list to choose from
	overAsk    // a question, in the prompt's row
	overCard   // something went wrong
	overPage   // a card or a term, to read
	overSearch // words being typed, and what was found
)

// overlay is what lies over the screen and takes the keys first.
type overlay struct {
	kind   overlayKind
	title  string
	text   string // Markdown, above the list or as the card
	items  []item
	index  int
	scroll int
	number int  // typed so far
	lost   bool // a card: there is no lab to go back to
	yes    func(Model) (Model, tea.Cmd)
	pick   func(m Model, value int) (Model, tea.Cmd)
	pages  []page       // of overPage; number is the one that is open
	under  *overlay     // what comes back when a page is closed
	hits   []lesson.Hit // of overSearch; text is what was typed
}

// item is a row of a list.
type item struct {
	label line
	value int
}

// ask puts a question; enter or y says yes.
func (m Model) ask(text string, yes func(Model) (Model, tea.Cmd)) Model {
	m.over = overlay{kind: overAsk, text: text, yes: yes}
	return m
}

func (m Model) openHelp() (Model, tea.Cmd) {
	m.over = overlay{kind: overHelp, title: "keys and signs"}
	return m, nil
}

// errorCard shows an error that leaves the stage as it is.
func errorCard(err error) overlay {
	return overlay{kind: overCard, title: "this did not work", text: clean(firstLines(err)) +
		"\n\n**enter** goes back. **r** runs everything up to here again in a fresh lab, **R** starts from the beginning, **q** quits."}
}

// lostCard shows an error without which there is nothing to play.
func lostCard(err error, never bool) overlay {
	o := overlay{kind: overCard, title: "the lab is gone", lost: true, text: clean(firstLines(err)) +
		"\n\nNothing you did is lost. **r** runs everything up to here again in a fresh lab, **R** starts from the beginning, " +
		"**esc** goes back to the course, **q** quits."}
	if never {
		o.title = "the lab did not open"
		o.text = clean(firstLines(err)) + "\n\nNothing you did is lost. **R** tries again, **esc** goes back to the course, **q** quits.\n\n" +
			"`sockstep doctor` says what this machine allows and how to allow more."
	}
	return o
}

// firstLines is an error's text on one line.
func firstLines(err error) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(err.Error(), "\n", " · ")), " ")
}

// overKey sends a key to the overlay.
func (m Model) overKey(key string) (Model, tea.Cmd) {
	switch m.over.kind {
	case overAsk:
		return m.askKey(key)
	case overCard:
		return m.cardKey(key)
	case overHelp:
		return m.helpKey(key)
	case overPage:
		return m.pageKey(key)
	case overSearch:
		return m.searchKey(key)
	}
	return m.listKey(key)
}

func (m Model) askKey(key string) (Model, tea.Cmd) {
	yes := m.over.yes
	switch key {
	case "enter", "y":
		m.over = overlay{}
		return yes(m)
	case "q":
		return m.quit()
	case "esc", "n", "backspace":
		m.over = overlay{}
		return m, nil
	}
	m.notice = "enter or y: yes. esc or n: no."
	return m, nil
}

func (m Model) cardKey(key string) (Model, tea.Cmd) {
	lost := m.over.lost
	if m.stage.trace != nil {
		if key == "q" || key == "esc" || key == "enter" {
			return m.quit()
		}
		m.notice = "q quits."
		return m, nil
	}
	switch key {
	case "q":
		return m.quit()
	case "R":
		m.over = overlay{}
		return m.restartNow()
	case "r":
		m.over = overlay{}
		if !m.stage.ready {
			return m.restartNow()
		}
		return m.runAgain()
	case "enter", "space", "pgdown":
		m.over = overlay{}
		return m, nil
	case "esc", "backspace":
		m.over = overlay{}
		if lost {
			m.onStage = len(m.o.Course.Lessons) == 0
		}
		return m, nil
	}
	m.notice = "enter goes back, R starts again, esc leaves, q quits."
	return m, nil
}

func (m Model) helpKey(key string) (Model, tea.Cmd) {
	switch key {
	case "q":
		return m.quit()
	case "t":
		return m.switchTheme()
	case "down", "j", "pgdown", "space":
		m.over.scroll = clamp(m.over.scroll+step(key), 0, m.farthestHelp())
		return m, nil
	case "up", "k", "pgup":
		m.over.scroll = max(m.over.scroll-step(key), 0)
		return m, nil
	}
	m.over = overlay{}
	return m, nil
}

// step is how many rows a key scrolls.
func step(key string) int {
	if strings.HasPrefix(key, "pg") || key == "space" {
		return 12
	}
	return 1
}

func (m Model) listKey(key string) (Model, tea.Cmd) {
	o := &m.over
	switch key {
	case "q":
		return m.quit()
	case "up", "k", "pgup":
		o.index = clamp(o.index-step(key), 0, len(o.items)-1)
	case "down", "j", "pgdown":
		o.index = clamp(o.index+step(key), 0, len(o.items)-1)
	case "enter", "space":
		return m.picked()
	case "esc", "backspace", "g":
		m.over = overlay{}
	default:
		if !o.byNumber(key) {
			m.notice = "up and down or a number choose, enter takes it, esc leaves."
		}
	}
	return m, nil
}

// byNumber takes a digit of the number of a row; false for another key.
func (o *overlay) byNumber(key string) bool {
	if len(key) != 1 || key[0] < '0' || key[0] > '9' {
		return false
	}
	digit := int(key[0] - '0')
	o.number = o.number*10 + digit
	if o.number < 1 || o.number > len(o.items) {
		o.number = digit
	}
	if o.number >= 1 && o.number <= len(o.items) {
		o.index = o.number - 1
	}
	return true
}

func (m Model) picked() (Model, tea.Cmd) {
	o := m.over
	m.over = overlay{}
	if o.index >= len(o.items) {
		return m, nil
	}
	return o.pick(m, o.items[o.index].value)
}

// jumpList lists the steps; choosing one really runs those before it.
func (m Model) jumpList() (Model, tea.Cmd) {
	return m.jumpListAt(min(m.stage.view.Step, len(m.stage.lesson.Steps)-1)), nil
}

// jumpPart opens the list at the part a digit names.
func (m Model) jumpPart(key string) (Model, tea.Cmd) {
	part := int(key[0] - '1')
	for i, s := range m.stage.lesson.Steps {
		if s.Part == part {
			return m.jumpListAt(i), nil
		}
	}
	m.notice = fmt.Sprintf("The parts go from 1 to %d.", len(m.stage.lesson.Parts))
	return m, nil
}

func (m Model) jumpListAt(at int) Model {
	l := m.stage.lesson
	o := overlay{kind: overList, title: "jump to a step", index: max(at, 0),
		text: "The steps before the one you choose really run, in a fresh lab, without their questions.",
		pick: func(m Model, step int) (Model, tea.Cmd) { return m.jumpTo(step) }}
	for i, s := range l.Steps {
		row := line{sp(roleMuted, fmt.Sprintf("%3d  ", i+1)), sp(roleText, s.Title)}
		if s.Part < len(l.Parts) && (i == 0 || l.Steps[i-1].Part != s.Part) {
			row = append(row, sp(roleMuted, fmt.Sprintf("  – part %d, %s", s.Part+1, l.Parts[s.Part])))
		}
		if i == m.stage.view.Step {
			row = append(row, pad(1), sp(roleHere, " here "))
		}
		o.items = append(o.items, item{row, i})
	}
	m.over = o
	return m
}

// editEarlier lists the lines of the program in focus; choosing one edits it.
func (m Model) editEarlier() (Model, tea.Cmd) {
	s := m.stage.current()
	o := overlay{kind: overList, title: "edit a line of " + m.fileOf(s),
		text: "A line that has run already runs again: everything up to it, in a fresh lab.",
		pick: func(m Model, n int) (Model, tea.Cmd) { return m.editLine(n), nil }}
	comment := false
	for i, text := range sourceLines(s) {
		var code line
		code, comment = highlight(text, comment)
		mark := "  "
		if s.Executed[i+1] {
			mark = "· "
		}
		if i+1 == s.Line {
			mark, o.index = "▶ ", i
		}
		o.items = append(o.items, item{append(line{sp(roleMuted, fmt.Sprintf("%s%3d  ", mark, i+1))}, code...), i + 1})
	}
	m.over = o
	return m, nil
}

// overlayLines draws what fills the body.
func (m Model) overlayLines(w, h int) []line {
	o := m.over
	out := []line{titleBar(o.title, o.pageRemark(), w, true)}
	switch o.kind {
	case overPage:
		return append(out, window(m.pageLines(w), o.scroll, h-1, "down scrolls")...)
	case overSearch:
		return append(out, m.searchLines(w, h-1)...)
	case overHelp:
		return append(out, window(m.helpLines(w), o.scroll, h-1, "down scrolls")...)
	case overCard:
		for _, l := range markdown(o.text, min(w-4, 90)) {
			out = append(out, append(line{pad(2)}, l...))
		}
		return out
	}
	for _, l := range wrap(ln(roleText, o.text), w-2, 0) {
		out = append(out, append(line{pad(1)}, l...))
	}
	out = append(out, nil)
	return append(out, listLines(o, w, h-len(out))...)
}

// listLines shows the part of a list around what is chosen.
func listLines(o overlay, w, h int) []line {
	from := clamp(o.index-h/2, 0, max(len(o.items)-h, 0))
	var out []line
	for i := from; i < len(o.items) && len(out) < h; i++ {
		row := append(line{sp(roleText, "   ")}, o.items[i].label...)
		if i == o.index {
			row = append(line{sp(roleText, " ▸ ")}, o.items[i].label...).fit(w).as(roleChosen)
		}
		out = append(out, row)
	}
	return out
}

// window is the part of lines from a row on, with a sign where there is more.
func window(ls []line, from, h int, how string) []line {
	from = clamp(from, 0, max(len(ls)-h, 0))
	end := min(from+h, len(ls))
	out := append([]line(nil), ls[from:end]...)
	if end < len(ls) && len(out) > 0 {
		out[len(out)-1] = line{sp(roleNotice, fmt.Sprintf(" ↓ %d more lines (%s)", len(ls)-end+1, how))}
	}
	return out
}

func (m Model) farthestHelp() int {
	return max(len(m.helpLines(m.width))-(m.height-fixedRows-1), 0)
}

// helpLines are the keys and the signs.
func (m Model) helpLines(w int) []line {
	var out []line
	for i := range keymap {
		b := &keymap[i]
		if b.on&m.screen() == 0 {
			continue
		}
		r := roleText
		if b.why != nil && b.why(m) != "" {
			r = roleMuted
		}
		out = append(out, hang(line{pad(2), sp(roleKey, padded(b.shown, 7))}, ln(r, b.help), 9, w-1)...)
	}
	out = append(out, nil, ln(roleBold, "  signs"))
	all := signs
	if m.screen() == onTrace {
		all = traceSigns
	}
	for _, s := range all {
		out = append(out, hang(line{pad(2), sp(roleText, padded(s[0], 7))}, ln(roleText, s[1]), 9, w-1)...)
	}
	return out
}

// signs are the signs of the stage and what they say.
var signs = [][2]string{
	{"▶", "the line about to run"},
	{"▷", "a side waiting inside this line's call"},
	{"·", "a line that has run"},
	{"◆", "what the last move changed"},
	{"··", "a byte the program never wrote: not a zero"},
	{"● ○", "a socket with a descriptor, one without"},
	{"✓ ✗", "a prediction that held, one that did not"},
	{"─▶", "a packet; ╌▶ is one the kernel sends by itself, ■ held on a wire, ✗ dropped"},
	{"1+20", "in a packet: 20 bytes, the first of them number 1 of its direction"},
	{"┃", "that side is inside a call"},
	{"▸ ▪", "the event that is selected, and what belongs to it"},
	{"…", "cut off here; the pane's key (b d l v x S) shows it large"},
}

func padded(s string, w int) string {
	if n := w - width(s); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}

// fills reports whether what lies over the screen takes the whole body.
func (o *overlay) fills() bool { return o.kind != overNone && o.kind != overAsk }

// fileOf is the file name of a side's program.
func (m Model) fileOf(s *lesson.Side) string {
	if m.stage.lesson != nil {
		for _, r := range m.stage.lesson.Cast {
			if r.Name == s.Name {
				return r.File
			}
		}
	}
	return s.Name + ".c"
}

// moreOf says how the rest of a pane is seen.
func (m Model) moreOf(p pane) string {
	large := m.stage.large
	switch {
	case p == large, p == paneText && large == paneNone && !m.stage.asking():
		return "down scrolls"
	case p == paneBytes:
		return "b shows them"
	case p == paneTables:
		return "d shows them"
	case p == paneDetails:
		return "i shows them"
	}
	return "x shows them"
}
