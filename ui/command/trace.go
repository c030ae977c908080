package command

import (
	"os/exec"
	"slices"

	"github.com/spf13/cobra"

	"sockstep/netcore/tracer"
)

func (p *program) traceCommand() *cobra.Command {
	var r traceRequest
	var network string
	cmd := &cobra.Command{
		Use:   "trace -- CMD [-- CMD ...]",
		Short: "Step through the socket calls of your own programs",
		RunE: func(cmd *cobra.Command, args []string) error {
			for len(args) > 0 {
				own := args
				if i := slices.Index(args, "--"); i >= 0 {
					own, args = args[:i], args[i+1:]
				} else {
					args = nil
				}
				path, err := exec.LookPath(own[0])
				if err != nil {
					return err
				}
				r.Programs = append(r.Programs, tracer.Program{Path: path, Args: own})
			}
			r.Host = network == "host"
			r.Stops = tracer.Stops{Every: true}
			return p.openTraceScreen(cmd.Context(), r)
		},
	}
	cmd.Flags().StringVar(&network, "net", "", "host")
	cmd.Flags().StringVar(&r.TTY, "tty", "", "the terminal of the programs")
	cmd.Flags().IntVarP(&r.PID, "pid", "p", 0, "attach to this process")
	return cmd
}
