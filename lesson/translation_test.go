package lesson

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// german is the whole of the good lesson's words.
const german = "---\n" +
	"title: Ein Titel\n" +
	"goal: Wissen\n" +
	"parts: [eins, zwei]\n" +
	"---\n" +
	"<!-- a remark -->\n" +
	"Zuerst.\n" +
	"## Der zweite {#second}\n" +
	"Lies.\n" +
	"### Predict\n" +
	"Laut Buch?\n" +
	"- **Ja** (right): ja\n" +
	"- **Nein** (wrong): nein\n" +
	"- **Vielleicht** (wrong): auch nicht\n" +
	"## Der erste {#first}\n" +
	"Davor.\n" +
	"### Input\n" +
	"Welcher\n" +
	"Port?\n" +
	"### Predict\n" +
	"Was kommt?\n" +
	"- **null** (`0`): nein\n" +
	"- **drei** (`fd`): weil\n" +
	"  frei\n" +
	"### What happened\n" +
	"Danach.\n" +
	"### Hints\n" +
	"1. Erstens\n" +
	"2. Zweitens\n" +
	"## Takeaway\n" +
	"Merke.\n"

func inGerman(text string) fstest.MapFS {
	fsys := folder(good)
	fsys["x/lesson.de.md"] = &fstest.MapFile{Data: []byte(text)}
	return fsys
}

func translation(t *testing.T, text string) (*Translation, error) {
	t.Helper()
	fsys := inGerman(text)
	l, err := LoadLesson(fsys, "x")
	if err != nil {
		t.Fatal(err)
	}
	return LoadTranslation(fsys, l, "de")
}

func TestTranslationHasEveryWord(t *testing.T) {
	tr, err := translation(t, german)
	if err != nil {
		t.Fatal(err)
	}
	if len(tr.Stale)+len(tr.Missing) > 0 {
		t.Errorf("stale %v, missing %v", tr.Stale, tr.Missing)
	}
	was, err := LoadLesson(folder(good), "x")
	if err != nil {
		t.Fatal(err)
	}
	want := was.words()
	want.Title, want.Goal, want.Parts, want.Intro, want.Takeaway = "Ein Titel", "Wissen", []string{"eins", "zwei"}, "Zuerst.", "Merke."
	first, second := &want.Steps[0], &want.Steps[1]
	first.Title, first.Before, first.After, first.Hints = "Der erste", "Davor.", "Danach.", []string{"Erstens", "Zweitens"}
	first.Input.Ask, first.Ask.Text = "Welcher Port?", "Was kommt?"
	first.Ask.Options[0].Text, first.Ask.Options[0].Why = "drei", "weil frei"
	first.Ask.Options[1].Text, first.Ask.Options[1].Why = "null", "nein"
	second.Title, second.Before, second.Ask.Text = "Der zweite", "Lies.", "Laut Buch?"
	for i, o := range [][2]string{{"Nein", "nein"}, {"Ja", "ja"}, {"Vielleicht", "auch nicht"}} {
		second.Ask.Options[i].Text, second.Ask.Options[i].Why = o[0], o[1]
	}
	for _, l := range []*Lesson{want, tr.Lesson} {
		for i := range l.Cast {
			l.Cast[i].Program = nil
		}
	}
	if d := cmp.Diff(want, tr.Lesson); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if d := cmp.Diff(map[string]int{"first": 15, "second": 8}, tr.Lines); d != "" {
		t.Errorf("lines: -want +got\n%s", d)
	}
}

func TestTranslationFallsBack(t *testing.T) {
	for _, c := range []struct{ old, new, stale, missing string }{
		{"title: Ein Titel\n", "", "", "x/lesson.de.md:1: the title is not translated"},
		{"[eins, zwei]", "[eins]", "", `:1: part 2, "two", is not translated`},
		{"[eins, zwei]", "[eins, zwei, drei]", ":4: parts has 3 entries, the original 2", ""},
		{"{#second}", "{#third}", `:8: no step "third" in the original`, `:1: the step "second" is not translated`},
		{"Zuerst.\n", "", "", ":1: the words before the first step"},
		{"### Input\nWelcher\nPort?\n", "", "", ":15: ### Input is not translated"},
		{"- **null** (`0`): nein\n", "", "", ":15: the option (`0`) is not translated"},
		{"(`0`)", "(`1`)", ":22: no option (`1`) is left in the original", ":15: the option (`0`)"},
		{"**Vielleicht** (wrong)", "**Vielleicht** (right)", ":14: no option (right) is left", ":8: the option (wrong)"},
		{"2. Zweitens\n", "2. Zweitens\n3. Drittens\n", ":30: hint 3: the original has 2", ""},
		{"2. Zweitens\n", "", "", ":15: hint 2 is not translated"},
		{"## Der erste", "### Hints\n1. Rat\n## Der erste", ":15: the step has no ### Hints in the original", ""},
		{"## Takeaway\nMerke.\n", "", "", ":1: ## Takeaway is not translated"},
	} {
		tr, err := translation(t, replaced(t, german, c.old, c.new))
		if err != nil {
			t.Errorf("%q for %q: %v", c.new, c.old, err)
			continue
		}
		if got := told(tr.Stale); !strings.Contains(got, c.stale) || (got != "") != (c.stale != "") {
			t.Errorf("%q for %q: stale %q, want %q", c.new, c.old, got, c.stale)
		}
		if got := told(tr.Missing); !strings.Contains(got, c.missing) || (got != "") != (c.missing != "") {
			t.Errorf("%q for %q: missing %q, want %q", c.new, c.old, got, c.missing)
		}
	}
}

func replaced(t *testing.T, text, old, by string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("%q is not there", old)
	}
	return strings.Replace(text, old, by, 1)
}

func told(all []Problem) string {
	var lines []string
	for _, p := range all {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

func TestTranslationRefusesWhatIsMalformed(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"---\ntitle", "title", "x/lesson.de.md:1: no front matter"},
		{"goal:", "minutes: 5\ngoal:", `:3: unknown key "minutes": the keys here are title, goal, parts`},
		{"Lies.", "```step\npart: 1\n```\nLies.", ":9: a translation has words only"},
		{"- **Ja**", "```question\nsource: x\n```\n- **Ja**", ":12: a translation has words only"},
		{"{#second}", "", ":8: the step's heading: write ## Title {#id}"},
		{"{#second}", "{#first}", `:15: the id "first" is taken`},
		{"### Hints", "### Tips", `:27: unknown heading "Tips"`},
		{"Danach.\n", "", ":25: no text below this heading"},
		{"(`0`)", "`0`", ":22: an option of a translation reads"},
		{"<!-- a remark -->", "<!-- a remark", ":6: a remark ends in its own line"},
		{"Merke.", "Merke \u202e.", ":31: the character U+202E is not for printing"},
		{"Merke.", "Merke.\n#### Tief", ":32: this heading has no place here"},
	} {
		_, err := translation(t, replaced(t, german, c.old, c.new))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q: error %v, want %s", c.new, c.old, err, c.want)
		}
	}
}

func TestLoadInALanguage(t *testing.T) {
	fsys := inGerman(german)
	for language, title := range map[string]string{"": `A title: with "quotes"`, "en": `A title: with "quotes"`, "de": "Ein Titel"} {
		c, err := LoadIn(fsys, language)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Lessons[0].Title; got != title {
			t.Errorf("in %q the title is %q, want %q", language, got, title)
		}
	}
	for _, language := range []string{"fr", "..", "../x", "DE", "de.md"} {
		_, err := LoadIn(fsys, language)
		var not *LanguageError
		if !errors.As(err, &not) || strings.Join(not.Has, " ") != "en de" {
			t.Errorf("in %q: error %v, want that it is in en and de", language, err)
		}
	}
	fsys["course.yaml"] = &fstest.MapFile{Data: []byte("language: de-at\nlessons: [x]\n")}
	if c, err := LoadIn(fsys, "de-at"); err != nil || c.Language != "de-at" {
		t.Errorf("a course's own language: %v", err)
	}
	fsys["course.yaml"] = &fstest.MapFile{Data: []byte("language: Deutsch\nlessons: [x]\n")}
	if _, err := Load(fsys); err == nil || !strings.Contains(err.Error(), `course.yaml:1: the language "Deutsch": write its code`) {
		t.Errorf("a language that is no code: %v", err)
	}
}

// TestTheTranslationsAreWhole wants every word of a translated lesson of the built-in
// course to be there, and none for what is gone.
func TestTheTranslationsAreWhole(t *testing.T) {
	files, err := BuiltinFiles()
	if err != nil {
		t.Fatal(err)
	}
	c, n := builtinCourse(t), 0
	for _, l := range c.Lessons {
		for _, language := range Languages(files, c)[1:] {
			tr, err := LoadTranslation(files, l, language)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			n++
			for _, p := range append(tr.Stale, tr.Missing...) {
				t.Error(p)
			}
			for i := range l.Steps {
				if l.Steps[i].Before == tr.Lesson.Steps[i].Before {
					t.Errorf("%s: %s has the original's words", tr.File, l.Steps[i].ID)
				}
			}
		}
	}
	if n == 0 {
		t.Error("no lesson is translated; tcp is in German")
	}
}
