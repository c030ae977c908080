package ui

import (
	"fmt"
	"strings"
	"time"

	"sockstep/netcore"
	"sockstep/ui/words"
)

// detailsPane is everything recorded of the event that is selected.
func (m Model) detailsPane(r rect) []line {
	remark := "[ ] others, i large, esc closes"
	if m.stage.large == paneDetails {
		remark = "[ ] others, i back"
	}
	out := []line{titleBar(m.detailsTitle(), remark, r.w, true)}
	return append(out, window(m.detailLines(r.w), m.stage.scroll[paneDetails], r.h-1, m.moreOf(paneDetails))...)
}

func (m Model) detailsTitle() string {
	e, _ := m.stage.rungs().timeline.Get(m.stage.selected.event())
	switch c := m.stage.selected; {
	case c.kind == cellChange:
		return "what changed"
	case e.Packet != nil:
		return fmt.Sprintf("packet %d", e.Packet.Number)
	case c.kind == cellText:
		return string(e.Type)
	}
	return "the call"
}

// detailLines are the details in w columns.
func (m Model) detailLines(w int) []line {
	l, c := m.stage.rungs(), m.stage.selected
	e, ok := l.timeline.Get(c.event())
	d := details{m: m, l: l, w: w}
	switch {
	case c.kind == cellChange && e.Sample != nil:
		d.change(e.Sample, &e.Sample.Changes[c.sub])
	case e.Packet != nil:
		d.packet(e.Packet)
	case e.Call != nil:
		d.call(e.Call)
	case !ok:
		d.waiting(c.event())
	default:
		d.say(textCell(&e))
		if e.Sample != nil {
			for _, text := range words.Counters(e.Sample) {
				d.say(ln(roleText, text))
			}
		}
		d.fact("at", sinceStart(l, e.At))
	}
	return d.out
}

// details gathers the rows of one event's details.
type details struct {
	m   Model
	l   *ladder
	w   int
	out []line
}

// say adds a paragraph.
func (d *details) say(l line) {
	d.out = append(d.out, wrapLead(append(line{pad(1)}, l...), d.w, 1)...)
}

// factLead is how wide the names of facts are.
const factLead = 13

// fact adds a name and its value; an empty value adds nothing.
func (d *details) fact(name, value string) {
	if value != "" {
		d.out = append(d.out, wrapLead(line{sp(roleMuted, padded(" "+name, factLead)), sp(roleText, value)}, d.w, factLead)...)
	}
}

// bytes adds memory in hexadecimal, with its text beside it.
func (d *details) bytes(name string, b []byte) {
	per := max((d.w-factLead-2)/4, 4)
	for at := 0; at < len(b); at += per {
		if at > 0 {
			name = ""
		}
		row := b[at:min(at+per, len(b))]
		d.out = append(d.out, line{sp(roleMuted, padded(" "+name, factLead)), sp(roleWire, padded(fmt.Sprintf("% x", row), 3*per)), sp(roleMuted, dots(row))})
	}
}

// dots is memory as text, a dot for what is no printable character of ASCII.
func dots(b []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '.'
		}
		return r
	}, latin(b))
}

// latin reads every byte as one character.
func latin(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

// mostBytes is how much of a buffer is shown.
const mostBytes = 256

func (d *details) call(c *netcore.Call) {
	d.say(line{sp(roleBold, netcore.Strace(c))})
	d.fact("who", strings.TrimSuffix(fmt.Sprintf("%s, process %d, %s", c.Process, c.PID, c.Line), ", "))
	d.fact("source", strings.TrimSpace(c.Source))
	d.fact("entered", sinceStart(d.l, c.Enter))
	if c.Exit > 0 {
		d.fact("took", shortTime(time.Duration(c.Exit-c.Enter)))
	}
	if c.Failed() {
		d.fact("errno", fmt.Sprintf("%d, %s: %s", int(c.Errno), c.Errno.Name(), c.Errno.Text()))
	}
	d.fact("because", c.Cause)
	d.fact("no return", c.Reason)
	for i := range c.Args {
		d.argument(&c.Args[i])
	}
	d.consequences(c.ID)
}

func (d *details) argument(a *netcore.Arg) {
	switch {
	case a.Pointer == netcore.NumberValue:
		d.fact(a.Name, fmt.Sprint(a.Value))
	case a.Value == 0 && a.Before == nil && a.After == nil:
		d.fact(a.Name, "NULL")
	case string(a.Before) == string(a.After):
		d.bytes(a.Name, a.Before[:min(len(a.Before), mostBytes)])
	default:
		d.bytes(a.Name+" before", a.Before[:min(len(a.Before), mostBytes)])
		d.bytes("  after", a.After[:min(len(a.After), mostBytes)])
	}
}

// consequences are the packets and changes that belong to a call.
func (d *details) consequences(root netcore.ID) {
	lead := "packets"
	d.l.linked(cellPacket, root, d.m.stage.selected, func(e *netcore.Event, _ int) {
		d.fact(lead, words.Brief(&d.l.ends, e.Packet))
		lead = ""
	})
	lead = "changed"
	d.l.linked(cellChange, root, d.m.stage.selected, func(e *netcore.Event, i int) {
		d.fact(lead, words.Change(d.m.stage.seen(), e.Sample, &e.Sample.Changes[i]))
		lead = ""
	})
}

func (d *details) packet(p *netcore.Packet) {
	d.say(line{sp(roleBold, words.Sighting(&d.l.ends, p))})
	e, _ := d.l.timeline.Get(d.m.stage.selected.event())
	d.fact("seen", sinceStart(d.l, e.At))
	d.fact("belongs to", words.Call(d.m.stage.seen(), p.Call))
	if int(p.Len) > len(p.Raw) {
		d.fact("captured", fmt.Sprintf("%d of its %d bytes", len(p.Raw), p.Len))
	}
	d.consequences(d.l.root(d.m.stage.selected))
	layer := ""
	for _, f := range netcore.PacketFields(p.Raw) {
		if f.Layer != layer {
			layer = f.Layer
			d.out = append(d.out, ln(roleTitle, " "+layer))
		}
		d.field(p.Raw, &f)
	}
}

// fieldBytes is how many bytes of a field are shown; of what a packet carries, more.
const fieldBytes = 8

func (d *details) field(raw []byte, f *netcore.PacketField) {
	b := raw[f.Offset : f.Offset+f.Length]
	if f.Name == "bytes" {
		d.bytes("", b[:min(len(b), mostBytes)])
		return
	}
	hex := fmt.Sprintf("% x", b[:min(len(b), fieldBytes)])
	if len(b) > fieldBytes {
		hex += " …"
	}
	d.out = append(d.out, line{sp(roleMuted, fmt.Sprintf(" %4d  ", f.Offset)), sp(roleText, padded(f.Name, 24)),
		sp(roleText, padded(f.Text, 26)+" "), sp(roleWire, hex)}.atMost(d.w))
}

func (d *details) change(s *netcore.Sample, c *netcore.SocketChange) {
	d.say(line{sp(roleBold, words.Change(d.m.stage.seen(), s, c))})
	e, _ := d.l.timeline.Get(d.m.stage.selected.event())
	d.fact("seen", sinceStart(d.l, e.At))
	if k := s.Socket(c); k != nil {
		d.socket(k)
	}
}

// socket is a socket's row as it was seen.
func (d *details) socket(k *netcore.Socket) {
	for _, f := range words.SocketFields(*k) {
		l := line{sp(roleMuted, padded(" "+f.Name, 20)+" "), sp(roleText, padded(f.Value, 24))}
		if d.w >= wideDetails {
			l = append(l, sp(roleMuted, " "+f.Meaning))
		}
		d.out = append(d.out, l.atMost(d.w))
	}
}

// wideDetails is from how many columns on a field's meaning stands beside it.
const wideDetails = 76

// waiting is a call that has not returned: the card of the side inside it.
func (d *details) waiting(call netcore.ID) {
	v := d.m.stage.seen()
	for i := range v.Sides {
		if s := &v.Sides[i]; s.Blocked != nil && s.Blocked.Call == call {
			d.out = append(d.out, d.m.waitRows(s, d.w)...)
			d.out = append(d.out, d.m.wayRows(s, d.w)...)
			d.consequences(call)
			return
		}
	}
	d.say(line{sp(roleText, "This call has not returned.")})
}

// sinceStart is a time as it is counted from the first event of the record.
func sinceStart(l *ladder, at int64) string {
	first := l.timeline.At(min(1, l.timeline.Len()-1)) // behind the header
	return shortTime(time.Duration(at-beginning(&first))) + " after the start"
}

// beginning is when an event began: a call at its entry.
func beginning(e *netcore.Event) int64 {
	if e.Call != nil {
		return e.Call.Enter
	}
	return e.At
}

// shortTime is a time with as many digits as one reads.
func shortTime(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
