package watching

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sockstep/netcore"
)

// Report is what a program did.
type Report struct {
	// Machine is what it ran on: "Linux 6.1, glibc 2.36, cc (Debian) 12.2.0".
	Machine string
	// Build and Start are what built and started it, as one would type them.
	Build, Start string
	// Calls are its calls on sockets in the order in which they returned, those of its
	// threads and children too.
	Calls []*netcore.Call
	// Output are the lines it printed; control characters are as they came.
	Output []string
	// Exit is its exit status, "0", or the signal that ended it, "SIGPIPE"; empty
	// where its end was not seen.
	Exit string
	// Notes say what of it cannot be seen.
	Notes []string

	timeline *netcore.Timeline
}

// Recorded reads a run that was written down: a line about the machine, and the
// record as a stream of JSON lines. It runs nothing.
func Recorded(u Unit, text string) (*Report, error) {
	machine, stream, ok := strings.Cut(text, "\n")
	if machine = strings.TrimSpace(machine); !ok || machine == "" || strings.HasPrefix(machine, "{") {
		return nil, errors.New("a recording has a line about the machine, and the record in JSON lines below")
	}
	t, _, err := netcore.ReadTimeline(strings.NewReader(stream))
	if err != nil {
		return nil, err
	}
	r := report(u, "", t)
	r.Machine = machine
	return r, nil
}

// Record is the report as Recorded reads it.
func (r *Report) Record() (string, error) {
	var b bytes.Buffer
	fmt.Fprintln(&b, r.Machine)
	w := netcore.NewWriter(&b)
	for _, e := range r.timeline.Since(0) {
		if err := w.WriteEvent(e); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// report reads a record.
func report(u Unit, tool string, t *netcore.Timeline) *Report {
	r := &Report{Build: u.Build(), Start: u.Start(), timeline: t}
	for _, e := range t.Since(0) {
		switch {
		case e.Header != nil:
			r.Machine = fmt.Sprintf("%s %s, %s", system(e.Header.OS), release.FindString(e.Header.Kernel), tool)
		case e.Call != nil:
			r.Calls = append(r.Calls, e.Call)
		case e.Output != nil:
			r.Output = append(r.Output, strings.Split(strings.TrimSuffix(string(e.Output.Bytes), "\n"), "\n")...)
		case e.Note != nil:
			r.Notes = append(r.Notes, e.Note.Text)
		case e.Process != nil && e.Process.Change == "end" && e.Process.Name == u.Name():
			r.Exit = ended(e.Process)
		}
	}
	return r
}

func system(os string) string {
	if os == "linux" {
		return "Linux"
	}
	return os
}

func ended(p *netcore.ProcessChange) string {
	switch {
	case p.Signal != "":
		return p.Signal
	case p.Status < 0:
		return ""
	}
	return strconv.Itoa(p.Status)
}

// Named are the calls of a name, C's or the kernel's.
func (r *Report) Named(name string) (calls []*netcore.Call) {
	for _, c := range r.Calls {
		if c.Name == name || c.Syscall == name {
			calls = append(calls, c)
		}
	}
	return calls
}

// Results are what the calls of a name returned, in order: "ECONNREFUSED 0"; "none"
// where there was no such call, and ? for one that never returned.
func (r *Report) Results(name string) string {
	return listed(r.Named(name), func(c *netcore.Call) string {
		switch {
		case !c.Returned():
			return "?"
		case c.Failed():
			return c.Errno.Name()
		}
		return strconv.FormatInt(*c.Ret, 10)
	})
}

// Arguments are the n-th arguments (from 1) of the calls of a name, in order, as
// netcore.Short writes them.
func (r *Report) Arguments(name string, n int) string {
	return listed(r.Named(name), func(c *netcore.Call) string {
		if all := netcore.ShortArguments(c); n > 0 && n <= len(all) {
			return all[n-1]
		}
		return "-"
	})
}

// Option is the value a socket option was last set to, "1"; "none" where it was not
// set.
func (r *Report) Option(name string) string {
	for _, c := range slices.Backward(r.Named("setsockopt")) {
		if all := netcore.ShortArguments(c); len(all) > 3 && all[2] == name && !c.Failed() {
			return strings.Trim(all[3], "[]")
		}
	}
	return "none"
}

func listed(calls []*netcore.Call, text func(*netcore.Call) string) string {
	if len(calls) == 0 {
		return "none"
	}
	var all []string
	for _, c := range calls {
		all = append(all, text(c))
	}
	return strings.Join(all, " ")
}

// Line is the n-th line (from 1) the program printed, empty where there is none.
func (r *Report) Line(n int) string {
	if n < 1 || n > len(r.Output) {
		return ""
	}
	return r.Output[n-1]
}

// Lines are the lines of the file from which calls were made, as far as they are
// known.
func (r *Report) Lines(file string) map[int]bool {
	lines := map[int]bool{}
	for _, c := range r.Calls {
		if n := r.LineOf(c, file); n > 0 {
			lines[n] = true
		}
	}
	return lines
}

// LineOf is the line of a file a call was made from, 0 where it is not known.
func (r *Report) LineOf(c *netcore.Call, file string) int {
	at, number, ok := strings.Cut(c.Line, ":")
	if n, err := strconv.Atoi(number); ok && err == nil && at == file {
		return n
	}
	return 0
}
