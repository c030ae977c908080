package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"sockstep/netcore"
	"sockstep/netcore/shell"
	"sockstep/netcore/trace"
)

func (p *program) shellCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "shell [-- SHELL]",
		Short: "A shell in a private network, for nc, curl, ss",
		Long: `Start your shell, or the one named, in a network of its own: 127.0.0.1 is that
network's, every port is free, and nothing outside can be reached or disturbed. Your
files are yours as ever. In the network the shell may do what root may: tcpdump, ip.

SOCKSTEP_NETWORK=private is in the shell's environment, and the prompt says it where
the shell takes PS1 from there. The exit status is the shell's. What still runs
when the shell ends is ended with it.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.shell(cmd.Context(), args)
		},
	}
	cmd.Flags().SetInterspersed(false)
	return cmd
}

func (p *program) shell(ctx context.Context, args []string) error {
	if len(args) == 0 {
		args = []string{cmp.Or(os.Getenv("SHELL"), "/bin/sh")}
	}
	path, err := trace.Find(args[0])
	if err != nil {
		return notThere(err)
	}
	dir, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("shell: %w", err)
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	lab, err := netcore.Open(ctx, netcore.Options{Program: "sockstep " + Version, Companion: []string{shell.Role}})
	if err != nil {
		return fmt.Errorf("shell: %w", err)
	}
	status, err := p.shellIn(ctx, lab, shell.Program{
		Path: path, Args: args, Dir: dir, Env: shellEnvironment(os.Environ()),
		Files: [3]*os.File{p.in, p.out, os.Stderr},
	})
	closing := lab.Close()
	switch {
	case context.Cause(ctx) != nil:
		return context.Cause(ctx)
	case err != nil || closing != nil:
		return fmt.Errorf("shell: %w", errors.Join(err, closing))
	case status != 0:
		return &quietError{status}
	}
	return nil
}

func (p *program) shellIn(ctx context.Context, lab *netcore.Lab, s shell.Program) (int, error) {
	channel := lab.Companion()
	switch {
	case channel == nil:
		return 0, shell.ErrUnsupported
	case !lab.Tier().Private():
		return 0, errors.Join(errors.New("this machine gives no private network (sockstep doctor says why, and what helps)"), channel.Close())
	}
	if p.typing() {
		fmt.Fprintln(p.err, shellGreeting())
	}
	return shell.Run(ctx, channel, s)
}

// shellEnvironment is the shell's: with the name of its network, for it and for
// whoever writes a prompt.
func shellEnvironment(env []string) []string {
	return append(env, "SOCKSTEP_NETWORK=private", "PS1=(private network) \\$ ", "debian_chroot=private network")
}

// shellTools are what one uses in a network.
var shellTools = []string{"nc", "curl", "ss", "tcpdump"}

func shellGreeting() string {
	var there, missing []string
	for _, tool := range shellTools {
		if _, err := trace.Find(tool); err == nil {
			there = append(there, tool)
		} else {
			missing = append(missing, tool)
		}
	}
	text := "A private network: 127.0.0.1 is its own, and nothing outside can be reached."
	if len(there) > 0 {
		text += " There are " + strings.Join(there, ", ") + "."
	}
	if len(missing) > 0 {
		text += " Not installed: " + strings.Join(missing, ", ") + "."
	}
	return text + " exit ends it, and what still runs in it."
}
