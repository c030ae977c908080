// Package watching builds a small program on this machine, runs it in a fresh private
// network under the tracer, and returns what it called, what it printed and how it
// ended. It runs whatever it is given: only what this program brought along is to be
// given to it. A run that was written down is read back as the same Report.
package watching

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"sockstep/netcore"
	"sockstep/netcore/trace"
	"sockstep/netcore/tracer"
)

// Unit is one program.
type Unit struct {
	File   string   // its name, "names.c"; the ending says which language it is in
	Source string   // its text
	Args   []string // what it is started with
}

// Limits for a program that is watched. A build may take Building and a run Running;
// mostOutput bounds the bytes that are kept of what it prints, mostCalls its calls,
// and mostProcesses how many processes and threads it may have at a time.
const (
	Building      = 40 * time.Second
	Running       = 10 * time.Second
	mostOutput    = 16 << 10
	mostCalls     = 2000
	mostProcesses = 400
)

// Unavailable says why a program cannot be watched on this machine.
type Unavailable struct{ Reason string }

func (e *Unavailable) Error() string { return e.Reason }

func unavailable(format string, args ...any) error {
	return &Unavailable{fmt.Sprintf(format, args...)}
}

// Run builds a program, runs it and waits for its end. Nothing of it is left then:
// its processes, its network and its folder are gone. The error is an *Unavailable
// where this machine has not got what it takes, else about the context.
func Run(ctx context.Context, u Unit) (*Report, error) {
	r, err := run(ctx, u)
	var cannot *Unavailable
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("watch %s: %w", u.File, context.Cause(ctx))
	}
	if err != nil && !errors.As(err, &cannot) {
		return nil, unavailable("%v", err)
	}
	return r, err
}

func run(ctx context.Context, u Unit) (*Report, error) {
	l, ok := u.language()
	if !ok {
		return nil, fmt.Errorf("%s: no language is known by that ending", u.File)
	}
	path, err := l.find()
	if err != nil {
		return nil, &Unavailable{err.Error()}
	}
	dir, err := os.MkdirTemp("", "sockstep-watch")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the program: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, u.File), []byte(u.Source), 0o600); err != nil {
		return nil, fmt.Errorf("write the program: %w", err)
	}
	p, err := l.prepare(ctx, dir, path, u)
	if err != nil {
		return nil, err
	}
	t, err := observe(ctx, p)
	if err != nil {
		return nil, err
	}
	return report(u, l.machine(ctx, dir, path), t), nil
}

// observe runs a program that is built under the tracer, and returns the record.
func observe(ctx context.Context, p tracer.Program) (_ *netcore.Timeline, err error) {
	t, err := trace.Open(ctx, trace.Options{Contain: true, Name: "sockstep"})
	if err != nil {
		return nil, unavailable("programs cannot be traced here: %v", err)
	}
	closed := sync.OnceValue(t.Close)
	defer func() { err = errors.Join(err, closed()) }()
	if !t.Lab().Tier().Private() {
		return nil, &Unavailable{"this machine gives no private network to run the program in"}
	}
	out, err := newOutput()
	if err != nil {
		return nil, err
	}
	defer out.close()
	p.Files = []*os.File{nil, out.far, out.far}
	running, err := t.Start(ctx, p, nil)
	if err != nil {
		return nil, unavailable("programs cannot be traced here: %v", err)
	}
	out.copy()
	limit := time.NewTimer(Running)
	defer limit.Stop()
	select {
	case <-running.Ended():
	case <-limit.C:
		return nil, unavailable("the program did not end within %v on this machine", Running)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-t.Tracer().Ended():
		return nil, unavailable("the tracer has ended before the program did")
	}
	if err := closed(); err != nil { // what it left running holds its output open
		return nil, fmt.Errorf("close the lab: %w", err)
	}
	t.Timeline().Close() // what was held back is there now
	return record(t.Timeline(), running.End(), out.text()), nil
}

// record is what is kept of a run: its calls, its output and its end, and nothing of
// the lab around it.
func record(from *netcore.Timeline, end netcore.ProcessChange, printed []byte) *netcore.Timeline {
	var t *netcore.Timeline
	calls := 0
	last := int64(0)
	for _, e := range from.Since(0) {
		last = max(last, e.At)
		switch {
		case e.Type == netcore.HeaderEvent:
			h := *e.Header
			h.Kernel = release.FindString(h.Kernel)
			t = netcore.NewTimeline(h)
			continue
		case e.Type == netcore.CallEvent:
			if calls++; calls > mostCalls {
				continue
			}
		case e.Type != netcore.NoteEvent:
			continue
		}
		e.Cause = 0
		e.ID = 0
		if e.Call != nil {
			c := *e.Call
			c.ID, e.Call = 0, &c
		}
		t.Add(e)
	}
	if len(printed) > 0 {
		t.Add(netcore.Event{Type: netcore.OutputEvent, At: last, Output: &netcore.Output{Process: end.Name, FD: 1, Bytes: printed}})
	}
	t.Add(netcore.Event{Type: netcore.ProcessEvent, At: last, Process: &end})
	t.Close()
	return t
}

// output takes what a program prints, the first of it.
type output struct {
	near, far *os.File
	done      sync.WaitGroup
	bytes     []byte
}

func newOutput() (*output, error) {
	near, far, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("a pipe for the program's output: %w", err)
	}
	return &output{near: near, far: far}, nil
}

// copy reads until nobody has the other end any more.
func (o *output) copy() {
	_ = o.far.Close()
	o.done.Go(func() {
		o.bytes, _ = io.ReadAll(io.LimitReader(o.near, mostOutput))
		_, _ = io.Copy(io.Discard, o.near)
	})
}

func (o *output) text() []byte {
	o.done.Wait()
	return []byte(strings.ToValidUTF8(string(o.bytes), "?"))
}

func (o *output) close() {
	_ = o.far.Close()
	_ = o.near.Close()
	o.done.Wait()
}
