package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sockstep/netcore"
	"sockstep/netcore/trace"
	"sockstep/netcore/tracer"
	"sockstep/ui/printable"
)

// traceForm says what becomes of a trace that is not shown on the screen.
type traceForm struct {
	file    string // where it is written; empty: standard error, JSON standard output
	json    bool
	summary bool
	// private insists on a network of their own.
	private bool
}

// asked reports whether a form was asked for.
func (f traceForm) asked() bool { return f.file != "" || f.json || f.summary }

// traceFlags are the words of the command line of trace.
type traceFlags struct {
	traceForm
	network string
	pid     int
	tty     string
	stop    string
}

func (p *program) traceCommand() *cobra.Command {
	var f traceFlags
	cmd := &cobra.Command{
		Use:   "trace [-- CMD [-- CMD]...]",
		Short: "Watch your own programs' calls on sockets, in any language",
		Long: `Run programs and watch every call they make on a socket. They run side by side in
one private network, unchanged and without privilege. Each further program starts
when the one before it listens, waits in a call, or has ended, or after 2 seconds.

On a terminal the trace is shown on the screen, where the programs can be stopped
at each call. With --linear it is stepped through as plain
lines. With -o, --json or --summary, and without a terminal, the programs have
this command's own input and output, and the trace is written in strace's form, to
standard error or to FILE, with the source line behind a call where it is known.

A program never has our terminal. It gets one of its own: what it prints there is shown
with each control character as \xNN, and what you type goes, a line at a time, to the
program that was started last. --tty "$(tty)" gives the programs this terminal itself.

With --json and no -o the trace goes to standard output; what the programs print
there then goes to standard error.

When the last program has ended the others get SIGTERM, and SIGKILL 2 seconds later.
The exit status is that of the last program: 128 and the number of the signal if
one ended it, 127 or 126 if a program is not there or cannot be executed. It is 2 for
misuse and 1 where tracing is not possible (sockstep doctor says what that takes).

With -p a program that runs already is watched in this machine's own network, until it
ends or Ctrl-C lets it go; it runs on then.`,
		Example: `  sockstep trace -- ./server -- ./client
  sockstep trace -o calls.txt -- python3 server.py -- nc 127.0.0.1 7777
  sockstep trace --net host --summary -- curl -s http://example.org/
  sockstep trace --json -o calls.json -- ./server -- ./client
  sockstep replay calls.json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.trace(cmd, &f, args)
		},
	}
	flags := cmd.Flags()
	flags.SetInterspersed(false)
	flags.StringVarP(&f.file, "output", "o", "", "write the trace to `FILE` instead of showing it")
	flags.BoolVar(&f.json, "json", false, "the trace as JSON, one event a line, which sockstep replay reads")
	flags.BoolVar(&f.summary, "summary", false, "when all is over, a page of what each program did, on standard error (or alone to FILE)")
	flags.StringVar(&f.network, "net", "private", "the network the programs are in: private, host")
	flags.IntVarP(&f.pid, "pid", "p", 0, "watch the running process `PID` instead, in this machine's network")
	flags.StringVar(&f.tty, "tty", "", "the programs' terminal is `PATH`, as tty(1) says in another window")
	flags.StringVar(&f.stop, "stop", "", "on the screen: stop at `WHERE`: all (as without), calls (accept,recv), error, fd=N, none")
	return cmd
}

// trace reads the command line and traces on the screen or without.
func (p *program) trace(cmd *cobra.Command, f *traceFlags, args []string) error {
	r, err := f.request(cmd, args)
	if err != nil {
		return err
	}
	if p.linear && !f.asked() {
		return p.traceLinear(cmd.Context(), r)
	}
	if f.asked() || p.plain() {
		if f.stop != "" {
			return misuse("--stop is for the screen, which is not there without a terminal or with -o, --json, --summary")
		}
		f.private = cmd.Flags().Changed("net") && !r.Host
		return p.tracePlain(cmd.Context(), r, f.traceForm)
	}
	return p.openTraceScreen(cmd.Context(), r)
}

// request is what the command line asks for.
func (f *traceFlags) request(cmd *cobra.Command, args []string) (traceRequest, error) {
	r := traceRequest{Host: f.network == "host", PID: f.pid, TTY: f.tty, Free: f.stop == noStops}
	if f.network != "host" && f.network != "private" {
		return r, misuse("no network %q; there are private, host", f.network)
	}
	var err error
	if r.Stops, err = parseStops(f.stop); err != nil {
		return r, err
	}
	if cmd.Flags().Changed("pid") {
		return r, f.attach(cmd, &r, args)
	}
	if len(args) == 0 {
		return r, misuse("trace needs a program: sockstep trace -- CMD, or a process: sockstep trace -p PID")
	}
	r.Programs, err = programs(args)
	return r, err
}

// attach checks what is asked of a running process.
func (f *traceFlags) attach(cmd *cobra.Command, r *traceRequest, args []string) error {
	switch {
	case len(args) > 0:
		return misuse("-p watches a process that runs, and starts none: leave out %s", args[0])
	case f.pid <= 0:
		return misuse("-p wants the number of a process, not %d", f.pid)
	case cmd.Flags().Changed("net") && f.network == "private":
		return misuse("a running process stays in its network: -p goes with --net host only")
	case f.tty != "":
		return misuse("a running process has its terminal: --tty does not go with -p")
	}
	r.Host = true
	return nil
}

// noStops is the value of --stop that stops nowhere.
const noStops = "none"

// parseStops reads the value of --stop.
func parseStops(text string) (s tracer.Stops, err error) {
	if text == "" || text == noStops {
		return s, nil
	}
	for _, word := range strings.Split(text, ",") {
		number, isFD := strings.CutPrefix(word, "fd=")
		switch {
		case word == "all":
			s.Every = true
		case word == "error":
			s.Errors = true
		case isFD:
			fd, err := strconv.Atoi(number)
			if err != nil || fd < 0 || s.HasDescriptor {
				return s, misuse("--stop takes one descriptor, as in fd=3, not %q", text)
			}
			s.HasDescriptor, s.Descriptor = true, fd
		default:
			if _, ok := netcore.Describe(word); !ok {
				return s, misuse("--stop: no call %q is watched; it takes all, error, fd=N, and calls as in accept,recv", word)
			}
			s.Calls = append(s.Calls, word)
		}
	}
	return s, nil
}

// programs are the commands between the words "--", each with a name of its own.
func programs(args []string) ([]tracer.Program, error) {
	var all []tracer.Program
	var names []string
	for len(args) > 0 {
		own := args
		args = nil
		if i := slices.Index(own, "--"); i >= 0 {
			own, args = own[:i], own[i+1:]
			if len(args) == 0 {
				own = nil
			}
		}
		if len(own) == 0 {
			return nil, misuse("there is no program before or behind a --")
		}
		path, err := trace.Find(own[0])
		if err != nil {
			return nil, notThere(err)
		}
		name := unique(programName(own), names)
		names = append(names, name)
		all = append(all, tracer.Program{Name: name, Path: path, Args: own})
	}
	return all, nil
}

// notThereError is a program that is not there or cannot be executed, with the exit
// status a shell has for that.
type notThereError struct {
	error
	code int
}

func (e *notThereError) ExitCode() int { return e.code }
func (e *notThereError) Unwrap() error { return e.error }

func notThere(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &notThereError{err, 127}
	}
	return &notThereError{err, 126}
}

// interpreters run the program that their first argument names.
var interpreters = []string{"python", "node", "java", "ruby", "perl", "php", "lua", "bash", "sh", "dash"}

// programName is what a program is called: by its file, or by the script it runs.
func programName(args []string) string {
	base := filepath.Base(args[0])
	isInterpreter := func(name string) bool {
		version, ok := strings.CutPrefix(base, name)
		return ok && strings.Trim(version, "0123456789.") == ""
	}
	if len(args) > 1 && slices.ContainsFunc(interpreters, isInterpreter) {
		if info, err := os.Stat(args[1]); err == nil && info.Mode().IsRegular() {
			script := filepath.Base(args[1])
			base = strings.TrimSuffix(script, filepath.Ext(script))
		}
	}
	if base = strings.Trim(printable.Clean(base), "/ "); base == "" {
		return "program"
	}
	return base
}

// unique is a name that is not among those taken: "server2".
func unique(name string, taken []string) string {
	if !slices.Contains(taken, name) {
		return name
	}
	apart := ""
	if last := name[len(name)-1]; last >= '0' && last <= '9' {
		apart = "-"
	}
	for n := 2; ; n++ {
		if own := fmt.Sprintf("%s%s%d", name, apart, n); !slices.Contains(taken, own) {
			return own
		}
	}
}

// attachedName is what a running process is called.
func attachedName(pid int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if name := strings.Trim(printable.Clean(strings.TrimSpace(string(text))), "/ "); err == nil && name != "" {
		return strings.ReplaceAll(name, "/", "-")
	}
	return "program"
}
