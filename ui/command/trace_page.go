package command

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"sockstep/lesson/finding"
	"sockstep/netcore"
)

// tracePage is a page of what each program did, by its calls. It keeps no event.
type tracePage struct {
	programs  []*pageProgram
	processes map[int]*pageProcess // by number
	watch     *finding.Watch
	findings  []finding.Finding
}

// pageProgram is a program with all its processes.
type pageProgram struct {
	name      string
	processes int
	end       string
	calls     map[string]int
	errors    map[pageError]int
	in, out   int64
	waiting   map[string]time.Duration // by call
	sockets   []*pageSocket            // in order of their making, mostSockets at most
	unlisted  int                      // sockets beyond that
}

// pageError is an error with the call that had it.
type pageError struct{ errno, call string }

// mostSockets is how many sockets of a program are listed.
const mostSockets = 200

func newTracePage() *tracePage {
	port, _ := strconv.Atoi(os.Getenv("PORT"))
	return &tracePage{processes: map[int]*pageProcess{}, watch: finding.New(finding.Options{Port: port})}
}

func (p *tracePage) add(e *netcore.Event) {
	p.findings = append(p.findings, p.watch.Add(*e)...)
	switch {
	case e.Process != nil:
		p.process(e.Process)
	case e.Call != nil:
		p.call(e.Call)
	case e.Sample != nil:
		p.sample(e.Sample)
	}
}

// program is the program a process's name belongs to: children have a number behind
// it.
func (p *tracePage) program(name string) *pageProgram {
	name, _, _ = strings.Cut(name, "/")
	for _, q := range p.programs {
		if q.name == name {
			return q
		}
	}
	q := &pageProgram{name: name, calls: map[string]int{}, errors: map[pageError]int{}, waiting: map[string]time.Duration{}}
	p.programs = append(p.programs, q)
	return q
}

func (p *tracePage) process(c *netcore.ProcessChange) {
	program := p.program(c.Name)
	switch c.Change {
	case "start":
		program.processes++
		q := &pageProcess{name: c.Name, program: program, table: map[int]*pageDescriptor{}}
		if parent := p.processes[c.Parent]; parent != nil && parent.program == program {
			parent.inherit(q)
		}
		p.processes[c.PID] = q
	case "exec":
		if q := p.processes[c.PID]; q != nil {
			q.exec()
		}
	case "end":
		if c.Name == program.name {
			program.end = pageEnd(c)
		}
		if q := p.processes[c.PID]; q != nil {
			q.end()
			delete(p.processes, c.PID)
		}
	}
}

func pageEnd(c *netcore.ProcessChange) string {
	switch {
	case c.Signal != "":
		return "killed by " + c.Signal
	case c.Status < 0:
		return "not seen to end"
	}
	return fmt.Sprintf("exited with %d", c.Status)
}

// call counts a call, and follows its descriptors.
func (p *tracePage) call(c *netcore.Call) {
	program := p.program(c.Process)
	program.calls[c.Name]++
	if c.Failed() {
		program.errors[pageError{c.Errno.Name(), c.Name}]++
	}
	if spec, ok := netcore.Describe(c.Name); ok && spec.Waits != "" && c.Exit > c.Enter {
		program.waiting[c.Name] += time.Duration(c.Exit - c.Enter)
	}
	if q := p.processes[c.PID]; q != nil {
		q.call(c)
	}
}

// sample takes from the kernel's tables the addresses no call has told.
func (p *tracePage) sample(s *netcore.Sample) {
	for i := range s.Sockets {
		k := &s.Sockets[i]
		for _, owner := range k.Owners {
			for _, q := range p.processes {
				if q.name == owner.Process && q.table[owner.FD] != nil {
					q.table[owner.FD].socket.sampled(k)
				}
			}
		}
	}
}

// print writes the page. Nothing is added afterwards.
func (p *tracePage) print(w io.Writer) error {
	p.findings = append(p.findings, p.watch.End()...)
	var wrong error
	line := func(format string, args ...any) {
		_, err := fmt.Fprintln(w, strings.TrimRight(clean(fmt.Sprintf(format, args...)), " "))
		wrong = errors.Join(wrong, err)
	}
	if len(p.programs) == 0 {
		line("No program ran.")
	}
	for i, program := range p.programs {
		if i > 0 {
			line("")
		}
		program.print(line)
	}
	line("")
	if len(p.findings) == 0 {
		line("Findings: none")
		return wrong
	}
	line("Findings: %d", len(p.findings))
	for i := range p.findings {
		printFinding(line, &p.findings[i])
	}
	return wrong
}

func printFinding(line func(string, ...any), f *finding.Finding) {
	place := f.Process
	if f.Line != "" {
		place += ", " + f.Line
	}
	line("  %s (%s)", place, f.Kind)
	for _, text := range []string{f.What, f.Why, f.Fix} {
		if text != "" {
			line("    %s", text)
		}
	}
	if f.Lesson != "" {
		line("    lesson: sockstep learn %s", lessonCommand(f.Lesson))
	}
}

// lessonCommand is how a lesson's step is opened: "bind#busy" is "bind --at busy".
func lessonCommand(place string) string {
	name, step, ok := strings.Cut(place, "#")
	if !ok {
		return name
	}
	return name + " --at " + step
}

func (q *pageProgram) print(line func(string, ...any)) {
	line("%s: %s", q.name, cmp.Or(q.end, "not seen to end"))
	if q.processes > 1 {
		line("  processes    %d", q.processes)
	}
	line("  calls        %s", q.counts())
	if len(q.errors) > 0 {
		line("  errors       %s", q.failures())
	}
	line("  bytes        %d received, %d sent", q.in, q.out)
	if text := q.waited(); text != "" {
		line("  waiting      %s", text)
	}
	q.printSockets(line)
}

func (q *pageProgram) counts() string {
	names := slices.SortedFunc(maps.Keys(q.calls), func(a, b string) int {
		return cmp.Or(cmp.Compare(q.calls[b], q.calls[a]), cmp.Compare(a, b))
	})
	total := 0
	var texts []string
	for _, name := range names {
		total += q.calls[name]
		texts = append(texts, fmt.Sprintf("%s %d", name, q.calls[name]))
	}
	if total == 0 {
		return "none on sockets"
	}
	return fmt.Sprintf("%d: %s", total, strings.Join(texts, ", "))
}

func (q *pageProgram) failures() string {
	keys := slices.SortedFunc(maps.Keys(q.errors), func(a, b pageError) int {
		return cmp.Or(cmp.Compare(q.errors[b], q.errors[a]), cmp.Compare(a.errno, b.errno), cmp.Compare(a.call, b.call))
	})
	var texts []string
	for _, k := range keys {
		texts = append(texts, fmt.Sprintf("%s %d (%s)", k.errno, q.errors[k], k.call))
	}
	return strings.Join(texts, ", ")
}

// waited says how long the program was inside calls that may wait, the longest first.
func (q *pageProgram) waited() string {
	var total time.Duration
	for _, d := range q.waiting {
		total += d
	}
	if total == 0 {
		return ""
	}
	names := slices.SortedFunc(maps.Keys(q.waiting), func(a, b string) int {
		return cmp.Or(cmp.Compare(q.waiting[b], q.waiting[a]), cmp.Compare(a, b))
	})
	var texts []string
	for _, name := range names[:min(4, len(names))] {
		texts = append(texts, fmt.Sprintf("%s %v", name, rounded(q.waiting[name])))
	}
	return fmt.Sprintf("%v inside calls that may wait: %s", rounded(total), strings.Join(texts, ", "))
}

func rounded(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }

func (q *pageProgram) printSockets(line func(string, ...any)) {
	var open []string
	for _, s := range q.sockets {
		line("  socket       %s", s.text())
		if s.left {
			open = append(open, strconv.Itoa(s.fd))
		}
	}
	if q.unlisted > 0 {
		line("  socket       and %d more", q.unlisted)
	}
	if len(open) > 0 {
		line("  left open    %s", strings.Join(open, ", "))
	}
}
