package lesson

import (
	"slices"
	"strings"
	"time"

	"sockstep/netcore"
)

// shows are the views a step can be about; behind "bytes" stand a role and a
// variable.
var shows = []string{"headers", "descriptors", "sockets", "bytes", "packets", "states"}

// inputKinds are what can be typed into a #define.
var inputKinds = []string{"port", "ipv4", "text"}

func (r *reader) step(c *chunk) {
	if r.lesson.Takeaway != "" {
		r.addf(c.line, "a step behind the takeaway: write it above ## Takeaway")
		return
	}
	if len(r.lesson.Steps) == maxSteps {
		r.addf(c.line, "more than %d steps: write a shorter lesson", maxSteps)
		return
	}
	s := Step{Line: c.line}
	s.Title, s.ID = r.heading(c)
	r.lesson.Steps = append(r.lesson.Steps, s)
	before, inside, line, after, ok := fenced(c.lines, c.first(), "step")
	if !ok || text(before) != "" {
		r.addf(c.line, "a step starts with its block: write ```step right below the heading, its keys, and ``` behind them")
		return
	}
	step := &r.lesson.Steps[len(r.lesson.Steps)-1]
	step.Before = text(after)
	if step.Before == "" {
		r.addf(c.line, "the step has no text: write what it is about below its block")
	}
	block, err := readBlock(inside, line)
	if err != nil {
		r.addBlock(err)
		return
	}
	r.stepKeys(block, step)
}

// heading takes "Title {#id}" apart.
func (r *reader) heading(c *chunk) (title, id string) {
	title, rest, found := strings.Cut(c.title, " {#")
	id, closed := strings.CutSuffix(rest, "}")
	switch {
	case !found || !closed || title == "":
		r.addf(c.line, "the step's heading: write ## Title {#id}")
	case !plainName(id):
		r.addf(c.line, "the step's id %q: write small letters, digits and -", clip(id))
	case r.ids[id]:
		r.addf(c.line, "the id %q is taken by a step above: write another one", id)
	}
	r.ids[id] = true
	return title, id
}

func (r *reader) stepKeys(block *node, s *Step) {
	f := r.fields(block, "part", "run", "input", "expect", "default", "show", "failure", "stage", "wire", "interrupt", "patience", "goal", "route", "order", "compile", "watch")
	if f.need("part") {
		s.Part = f.number("part", 1, max(1, len(r.lesson.Parts))) - 1
	}
	s.Run = r.run(f)
	s.Input = r.input(f)
	s.Failure = f.flag("failure")
	s.Show = f.text("show")
	if word, _, _ := strings.Cut(s.Show, " "); s.Show != "" && !slices.Contains(shows, word) {
		r.addf(f.line("show"), "cannot show %q: write one of %s", clip(s.Show), strings.Join(shows, ", "))
	}
	r.goal(f, s)
	if s.Compile = r.compile(f); s.Compile != nil && (s.Goal || s.Run != nil) {
		r.addf(f.line("compile"), "a step that compiles runs nothing else: make two of it")
	}
	if s.Watch = r.watch(f); s.Watch != nil && (s.Goal || s.Run != nil || s.Compile != nil) {
		r.addf(f.line("watch"), "a step that watches a program runs nothing else: make two of it")
	}
	for _, item := range f.items("expect", maxParts) {
		r.expect(item, s, false)
	}
	for _, item := range f.items("default", maxParts) {
		r.expect(item, s, true)
	}
	s.Stage, s.Wire = r.settings(f), r.acts(f)
	r.interrupt(f, s)
	if f.n.get("patience") != nil {
		s.Patience = time.Duration(f.number("patience", 1, maxPatience)) * time.Second
	}
	if len(s.Expect) > 0 && len(s.moves(0)) == 0 && s.Compile == nil && s.Watch == nil {
		r.addf(f.line("expect"), "this step runs nothing: write run:, compile:, watch:, stage:, wire: or interrupt:, or take expect: out")
	}
}

// interrupt reads the role whose waiting call gets a signal, and which one.
func (r *reader) interrupt(f fields, s *Step) {
	text := f.text("interrupt")
	if text == "" {
		return
	}
	s.Interrupt, s.Signal, _ = strings.Cut(text, " ")
	r.place(f.line("interrupt"), s.Interrupt, "")
	if s.Signal != "" && !slices.Contains(handled, s.Signal) {
		r.addf(f.line("interrupt"), "no signal %q here: write %s, or the role alone", clip(s.Signal), strings.Join(handled, " or "))
	}
}

// handled are the signals a program here can have a handler for.
var handled = []string{"SIGUSR1", "SIGUSR2"}

// maxPatience is how many seconds a step may wait at the longest.
const maxPatience = 15

// settings reads the stage settings of a lesson or a step.
func (r *reader) settings(f fields) (all []netcore.StageSetting) {
	for _, text := range f.texts("stage", maxParts) {
		s, err := netcore.ParseSetting(text)
		if err != nil {
			r.addf(f.line("stage"), "stage: %v", err)
			continue
		}
		all = append(all, s)
	}
	return all
}

// acts reads what a step does on the wire.
func (r *reader) acts(f fields) []string {
	all := f.texts("wire", maxParts)
	for _, text := range all {
		if _, _, err := ParseWire(text); err != nil {
			r.addf(f.line("wire"), "wire: %v", err)
		}
	}
	return all
}

func (r *reader) run(f fields) *Run {
	given := f.text("run")
	if given == "" {
		return nil
	}
	role, label, ok := strings.Cut(given, ": ")
	if !ok {
		r.addf(f.line("run"), `run is %q: write "role: label"`, clip(given))
		return nil
	}
	r.place(f.line("run"), role, label)
	return &Run{Role: role, Label: label}
}

// place notes a role or a label that is not there.
func (r *reader) place(line int, role, label string) {
	labels, ok := r.labels[role]
	switch {
	case !ok && r.lesson.Role(role) == nil:
		r.addf(line, "no role %q in the cast: write %s", clip(role), r.roleNames())
	case ok && label != "" && !labels[label]:
		r.addf(line, "no label %q in %s: write /* [%s] */ at the end of the line meant", clip(label), r.lesson.Role(role).File, clip(label))
	}
}

func (r *reader) roleNames() string {
	var names []string
	for _, role := range r.lesson.Cast {
		names = append(names, role.Name)
	}
	return strings.Join(names, " or ")
}

func (r *reader) input(f fields) *Input {
	v := f.value("input", mapNode, "{role: ..., define: ..., kind: ..., ask: ...}")
	if v == nil {
		return nil
	}
	g := r.fields(v, "role", "define", "kind", "ask", "also")
	for _, key := range []string{"role", "define", "kind", "ask"} {
		if !g.need(key) {
			return nil
		}
	}
	in := &Input{Role: g.text("role"), Define: g.text("define"), Kind: g.text("kind"), Ask: g.text("ask"), Also: g.texts("also", maxCast)}
	if !slices.Contains(inputKinds, in.Kind) {
		r.addf(v.line, "the kind %q: write one of %s", clip(in.Kind), strings.Join(inputKinds, ", "))
	}
	for _, role := range append([]string{in.Role}, in.Also...) {
		r.place(v.line, role, "")
		r.define(v.line, role, in.Define)
	}
	return in
}

// define notes a #define that is not in the role's program.
func (r *reader) define(line int, role, name string) {
	p := r.lesson.Role(role)
	if p != nil && !strings.Contains("\n"+p.Source, "\n#define "+name+" ") {
		r.addf(line, "no #define %s in %s: write the name of one", clip(name), p.File)
	}
}

// expect reads one observable with its pattern, and under os: the patterns of
// the systems where it is another.
func (r *reader) expect(item *node, s *Step, isDefault bool) {
	keys := slices.DeleteFunc(slices.Clone(item.keys), func(e entry) bool { return e.key == osKey })
	if len(keys) != 1 || keys[0].value.kind != textNode {
		r.addf(item.line, "an expectation is one observable and its pattern: write - result: fd")
		return
	}
	e := Expectation{About: Observable(keys[0].key), Is: Pattern(keys[0].value.text), Default: isDefault, Line: item.line}
	r.observable(item.line, e.About)
	r.pattern(item.line, e.Is)
	if v := (fields{r.notes, item}).value(osKey, mapNode, "{darwin: ..., freebsd: ...}"); v != nil {
		e.OS = r.systems(v)
	}
	s.Expect = append(s.Expect, e)
}

const osKey = "os"

// systems are the names of the systems a pattern can be for (runtime.GOOS).
var systems = []string{"linux", "darwin", "freebsd"}

func (r *reader) systems(v *node) map[string]Pattern {
	f, all := r.fields(v, systems...), make(map[string]Pattern)
	for _, name := range systems {
		if text := f.text(name); text != "" {
			all[name] = Pattern(text)
			r.pattern(f.line(name), all[name])
		}
	}
	return all
}

func (r *reader) observable(line int, o Observable) {
	look, err := o.Parse()
	switch {
	case err != nil:
		r.addf(line, "%v", err)
	case look.Kind == "result" && look.Role != "":
		r.place(line, look.Role, look.Name)
	case look.Role != "":
		r.place(line, look.Role, "")
	}
}

func (r *reader) pattern(line int, p Pattern) {
	if err := p.Check(); err != nil {
		r.addf(line, "%v", err)
	}
}

// section reads a ### heading of a step.
func (r *reader) section(c *chunk, s *Step) {
	switch c.title {
	case "Predict":
		if s.Ask != nil {
			r.addf(c.line, "a second ### Predict: write one a step")
			return
		}
		s.Ask = &Question{}
		r.question(c, s)
	case "What happened":
		if s.After != "" {
			r.addf(c.line, "a second ### What happened: write one a step")
		}
		if s.After = text(c.lines); s.After == "" {
			r.addf(c.line, "no text below this heading: write what is to be seen now")
		}
	case "Hints":
		r.hints(c, s)
	default:
		r.addf(c.line, "unknown heading %q: write Predict, What happened or Hints", clip(c.title))
	}
}

func (r *reader) hints(c *chunk, s *Step) {
	for i, item := range r.list(c.lines, c.first(), func(i int) string { return string(rune('1'+i)) + ". " }, maxHints) {
		if item.text == "" {
			r.addf(item.line, "hint %d is empty: write it behind its number", i+1)
		}
		s.Hints = append(s.Hints, item.text)
	}
	if len(s.Hints) == 0 {
		r.addf(c.line, "no hints below this heading: write 1. and the first one")
	}
}

// item is one entry of a Markdown list, its lines joined.
type item struct {
	line int
	text string
}

// list reads a Markdown list whose entries start with mark(0), mark(1) ... and
// go on in lines indented by as much.
func (r *reader) list(lines []string, first int, mark func(int) string, most int) []item {
	var all []item
	for i, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if len(all) < most {
			if rest, ok := strings.CutPrefix(line, mark(len(all))); ok {
				all = append(all, item{first + i, strings.TrimSpace(rest)})
				continue
			}
		}
		indent := strings.Repeat(" ", len(mark(0)))
		rest, ok := strings.CutPrefix(line, indent)
		if !ok || len(all) == 0 {
			r.addf(first+i, "%q is no entry of this list: start one with %q, indent a line that goes on by %d spaces (at most %d entries)",
				clip(line), mark(len(all)), len(indent), most)
			return all
		}
		last := &all[len(all)-1]
		if len(last.text) > maxLineBytes {
			r.addf(last.line, "an entry of more than %d bytes: write a shorter one", maxLineBytes)
			return all
		}
		last.text += " " + strings.TrimSpace(rest)
	}
	return all
}

func (r *reader) question(c *chunk, s *Step) {
	q := s.Ask
	before, inside, line, after, ok := fenced(c.lines, c.first(), "question")
	if !ok {
		r.addf(c.line, "a question has a block: write its text, ```question, about: or source:, and ```, then its options")
		return
	}
	if q.Text = text(before); q.Text == "" {
		r.addf(c.line, "the question has no text: write it above its block")
	}
	block, err := readBlock(inside, line)
	if err != nil {
		r.addBlock(err)
		return
	}
	r.questionKeys(block, q)
	optionsLine := line + len(inside) + 1
	for _, entry := range r.list(after, optionsLine, func(int) string { return "- " }, maxOptions) {
		r.option(entry, q)
	}
	r.checkOptions(optionsLine, q)
}

func (r *reader) questionKeys(block *node, q *Question) {
	f := r.fields(block, "about", "source", "typed")
	q.About, q.Source, q.Line = Observable(f.text("about")), f.text("source"), block.line
	q.Typed = f.text("typed")
	switch {
	case q.Typed != "" && !slices.Contains(typedKinds, q.Typed):
		r.addf(f.line("typed"), "typed: %q: write one of %s", clip(q.Typed), strings.Join(typedKinds, ", "))
	case q.Typed != "" && q.About == "":
		r.addf(f.line("typed"), "what is typed is held against what is observed: write about:")
	case q.About == "" && q.Source == "":
		r.addf(block.line, "nothing marks this question: write about: and what is observed, or source: and the document that answers it")
	case q.About != "":
		r.observable(f.line("about"), q.About)
	}
}

const optionForm = "an option reads - **text** (`pattern`): why, or (`pattern`, M07), or with a source (right), (wrong) or (wrong, M07)"

func (r *reader) option(entry item, q *Question) {
	text, rest, ok := strings.Cut(strings.TrimPrefix(entry.text, "**"), "** (")
	if !ok || !strings.HasPrefix(entry.text, "**") || text == "" {
		r.addf(entry.line, optionForm)
		return
	}
	o := Option{Text: text}
	if q.Source != "" {
		rest, ok = o.sourced(rest)
	} else {
		rest, ok = o.observed(rest)
	}
	if ok {
		rest, ok = o.belief(rest)
	}
	if o.Why = strings.TrimSpace(rest); !ok || o.Why == "" {
		r.addf(entry.line, optionForm)
		return
	}
	if q.Source == "" {
		r.pattern(entry.line, o.Is)
	}
	q.Options = append(q.Options, o)
}

// sourced reads right or wrong.
func (o *Option) sourced(text string) (rest string, ok bool) {
	if rest, o.Right = strings.CutPrefix(text, "right"); o.Right {
		return rest, true
	}
	return strings.CutPrefix(text, "wrong")
}

// observed reads the pattern between backquotes.
func (o *Option) observed(text string) (rest string, ok bool) {
	if text, ok = strings.CutPrefix(text, "`"); !ok {
		return "", false
	}
	is, rest, ok := strings.Cut(text, "`")
	o.Is = Pattern(is)
	return rest, ok
}

// belief reads the misconception, if there is one, and what closes the bracket.
func (o *Option) belief(text string) (rest string, ok bool) {
	if found, has := strings.CutPrefix(text, ", "); has {
		o.Belief, text, _ = strings.Cut(found, ")")
		text = ")" + text
		if !isBelief(o.Belief) {
			return "", false
		}
	}
	return strings.CutPrefix(text, "): ")
}

// isBelief reports whether text has the form M07.
func isBelief(text string) bool {
	return len(text) == 3 && text[0] == 'M' && strings.Trim(text[1:], "0123456789") == ""
}

// checkOptions notes what is wrong with the options together.
func (r *reader) checkOptions(line int, q *Question) {
	right := 0
	for i, o := range q.Options {
		if o.Right {
			right++
		}
		for _, other := range q.Options[:i] {
			if q.Source == "" && o.Is == other.Is {
				r.addf(line, "two options have the pattern %q: write different ones", clip(string(o.Is)))
			}
		}
	}
	switch {
	case len(q.Options) == 0:
		r.addf(line, "the question has no options: "+optionForm)
	case q.Source != "" && right != 1:
		r.addf(line, "%d options are right: with a source exactly one is", right)
	}
}
