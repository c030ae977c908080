package linear

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// patience bounds every move; nothing a learner does waits longer.
const patience = 30 * time.Second

// player walks one session.
type player struct {
	s    Session
	in   *Input
	out  *Output
	o    Options
	side string           // the side that : and s are for
	log  []lesson.LogLine // what of the log has been said
	said said             // what was said last
	// record and told are the lab whose events have been said, and how many of them.
	record *netcore.Timeline
	told   int
	lost   uint64               // packets said to have been lost
	waits  []netcore.HeldPacket // said to wait on the wire
	until  int64                // a wait of a step's that has been said
	ends   words.Ends
	at     int             // the record looked back at, -1 live
	hint   int             // hints given at this step
	hits   []lesson.Hit    // what was searched for last
	end    *End            // set when the session is over
	ctx    context.Context // ends with the program
}

// said is the place whose text the learner has in front of him.
type said struct {
	step  int
	phase lesson.Phase
	head  bool // the step's heading and text
}

// Play starts the session and plays it with the learner until one of them ends.
// It does not close the session. The error is the context's cause when that
// ended, or what made playing impossible.
func Play(ctx context.Context, s Session, in *Input, out *Output, o Options) (End, error) {
	p := &player{s: s, in: in, out: out, o: o, ctx: ctx, at: -1, said: said{step: -1}}
	if err := p.begin(); err != nil {
		return Left, err
	}
	for p.end == nil {
		if err := p.turn(); err != nil {
			return Left, err
		}
	}
	return *p.end, nil
}

// begin opens the lab and goes to where the learner was or wants to be.
func (p *player) begin() error {
	if err := p.timed(p.s.Start); err != nil {
		return p.unstarted(err)
	}
	p.introduce()
	if err := p.recall(); err != nil || p.end != nil {
		return err
	}
	switch {
	case p.o.At > 0:
		p.try(func(ctx context.Context) error { return p.s.Jump(ctx, p.o.At-1) })
	case p.o.Resume != nil && (len(p.o.Resume.Moves) > 0 || p.o.Resume.Step > 0):
		p.resume()
	}
	p.skipLog()
	return context.Cause(p.ctx)
}

func (p *player) unstarted(err error) error {
	if p.ctx.Err() != nil {
		return context.Cause(p.ctx)
	}
	return fmt.Errorf("%w (sockstep doctor says what this machine lacks)", err)
}

func (p *player) resume() {
	err := p.timed(func(ctx context.Context) error { return p.s.Resume(ctx, *p.o.Resume) })
	if err == nil {
		return
	}
	p.out.say("The lesson could not be taken up where it was: %v. It begins at the start.", err)
	p.try(func(ctx context.Context) error { return p.s.Rerun(ctx, 0) })
}

func (p *player) introduce() {
	v := p.s.View()
	if v.Lesson == nil {
		p.out.say("Free play on %s: every side is yours, any line, any order. Type ? for the commands.", whereText(v))
		p.missing(v)
		return
	}
	l := v.Lesson
	p.out.say("%s. %d steps, about %d minutes, on %s.", strings.TrimRight(l.Title, "."), len(l.Steps), l.Minutes, whereText(v))
	p.missing(v)
	p.out.Prose(l.Goal)
	if p.o.Resume == nil || p.o.Resume.Step == 0 {
		p.out.gap()
		p.out.Prose(l.Intro)
	}
	if len(l.Parts) > 0 {
		p.out.say("Its parts: %s.", numbered(l.Parts))
	}
	p.out.say("Every line ends with Enter. Type ? for the commands.")
	p.out.gap()
}

// whereText is the network a view is of, as a sentence has it.
func whereText(v *lesson.View) string {
	if strings.HasPrefix(v.Where, "this ") {
		return v.Where
	}
	return "the " + v.Where
}

// missing says what this machine cannot show.
func (p *player) missing(v *lesson.View) {
	for _, m := range v.Snapshot.Missing {
		p.out.Prose(m)
	}
}

func numbered(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = fmt.Sprintf("%d %s", i+1, n)
	}
	return strings.Join(out, ", ")
}

// turn says what is new and takes one line.
func (p *player) turn() error {
	p.meanwhile()
	p.present()
	p.remarks()
	p.out.prompt(p.question())
	text, ok, err := p.in.next(p.ctx)
	if err != nil {
		return err
	}
	if !ok {
		p.ended(OutOfInput)
		p.out.echo("", true)
		return nil
	}
	p.out.echo(text, p.in.echo)
	p.take(strings.TrimSpace(text))
	return context.Cause(p.ctx)
}

// meanwhile says what the kernel did while nobody moved.
func (p *player) meanwhile() {
	if v := p.s.View(); p.at < 0 && p.record == v.Timeline && v.Events > p.told {
		p.tell(v)
	}
}

func (p *player) ended(e End) {
	if e == OutOfInput && p.s.View().Phase == lesson.Finished {
		e = Finished
	}
	p.end = &e
}

func (p *player) remarks() {
	if p.o.Remarks == nil {
		return
	}
	for _, r := range p.o.Remarks() {
		p.out.say("%s", r)
	}
}

// question is the prompt: what Enter does now.
func (p *player) question() string {
	v := p.s.View()
	if p.at >= 0 {
		return "Recorded. back, forward, or Enter for now"
	}
	switch v.Phase {
	case lesson.Reading:
		if st := v.Shown(); st != nil && st.Compile != nil {
			return "Enter compiles it"
		}
		if st := v.Shown(); st != nil && st.Watch != nil {
			return "Enter builds it, runs it and watches its calls"
		}
		if st := v.Shown(); st != nil && st.Run == nil && st.Interrupt == "" && len(st.Stage)+len(st.Wire) == 0 {
			return "Enter goes on"
		}
		return "Enter runs it"
	case lesson.Asking:
		if kind := v.Shown().Ask.Typed; kind != "" {
			return "Your answer, " + lesson.TypedForm(kind) + "; Enter alone skips"
		}
		return fmt.Sprintf("Your answer, 1 to %d, Enter alone skips", len(v.Shown().Ask.Options))
	case lesson.Typing:
		return "Your value, Enter alone keeps what is there"
	case lesson.Trying:
		if v.Shown().Order != nil {
			return "Their order, as in 3 1 4; 0 shows it"
		}
		return "A call of " + p.current(v) + ", as in : close(3); Enter looks whether the goal is reached"
	case lesson.Ran:
		return "Enter for the next step"
	case lesson.Finished:
		return "The lesson is finished. Enter leaves it"
	}
	return "Enter steps " + p.current(v)
}

// take does what a line says.
func (p *player) take(text string) {
	if p.at >= 0 && text == "" {
		p.at = -1
		p.out.say("Now: live again.")
		return
	}
	switch v := p.s.View(); v.Phase {
	case lesson.Asking:
		if p.answer(v, text) {
			return
		}
	case lesson.Typing:
		if p.value(v, text) {
			return
		}
	case lesson.Trying:
		if text == "" {
			p.check()
			return
		}
		if st := v.Shown(); st.Order != nil && p.order(st, text) {
			return
		}
	case lesson.Finished:
		if text == "" {
			p.ended(Finished)
			return
		}
	}
	if text == "" {
		p.compiling()
		p.watching()
		p.move(p.s.Next)
		return
	}
	p.command(text)
}

// answer takes an answer to the open question; false when text is none.
func (p *player) answer(v *lesson.View, text string) bool {
	if q := v.Shown().Ask; q.Typed != "" && text != "" && text != "skip" {
		return p.predict(text)
	}
	options := v.Shown().Ask.Options
	choice := -1
	if text != "" && text != "skip" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return false
		}
		if n < 1 || n > len(options) {
			p.out.say("There are answers 1 to %d.", len(options))
			return true
		}
		choice = n - 1
	}
	p.try(func(context.Context) error { return p.s.Answer(choice) })
	if choice >= 0 {
		p.out.say("You say: %s", inline(options[choice].Text))
	}
	return true
}

// predict takes a typed answer; false when text is a command.
func (p *player) predict(text string) bool {
	if isCommand(text) {
		return false
	}
	p.try(func(context.Context) error { return p.s.Predict(text) })
	return true
}

// value takes the value a step asks for; false when text is a command.
func (p *player) value(v *lesson.View, text string) bool {
	if text != "" && v.Shown().Input.Kind != "text" && isCommand(text) {
		return false
	}
	if rest, ok := strings.CutPrefix(text, "!"); ok && isCommand(rest) {
		p.command(rest)
		return true
	}
	p.move(func(ctx context.Context) error { return p.s.Input(ctx, text) })
	return true
}

// move makes a move and says what it brought.
func (p *player) move(do func(context.Context) error) {
	before := p.s.View()
	p.at = -1
	p.try(do)
	now := p.s.View()
	if now.Serial == before.Serial {
		return
	}
	if now.Timeline != before.Timeline {
		p.skipLog() // it ran again, in a fresh lab
	}
	p.outcome(before, now)
	if p.o.Save != nil {
		p.o.Save(p.s.Journal())
	}
}

// anew makes a move that begins in a fresh lab: what ran there was said before.
func (p *player) anew(do func(context.Context) error) {
	p.at = -1
	p.try(do)
	p.skipLog()
	p.said = said{step: -1}
	if v := p.s.View(); v.Shown() == nil && v.Message != "" {
		p.out.say("%s", v.Message) // a step's heading says it by itself
	}
	if p.o.Save != nil {
		p.o.Save(p.s.Journal())
	}
}

func (p *player) try(do func(context.Context) error) {
	err := p.timed(do)
	switch {
	case err == nil || p.ctx.Err() != nil:
	case errors.Is(err, context.DeadlineExceeded):
		p.out.say("This took longer than %v and was given up: %v.", patience, err)
	default:
		p.out.say("Not done: %v.", err)
	}
}

func (p *player) timed(do func(context.Context) error) error {
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	done := make(chan error, 1)
	v := p.s.View()
	go func() { done <- do(ctx) }()
	for {
		select {
		case err := <-done:
			return err
		case <-p.s.Changed(v):
			v = p.s.View()
			p.waiting(v)
		}
	}
}

// brief is a wait not worth a word.
const brief = 300 * time.Millisecond

// waiting says, once, that a step waits for the kernel, and what happens until it
// goes on.
func (p *player) waiting(v *lesson.View) {
	if v.Waits == 0 {
		return
	}
	if p.record == v.Timeline {
		p.tell(v)
	}
	if left := time.Duration(v.Waits - netcore.Now()); p.until != v.Waits && left > brief {
		p.until = v.Waits
		p.out.say("The step waits for the kernel, up to %s.", words.Seconds(left))
	}
}

// skipLog takes everything that happened as said.
func (p *player) skipLog() { p.caughtUp(p.s.View()) }

// shown is the view the learner looks at: the present one, or a recorded one.
func (p *player) shown() *lesson.View {
	if v := p.s.Record(p.at); p.at >= 0 && v != nil {
		return v
	}
	return p.s.View()
}

// current is the side that s and : are for.
func (p *player) current(v *lesson.View) string {
	if p.side != "" {
		return p.side
	}
	if v.Focus != "" {
		return v.Focus
	}
	if len(v.Sides) > 0 {
		return v.Sides[0].Name
	}
	return ""
}

func sideOf(v *lesson.View, name string) *lesson.Side {
	for i := range v.Sides {
		if v.Sides[i].Name == name {
			return &v.Sides[i]
		}
	}
	return nil
}
