package ui

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// where says on which screens a key means something.
type where uint8

const (
	onCourse where = 1 << iota
	onStage
	onPractice
	onTrace
	anywhere = onCourse | onStage | onPractice | onTrace
)

// binding is one entry of the key map: the footer, the overlay of help and the
// README's table are made from it.
type binding struct {
	keys  []string // as the framework names them
	shown string   // as a person reads them
	short string   // in the footer; empty keeps it out
	help  string
	on    where
	// word is the footer's word where it depends on what is going on.
	word func(Model) string
	// why says why the key does nothing now; empty when it does something.
	why func(Model) string
	do  func(m Model, key string) (Model, tea.Cmd)
}

// keymap is every key of the program, in the order of the footer.
var keymap []binding

// The key map's methods show the key map, so it is set up at the start.
func init() {
	keymap = []binding{
		{keys: []string{"enter", "space", "pgdown"}, shown: "enter", short: "next", on: onStage,
			help: "run the step, commit the chosen answer, go on (also space, page down)", word: Model.nextWord, do: just(Model.next)},
		{keys: []string{"enter", "space", "pgdown"}, shown: "enter", short: "open", on: onCourse,
			help: "open the lesson, where you left it", do: just(Model.openPicked), why: Model.noLesson},
		{keys: []string{"enter", "space", "pgdown"}, shown: "enter", short: "next", on: onTrace, word: Model.traceWord,
			help: "let the thread that stands make its call and stand at the next; while the programs run freely, stop them at each call", do: just(Model.traceNext)},
		{keys: []string{"g"}, shown: "g", short: "run freely", on: onTrace,
			help: "let the programs run, and stop them nowhere", why: Model.noFree, do: just(Model.runFreely)},
		{keys: []string{"e"}, shown: "e", short: "each call", on: onTrace,
			help: "stop every thread at each of its calls", why: Model.noEach, do: just(Model.eachCall)},
		{keys: []string{"a"}, shown: "a", short: "stop at", on: onTrace,
			help: "choose where to stop: one kind of call, an error, one descriptor", why: Model.noTrace, do: just(Model.stopMenu)},
		{keys: []string{":"}, shown: ":", short: "type", on: onTrace,
			help: "type a line into the terminal of the program in focus (ctrl+d: the end of its input)", why: Model.noInput, do: just(Model.typeInput)},
		{keys: []string{"f"}, shown: "f", short: "findings", on: onTrace, word: Model.findingWord,
			help: "list what the program did wrong, as far as its calls prove it", why: Model.noFinding, do: just(Model.findingList)},
		{keys: []string{"c"}, shown: "c", short: "signal", on: onTrace,
			help: "send the program in focus a signal: SIGINT, SIGTERM, SIGKILL", why: Model.noSignal, do: just(Model.signalMenu)},
		{keys: []string{"r"}, shown: "r", short: "restart", on: onTrace,
			help: "run the program in focus again, after a question while it lives", why: Model.noRestart, do: just(Model.restartProgram)},
		{keys: []string{"o"}, shown: "o", short: "terminal", on: onTrace,
			help: "the terminal of the program in focus, large; again: back", do: large(paneTerminal)},
		{keys: []string{"s", "S"}, shown: "s", short: "states", on: onTrace,
			help: "the state diagram of TCP with the sockets in it, large; again: back (also S)", do: large(paneStates)},
		{keys: []string{"G"}, shown: "G", short: "go to", on: onTrace,
			help: "look at one of the recorded moments by its number", why: Model.noMoment, do: just(Model.goTo)},
		{keys: []string{"enter", "space", "pgdown"}, shown: "enter", short: "answer", on: onPractice,
			help: "commit the chosen answer and run the lines, go on to the next question (also space, page down)", word: Model.practiceWord, do: just(Model.practiceNext)},
		{keys: []string{"c"}, shown: "c", short: "cancel", on: onStage, word: Model.cancelWord,
			help: "interrupt the call a side is blocked in: it returns EINTR; while none is, the card of a call", why: Model.noCancel, do: just(Model.cancelOrCard)},
		{keys: []string{"+", "="}, shown: "+", short: "let through", on: onStage,
			help: "let the packet that is held on the wire through (also =)", why: Model.noHeld, do: wireKey("pass")},
		{keys: []string{"-"}, shown: "-", short: "drop", on: onStage,
			help: "drop the packet that is held on the wire: it is lost", why: Model.noHeld, do: wireKey("drop")},
		{keys: []string{"*"}, shown: "*", short: "twice", on: onStage,
			help: "let the packet that is held on the wire through, twice", why: Model.noHeld, do: wireKey("duplicate")},
		{keys: []string{"%"}, shown: "%", short: "delay", on: onStage,
			help: "delay the packet that is held on the wire: it goes on by itself after a second", why: Model.noHeld, do: wireKey("delay 1s")},
		{keys: []string{"n"}, shown: "n", short: "start anew", on: onStage,
			help: "start the process of a side that ended anew", why: Model.noFresh, do: just(Model.freshSide)},
		{keys: []string{"left", "pgup", "<"}, shown: "←", short: "look back", on: onStage | onTrace,
			help: "look back at what was recorded; nothing runs (also <, page up)", why: Model.noPast, do: just(Model.back)},
		{keys: []string{"right", ">"}, shown: "→", short: "forward", on: onStage | onTrace,
			help: "forward again, to the present (also >)", why: Model.noFuture, do: just(Model.forward)},
		{keys: []string{"tab", "shift+tab"}, shown: "tab", short: "other side", on: onStage | onTrace,
			help: "look at the other side", why: Model.oneSide, do: just(Model.otherSide)},
		{keys: []string{"s"}, shown: "s", short: "step", on: onStage, word: Model.stepWord,
			help: "run the next line of the side in focus, whatever the lesson would do", why: Model.noStep, do: just(Model.stepSide)},
		{keys: []string{"."}, shown: ".", short: "to next event", on: onStage,
			help: "run the side in focus until something happens: a state changes, a packet is sent, a call fails or waits", why: Model.noStep, do: just(Model.nextEvent)},
		{keys: []string{"W"}, shown: "W", short: "wire", on: onStage, word: Model.wireWord,
			help: "hold packets in the middle of the wire, or let them flow, those held too", why: Model.noWire, do: just(Model.toggleWire)},
		{keys: []string{"e"}, shown: "e", short: "edit line", on: onStage,
			help: "edit the line about to run", why: Model.noEdit, do: just(Model.editNext)},
		{keys: []string{":"}, shown: ":", short: "type a call", on: onStage, word: Model.typeWord,
			help: "type a call of your own for the side in focus, or a setting of the lab: set deaf client 3", why: Model.noType, do: just(Model.typeCall)},
		{keys: []string{"h"}, shown: "h", short: "hint", on: onStage,
			help: "a hint, and then the next one", why: Model.noHint, do: just(Model.hint)},
		{keys: []string{"b"}, shown: "b", short: "bytes", on: onStage | onTrace,
			help: "the variables' bytes, large; again: back", do: large(paneBytes)},
		{keys: []string{"d"}, shown: "d", short: "descriptors", on: onStage | onTrace,
			help: "descriptors and sockets, large; again: back", do: large(paneTables)},
		{keys: []string{"l"}, shown: "l", short: "ladder", on: onStage | onTrace,
			help: "the ladder of calls and packets, large; again: back", do: large(paneLadder)},
		{keys: []string{"[", "]"}, shown: "[ ]", short: "select", on: onStage | onTrace,
			help: "select the event before or behind in the ladder: what belongs to it is marked, its details shown", why: Model.noEvent, do: Model.selectEvent},
		{keys: []string{"i"}, shown: "i", short: "details", on: onStage | onTrace,
			help: "the details of the selected event, large; again: back", why: Model.noEvent, do: just(Model.toggleDetails)},
		{keys: []string{"S"}, shown: "S", short: "states", on: onStage,
			help: "the state diagram of TCP with the sockets in it, large; again: back", do: large(paneStates)},
		{keys: []string{"v"}, shown: "v", short: "program", on: onStage | onTrace,
			help: "the program, large; again: back", do: large(paneProgram)},
		{keys: []string{"x"}, shown: "x", short: "text", on: onStage | onTrace,
			help: "the lesson's text, large; again: back", do: large(paneText)},
		{keys: []string{"up", "k"}, shown: "up", on: anywhere,
			help: "in a list, among answers, in the text or the large view (also k)", do: just(Model.up)},
		{keys: []string{"down", "j"}, shown: "down", on: anywhere,
			help: "the other way (also j)", do: just(Model.down)},
		{keys: []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}, shown: "1-9", on: onStage,
			help: "jump to that part of the lesson; while a question or a puzzle is open: choose that answer, or that call (backspace takes it back)", why: Model.noJump, do: Model.jumpPart},
		{keys: []string{"0"}, shown: "0", short: "show me", on: onStage, word: Model.skipWord,
			help: "while a question is open: run it without a prediction; while a goal is: have it reached in the lesson's own way", why: Model.noQuestion, do: just(Model.skipOrSolve)},
		{keys: []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}, shown: "1-9", short: "choose", on: onPractice,
			help: "choose that answer", why: Model.noAnswer, do: Model.practiceChoose},
		{keys: []string{"0"}, shown: "0", short: "skip", on: onPractice,
			help: "skip the question: its lines run, and the answer is shown", why: Model.noAnswer, do: just(Model.practiceSkip)},
		{keys: []string{"esc", "backspace", "q"}, shown: "esc", short: "back", on: onPractice,
			help: "give up what runs, then back to where one came from (also q)", do: just(Model.practiceBack)},
		{keys: []string{"g"}, shown: "g", short: "jump", on: onStage,
			help: "jump to any step: those before it really run, in a fresh lab", why: Model.noJump, do: just(Model.jumpList)},
		{keys: []string{"r"}, shown: "r", short: "run again", on: onStage,
			help: "run everything up to here again, in a fresh lab", why: Model.noMove, do: just(Model.runAgain)},
		{keys: []string{"R"}, shown: "R", short: "restart", on: onStage,
			help: "start the lesson again, after a question", why: Model.noBusy, do: just(Model.restart)},
		{keys: []string{"R"}, shown: "R", short: "from the start", on: onCourse,
			help: "open the lesson from its start", why: Model.noLesson, do: just(Model.openFresh)},
		{keys: []string{"f"}, shown: "f", short: "free play", on: onCourse,
			help: "free play: both sides yours, any line, any order", why: Model.noPlay, do: just(Model.openPlay)},
		{keys: []string{"F"}, shown: "F", short: "play on the wire", on: onCourse,
			help: "free play on a wire: each side has a network of its own, and you are what lies between", why: Model.noPlayWire, do: just(Model.openPlayWire)},
		{keys: []string{"p"}, shown: "p", short: "practise", on: onCourse,
			help: "practise: questions without end about the chosen lesson, a topic, or everything", why: Model.noPractice, do: just(Model.practiceList)},
		{keys: []string{"P"}, shown: "P", short: "placement", on: onCourse,
			help: "a placement: twelve questions, and where to start; later the same with other numbers, and what was learned", why: Model.noPractice, do: just(Model.beginPlacement)},
		{keys: []string{"w"}, shown: "w", short: "save", on: onStage,
			help: "write what was seen to files: the packets for Wireshark, and a transcript to read", why: Model.noSave, do: just(Model.save)},
		{keys: []string{"w"}, shown: "w", short: "save", on: onTrace,
			help: "write what was seen to files: the packets for Wireshark, a transcript to read, the record for sockstep replay", why: Model.noSave, do: just(Model.save)},
		{keys: []string{"E"}, shown: "E", short: "edit earlier", on: onStage,
			help: "edit an earlier line; everything up to it runs again", why: Model.noEditAny, do: just(Model.editEarlier)},
		{keys: []string{"u"}, shown: "u", short: "undo", on: onStage,
			help: "take the last edit back", why: Model.noMove, do: just(Model.undo)},
		{keys: []string{"o"}, shown: "o", short: "original", on: onStage,
			help: "the original program of the side in focus", why: Model.noOriginal, do: just(Model.original)},
		{keys: []string{"K"}, shown: "K", short: "kill", on: onStage,
			help: "kill the process of the side in focus, after a question", why: Model.noKill, do: just(Model.killSide)},
		{keys: []string{"p"}, shown: "p", short: "predictions", on: onStage, word: Model.hideWord,
			help: "hide or show predictions and answers, for a projector; on the last page: practise what the lesson was about", do: just(Model.practiseOrHide)},
		{keys: []string{"C"}, shown: "C", short: "card", on: onStage | onTrace,
			help: "the card of the call that matters now (also c, while no side is blocked); behind it (tab, C) that of its errno, with why it was refused here", why: Model.noCard, do: just(Model.openCard)},
		{keys: []string{"/"}, shown: "/", short: "search", on: onCourse | onStage | onTrace,
			help: "search lessons, cards of calls and errnos, and the glossary", do: just(Model.openSearch)},
		{keys: []string{"t"}, shown: "t", short: "theme", on: anywhere,
			help: "dark, light, high contrast", why: Model.noColours, do: just(Model.switchTheme)},
		{keys: []string{"m"}, shown: "m", short: "mouse", on: anywhere,
			help: "mouse on or off (off lets the terminal select text)", do: just(Model.toggleMouse)},
		{keys: []string{"esc", "backspace"}, shown: "esc", short: "back", on: onCourse | onStage | onTrace,
			help: "back: give up what runs, leave a large view, then the course", do: just(Model.escape)},
		{keys: []string{"?"}, shown: "?", on: anywhere,
			help: "the keys, and what the signs mean", do: just(Model.openHelp)},
		{keys: []string{"q"}, shown: "q", short: "quit", on: onCourse | onStage | onTrace,
			help: "quit; where you are is kept (also ctrl+c)", do: just(Model.quit)},
	}
}

// just makes a key's action of a method that does not care which key it was.
func just(f func(Model) (Model, tea.Cmd)) func(Model, string) (Model, tea.Cmd) {
	return func(m Model, _ string) (Model, tea.Cmd) { return f(m) }
}

// large makes the action that shows a pane large, or calms it again.
func large(p pane) func(Model, string) (Model, tea.Cmd) {
	return func(m Model, _ string) (Model, tea.Cmd) {
		if m.stage.large == p {
			m.stage.large = paneNone
		} else {
			m.stage.large = p
		}
		return m, nil
	}
}

func bindingFor(key string, on where) *binding {
	for i := range keymap {
		if keymap[i].on&on == 0 {
			continue
		}
		for _, k := range keymap[i].keys {
			if k == key {
				return &keymap[i]
			}
		}
	}
	return nil
}

// optionKey is the option a digit names, -1 for another key. 0 is left to the
// key map.
func optionKey(key string) int {
	if len(key) == 1 && key[0] >= '1' && key[0] <= '9' {
		return int(key[0] - '1')
	}
	return -1
}

// footer is the line of keys that do something now.
func (m Model) footer() line {
	if hints := m.topHints(); hints != nil {
		l := line{pad(1)}
		for _, h := range hints {
			l = append(l, sp(roleKey, h[0]), sp(roleText, " "+h[1]+"  "))
		}
		return l
	}
	l := line{pad(1)}
	end := line{sp(roleKey, "?"), sp(roleText, " all keys  "), sp(roleKey, "q"), sp(roleText, " "+m.leaveWord()+" ")}
	room := m.width - end.width()
	for i := range keymap {
		b := &keymap[i]
		if b.short == "" || b.shown == "q" || b.on&m.screen() == 0 || b.why != nil && b.why(m) != "" {
			continue
		}
		part := m.footerPart(b)
		if l.width()+part.width() > room {
			break
		}
		l = append(l, part...)
	}
	return append(l.fit(room), end...)
}

// leaveWord is what q does.
func (m Model) leaveWord() string {
	if m.practice.open && !m.practice.alone {
		return "back"
	}
	return "quit"
}

// topHints are the keys of what lies over the screen, nil when nothing does.
func (m Model) topHints() [][2]string {
	switch m.over.kind {
	case overAsk:
		return [][2]string{{"enter", "yes"}, {"esc", "no"}, {"q", "quit"}}
	case overCard:
		if m.stage.trace != nil {
			return [][2]string{{"q", "quit"}}
		}
		if !m.stage.ready {
			return [][2]string{{"R", "try again"}, {"esc", "leave"}, {"q", "quit"}}
		}
		return [][2]string{{"enter", "back"}, {"r", "run again"}, {"R", "restart"}, {"esc", "leave"}, {"q", "quit"}}
	case overHelp:
		return [][2]string{{"up down", "scroll"}, {"t", "theme"}, {"q", "quit"}, {"any other key", "closes"}}
	case overPage:
		return m.pageHints()
	case overSearch:
		return [][2]string{{"up down", "choose"}, {"enter", "open it"}, {"esc", "leave"}, {"ctrl+u", "clear"}, {"ctrl+c", "quit"}}
	case overList:
		return [][2]string{{"up down", "choose"}, {"enter", "take it"}, {"esc", "leave"}, {"q", "quit"}}
	}
	switch {
	case m.field.open && m.field.kind == moveTyped && m.stage.trace != nil:
		return [][2]string{{"enter", "type it"}, {"esc", "leave"}, {"ctrl+d", "end of input"}, {"up down", "typed before"}, {"ctrl+c", "quit"}}
	case m.field.open && m.field.kind == moveTyped:
		return [][2]string{{"enter", "run it"}, {"esc", "leave"}, {"up down", "typed before"}, {"ctrl+u", "clear"}, {"ctrl+c", "quit"}}
	case m.field.open:
		return [][2]string{{"enter", "take it"}, {"esc", "leave"}, {"ctrl+u", "clear"}, {"ctrl+c", "quit"}}
	}
	return nil
}

func (m Model) footerPart(b *binding) line {
	short := b.short
	if b.word != nil {
		short = b.word(m)
	}
	if short == "" {
		return nil // it does something, but nothing worth a place here
	}
	return line{sp(roleKey, b.shown), sp(roleText, " "+short+"  ")}
}

// KeyTable is the table of all keys in Markdown, for the README.
func KeyTable() string {
	var b strings.Builder
	b.WriteString("| key | where | what it does |\n|---|---|---|\n")
	for i := range keymap {
		k := &keymap[i]
		b.WriteString("| `" + k.shown + "` | " + whereWord(k.on) + " | " + k.help + " |\n")
	}
	return b.String()
}

func whereWord(w where) string {
	switch w {
	case onCourse:
		return "course"
	case onStage:
		return "stage"
	case onPractice:
		return "practice"
	case onTrace:
		return "trace"
	case onCourse | onStage:
		return "course, stage"
	case onStage | onTrace:
		return "stage, trace"
	case onCourse | onStage | onTrace:
		return "course, stage, trace"
	}
	return "everywhere"
}

func itoa(n int) string { return strconv.Itoa(n) }
