package lesson

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// HitKind is what a search found.
type HitKind string

// The kinds of hits.
const (
	HitLesson HitKind = "lesson"
	HitStep   HitKind = "step"
	HitCard   HitKind = "card"
	HitTerm   HitKind = "term"
)

// Hit is one thing a search found.
type Hit struct {
	Kind   HitKind
	Name   string // of the lesson, the card or the term
	Step   int    // index of the step, for HitStep
	Title  string
	Sample string // the part of the text in which the first word was found
}

// Index finds words in lessons, cards and the glossary. It is not changed once it
// is built, and may be searched from several goroutines.
type Index struct {
	docs  []doc
	words []string         // sorted
	found map[string][]use // by word
}

type doc struct {
	hit  Hit
	text string
}

// use says that a word stands in a document, and how much that counts.
type use struct{ doc, weight int }

// What a word counts for in a title, in a further name and in the text.
var weights = [...]int{10, 8, 1}

// NewIndex reads a course, the cards and the glossary. It takes some milliseconds:
// build it when somebody wants to search, not before.
func NewIndex(c *Course) *Index {
	x := &Index{found: map[string][]use{}}
	for _, l := range c.Lessons {
		x.add(Hit{Kind: HitLesson, Name: l.Name, Title: l.Title}, l.Name, l.Goal+"\n"+l.Intro)
		for i := range l.Steps {
			st := &l.Steps[i]
			x.add(Hit{Kind: HitStep, Name: l.Name, Step: i, Title: l.Title + ": " + st.Title}, "", st.Before+"\n"+st.After)
		}
	}
	for _, k := range cards() {
		x.add(Hit{Kind: HitCard, Name: k.Names[0], Title: k.Title()}, strings.Join(k.Names, " "), k.Text+" "+k.Do+" "+k.Returns)
	}
	for _, t := range glossary() {
		x.add(Hit{Kind: HitTerm, Name: t.Names[0], Title: t.Names[0]}, strings.Join(t.Names, " "), t.Text)
	}
	for word := range x.found {
		x.words = append(x.words, word)
	}
	slices.Sort(x.words)
	return x
}

// add takes in a document; names are further words that count as its title.
func (x *Index) add(h Hit, names, text string) {
	at := len(x.docs)
	x.docs = append(x.docs, doc{h, text})
	seen := map[string]bool{}
	for i, part := range []string{h.Title, names, text} {
		for _, word := range wordsOf(part) {
			if !seen[word] {
				seen[word] = true
				x.found[word] = append(x.found[word], use{at, weights[i]})
			}
		}
	}
}

// wordsOf cuts a text into words: letters, digits and underscores, in lower case.
func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_'
	})
}

// Search returns what has all the words, or words that begin with them, best
// first: whole titles before titles, titles before texts, and cards and terms
// before lessons.
func (x *Index) Search(query string) []Hit {
	want := wordsOf(query)
	if len(want) == 0 {
		return nil
	}
	var scores map[int]int
	for _, word := range want {
		scores = both(scores, x.matches(word))
	}
	type ranked struct{ doc, score int }
	var all []ranked
	for at, score := range scores {
		h := &x.docs[at].hit
		if strings.EqualFold(strings.Join(want, " "), strings.Join(wordsOf(h.Title), " ")) {
			score += 100
		}
		all = append(all, ranked{at, score*10 - kindOrder[h.Kind]})
	}
	slices.SortFunc(all, func(a, b ranked) int { return cmp.Or(b.score-a.score, a.doc-b.doc) })
	hits := make([]Hit, len(all))
	for i, r := range all {
		hits[i] = x.docs[r.doc].hit
		word := want[0]
		if strings.Contains(strings.ToLower(hits[i].Title), word) {
			word = "" // what it is about tells more than where it says so again
		}
		hits[i].Sample = sampleOf(x.docs[r.doc].text, word)
	}
	return hits
}

var kindOrder = map[HitKind]int{HitCard: 0, HitTerm: 1, HitLesson: 2, HitStep: 3}

// matches scores the documents with words that begin with one: the word itself
// counts more than one that is longer, a title more than the text.
func (x *Index) matches(prefix string) map[int]int {
	scores := map[int]int{}
	from, _ := slices.BinarySearch(x.words, prefix)
	for _, word := range x.words[from:] {
		if !strings.HasPrefix(word, prefix) {
			break
		}
		for _, u := range x.found[word] {
			score := u.weight
			if word == prefix {
				score *= 2
			}
			scores[u.doc] = max(scores[u.doc], score)
		}
	}
	return scores
}

// both adds the scores of documents that are in both; nil stands for all of them.
func both(a, b map[int]int) map[int]int {
	if a == nil {
		return b
	}
	for at := range a {
		if b[at] == 0 {
			delete(a, at)
		} else {
			a[at] += b[at]
		}
	}
	return a
}

// sampleLength is how much of a text is shown with a hit, in bytes.
const sampleLength = 100

// signs are Markdown's that a sample is shown without.
var signs = strings.NewReplacer("`", "", "**", "")

// sampleOf is the sentence with a word in it, from a little before the word on where
// that is long, or the beginning of the text.
func sampleOf(text, word string) string {
	flat := signs.Replace(strings.Join(strings.Fields(text), " "))
	at := max(strings.Index(strings.ToLower(flat), word), 0)
	if at >= len(flat) { // letters whose lower case is longer
		at = 0
	}
	from, lead := strings.LastIndex(flat[:at], ". ")+1, ""
	if at-from > sampleLength/2 {
		from, lead = strings.LastIndexByte(flat[:at-20], ' ')+1, "… "
	}
	rest := lead + strings.TrimSpace(flat[from:])
	if len(rest) <= sampleLength {
		return rest
	}
	if cut := strings.LastIndexByte(rest[:sampleLength], ' '); cut > 0 {
		return rest[:cut] + " …"
	}
	return strings.ToValidUTF8(rest[:sampleLength], "") + " …"
}
