package lesson

import (
	"fmt"
	"slices"
	"strings"
)

// translator reads a translation into a copy of the lesson, and remembers which of
// the original's words it has found.
type translator struct {
	*reader
	*Translation
	from  *Lesson         // the original
	found map[string]bool // "title", "socket", "socket ### Predict", ...
}

func newTranslator(n *notes, l *Lesson, language string) *translator {
	return &translator{
		reader:      &reader{notes: n, lesson: l, ids: map[string]bool{}},
		Translation: &Translation{Language: language, File: n.file, Lesson: l.words(), Lines: map[string]int{}},
		from:        l, found: map[string]bool{},
	}
}

// stale notes words for what the original does not have.
func (t *translator) stale(line int, format string, args ...any) {
	t.Stale = append(t.Stale, Problem{t.File, line, fmt.Sprintf(format, args...)})
}

func (t *translator) missing(line int, format string, args ...any) {
	t.Missing = append(t.Missing, Problem{t.File, line, fmt.Sprintf(format, args...)})
}

func (t *translator) read(lines []string) {
	t.withoutRemarks(lines)
	end := frontEnd(lines)
	if end < 0 {
		t.addf(1, "no front matter: write --- in the first line, the keys title, goal and parts, and --- behind them")
		return
	}
	t.front(lines[1:end], 2)
	chunks := t.chunks(lines[end+1:], end+2)
	t.intro(&chunks[0])
	var step *Step
	for i := 1; i < len(chunks) && !t.full(); i++ {
		step = t.chunk(&chunks[i], step)
	}
	t.lack()
}

func (t *translator) front(lines []string, first int) {
	block, err := readBlock(lines, first)
	if err != nil {
		t.addBlock(err)
		return
	}
	f := t.fields(block, "title", "goal", "parts")
	t.take("title", f.text("title"), &t.Lesson.Title)
	t.take("goal", f.text("goal"), &t.Lesson.Goal)
	parts := f.texts("parts", maxParts)
	if n := len(t.from.Parts); len(parts) > n {
		t.stale(f.line("parts"), "parts has %d entries, the original %d", len(parts), n)
	}
	for i := 0; i < min(len(parts), len(t.from.Parts)); i++ {
		t.take(partKey(i), parts[i], &t.Lesson.Parts[i])
	}
}

func partKey(i int) string { return fmt.Sprintf("part %d", i+1) }

// take puts words in the place of the original's.
func (t *translator) take(key, text string, to *string) {
	if text == "" {
		return
	}
	t.found[key] = true
	*to = text
}

func (t *translator) intro(c *chunk) {
	words := text(c.lines)
	if words != "" && t.from.Intro == "" {
		t.stale(c.line, "the original has no words before its first step")
		return
	}
	t.take("intro", words, &t.Lesson.Intro)
}

// chunk reads what stands below a heading, and returns the step it is in: nil in one
// the original does not have.
func (t *translator) chunk(c *chunk, in *Step) *Step {
	switch {
	case c.level == 2 && c.title == "Takeaway":
		t.takeaway(c)
		return nil
	case c.level == 2:
		return t.step(c)
	case c.level != 3:
		t.addf(c.line, "this heading has no place here: write ## Title {#id} for a step and ### Predict, ### What happened, ### Hints or ### Input in it")
	case in != nil:
		t.section(c, in)
	case len(t.ids) == 0:
		t.addf(c.line, "this heading belongs to a step: write it below ## Title {#id}")
	}
	return in
}

func (t *translator) takeaway(c *chunk) {
	if t.from.Takeaway == "" {
		t.stale(c.line, "the original has no takeaway")
		return
	}
	t.take("takeaway", text(c.lines), &t.Lesson.Takeaway)
}

// step reads a step's title and the text below it. Every step keeps the id it has in
// the original.
func (t *translator) step(c *chunk) *Step {
	title, id := t.heading(c)
	i := t.from.StepIndex(id)
	if i < 0 {
		if plainName(id) {
			t.stale(c.line, "no step %q in the original", clip(id))
		}
		return nil
	}
	s := &t.Lesson.Steps[i]
	t.Lines[id] = c.line
	t.take(id, title, &s.Title)
	t.noBlocks(c)
	t.take(id+" text", text(c.lines), &s.Before)
	return s
}

// noBlocks notes the blocks a translation has no use for.
func (t *translator) noBlocks(c *chunk) {
	for _, name := range []string{"step", "question"} {
		if _, _, line, _, ok := fenced(c.lines, c.first(), name); ok {
			t.addf(line-1, "a translation has words only: take the block ```%s out, the original's holds", name)
		}
	}
}

func (t *translator) section(c *chunk, s *Step) {
	was := &t.from.Steps[t.from.StepIndex(s.ID)]
	key := s.ID + " ### " + c.title
	if t.found[key] {
		t.addf(c.line, "a second ### %s: write one a step", c.title)
		return
	}
	words := text(c.lines)
	switch c.title {
	case "Predict":
		if t.has(c, was.Ask != nil) {
			t.found[key] = true
			t.predict(c, s)
		}
	case "What happened":
		if t.has(c, was.After != "") {
			t.take(key, words, &s.After)
		}
	case "Hints":
		if t.has(c, len(was.Hints) > 0) {
			t.found[key] = true
			t.hints(c, s)
		}
	case "Input":
		if t.has(c, was.Input != nil) {
			t.take(key, oneLine(words), &s.Input.Ask)
		}
	default:
		t.addf(c.line, "unknown heading %q: write Predict, What happened, Hints or Input", clip(c.title))
		return
	}
	if words == "" {
		t.addf(c.line, "no text below this heading: write it, or take the heading out")
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// has notes a heading for what the original's step does not have.
func (t *translator) has(c *chunk, original bool) bool {
	if !original {
		t.stale(c.line, "the step has no ### %s in the original", c.title)
	}
	return original
}

func (t *translator) hints(c *chunk, s *Step) {
	entries := t.list(c.lines, c.first(), func(i int) string { return string(rune('1'+i)) + ". " }, maxHints)
	for i, e := range entries {
		if i >= len(s.Hints) {
			t.stale(e.line, "hint %d: the original has %d", i+1, len(s.Hints))
			return
		}
		t.take(hintKey(s, i), e.text, &s.Hints[i])
	}
}

func hintKey(s *Step, i int) string { return fmt.Sprintf("%s hint %d", s.ID, i+1) }

// predict reads the question and its options. An option is known by what stands in
// its brackets in the original, wherever it stands in the list.
func (t *translator) predict(c *chunk, s *Step) {
	t.noBlocks(c)
	at := slices.IndexFunc(c.lines, func(line string) bool { return strings.HasPrefix(line, "- ") })
	if at < 0 {
		at = len(c.lines)
	}
	t.take(s.ID+" question", text(c.lines[:at]), &s.Ask.Text)
	for _, e := range t.list(c.lines[at:], c.first()+at, func(int) string { return "- " }, maxOptions) {
		t.option(e, s)
	}
}

const translatedForm = "an option of a translation reads - **text** (`pattern`): why, with the pattern of the original, or (right) or (wrong) where that has them"

func (t *translator) option(e item, s *Step) {
	words, rest, ok := strings.Cut(strings.TrimPrefix(e.text, "**"), "** (")
	key, why, closed := strings.Cut(rest, "): ")
	if !strings.HasPrefix(e.text, "**") || !ok || !closed || words == "" || strings.TrimSpace(why) == "" {
		t.addf(e.line, translatedForm)
		return
	}
	for i, was := range t.from.Steps[t.from.StepIndex(s.ID)].Ask.Options {
		if was.key(s.Ask) == key && !t.found[optionKey(s, i)] {
			t.take(optionKey(s, i), words, &s.Ask.Options[i].Text)
			s.Ask.Options[i].Why = strings.TrimSpace(why)
			return
		}
	}
	t.stale(e.line, "no option (%s) is left in the original", clip(key))
}

func optionKey(s *Step, i int) string { return fmt.Sprintf("%s option %d", s.ID, i+1) }

// key is what stands in an option's brackets, without the misconception.
func (o *Option) key(q *Question) string {
	switch {
	case q.Source == "":
		return "`" + string(o.Is) + "`"
	case o.Right:
		return "right"
	}
	return "wrong"
}

// lack notes the original's words that were not found.
func (t *translator) lack() {
	l := t.from
	t.want(1, l.Title, "title", "the title")
	t.want(1, l.Goal, "goal", "the goal")
	for i := range l.Parts {
		t.want(1, l.Parts[i], partKey(i), fmt.Sprintf("part %d, %q,", i+1, clip(l.Parts[i])))
	}
	t.want(1, l.Intro, "intro", "the words before the first step")
	for i := range l.Steps {
		t.lackStep(&l.Steps[i])
	}
	t.want(1, l.Takeaway, "takeaway", "## Takeaway")
}

func (t *translator) want(line int, original, key, what string) {
	if original != "" && !t.found[key] {
		t.missing(line, "%s is not translated: the original's words are shown", what)
	}
}

func (t *translator) lackStep(s *Step) {
	if !t.found[s.ID] {
		t.missing(1, "the step %q is not translated: the original's words are shown", s.ID)
		return
	}
	line := t.Lines[s.ID]
	t.want(line, s.Before, s.ID+" text", "the text of the step")
	t.want(line, s.After, s.ID+" ### What happened", "### What happened")
	if s.Input != nil {
		t.want(line, s.Input.Ask, s.ID+" ### Input", "### Input")
	}
	for i, hint := range s.Hints {
		t.want(line, hint, hintKey(s, i), fmt.Sprintf("hint %d", i+1))
	}
	if s.Ask == nil {
		return
	}
	t.want(line, s.Ask.Text, s.ID+" question", "the question")
	for i, o := range s.Ask.Options {
		t.want(line, o.Text, optionKey(s, i), fmt.Sprintf("the option (%s)", o.key(s.Ask)))
	}
}
