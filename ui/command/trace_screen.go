package command

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"sockstep/lesson"
	stepping "sockstep/lesson/tracing"
	"sockstep/netcore"
	"sockstep/netcore/tracer"
	"sockstep/ui"
	"sockstep/ui/linear"
	"sockstep/ui/printable"
)

// traceRequest is what to trace, and how.
type traceRequest struct {
	Programs []tracer.Program
	Host     bool   // in the machine's own network
	PID      int    // attach to this process instead, 0 for none
	TTY      string // the terminal that is the programs' own, "" for panes here
	Stops    tracer.Stops
	Free     bool // threads stop nowhere at first
}

// options are those of a session that traces what is asked for. Where nothing else is
// asked for it stops at each call.
func (r *traceRequest) options() stepping.Options {
	stops := r.Stops
	if !r.Free && stepping.StopsText(stops) == "" {
		stops.Every = true
	}
	if r.PID != 0 {
		r.Programs = []tracer.Program{{Name: processName(r.PID)}}
	}
	return stepping.Options{Programs: r.Programs, PID: r.PID, Host: r.Host, TTY: r.TTY, Stops: stops, Name: "sockstep " + Version}
}

// processName is what a running process is called, "program" where that is not known.
func processName(pid int) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	name := strings.ReplaceAll(strings.TrimSpace(printable.Bytes(bytes.TrimSpace(b))), "/", "_")
	if err != nil || name == "" {
		return "program"
	}
	return name
}

// title names what is traced.
func (r *traceRequest) title() string {
	if r.PID != 0 {
		return fmt.Sprintf("trace: %s, process %d", processName(r.PID), r.PID)
	}
	var names []string
	for _, p := range r.Programs {
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
	_, err := p.screen(ctx, guard, ui.Options{Course: &lesson.Course{}, Trace: stepping.New(o), Title: r.title()})
	return err
}

// openReplayScreen opens a recording on the stage: nothing in it runs.
func (p *program) openReplayScreen(ctx context.Context, t *netcore.Timeline) error {
	guard := &guardian{open: p.opener, file: p.in}
	s := stepping.Replay(t)
	_, err := p.screen(ctx, guard, ui.Options{Course: &lesson.Course{}, Trace: s, Title: "replay: " + castOf(s.View())})
	return err
}

// castOf are the names of the programs of a trace.
func castOf(v *lesson.View) string {
	var names []string
	for i := range v.Sides {
		names = append(names, v.Sides[i].Name)
	}
	return strings.Join(names, ", ")
}

// traceLinear traces programs as plain lines, one call at a time. It blocks until the
// one who reads them leaves, and what was started has ended then.
func (p *program) traceLinear(ctx context.Context, r traceRequest) error {
	ctx, stop := interruptible(ctx)
	defer stop()
	s := stepping.New(r.options())
	err := linear.Trace(ctx, s, linear.NewInput(p.in, !p.typing()), linear.NewOutput(p.out, p.columns()))
	if closing := s.Close(); err == nil && closing != nil {
		err = fmt.Errorf("end the trace: %w", closing)
	}
	return err
}
