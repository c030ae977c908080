package command

import (
	"fmt"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"sockstep/lesson"
	"sockstep/ui/words"
)

// mostHits is how many hits are printed; of more the number is said.
const mostHits = 20

func (p *program) searchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "search WORDS",
		Short: "Find words in the lessons, the cards of calls and errors, and the glossary",
		Long: `Find words in the lessons, the cards of calls and errors, and the glossary: what
has all of the words, or words that begin with them, the best first. The exit
status is 1 if there is nothing.`,
		Example: `  sockstep search accept queue
  sockstep search EADDRINUSE`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return misuse("name the words you look for: sockstep search accept queue")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return p.search(strings.Join(args, " ")) },
	}
	p.wordsFlags(cmd)
	return cmd
}

// searcher searches a course; its index is made at the first search, not before.
func searcher(course *lesson.Course) func(string) []lesson.Hit {
	index := sync.OnceValue(func() *lesson.Index { return lesson.NewIndex(course) })
	return func(words string) []lesson.Hit { return index().Search(words) }
}

// search prints what it finds, one hit in two lines: what it is and how it is
// opened, and the part of its text with the first word.
func (p *program) search(text string) error {
	course, err := p.course()
	if err != nil {
		return fmt.Errorf("open the course: %w", err)
	}
	hits := lesson.NewIndex(course).Search(text)
	if len(hits) == 0 {
		fmt.Fprintf(p.err, "Nothing has all of these words: %s\n", clean(text))
		return &quietError{1}
	}
	for _, h := range hits[:min(len(hits), mostHits)] {
		fmt.Fprintf(p.out, "%-7s %s%s\n        %s\n", h.Kind, clean(h.Title), p.howToOpen(h), clean(h.Sample))
	}
	if n := len(hits) - mostHits; n > 0 {
		fmt.Fprintf(p.out, "and %d more\n", n)
	}
	return nil
}

// howToOpen says how a lesson that was found is opened.
func (p *program) howToOpen(h lesson.Hit) string {
	how := words.HowToOpen(h)
	if how == "" {
		return ""
	}
	if p.dir != "" {
		how += " --course " + p.dir
	}
	return " (" + clean(how) + ")"
}
