package command

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"sockstep/lesson"
	"sockstep/lesson/tracing"
	"sockstep/netcore"
	"sockstep/netcore/tracer"
	"sockstep/ui"
)

// traceRequest is what to trace, and how.
type traceRequest struct {
	Programs []tracer.Program
	Host     bool   // in the machine's own network
	PID      int    // attach to this process instead, 0 for none
	TTY      string // the terminal that is the programs' own, "" for panes here
	Stops    tracer.Stops
}

// options are those of a session that traces what is asked for.
func (r *traceRequest) options() tracing.Options {
	return tracing.Options{Programs: withNames(r.Programs), PID: r.PID, Host: r.Host, TTY: r.TTY, Stops: r.Stops, Name: "sockstep " + Version}
}

// withNames gives each program a name of its own: that of its file, with a number behind
// it where two have the same.
func withNames(programs []tracer.Program) []tracer.Program {
	out := make([]tracer.Program, len(programs))
	taken := map[string]bool{}
	for i, p := range programs {
		if p.Name == "" {
			p.Name = filepath.Base(p.Path)
		}
		base := strings.ReplaceAll(p.Name, "/", "_")
		p.Name = base
		for n := 2; taken[p.Name]; n++ {
			p.Name = fmt.Sprintf("%s-%d", base, n)
		}
		taken[p.Name] = true
		out[i] = p
	}
	return out
}

// title names what is traced.
func (r *traceRequest) title() string {
	if r.PID != 0 {
		return fmt.Sprintf("trace of process %d", r.PID)
	}
	var names []string
	for _, p := range withNames(r.Programs) {
		names = append(names, p.Name)
	}
	return "trace: " + strings.Join(names, ", ")
}

// openTraceScreen opens programs on the stage. It blocks until the stage is left, and
// what was started has ended then.
func (p *program) openTraceScreen(ctx context.Context, r traceRequest) error {
	guard := &guardian{open: p.opener, file: p.in, between: true}
	o := r.options()
	o.Opened = func(lab *netcore.Lab) { guard.change(func() { guard.lab, guard.between = lab, true }) }
	_, err := p.screen(ctx, guard, ui.Options{Course: &lesson.Course{}, Trace: tracing.New(o), Title: r.title()})
	return err
}

// openReplayScreen opens a recording on the stage: nothing in it runs.
func (p *program) openReplayScreen(ctx context.Context, t *netcore.Timeline, title string) error {
	guard := &guardian{open: p.opener, file: p.in}
	_, err := p.screen(ctx, guard, ui.Options{Course: &lesson.Course{}, Trace: tracing.Replay(t), Title: "replay: " + title})
	return err
}
