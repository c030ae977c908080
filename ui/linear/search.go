package linear

import (
	"fmt"
	"strconv"

	"sockstep/lesson"
	"sockstep/ui/words"
)

// mostHits is how many hits are said; of more the number is.
const mostHits = 12

// searching takes the sign or the word of a search off a line; false where it is none.
func searching(text string) (string, bool) {
	if c, rest := find(text); c != nil && c.names[0] == "/" {
		return rest, true
	}
	return "", false
}

// sayHits says what a search found, with numbers.
func sayHits(out *Output, hits []lesson.Hit, text string) {
	switch {
	case text == "":
		out.say("Type the words behind it, or how they begin, as in: / accept queue.")
		return
	case len(hits) == 0:
		out.say("Nothing has all of these words: %s", text)
		return
	}
	for i, h := range hits[:min(len(hits), mostHits)] {
		how := words.HowToOpen(h)
		if how != "" {
			how = " (" + how + ")"
		}
		if h.Sample != "" {
			how += ": " + inline(h.Sample)
		}
		out.indented(fmt.Sprintf("%d. ", i+1), fmt.Sprintf("%s %s%s", h.Kind, h.Title, how))
	}
	if n := len(hits) - mostHits; n > 0 {
		out.say("And %d more.", n)
	}
}

// search finds words as the screen's search does.
func (p *player) search(rest string) {
	if p.o.Search == nil {
		p.out.say("There is nothing to search here.")
		return
	}
	p.hits = p.o.Search(rest)
	sayHits(p.out, p.hits, rest)
	if len(p.hits) > 0 {
		p.out.say("open and a number opens one, as in: open 1.")
	}
}

// openHit opens what a search found: a card, a term, or a step of this lesson.
func (p *player) openHit(rest string) {
	n, err := strconv.Atoi(rest)
	if err != nil || n < 1 || n > min(len(p.hits), mostHits) {
		p.out.say("Type the number of something that search found, as in: open 1.")
		return
	}
	h := p.hits[n-1]
	switch l := p.s.View().Lesson; {
	case h.Kind == lesson.HitCard || h.Kind == lesson.HitTerm:
		p.card(h.Name)
	case h.Kind == lesson.HitStep && l != nil && l.Name == h.Name:
		p.jump(strconv.Itoa(h.Step + 1))
	default:
		p.out.say("That is another lesson. q leaves this one; then it is opened by:")
		p.out.code("    " + words.HowToOpen(h))
	}
}
