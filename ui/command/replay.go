package command

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"sockstep/netcore"
)

func (p *program) replayCommand() *cobra.Command {
	var form traceForm
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "Open a trace that was saved with trace --json",
		Long: `Open a trace that sockstep trace --json -o FILE has written. On a terminal it is
shown on the screen as it was; with -o, --json or --summary, and without a terminal, it is
printed. Nothing runs. A last line that was cut off, as when the tracing program was
killed, is reported, and what stands before it is used.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return misuse("replay takes one file, as in: sockstep replay trace.json")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if form.json && form.summary {
				return misuse("--json and --summary are two forms; one can be had at a time")
			}
			t, err := p.readTrace(args[0])
			if err != nil {
				return err
			}
			if form.asked() || p.plain() {
				return p.replayPlain(t, form)
			}
			return p.openReplayScreen(cmd.Context(), t)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&form.file, "output", "o", "", "write to `FILE` instead of standard output")
	flags.BoolVar(&form.json, "json", false, "print the record as JSON, one event a line")
	flags.BoolVar(&form.summary, "summary", false, "print a page of what each program did")
	return cmd
}

// readTrace reads a saved trace, and says what of it could not be read.
func (p *program) readTrace(name string) (*netcore.Timeline, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	defer file.Close()
	t, skipped, err := netcore.ReadTimeline(file)
	if errors.Is(err, netcore.ErrCutOff) && t.Len() > 0 {
		p.complain(fmt.Errorf("%s: %w; what stands before it is used", name, err))
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if skipped > 0 {
		p.complain(fmt.Errorf("%s: %d events are of kinds a newer sockstep knows, and left out", name, skipped))
	}
	return t, nil
}

// replayPlain prints a trace.
func (p *program) replayPlain(t *netcore.Timeline, form traceForm) error {
	if form.file == "" {
		out := bufio.NewWriter(p.out)
		return errors.Join(replayTo(out, t, form), out.Flush())
	}
	file, err := os.Create(form.file)
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	out := bufio.NewWriter(file)
	return errors.Join(replayTo(out, t, form), out.Flush(), file.Close())
}

func replayTo(w io.Writer, t *netcore.Timeline, form traceForm) error {
	switch {
	case form.json:
		out := netcore.NewWriter(w)
		for i := range t.Len() {
			if err := out.WriteEvent(t.At(i)); err != nil {
				return err
			}
		}
		return nil
	case form.summary:
		page := newTracePage()
		for i := range t.Len() {
			e := t.At(i)
			page.add(&e)
		}
		return page.print(w)
	}
	return printTrace(w, t)
}
