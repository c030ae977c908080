package ui

// rect is a place on the screen, in columns and rows from the upper left.
type rect struct{ x, y, w, h int }

// pane is a view of the stage that can fill most of it.
type pane int

const (
	paneNone pane = iota
	paneProgram
	paneBytes
	paneTables
	paneLadder
	paneText
	paneStates
	paneDetails
	paneTerminal
	paneCount
)

// The smallest window everything is drawn in.
const (
	minWidth  = 80
	minHeight = 24
)

// layout says where the parts of the stage stand. A pane that is not shown has
// an empty rectangle. Rows of the header, the status, the prompt and the footer
// are always there.
type layout struct {
	small bool // too small: a card instead
	width int
	body  rect // between header and status
	// programs has one rectangle for each program shown, the side in focus
	// first where there is only one.
	programs []rect
	bytes    rect
	ladder   rect
	tables   rect
	text     rect
	states   rect
	details  rect
	terminal rect
}

const fixedRows = 4 // header, status, prompt, footer

// layoutFor places the panes in a window. large is the pane that fills it; shown
// is the one a small window has room for beside program and text.
func layoutFor(width, height int, large, shown pane) layout {
	l := layout{width: width, small: width < minWidth || height < minHeight}
	if l.small {
		return l
	}
	l.body = rect{0, 1, width, height - fixedRows}
	switch {
	case large != paneNone:
		l.enlarge(large)
	case shown == paneStates && width >= 120 && height >= 34:
		l.stateful()
	case width >= 170 && height >= 40:
		l.three()
	case width >= 110 && height >= 30:
		l.two(shown)
	case height >= 46:
		l.stacked()
	default:
		l.compact(shown)
	}
	return l
}

// detail gives the details of what is selected the place of the bytes, or of the text
// where there are none.
func (l *layout) detail() {
	switch {
	case l.small || l.details.h > 0:
	case l.bytes.h > 0:
		l.details, l.bytes = l.bytes, rect{}
	default:
		l.details, l.text = l.text, rect{}
	}
}

// leastTerminal is how many columns a terminal beside the text has at the least.
const leastTerminal = 44

// console gives the terminal of a traced program a part of the text's place, where that
// is wide enough for both.
func (l *layout) console() {
	if l.small || l.terminal.h > 0 || l.text.w < 2*leastTerminal+20 {
		return
	}
	w := max(l.text.w*42/100, leastTerminal)
	l.text.w -= w + 1
	l.terminal = rect{l.text.x + l.text.w + 1, l.text.y, w, l.text.h}
}

// unless is no place at all where a condition holds.
func (r rect) unless(c bool) rect {
	if c {
		return rect{}
	}
	return r
}

// textHeight is how many rows the lesson's text gets in a body of h rows.
func textHeight(h int) int { return min(max(h*34/100, 9), 16) }

// enlarge gives most of the body to one pane and the rest to the text.
func (l *layout) enlarge(p pane) {
	b := l.body
	if p == paneText {
		l.text = b
		return
	}
	th := max(7, b.h/4)
	if p == paneStates {
		th = max(b.h-wideStates, 3)
	}
	l.text = rect{b.x, b.y + b.h - th, b.w, th}
	*l.of(p) = rect{b.x, b.y, b.w, b.h - th}
}

func (l *layout) of(p pane) *rect {
	switch p {
	case paneBytes:
		return &l.bytes
	case paneTables:
		return &l.tables
	case paneLadder:
		return &l.ladder
	case paneText:
		return &l.text
	case paneStates:
		return &l.states
	case paneDetails:
		return &l.details
	case paneTerminal:
		return &l.terminal
	}
	l.programs = []rect{{}}
	return &l.programs[0]
}

// two is the usual screen: program and bytes left, log and tables right, the
// text below.
func (l *layout) two(shown pane) {
	b := l.body
	th := textHeight(b.h)
	main := b.h - th
	lw := b.w * 45 / 100
	rx, rw := lw+1, b.w-lw-1
	bh := min(max(main*42/100, 7), 12)
	l.split(rect{b.x, b.y, lw, main - bh})
	l.bytes = rect{b.x, b.y + main - bh, lw, bh}
	dh := max(main*48/100, 8)
	if shown == paneTables {
		dh = max(main*66/100, 8)
	}
	l.ladder = rect{rx, b.y, rw, main - dh}
	l.tables = rect{rx, b.y + main - dh, rw, dh}
	l.text = rect{b.x, b.y + main, b.w, th}
}

// three uses the room of a wide window: programs, log, and bytes over tables.
func (l *layout) three() {
	b := l.body
	th := textHeight(b.h)
	main := b.h - th
	lw, mw := b.w*34/100, b.w*33/100
	rx := lw + mw + 2
	rw := b.w - rx
	bh := max(main*45/100, 8)
	l.split(rect{b.x, b.y, lw, main})
	l.ladder = rect{lw + 1, b.y, mw, main}
	l.bytes = rect{rx, b.y, rw, bh}
	l.tables = rect{rx, b.y + bh, rw, main - bh}
	l.text = rect{b.x, b.y + main, b.w, th}
}

// stacked uses a narrow, tall window: everything one below the other.
func (l *layout) stacked() {
	b := l.body
	th := textHeight(b.h)
	rest := b.h - th
	ph := rest * 36 / 100
	bh := 7
	lh := (rest - ph - bh) / 2
	l.programs = []rect{{b.x, b.y, b.w, ph}}
	l.bytes = rect{b.x, b.y + ph, b.w, bh}
	l.ladder = rect{b.x, b.y + ph + bh, b.w, lh}
	l.tables = rect{b.x, b.y + ph + bh + lh, b.w, rest - ph - bh - lh}
	l.text = rect{b.x, b.y + rest, b.w, th}
}

// compact is 80x24: the program, the text, and between them what the step is
// about.
func (l *layout) compact(shown pane) {
	b := l.body
	ph, vh := b.h*45/100, 0
	if shown == paneBytes || shown == paneTables || shown == paneLadder || shown == paneStates {
		ph, vh = b.h*26/100, b.h*37/100
		if shown == paneTables {
			vh--
		}
		*l.of(shown) = rect{b.x, b.y + ph, b.w, vh}
	}
	l.programs = []rect{{b.x, b.y, b.w, ph}}
	l.text = rect{b.x, b.y + ph + vh, b.w, b.h - ph - vh}
}

// leastProgram is how many rows of its pane the program keeps for itself: the title,
// and two lines of it.
const leastProgram = 3

// grow gives the text up to n rows of the program's, where the panes stand one below
// the other.
func (l *layout) grow(n int) {
	if len(l.programs) != 1 || l.programs[0].w != l.width || l.text.h == 0 {
		return
	}
	n = clamp(l.programs[0].h-leastProgram, 0, n)
	l.programs[0].h -= n
	for _, r := range []*rect{&l.bytes, &l.ladder, &l.tables, &l.states, &l.details, &l.text} {
		r.y -= n
	}
	l.text.h += n
}

// yield gives the text up to n rows of the record's, where that stands right above it.
func (l *layout) yield(n int) {
	if l.ladder.h == 0 || l.ladder.w != l.width || l.ladder.y+l.ladder.h != l.text.y {
		return
	}
	n = clamp(l.ladder.h-leastProgram, 0, n)
	l.ladder.h -= n
	l.text.y -= n
	l.text.h += n
}

// leastColumn is how many rows the lowest pane of a column keeps for itself.
const leastColumn = 5

// borrow gives the text up to n rows of bytes and tables, where both stand on it side
// by side.
func (l *layout) borrow(n int) {
	foot := func(r rect) bool { return r.h > 0 && r.y+r.h == l.text.y }
	if !foot(l.bytes) || !foot(l.tables) {
		return
	}
	n = clamp(n, 0, min(l.bytes.h, l.tables.h)-leastColumn)
	l.bytes.h -= n
	l.tables.h -= n
	l.text.y -= n
	l.text.h += n
}

// wideStates is how many rows the state diagram takes with what is told below it;
// narrowStates is the same for the one of 80 columns.
const (
	wideStates   = 24
	narrowStates = 17
)

// stateful is the screen of a step about states: the program left, the diagram
// with what happened below it right.
func (l *layout) stateful() {
	b := l.body
	th := textHeight(b.h)
	main := b.h - th
	rw := min(max(b.w*66/100, 80), 120)
	rx := b.w - rw
	sh := wideStates
	if rw < 119 || main < wideStates+6 {
		sh = narrowStates
	}
	l.split(rect{b.x, b.y, rx - 1, main})
	l.states = rect{rx, b.y, rw, sh}
	l.ladder = rect{rx, b.y + sh, rw, main - sh}
	l.text = rect{b.x, b.y + main, b.w, th}
}

// split gives the place of the program to both programs when it is tall enough.
func (l *layout) split(r rect) {
	if r.h < 24 {
		l.programs = []rect{r}
		return
	}
	top := r.h / 2
	l.programs = []rect{{r.x, r.y, r.w, top}, {r.x, r.y + top, r.w, r.h - top}}
}
