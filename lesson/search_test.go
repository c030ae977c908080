package lesson

import (
	"fmt"
	"testing"
)

func searched(t *testing.T, query string) []Hit {
	t.Helper()
	return NewIndex(builtinCourse(t)).Search(query)
}

func TestSearchRanksTitlesFirst(t *testing.T) {
	for _, tt := range []struct {
		query string
		kind  HitKind
		name  string
	}{
		{"accept", HitCard, "accept"},
		{"ACCEPT", HitCard, "accept"},
		{"accept4", HitCard, "accept"},
		{"einval", HitCard, "EINVAL"},
		{"time_wait", HitTerm, "TIME_WAIT"},
		{"half-close", HitTerm, "half-close"},
		{"accept queue", HitTerm, "accept queue"},
		{"network byte ord", HitTerm, "network byte order"},
	} {
		hits := searched(t, tt.query)
		if len(hits) == 0 || hits[0].Kind != tt.kind || hits[0].Name != tt.name {
			t.Errorf("%q finds %+v first, want the %s %s", tt.query, first(hits), tt.kind, tt.name)
		}
	}
}

func first(hits []Hit) []Hit { return hits[:min(len(hits), 2)] }

func TestSearchFindsLessonsAndSteps(t *testing.T) {
	kinds := map[HitKind]int{}
	for _, h := range searched(t, "queue") {
		kinds[h.Kind]++
	}
	if kinds[HitLesson] == 0 || kinds[HitStep] == 0 || kinds[HitTerm] == 0 {
		t.Errorf("queue is found in %v", kinds)
	}
	for _, query := range []string{"", " . ", "zyxwv", "accept zyxwv"} {
		if hits := searched(t, query); len(hits) > 0 {
			t.Errorf("%q finds %+v", query, first(hits))
		}
	}
}

func TestSampleOf(t *testing.T) {
	for _, tt := range []struct{ text, word, want string }{
		{"One. Two words here.", "words", "Two words here."},
		{"Word first.", "word", "Word first."},
		{"", "word", ""},
		{"nothing of it", "word", "nothing of it"},
	} {
		if got := sampleOf(tt.text, tt.word); got != tt.want {
			t.Errorf("sampleOf(%q, %q) = %q, want %q", tt.text, tt.word, got, tt.want)
		}
	}
}

func BenchmarkNewIndex(b *testing.B) {
	c, err := Builtin()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		NewIndex(c)
	}
}

func BenchmarkSearch(b *testing.B) {
	c, err := Builtin()
	if err != nil {
		b.Fatal(err)
	}
	x := NewIndex(c)
	for _, query := range []string{"a", "accept queue", "TIME_WAIT"} {
		b.Run(fmt.Sprintf("%q", query), func(b *testing.B) {
			for b.Loop() {
				x.Search(query)
			}
		})
	}
}
