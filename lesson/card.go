package lesson

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"sockstep/netcore"
)

// Card is what there is to know about one call, function or errno.
type Card struct {
	// Names are what it is about, "accept" and "accept4"; the first is its title.
	Names []string
	// Errno is set on the card of an error.
	Errno netcore.Errno
	// Signatures are the prototypes, as the manual page has them.
	Signatures []string
	Text       string // Markdown
	Waits      string // what it blocks on; empty for what does not
	Returns    string
	Manual     string // "accept(2)"
	Do         string // of an errno: what helps
	Snippets   []Snippet
}

// Snippet is the same step in another language.
type Snippet struct{ Language, Code string }

//go:embed cards/*.md
var cardFiles embed.FS

// languages are those of the snippets, as the fences and as people write them.
var languages = map[string]string{"cpp": "C++", "go": "Go", "python": "Python", "rust": "Rust"}

// cards are read at the first use.
var cards = sync.OnceValue(func() []Card {
	var all []Card
	for _, file := range []string{"sockets", "transfer", "options", "library", "errno"} {
		text, err := cardFiles.ReadFile("cards/" + file + ".md")
		if err != nil {
			panic(err) // it is compiled in
		}
		for _, e := range entries(string(text)) {
			all = append(all, newCard(e))
		}
	}
	return all
})

// Cards returns all cards: of calls in the order in which a connection needs them,
// then of functions, then of errnos.
func Cards() []Card { return slices.Clone(cards()) }

// CardOf finds the card of a call, a function or an errno by its name, "accept",
// "accept()" or "EINVAL".
func CardOf(name string) (Card, bool) {
	name = strings.TrimSuffix(strings.TrimSpace(name), "()")
	if name == "EWOULDBLOCK" {
		name = "EAGAIN"
	}
	for _, c := range cards() {
		if slices.ContainsFunc(c.Names, func(n string) bool { return strings.EqualFold(n, name) }) {
			return c, true
		}
	}
	return Card{}, false
}

// headed is one heading of a file of entries with what stands under it.
type headed struct {
	names []string
	lines []string
}

// entries cuts a file at its headings, "# accept, accept4".
func entries(text string) (out []headed) {
	fenced := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if rest, ok := strings.CutPrefix(line, "# "); ok && !fenced {
			out = append(out, headed{names: strings.Split(rest, ", ")})
			continue
		}
		if len(out) > 0 {
			e := &out[len(out)-1]
			e.lines = append(e.lines, line)
		}
	}
	return out
}

// newCard reads an entry: prototypes end with a semicolon, fields begin with their
// name, fences hold the snippets, and the rest is the text.
func newCard(e headed) Card {
	c := Card{Names: e.names}
	c.Errno, _ = netcore.ErrnoByName(c.Names[0])
	fields := map[string]*string{"Waits": &c.Waits, "Returns": &c.Returns, "Manual": &c.Manual, "Do": &c.Do}
	var text, code []string
	language := ""
	for _, line := range e.lines {
		name, value, isField := strings.Cut(line, ": ")
		switch {
		case strings.HasPrefix(line, "```") && language == "":
			language, code = strings.TrimPrefix(line, "```"), nil
		case strings.HasPrefix(line, "```"):
			c.Snippets = append(c.Snippets, Snippet{languages[language], strings.Join(code, "\n")})
			language = ""
		case language != "":
			code = append(code, line)
		case isField && fields[name] != nil:
			*fields[name] = value
		case strings.HasSuffix(line, ";") && len(text) == 0:
			c.Signatures = append(c.Signatures, line)
		case line != "" || len(text) > 0:
			text = append(text, line)
		}
	}
	c.Text = strings.TrimSpace(strings.Join(text, "\n"))
	return c
}

// Title is the card's name as a heading: "accept()", "EINVAL".
func (c *Card) Title() string {
	if c.IsErrno() {
		return c.Names[0]
	}
	return c.Names[0] + "()"
}

// IsErrno reports whether the card is an errno's.
func (c *Card) IsErrno() bool {
	return len(c.Names[0]) > 1 && c.Names[0][0] == 'E' && strings.ToUpper(c.Names[0]) == c.Names[0]
}

// Markdown is the whole card.
func (c *Card) Markdown() string {
	if c.IsErrno() {
		return c.errnoMarkdown()
	}
	var b strings.Builder
	for _, s := range c.Signatures {
		fmt.Fprintf(&b, "`%s`\n\n", s)
	}
	b.WriteString(c.Text + "\n\n")
	fmt.Fprintf(&b, "**Waits** %s.\n\n**Returns** %s.\n\n**Manual** %s\n\n", orDefault(c.Waits, "never"), c.Returns, c.Manual)
	b.WriteString(c.errors())
	for _, s := range c.Snippets {
		fmt.Fprintf(&b, "**%s**\n\n```%s\n%s\n```\n\n", s.Language, s.Language, s.Code)
	}
	return b.String()
}

func orDefault(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// errors lists what the call can be refused with, each with the line that shows it
// in free play.
func (c *Card) errors() string {
	var b strings.Builder
	for _, name := range c.Names {
		for _, cause := range CausesOf(name) {
			if !strings.Contains(b.String(), cause.Brief) {
				fmt.Fprintf(&b, "- **%s** %s%s\n", cause.Errno, cause.Brief, cause.shown(name))
			}
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "**Errors**, each with the line that is refused once things are so:\n\n" + b.String() + "\n"
}

// shown is the last line that shows a cause, for a call, or why there is none.
func (c *Cause) shown(call string) string {
	if c.Unseen != "" {
		return ". Not in a lab: " + c.Unseen
	}
	_, line, ok := strings.Cut(c.Try[len(c.Try)-1], ": ")
	if !ok || !strings.Contains(line, call+"(") {
		return ""
	}
	return ": `" + line + "`"
}

// errnoMarkdown is the card of an errno: its number and sentence here, the calls
// that give it and why, and what to do.
func (c *Card) errnoMarkdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: error number %d on this machine, strerror() says \"%s\".\n\n%s\n\n", c.Names[0], int(c.Errno), c.Errno.Text(), c.Text)
	fmt.Fprintf(&b, "**What to do:** %s\n\n", c.Do)
	byCalls := map[string][]string{}
	for _, cause := range causes {
		if cause.Errno == c.Names[0] {
			calls := "any call with a descriptor"
			if cause.Calls != nil {
				calls = strings.Join(cause.Calls, ", ")
			}
			byCalls[calls] = append(byCalls[calls], cause.Brief)
		}
	}
	for _, calls := range slices.Sorted(maps.Keys(byCalls)) {
		fmt.Fprintf(&b, "**%s**\n\n", calls)
		for _, brief := range byCalls[calls] {
			fmt.Fprintf(&b, "- %s\n", brief)
		}
		b.WriteString("\n")
	}
	return b.String()
}
