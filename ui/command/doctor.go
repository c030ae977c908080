package command

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"sockstep/netcore"
	"sockstep/netcore/compiler"
	"sockstep/netcore/trace"
)

// probeLimit bounds the look at the machine.
const probeLimit = 10 * time.Second

func (p *program) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "What this machine allows, and how to allow more",
		Args:  atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			ctx, done := context.WithTimeout(ctx, probeLimit)
			defer done()
			m := netcore.Probe(ctx)
			m.Findings = append(m.Findings, trace.Probe(ctx)...)
			p.doctor(m)
			return context.Cause(ctx)
		},
	}
}

// doctor says what was found, every lack with its fix.
func (p *program) doctor(m netcore.Machine) {
	fmt.Fprintf(p.out, "sockstep %s on %s/%s.\n%s (tier %s)\n\n", Version, runtime.GOOS, runtime.GOARCH, tierSentence(m.Tier), m.Tier)
	for _, f := range m.Findings {
		p.finding(f)
	}
	for _, f := range append(compilers(), languages()...) {
		p.finding(f)
	}
}

// languages are what exercises can be written in beside C and C++, each with the
// program that runs them.
func languages() (all []netcore.Finding) {
	for _, l := range [][3]string{
		{"Go", "go", "install Go, https://go.dev/dl"},
		{"Python", "python3", "install python3"},
		{"Node", "node", "install nodejs"},
		{"Java", "java", "install a JDK, such as default-jdk"},
	} {
		f := netcore.Finding{Name: l[0], Fix: l[2]}
		path, err := trace.Find(l[1])
		if f.OK = err == nil; f.OK {
			f.Have = path + "."
		} else {
			f.Lack = l[1] + " is not in PATH; exercises cannot be done in it here."
		}
		all = append(all, f)
	}
	return all
}

// compilers are what lessons that ask a compiler need.
func compilers() (all []netcore.Finding) {
	for _, u := range []compiler.Unit{{File: "a.c"}, {File: "a.cpp"}} {
		f := netcore.Finding{Name: u.Language() + " compiler", Fix: "install gcc and g++, or clang"}
		path, err := u.Path()
		if f.OK = err == nil; f.OK {
			f.Have = path + "."
		} else {
			f.Lack = err.Error() + "; a lesson that asks it shows a recording."
		}
		all = append(all, f)
	}
	return all
}

func (p *program) finding(f netcore.Finding) {
	mark, text := "yes", f.Have
	if !f.OK {
		mark, text = "no", f.Lack
	}
	fmt.Fprintf(p.out, "%-4s %s: %s\n", mark, clean(f.Name), clean(text))
	if f.Fix != "" && !f.OK {
		fmt.Fprintf(p.out, "     fix: %s\n", clean(f.Fix))
	}
}

// tierSentence says what a lesson has in a tier.
func tierSentence(t netcore.Tier) string {
	switch t {
	case netcore.TierUser:
		return "Every lesson has a private network and file system of its own, without privilege."
	case netcore.TierNetwork:
		return "Every lesson has a private network of its own, made with privilege."
	case netcore.TierCapture:
		return "Lessons use this machine's loopback, and packets can be captured there."
	case netcore.TierHost:
		return "Lessons use this machine's loopback."
	}
	return "No lesson can run here."
}

// machineSentence says what this machine allows, in one sentence.
func machineSentence(ctx context.Context) string { return tierSentence(netcore.Probe(ctx).Tier) }
