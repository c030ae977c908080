package exercise

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"sockstep/lesson"
	"sockstep/lesson/exercise/check"
)

// Bounds of what a task may have.
const (
	mostTask    = 64 << 10 // bytes of task.md
	leastHints  = 3
	mostMinutes = 240
	mostNotes   = 20
)

var (
	numberForm = regexp.MustCompile(`^X[0-9][0-9]$`)
	nameForm   = regexp.MustCompile(`^[a-z][a-z0-9-]{0,19}$`)
)

// Load reads the exercises of a file system: every folder with a task.md. The error is
// a *lesson.LoadError with file and line.
func Load(fsys fs.FS) ([]*Exercise, error) {
	paths, err := fs.Glob(fsys, "*/task.md")
	if err != nil {
		return nil, err
	}
	var all []*Exercise
	var wrong lesson.LoadError
	for _, p := range paths {
		e, problems := load(fsys, path.Dir(p))
		wrong.Problems = append(wrong.Problems, problems...)
		all = append(all, e)
	}
	wrong.Problems = append(wrong.Problems, twice(all)...)
	if len(wrong.Problems) > mostNotes {
		wrong.Problems, wrong.More = wrong.Problems[:mostNotes], true
	}
	if len(wrong.Problems) > 0 {
		return nil, &wrong
	}
	slices.SortFunc(all, func(a, b *Exercise) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

// twice finds numbers that two exercises have.
func twice(all []*Exercise) (problems []lesson.Problem) {
	of := map[string]string{}
	for _, e := range all {
		if other := of[e.ID]; other != "" && e.ID != "" {
			problems = append(problems, lesson.Problem{File: e.Name + "/task.md", Text: fmt.Sprintf("the id %s is that of %s too: give each exercise its own", e.ID, other)})
		}
		of[e.ID] = e.Name
	}
	return problems
}

// load reads one exercise.
func load(fsys fs.FS, name string) (*Exercise, []lesson.Problem) {
	r := &reader{file: name + "/task.md", Exercise: &Exercise{Name: name}}
	text, err := fs.ReadFile(fsys, r.file)
	switch {
	case err != nil:
		r.addf(0, "it cannot be read: %v", err)
		return r.Exercise, r.problems
	case !nameForm.MatchString(name):
		r.addf(0, "the folder %q: write small letters, digits and -", name)
	case len(text) > mostTask:
		r.addf(0, "it has %d bytes: write at most %d", len(text), mostTask)
		return r.Exercise, r.problems
	case !utf8.Valid(text):
		r.addf(0, "it is not UTF-8")
		return r.Exercise, r.problems
	}
	r.files, err = fs.Sub(fsys, name)
	if err != nil {
		r.addf(0, "its folder cannot be opened: %v", err)
		return r.Exercise, r.problems
	}
	r.read(strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n"))
	r.starters()
	return r.Exercise, r.problems
}

// reader turns the lines of a task.md into an Exercise.
type reader struct {
	*Exercise
	file     string
	problems []lesson.Problem
}

func (r *reader) addf(line int, format string, args ...any) {
	r.problems = append(r.problems, lesson.Problem{File: r.file, Line: line, Text: fmt.Sprintf(format, args...)})
}

func (r *reader) read(lines []string) {
	end := -1
	if lines[0] == "---" {
		end = slices.Index(lines[1:], "---") + 1
	}
	if end < 1 {
		r.addf(1, "no front matter: write --- in the first line, the keys id, title, minutes, lessons and languages, and --- behind them")
		return
	}
	r.front(lines[1:end])
	r.body(lines, end+1)
}

// front reads lines "key: value" and "key: [a, b]".
func (r *reader) front(lines []string) {
	seen := map[string]bool{}
	for i, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			r.addf(i+2, "%q is no key and value: write key: value", clip(line))
			continue
		}
		if seen[key] {
			r.addf(i+2, "the key %s is there twice", key)
		}
		seen[key] = true
		r.key(i+2, key, strings.TrimSpace(value))
	}
	for _, key := range []string{"id", "title", "minutes", "lessons", "languages"} {
		if !seen[key] {
			r.addf(1, "the key %s is missing: write %[1]s: and its value", key)
		}
	}
}

func (r *reader) key(line int, key, value string) {
	switch key {
	case "id":
		r.ID = value
		if !numberForm.MatchString(value) {
			r.addf(line, "the id is %q: write X and two digits", clip(value))
		}
	case "title":
		r.Title = value
		if value == "" {
			r.addf(line, "the title is empty")
		}
	case "minutes":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > mostMinutes {
			r.addf(line, "minutes is %q: write a number from 1 to %d", clip(value), mostMinutes)
		}
		r.Minutes = n
	case "lessons":
		r.Lessons = r.list(line, key, value)
	case "languages":
		r.Languages = r.list(line, key, value)
		for _, l := range r.Languages {
			if _, ok := check.LanguageOf(l); !ok {
				r.addf(line, "no language %q: there are c, cpp, go, python and rust", clip(l))
			}
		}
	default:
		r.addf(line, "unknown key %q: the keys are id, title, minutes, lessons and languages", clip(key))
	}
}

func (r *reader) list(line int, key, value string) (items []string) {
	inner, open := strings.CutPrefix(value, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	if !open || !closed {
		r.addf(line, "%s is %q: write a list, [one, two]", key, clip(value))
		return nil
	}
	for _, item := range strings.Split(inner, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	if len(items) == 0 {
		r.addf(line, "%s is empty", key)
	}
	return items
}

// body reads the task, ## Goal and ## Hints; from is the index of its first line.
func (r *reader) body(lines []string, from int) {
	const task, goal, hints = 0, 1, 2
	part, fenced := task, false
	var text []string
	hint := -1
	var parts [][]string
	for i := from; i < len(lines); i++ {
		line := lines[i]
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		switch {
		case fenced || !strings.HasPrefix(line, "#"):
		case line == "## Goal" && part == task:
			part = goal
			continue
		case line == "## Hints" && part == goal:
			part = hints
			continue
		case strings.HasPrefix(line, "### ") && part == hints:
			parts, hint = append(parts, nil), hint+1
			continue
		default:
			r.addf(i+1, "this heading has no place here: write the task, then ## Goal, then ## Hints with ### before each hint")
			continue
		}
		switch {
		case part == task:
			text = append(text, line)
		case part == goal:
			r.goal(i+1, line)
		case hint >= 0:
			parts[hint] = append(parts[hint], line)
		case strings.TrimSpace(line) != "":
			r.addf(i+1, "a hint begins with a heading: write ### and a few words above it")
		}
	}
	r.Task = joined(text)
	for _, p := range parts {
		r.Hints = append(r.Hints, joined(p))
	}
	r.complete(len(lines))
}

// goal reads a line "- name: sentence", or one that goes on with the sentence.
func (r *reader) goal(line int, text string) {
	rest, first := strings.CutPrefix(text, "- ")
	switch {
	case strings.TrimSpace(text) == "":
	case first:
		name, sentence, ok := strings.Cut(rest, ": ")
		if !ok || !nameForm.MatchString(name) {
			r.addf(line, "a goal is written - name: sentence, with the name of its criterion")
			return
		}
		if r.Goal(name) != "" {
			r.addf(line, "the goal %s is there twice", name)
		}
		r.Goals = append(r.Goals, Goal{name, strings.TrimSpace(sentence)})
	case strings.HasPrefix(text, "  ") && len(r.Goals) > 0:
		g := &r.Goals[len(r.Goals)-1]
		g.Sentence += " " + strings.TrimSpace(text)
	default:
		r.addf(line, "below ## Goal there are only goals: write - name: sentence")
	}
}

func (r *reader) complete(last int) {
	if r.Task == "" {
		r.addf(last, "no task: write below the front matter what is to be written")
	}
	if len(r.Goals) == 0 {
		r.addf(last, "no goals: write ## Goal and - name: sentence for each criterion")
	}
	if len(r.Hints) < leastHints {
		r.addf(last, "%d hints: write at least %d, the last one with what to write", len(r.Hints), leastHints)
	}
	if slices.Contains(r.Hints, "") {
		r.addf(last, "a hint is empty")
	}
}

func joined(lines []string) string { return strings.Trim(strings.Join(lines, "\n"), "\n \t") }

func clip(s string) string {
	const most = 40
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}

// starters sees to it that there is a starter in each language.
func (r *reader) starters() {
	for _, l := range r.Languages {
		if entries, err := fs.ReadDir(r.files, "starter/"+l); err != nil || len(entries) == 0 {
			r.addf(0, "no starter in %s: write %s/starter/%s/", clip(l), r.Name, clip(l))
		}
	}
	if !slices.Contains(r.Languages, "cpp") && r.turnsIntoCXX() {
		r.Languages = append(r.Languages, "cpp")
	}
	r.Languages = ordered(r.Languages)
}
