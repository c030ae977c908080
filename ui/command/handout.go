package command

import (
	"github.com/spf13/cobra"

	"sockstep/ui/handout"
)

func (p *program) handoutCommand() *cobra.Command {
	var answers bool
	cmd := &cobra.Command{
		Use:   "handout LESSON",
		Short: "For teachers: a lesson as a sheet for print, in Markdown",
		Long: `Print a lesson as a sheet for print, in Markdown, on standard output: its goal, its
programs with numbered lines, and the questions of its steps with boxes to tick and
room to write. With --answers it has the answers as well, and why they are right.
The answers are those the lesson expects; sockstep lint holds them against the kernel.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return misuse("name the lesson for the sheet: sockstep handout LESSON")
			}
			return atMost(1)(cmd, args)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			lessons, err := p.lessons(args)
			if err != nil {
				return err
			}
			return handout.Write(p.out, lessons[0], answers)
		},
	}
	cmd.Flags().BoolVar(&answers, "answers", false, "with the answers and why they are right")
	p.wordsFlags(cmd)
	return cmd
}
