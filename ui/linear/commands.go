package linear

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// command is one thing to type at a prompt.
type command struct {
	names []string // the first one is said in help
	args  string
	help  string
	do    func(p *player, rest string)
}

var commands []command

func init() {
	commands = []command{
		{[]string{"s", "step"}, "[SIDE]", "run the next line of a side, in any order", (*player).stepSide},
		{[]string{":"}, "CALL", "run a call or a statement of your own, as in : close(3); \": client close(3)\" names the side", (*player).typed},
		{[]string{".", "next event"}, "[SIDE]", "run a side's lines until something happens: a packet, a state, an error, a wait", (*player).nextEvent},
		{[]string{"side", "tab"}, "[SIDE]", "change the side that s and : are for", (*player).changeSide},
		{[]string{"e", "edit"}, "[SIDE] LINE TEXT", "replace a line of the program", (*player).edit},
		{[]string{"u", "undo"}, "", "take the last edit back", (*player).undo},
		{[]string{"o", "original"}, "[SIDE]", "put the original program back", (*player).original},
		{[]string{"v", "program"}, "[SIDE]", "show the program", (*player).code},
		{[]string{"b", "bytes"}, "[SIDE] [VARIABLE]", "show the bytes of structures and buffers", (*player).showBytes},
		{[]string{"d", "descriptors"}, "", "show the descriptors and the sockets", (*player).showDescriptors},
		{[]string{"packets"}, "[FIRST LAST]", "list the packets so far", (*player).packets},
		{[]string{"packet"}, "N", "say every field of a packet", (*player).onePacket},
		{[]string{"states"}, "", "say the state of every socket, and what brought it there", (*player).states},
		{[]string{"queues"}, "", "count what waits: connections for accept, bytes to be read or acknowledged", (*player).queues},
		{[]string{"sockets"}, "[SIDE FD]", "say how TCP is doing: round trips, windows, what was repeated, directions shut down; with a descriptor, all of one socket", (*player).sockets},
		{[]string{"wire"}, "", "say what waits on the wire", (*player).wire},
		{[]string{"pass"}, "[K]", "let the first packet on the wire go on, or number K there", wireMove(netcore.WirePass)},
		{[]string{"drop"}, "[K]", "drop it", wireMove(netcore.WireDrop)},
		{[]string{"duplicate"}, "[K]", "let it go on twice", wireMove(netcore.WireDuplicate)},
		{[]string{"delay"}, "TIME [K]", "let it go on by itself after a time, as in: delay 200ms", wireMove(netcore.WireDelay)},
		{[]string{"hold"}, "", "from now on packets stop in the middle of the wire", wireMove(netcore.WireHold)},
		{[]string{"flow"}, "", "from now on packets pass the wire, and those that wait go on", wireMove(netcore.WireFlow)},
		{[]string{"set"}, "SETTING", "change the stage, as in: set deaf client 3, or set sysctl net.core.somaxconn 2", (*player).set},
		{[]string{"save"}, "[NAME]", "write what was seen to files: packets for Wireshark, and everything as text", (*player).save},
		{[]string{"l", "log"}, "", "show everything that happened so far", (*player).showLog},
		{[]string{"i", "card"}, "[NAME]", "what there is to know about a call, an errno or a term; without a name about the last call", (*player).card},
		{[]string{"/", "search"}, "WORDS", "find words in the lessons, the cards and the glossary", (*player).search},
		{[]string{"open"}, "N", "open number N of what search found", (*player).openHit},
		{[]string{"practise"}, "[TOPIC ...]", "questions about what the lesson teaches, or about other topics, each answered by running it", (*player).practise},
		{[]string{"x", "text"}, "", "say the step's text again", (*player).again},
		{[]string{"k", "back"}, "", "look back one move, as it was recorded", (*player).back},
		{[]string{"f", "forward"}, "", "look forward again", (*player).forward},
		{[]string{"r", "run again"}, "[N]", "really run all moves, or the first N, in a fresh lab", (*player).runAgain},
		{[]string{"R", "restart"}, "", "begin the lesson again, in a fresh lab", (*player).restart},
		{[]string{"g", "jump"}, "STEP", "really run everything before a step in a fresh lab, and go there", (*player).jump},
		{[]string{"parts"}, "", "list the steps", (*player).parts},
		{[]string{"c", "cancel"}, "[SIDE]", "interrupt the call a side is blocked in", (*player).cancel},
		{[]string{"K", "kill"}, "[SIDE]", "end a side's process with SIGKILL", (*player).kill},
		{[]string{"n", "fresh"}, "[SIDE]", "start a side's process afresh after it ended", (*player).fresh},
		{[]string{"h", "hint"}, "", "a hint, then a clearer one", (*player).giveHint},
		{[]string{"0", "show me"}, "", "have the lesson reach an open goal in its own way, in a fresh lab", (*player).solve},
		{[]string{"skip"}, "", "skip the open question", func(p *player, _ string) { p.out.say("No question is open.") }},
		{[]string{"?", "help"}, "", "this list", (*player).help},
		{[]string{"q", "quit", "exit"}, "", "leave; the place is kept", func(p *player, _ string) { p.ended(Left) }},
	}
}

// find splits a line into the command it names and the rest.
func find(text string) (*command, string) {
	text = strings.TrimSpace(text)
	for _, sign := range []string{":", "/"} {
		if rest, ok := strings.CutPrefix(text, sign); ok {
			text = sign + " " + rest
		}
	}
	for i := range commands {
		for _, name := range commands[i].names {
			rest, ok := strings.CutPrefix(text, name)
			if ok && (rest == "" || rest[0] == ' ') {
				return &commands[i], strings.TrimSpace(rest)
			}
		}
	}
	return nil, text
}

func isCommand(text string) bool {
	c, _ := find(text)
	return c != nil
}

// command does what a typed line says, or says what it could have been.
func (p *player) command(text string) {
	c, rest := find(text)
	if c == nil {
		p.out.say("%q is no command here. ? lists them; a call of your own begins with a colon, as in : close(3).", text)
		return
	}
	c.do(p, rest)
}

func (p *player) help(string) {
	p.out.say("Enter alone does what the prompt says. SIDE is %s.", strings.Join(p.sides(), " or "))
	for _, c := range commands {
		p.out.indented("- ", strings.TrimSpace(strings.Join(c.names, " or ")+" "+c.args)+": "+c.help)
	}
}

func (p *player) sides() []string {
	var names []string
	for _, s := range p.s.View().Sides {
		names = append(names, s.Name)
	}
	return names
}

// named splits a side's name off the front of a line; without one it is the
// current side.
func (p *player) named(rest string) (side, after string) {
	first, after, _ := strings.Cut(rest, " ")
	if slices.Contains(p.sides(), first) {
		return first, strings.TrimSpace(after)
	}
	return p.current(p.s.View()), rest
}

// only is named for commands that take nothing else; false, said, when there is
// more on the line.
func (p *player) only(rest string) (string, bool) {
	side, after := p.named(rest)
	if after != "" {
		p.out.say("%q is no side; they are %s.", after, strings.Join(p.sides(), " and "))
		return "", false
	}
	return side, true
}

// act makes a move of a kind that needs a side only.
func (p *player) act(kind lesson.MoveKind, rest string) {
	side, ok := p.only(rest)
	if !ok {
		return
	}
	p.side = side
	p.do(lesson.Move{Kind: kind, Role: side})
}

func (p *player) do(m lesson.Move) {
	p.move(func(ctx context.Context) error { return p.s.Do(ctx, m) })
}

func (p *player) stepSide(rest string) { p.act(lesson.MoveStep, rest) }
func (p *player) cancel(rest string)   { p.act(lesson.MoveCancel, p.orBlocked(rest)) }
func (p *player) kill(rest string)     { p.act(lesson.MoveKill, rest) }
func (p *player) fresh(rest string)    { p.act(lesson.MoveFresh, rest) }

func (p *player) original(rest string) {
	p.act(lesson.MoveRevert, rest)
	p.skipLog()
}

// orBlocked names the blocked side where none is named.
func (p *player) orBlocked(rest string) string {
	if rest != "" {
		return rest
	}
	for _, s := range p.s.View().Sides {
		if s.State == lesson.SideBlocked {
			return s.Name
		}
	}
	return rest
}

func (p *player) typed(rest string) {
	side, text := p.named(rest)
	p.do(lesson.Move{Kind: lesson.MoveType, Role: side, Text: text})
}

func (p *player) changeSide(rest string) {
	all := p.sides()
	if len(all) == 0 {
		return
	}
	if rest == "" {
		at := slices.Index(all, p.current(p.s.View()))
		rest = all[(at+1)%len(all)]
	}
	if !slices.Contains(all, rest) {
		p.out.say("%q is no side; they are %s.", rest, strings.Join(all, " and "))
		return
	}
	p.side = rest
	p.out.say("Now %s.", rest)
	p.next(p.s.View(), rest)
}

func (p *player) edit(rest string) {
	side, text := p.named(rest)
	number, code, _ := strings.Cut(text, " ")
	line, err := strconv.Atoi(number)
	if err != nil {
		p.out.say("Type e, the number of the line and its new text, as in: e 26 close(3);")
		return
	}
	p.do(lesson.Move{Kind: lesson.MoveEdit, Role: side, Line: line, Text: code})
	p.skipLog()
	if v := p.s.View(); sideOf(v, side) != nil {
		p.next(v, side)
	}
}

func (p *player) undo(string) {
	p.move(p.s.Undo)
	p.skipLog()
}

func (p *player) code(rest string) {
	name, ok := p.only(rest)
	if !ok {
		return
	}
	v := p.look()
	if side := sideOf(v, name); side != nil {
		p.program(v, side)
	}
}

// look takes a fresh sample and returns what the learner looks at.
func (p *player) look() *lesson.View {
	if p.at < 0 {
		p.try(p.s.Refresh)
	} else {
		p.out.say("Recorded, after move %d.", p.at)
	}
	return p.shown()
}

func (p *player) showBytes(rest string) { p.bytes(p.look(), strings.Fields(rest)) }
func (p *player) showDescriptors(string) {
	v := p.look()
	p.descriptors(v, false)
	for i := range v.Sides {
		p.out.say("%s", condition(&v.Sides[i]))
	}
}

func (p *player) showLog(string) {
	v := p.look()
	if len(v.Log) == 0 {
		p.out.say("Nothing has happened yet.")
	}
	for _, l := range v.Log {
		p.out.indented("- ", p.inWords(l))
	}
}

// save writes what was seen to files.
func (p *player) save(name string) {
	v := p.s.View()
	if p.o.Export == nil || v.Timeline == nil {
		p.out.say("There is nothing to save here.")
		return
	}
	files, err := p.o.Export(v.Timeline, name)
	if len(files) > 0 {
		p.out.say("Written: %s.", strings.Join(files, ", "))
	}
	if err != nil {
		p.out.say("Not saved: %v.", err)
	}
}

func (p *player) again(string) {
	v := p.s.View()
	p.said = said{step: -1}
	if st := v.Shown(); st != nil && v.Phase == lesson.Ran {
		p.said = said{step: v.Step, phase: v.Phase, head: true}
		p.out.Prose(st.Before)
		p.after(v)
	}
}

func (p *player) back(string) {
	at := p.at
	if at < 0 {
		at = p.s.Records() - 1
	}
	p.lookAt(at-1, "This is the beginning.")
}

func (p *player) forward(string) {
	if p.at < 0 {
		p.out.say("This is now. Enter goes on.")
		return
	}
	p.lookAt(p.at+1, "")
}

// lookAt shows a recorded view.
func (p *player) lookAt(at int, edge string) {
	v := p.s.Record(at)
	if v == nil {
		p.out.say("%s", edge)
		return
	}
	if p.at = at; at == p.s.Records()-1 {
		p.at = -1
		p.out.say("Now: live again.")
		return
	}
	p.out.say("Recorded, after move %d of %d. Nothing happens in the kernel while you look back.", at, p.s.Records()-1)
	switch {
	case v.Compiled != nil:
		p.compiled(v)
	case v.Watched != nil:
		p.watched(v)
	case v.Result != "":
		p.out.say("%s: %s.", v.Focus, v.Result)
	}
	p.changes(v)
	for i := range v.Sides {
		p.out.say("%s", condition(&v.Sides[i]))
	}
}

func (p *player) runAgain(rest string) {
	n := p.s.Records() - 1
	if p.at >= 0 {
		n = p.at
	}
	if rest != "" {
		given, err := strconv.Atoi(rest)
		if err != nil || given < 0 {
			p.out.say("Type how many moves, as in: run again 5.")
			return
		}
		n = given
	}
	p.anew(func(ctx context.Context) error { return p.s.Rerun(ctx, n) })
}

// restart asks first: what has been run is gone then.
func (p *player) restart(rest string) {
	p.out.prompt("Begin again, in a fresh lab? Edits stay. yes or Enter for no")
	text, ok, err := p.in.next(p.ctx)
	if err != nil || !ok {
		p.ended(OutOfInput)
		return
	}
	p.out.echo(text, p.in.echo)
	if answer := strings.ToLower(strings.TrimSpace(text)); answer == "y" || answer == "yes" {
		p.anew(func(ctx context.Context) error { return p.s.Rerun(ctx, 0) })
		return
	}
	p.out.say("Nothing was changed.")
}

func (p *player) jump(rest string) {
	v := p.s.View()
	if v.Lesson == nil {
		p.out.say("Free play has no steps to jump to.")
		return
	}
	n, err := strconv.Atoi(rest)
	if err != nil || n < 1 || n > len(v.Lesson.Steps) {
		p.out.say("Type the number of the step, 1 to %d, as in: jump 6. parts lists them.", len(v.Lesson.Steps))
		return
	}
	p.anew(func(ctx context.Context) error { return p.s.Jump(ctx, n-1) })
}

func (p *player) parts(string) {
	v := p.s.View()
	if v.Lesson == nil {
		p.out.say("Free play has no steps.")
		return
	}
	part := -1
	for i, st := range v.Lesson.Steps {
		if st.Part != part && st.Part >= 0 && st.Part < len(v.Lesson.Parts) {
			part = st.Part
			p.out.say("Part %d, %s:", part+1, v.Lesson.Parts[part])
		}
		here := ""
		if i == v.Step {
			here = " (here)"
		}
		p.out.indented(fmt.Sprintf("  %d. ", i+1), inline(st.Title)+here)
	}
}

func (p *player) giveHint(string) {
	hints := words.Hints(p.s.View(), "Enter")
	if p.hint >= len(hints) {
		p.out.say("That was the last hint.")
		return
	}
	p.hint++
	p.out.say("Hint %d of %d:", p.hint, len(hints))
	p.out.Prose(hints[p.hint-1])
}
