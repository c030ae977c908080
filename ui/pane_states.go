package ui

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// The pictures of the state diagram. In them #a is the place of the sign that says
// an arrow was just taken, @CLOSE with the blanks behind it that of the sockets
// which are in this state.
var (
	//go:embed diagram/wide.txt
	widePicture string
	//go:embed diagram/narrow.txt
	narrowPicture string
)

// diagram is a picture taken apart into its places.
type diagram struct {
	w, h int
	rows [][]piece
}

// piece is a part of a row of the picture: the place of an arrow's sign, of a
// state's sockets, a state's name, or what is drawn.
type piece struct {
	text  string
	arrow byte
	state string
	name  bool // the text is the state's name
}

var pieces = regexp.MustCompile(`@([A-Z_0-9]+) *|#([a-z])|FIN_WAIT1|FIN_WAIT2|CLOSE_WAIT|TIME_WAIT|SYN_SENT|SYN_RECV|ESTABLISHED|LAST_ACK|CLOSING|LISTEN|CLOSE|[─-◿]+`)

var (
	wideDiagram   = takeApart(widePicture)
	narrowDiagram = takeApart(narrowPicture)
)

func takeApart(picture string) diagram {
	var d diagram
	for _, text := range strings.Split(strings.TrimRight(picture, "\n"), "\n") {
		d.w = max(d.w, width(text))
		d.rows = append(d.rows, rowPieces(text))
	}
	d.h = len(d.rows)
	return d
}

func rowPieces(text string) (out []piece) {
	from := 0
	for _, at := range pieces.FindAllStringSubmatchIndex(text, -1) {
		if at[0] > from {
			out = append(out, piece{text: text[from:at[0]]})
		}
		p := piece{text: text[at[0]:at[1]]}
		switch {
		case at[2] >= 0:
			p.state = text[at[2]:at[3]]
		case at[4] >= 0:
			p.arrow = text[at[4]]
		case p.text[0] < 0x80:
			p.state, p.name = p.text, true
		}
		out, from = append(out, p), at[1]
	}
	return append(out, piece{text: text[from:]})
}

// statesPane is the diagram of TCP's states with the sockets that are in them, and
// below it what moved last.
func (m Model) statesPane(r rect) []line {
	v := m.stage.seen()
	c := m.census(v)
	var rows []line
	remark := "◀ is now  · was  ◆ moved just now"
	switch {
	case r.w >= wideDiagram.w && r.h > wideDiagram.h+1:
		rows = c.draw(&wideDiagram)
	case r.w >= narrowDiagram.w && r.h > narrowDiagram.h+1:
		rows, remark = c.draw(&narrowDiagram), remark+"  in/out: arrives/is sent"
	default:
		rows, remark = c.ways(r.w), "S shows the diagram"
		if m.stage.large == paneStates {
			remark = "too little room for the diagram"
		}
	}
	out := append([]line{titleBar("TCP states", remark, r.w, m.stage.large == paneStates)}, rows...)
	return append(out, c.told(v, r.w, r.h-len(out))...)
}

// census is which sockets are, were, and moved where.
type census struct {
	now, was map[string][]string // by state
	moved    []byte              // marks of the arrows the last move went along
	last     []transition        // of the last move; else the last there was
	fresh    bool                // they are of the last move
	cut      []string            // states whose sockets found no room in the picture
}

func (m Model) census(v *lesson.View) *census {
	c := &census{now: map[string][]string{}, was: map[string][]string{}}
	for i := range v.Snapshot.Sockets {
		if k := &v.Snapshot.Sockets[i]; k.Protocol == "TCP" {
			c.now[k.State] = append(c.now[k.State], socketName(v, k))
		}
	}
	list, last := m.stage.transitions.seen(v)
	for i := range list {
		c.note(v, &list[i])
	}
	c.last, c.fresh = list[last:], true
	if len(c.last) == 0 && len(list) > 0 {
		c.last, c.fresh = list[len(list)-1:], false
	}
	for i := range c.last {
		if c.fresh {
			c.moved = append(c.moved, c.last[i].marks()...)
		}
	}
	return c
}

// mostNamed is how many sockets one state names at most.
const mostNamed = 8

// note keeps where a socket was.
func (c *census) note(v *lesson.View, x *transition) {
	add := func(state string) {
		if was := c.was[state]; state != "" && len(was) < mostNamed {
			if name := x.name(v); !slices.Contains(was, name) {
				c.was[state] = append(was, name)
			}
		}
	}
	add(x.from)
	for _, level := range x.between() {
		if len(level) == 1 {
			add(level[0])
		}
	}
	add(x.to)
}

// socketName is what a socket is called: by its descriptor, or else its addresses.
func socketName(v *lesson.View, k *netcore.Socket) string {
	if len(k.Owners) > 0 {
		var names []string
		for _, o := range k.Owners {
			names = append(names, o.Process+" "+itoa(o.FD))
		}
		return strings.Join(names, "=")
	}
	return strings.ReplaceAll(addresses(k), " → ", "→")
}

// draw fills a picture's places.
func (c *census) draw(d *diagram) []line {
	out := make([]line, 0, d.h)
	for _, row := range d.rows {
		var l line
		for i := range row {
			l = append(l, c.piece(&row[i]))
		}
		out = append(out, l)
	}
	return out
}

func (c *census) piece(p *piece) span {
	w := width(p.text)
	switch {
	case p.arrow != 0 && slices.Contains(c.moved, p.arrow):
		return sp(roleChanged, "◆ ")
	case p.arrow != 0:
		return pad(2)
	case p.name:
		return sp(c.role(p.state), p.text)
	case p.state != "":
		return c.sockets(p.state, w)
	case p.text != "" && p.text[0] >= 0x80:
		return span{roleMuted, p.text, w}
	}
	return span{roleText, p.text, w}
}

func (c *census) role(state string) role {
	switch {
	case len(c.now[state]) > 0:
		return roleHere
	case len(c.was[state]) > 0:
		return roleBold
	}
	return roleMuted
}

// sockets are those in a state, or those that were, in exactly w columns.
func (c *census) sockets(state string, w int) span {
	if now := c.now[state]; len(now) > 0 {
		text, whole := fitNames("◀ ", now, "", w)
		if !whole {
			c.cut = append(c.cut, state)
		}
		return sp(roleChanged, text)
	}
	if was := c.was[state]; len(was) > 0 {
		text, _ := fitNames("· ", was, " was here", w)
		return sp(roleMuted, text)
	}
	return pad(w)
}

// fitNames writes names into w columns, in the longest form that fits; false where
// only their number does.
func fitNames(sign string, names []string, end string, w int) (string, bool) {
	list := strings.Join(names, ", ")
	for _, text := range []string{sign + list + end, sign + list, strings.TrimSpace(sign) + strings.Join(names, ",")} {
		if width(clean(text)) <= w {
			return padded(text, w), true
		}
	}
	if text := sign + names[0] + " +" + itoa(len(names)-1) + " more"; len(names) > 1 && width(clean(text)) <= w {
		return padded(text, w), false
	}
	return padded(sign+words.Count(len(names), "socket"), w), false
}

// ways is the diagram where there is no room for it: the ways through it, and who
// is where.
func (c *census) ways(w int) []line {
	var out []line
	for _, way := range [][2]string{
		{"opens", "CLOSE → SYN_SENT → ESTABLISHED"}, {"is opened", "LISTEN → SYN_RECV → ESTABLISHED"},
		{"closes first", "FIN_WAIT1 → FIN_WAIT2 or CLOSING → TIME_WAIT"}, {"closes second", "CLOSE_WAIT → LAST_ACK"},
	} {
		l := line{sp(roleMuted, padded(" "+way[0], 15))}
		for _, p := range rowPieces(way[1]) {
			l = append(l, c.piece(&p))
			if now := c.now[p.state]; p.name && len(now) > 0 {
				l = append(l, sp(roleChanged, " ["+strings.Join(now, ", ")+"]"))
			}
		}
		out = append(out, l)
	}
	return out
}

// told says in words what moved, the latest last, in at most h rows.
func (c *census) told(v *lesson.View, w, h int) []line {
	var out []line
	for i := len(c.last) - 1; i >= 0; i-- {
		sign := sp(roleChanged, " ◆ ")
		if !c.fresh {
			sign = sp(roleMuted, " before: ")
		}
		rows := wrap(append(line{sign}, c.last[i].line(v)...), w, 3)
		if len(out) > 0 && len(out)+len(rows) > h {
			break
		}
		out = append(rows, out...)
	}
	if len(out) == 0 {
		out = []line{ln(roleMuted, " no socket has changed its state yet")}
	}
	for _, state := range c.cut {
		out = append(out, wrap(line{sp(roleKernel, " "+state+": "), sp(roleText, strings.Join(c.now[state], ", "))}, w, 3)...)
	}
	return out[:min(len(out), max(h, 0))]
}
