package lesson

import (
	"io/fs"
	"strings"
)

// reader turns the lines of a lesson.md into a Lesson.
type reader struct {
	*notes
	fsys   fs.FS
	lesson *Lesson
	labels map[string]map[string]bool // by role
	ids    map[string]bool
}

// chunk is a heading with the lines below it. Level 0 is what stands before the
// first heading.
type chunk struct {
	level int
	title string
	line  int // of the heading
	lines []string
}

// first is the line number of lines[0].
func (c *chunk) first() int { return c.line + 1 }

func (r *reader) read(lines []string) {
	r.labels, r.ids = make(map[string]map[string]bool), make(map[string]bool)
	r.withoutRemarks(lines)
	end := frontEnd(lines)
	if end < 0 {
		r.addf(1, "no front matter: write --- in the first line, the keys title, minutes, goal, parts and cast, and --- behind them")
		return
	}
	if !r.front(lines[1:end], 2) {
		return
	}
	chunks := r.chunks(lines[end+1:], end+2)
	r.lesson.Intro = text(chunks[0].lines)
	for i := 1; i < len(chunks) && !r.full(); i++ {
		r.chunk(&chunks[i])
	}
	if len(r.lesson.Steps) == 0 {
		r.addf(len(lines), "no steps: write ## Title {#id} for each")
	}
}

// frontEnd returns the index of the line that closes the front matter, or -1.
func frontEnd(lines []string) int {
	if lines[0] != "---" {
		return -1
	}
	for i := 1; i < len(lines); i++ {
		if lines[i] == "---" {
			return i
		}
	}
	return -1
}

// withoutRemarks empties the lines with a remark for those who write lessons,
// <!-- like this -->, outside fenced code. Learners never see them.
func (n *notes) withoutRemarks(lines []string) {
	fenced := false
	for i, line := range lines {
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "```"):
			fenced = !fenced
		case fenced || !strings.HasPrefix(trimmed, "<!--"):
		case !strings.HasSuffix(trimmed, "-->"):
			n.addf(i+1, "a remark ends in its own line: write --> at the end of it")
		default:
			lines[i] = ""
		}
	}
}

// chunks cuts at the headings outside fenced code.
func (r *reader) chunks(lines []string, first int) []chunk {
	all := []chunk{{line: first - 1}}
	start, fence := 0, 0
	for i, line := range lines {
		switch {
		case fence != 0 && strings.TrimRight(line, " ") == "```":
			fence = 0
		case fence == 0 && strings.HasPrefix(line, "```"):
			fence = first + i
		case strings.HasPrefix(line, "```"):
			r.unclosed(fence)
			fence = first + i
		case fence == 0 && strings.HasPrefix(line, "#"):
			all[len(all)-1].lines = lines[start:i]
			level := len(line) - len(strings.TrimLeft(line, "#"))
			all = append(all, chunk{level: level, title: strings.TrimSpace(line[level:]), line: first + i})
			start = i + 1
		}
		if len(all) > 5*maxSteps {
			r.addf(first+i, "more than %d headings: write a shorter lesson", 5*maxSteps)
			return all[:1]
		}
	}
	if fence != 0 {
		r.unclosed(fence)
	}
	all[len(all)-1].lines = lines[start:]
	return all
}

// unclosed notes a fenced block nothing closes.
func (r *reader) unclosed(line int) {
	r.addf(line, "the block is not closed: write ``` in a line below it")
}

func (r *reader) chunk(c *chunk) {
	switch {
	case c.level == 2 && c.title == "Takeaway":
		r.takeaway(c)
	case c.level == 2:
		r.step(c)
	case c.level == 3 && len(r.lesson.Steps) > 0 && r.lesson.Takeaway == "":
		r.section(c, &r.lesson.Steps[len(r.lesson.Steps)-1])
	default:
		r.addf(c.line, "this heading has no place here: write ## Title {#id} for a step and ### Predict, ### What happened or ### Hints in it")
	}
}

func (r *reader) takeaway(c *chunk) {
	if r.lesson.Takeaway != "" {
		r.addf(c.line, "a second ## Takeaway: write one, behind the last step")
	}
	r.lesson.Takeaway = text(c.lines)
	if r.lesson.Takeaway == "" {
		r.addf(c.line, "the takeaway is empty: write what to remember")
	}
}

// text joins lines without the empty ones around them.
func text(lines []string) string { return strings.Trim(strings.Join(lines, "\n"), "\n \t") }

// fenced splits lines at a block ```name: what stands before it, the block, and
// what stands behind it. Line numbers count from first; ok is false without one.
func fenced(lines []string, first int, name string) (before, inside []string, insideLine int, after []string, ok bool) {
	open := indexLine(lines, "```"+name)
	if open < 0 {
		return lines, nil, 0, nil, false
	}
	size := indexLine(lines[open+1:], "```")
	if size < 0 {
		return lines, nil, 0, nil, false
	}
	inside = lines[open+1 : open+1+size]
	return lines[:open], inside, first + open + 1, lines[open+2+size:], true
}

func indexLine(lines []string, want string) int {
	for i, line := range lines {
		if strings.TrimRight(line, " ") == want {
			return i
		}
	}
	return -1
}

// front reads the front matter; false says that there is no use in going on.
func (r *reader) front(lines []string, first int) bool {
	block, err := readBlock(lines, first)
	if err != nil {
		r.addBlock(err)
		return false
	}
	f := r.fields(block, append(aboutKeys[:len(aboutKeys):len(aboutKeys)], "cast", "stage", "drills")...)
	l := r.lesson
	l.about(f)
	for _, key := range append(aboutKeys[:len(aboutKeys):len(aboutKeys)], "cast") {
		f.need(key)
	}
	for _, item := range f.items("cast", maxCast) {
		r.role(item)
	}
	l.Stage = r.settings(f)
	l.Drills = r.drills(f)
	return len(l.Parts) > 0 && len(l.Cast) > 0
}

// aboutKeys are the keys of the front matter that say what a lesson is about.
var aboutKeys = []string{"title", "minutes", "goal", "parts"}

func (l *Lesson) about(f fields) {
	l.Title, l.Goal = f.text("title"), f.text("goal")
	l.Minutes = f.number("minutes", 1, 240)
	l.Parts = f.texts("parts", maxParts)
}

func (r *reader) role(item *node) {
	f := r.fields(item, "name", "file", "warnings")
	if !f.need("name") || !f.need("file") {
		return
	}
	role := Role{Name: f.text("name"), File: f.text("file"), Warnings: f.texts("warnings", maxParts)}
	if !plainName(role.Name) {
		r.addf(item.line, "the role %q: write small letters, digits and -", clip(role.Name))
		return
	}
	if r.lesson.Role(role.Name) != nil {
		r.addf(item.line, "the role %q stands in the cast twice: write another name", role.Name)
		return
	}
	r.program(&role, item.line)
	r.lesson.Cast = append(r.lesson.Cast, role)
}
