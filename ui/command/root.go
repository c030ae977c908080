package command

import (
	"context"
	"os"
	"slices"
	"strings"

	"charm.land/fang/v2"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"sockstep/lesson"
)

// themes are what --theme takes.
var themes = []string{"auto", "dark", "light", "contrast"}

// execute runs the command the arguments name. Help for a person at a terminal
// is set by fang; everything else goes to cobra directly, because fang asks the
// terminal for its colours first.
func (p *program) execute(ctx context.Context, args []string) error {
	root := p.root()
	root.SetArgs(args)
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.SetIn(p.in)
	if asksForHelp(args) && p.canColour() {
		return fang.Execute(ctx, root, fang.WithVersion(Version), fang.WithoutCompletions(), fang.WithoutManpage())
	}
	return root.ExecuteContext(ctx)
}

// asksForHelp reports whether nothing but help or the version is wanted.
func asksForHelp(args []string) bool {
	if len(args) > 0 && args[0] == "help" {
		return true
	}
	own := args
	if i := slices.Index(args, "--"); i >= 0 {
		own = args[:i]
	}
	return slices.ContainsFunc(own, func(a string) bool { return a == "--help" || a == "-h" || a == "--version" })
}

func (p *program) canColour() bool {
	name := os.Getenv("TERM")
	return term.IsTerminal(p.out.Fd()) && term.IsTerminal(p.in.Fd()) && name != "" && name != "dumb" && os.Getenv("NO_COLOR") == ""
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "sockstep",
		Short: "Berkeley sockets, call by call: every line of C on the screen really runs",
		Long: `sockstep is a course on Berkeley sockets in which every line of C on the screen
really runs. You drive a server and a client, one system call at a time, and see
the call, the bytes, the descriptors and the kernel's state of every socket.`,
		Example: `  sockstep                        open the course, where you left it
  sockstep learn tcp --at 6       go to a step; everything before it really runs
  sockstep learn tcp --linear     as plain lines, for a screen reader or a pipe
  sockstep run tcp --json         run it without questions, and print every call
  sockstep doctor                 what this machine allows`,
		Version: Version,
		Args:    p.noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.learn(cmd.Context(), visit{})
		},
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetVersionTemplate("sockstep {{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return misuse("%v (%s --help lists what there is)", err, cmd.CommandPath())
	})
	root.PersistentFlags().BoolVar(&p.linear, "linear", false, "plain lines instead of the whole screen")
	root.PersistentFlags().StringVar(&p.theme, "theme", "auto", "colours: "+strings.Join(themes, ", "))
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return p.checkTheme() }
	p.wordsFlags(root)
	root.AddCommand(p.learnCommand(), p.listCommand(), p.runCommand(), p.playCommand(), p.listingCommand(), p.searchCommand(),
		p.handoutCommand(), p.lintCommand(), p.newLessonCommand(), p.doctorCommand(), p.progressCommand(), p.drillCommand(), p.placementCommand(),
		p.traceCommand(), p.replayCommand(), p.shellCommand(),
		p.exerciseCommand(), p.checkCommand())
	return root
}

func (p *program) checkTheme() error {
	if !slices.Contains(themes, p.theme) {
		return misuse("no theme %q; there are %s", p.theme, strings.Join(themes, ", "))
	}
	return nil
}

// noSuchCommand refuses words that are no command, and says what may be meant.
func (p *program) noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	if course, err := p.course(); err == nil && course.Lesson(args[0]) != nil {
		return misuse("no command %q; the lesson of that name is opened by: sockstep learn %[1]s", args[0])
	}
	return misuse("no command %q; %s", args[0], meant(args[0], names, "commands"))
}

// atMost accepts up to n arguments.
func atMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > n {
			return misuse("%s takes at most %d arguments and got %d (%[1]s --help)", cmd.CommandPath(), n, len(args))
		}
		return nil
	}
}

// find returns the lesson of a name, or says which are near.
func find(course *lesson.Course, name string) (*lesson.Lesson, error) {
	if l := course.Lesson(name); l != nil {
		return l, nil
	}
	names := make([]string, len(course.Lessons))
	for i, l := range course.Lessons {
		names[i] = l.Name
	}
	return nil, misuse("no lesson %q; %s", name, meant(name, names, "lessons"))
}
