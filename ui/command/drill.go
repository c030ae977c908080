package command

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sockstep/lesson/drill"
	"sockstep/ui"
	"sockstep/ui/linear"
)

func (p *program) drillCommand() *cobra.Command {
	var seed uint64
	var number int
	var about strings.Builder
	for _, t := range drill.Topics() {
		fmt.Fprintf(&about, "  %-12s %s\n", t.Name, t.About)
	}
	cmd := &cobra.Command{
		Use:   "drill [TOPIC...]",
		Short: "Questions without end, each answered by really running it",
		Long: `Questions without end. The answer is never looked up: the lines that were asked
about really run, and what the kernel does marks you. The topics are:

` + about.String() + `
Several come mixed, and without one all of them do. The same seed asks the same
questions. On a terminal they fill the screen; --linear asks in plain lines.`,
		Example: `  sockstep drill recv
  sockstep drill connect queue
  sockstep drill --seed 7 --count 10`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if number < 0 {
				return misuse("--count is a number of questions, or 0 for no end")
			}
			topics, err := wantedTopics(args)
			if err != nil {
				return err
			}
			if !cmd.Flags().Changed("seed") {
				seed = drill.AnySeed()
			}
			d := ui.Drill{Topics: topics, Seed: seed, Count: number}
			if p.plain() {
				return p.drillLinear(cmd.Context(), d)
			}
			return p.drillScreen(cmd.Context(), d)
		},
	}
	cmd.Flags().Uint64Var(&seed, "seed", 0, "the same `N` asks the same questions")
	cmd.Flags().IntVar(&number, "count", 0, "stop after `N` questions")
	return cmd
}

func wantedTopics(args []string) ([]drill.Topic, error) {
	var topics []drill.Topic
	for i, name := range args {
		t, ok := drill.Named(name)
		switch {
		case !ok:
			return nil, misuse("no topic %q; %s", name, meant(name, drill.Names(), "topics"))
		case slices.Contains(args[:i], name):
			return nil, misuse("the topic %s stands there twice", name)
		}
		topics = append(topics, t)
	}
	return topics, nil
}

// practise runs the lines of a question in a lab and marks the choice.
func (p *program) practise(ctx context.Context, q drill.Question, choice int) (drill.Outcome, error) {
	return q.Run(ctx, p.opener, choice)
}

// drillScreen asks on the whole screen, and says at the end how it went.
func (p *program) drillScreen(ctx context.Context, d ui.Drill) error {
	last, err := p.screen(ctx, &guardian{open: p.opener, file: p.in, between: true}, ui.Options{Drill: &d, Practise: p.practise})
	if text := last.Score(); text != "" {
		fmt.Fprintf(p.out, "%s.\n", text)
	}
	return err
}

func (p *program) drillLinear(ctx context.Context, d ui.Drill) error {
	ctx, stop := interruptible(ctx)
	defer stop()
	in, out := linear.NewInput(p.in, !p.typing()), linear.NewOutput(p.out, p.columns())
	fmt.Fprintf(p.out, "Drill with seed %d.\n", d.Seed)
	_, err := linear.Drill(ctx, in, out, linear.DrillOptions{
		Questions: drill.NewSource(d.Seed, d.Topics...),
		Run:       p.practise,
		Count:     d.Count,
	})
	return err
}
