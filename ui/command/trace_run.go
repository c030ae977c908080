package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"sockstep/netcore/trace"
	"sockstep/netcore/tracer"
)

const (
	// startPatience is how long a program is waited for to listen, before the next
	// one starts.
	startPatience = 2 * time.Second
	// endPatience is how long a program has to end after a signal, before SIGKILL.
	endPatience = 2 * time.Second
	// endQuiet is how long the other programs have to be quiet after the last one's
	// end before they are ended: what that set off is over then.
	endQuiet = 300 * time.Millisecond
	// signalPatience is how long a signal of the terminal may take to the programs.
	signalPatience = 100 * time.Millisecond
)

// plainTrace is one run of trace without a screen.
type plainTrace struct {
	p       *program
	request traceRequest
	form    traceForm
	out     *traceOutput
	trace   *trace.Trace
	console *console
	signals chan os.Signal

	mu      sync.Mutex
	ready   map[int]bool            // programs that listen, wait or have ended
	got     map[string]map[int]bool // programs that were seen to get a signal, by its name
	latest  time.Time               // when something was seen last
	changed chan struct{}           // receives when one of these has
}

// tracePlain traces without a screen.
func (p *program) tracePlain(ctx context.Context, r traceRequest, form traceForm) error {
	t := &plainTrace{
		p: p, request: r, form: form, signals: make(chan os.Signal, 2),
		ready: map[int]bool{}, got: map[string]map[int]bool{}, changed: make(chan struct{}, 1),
	}
	signal.Notify(t.signals, heeded()...)
	defer signal.Stop(t.signals)
	var err error
	if t.out, err = p.openTraceOutput(form); err != nil {
		return err
	}
	err = t.run(ctx)
	if closing := t.out.close(); closing != nil {
		p.complain(closing)
		err = cmpError(err, &quietError{1})
	}
	return err
}

func cmpError(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

func (t *plainTrace) run(ctx context.Context) error {
	var err error
	t.console, err = t.p.openConsole(t.request.TTY, t.form)
	if err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	defer t.console.close()
	t.trace, err = trace.Open(ctx, trace.Options{Host: t.request.Host, Name: "sockstep " + Version, Told: t.told, Printed: t.printed})
	if err != nil {
		return fmt.Errorf("trace: %w (sockstep doctor says what it takes)", err)
	}
	t.out.follow(t.trace.Timeline())
	end, err := t.inNetwork(ctx)
	closing := t.trace.Close()
	t.trace.Timeline().Close()
	switch {
	case err != nil:
		return err
	case closing != nil:
		return fmt.Errorf("close the lab: %w", closing)
	case end != 0:
		return &quietError{end}
	}
	return nil
}

// inNetwork runs the programs and returns the exit status.
func (t *plainTrace) inNetwork(ctx context.Context) (int, error) {
	if !t.request.Host && !t.trace.Lab().Tier().Private() {
		if t.form.private {
			return 0, errors.New("trace: this machine gives no private network (sockstep doctor says why, and what helps)")
		}
		t.say("there is no private network here (sockstep doctor says why): the programs are in this machine's own")
	}
	if t.request.PID != 0 {
		return t.attached(ctx)
	}
	running, sig, err := t.start(ctx)
	if err != nil {
		return 0, err
	}
	if sig == nil {
		sig = t.await(ctx, running)
	}
	if sig != nil {
		t.interrupt(running, sig)
	}
	if len(running) < len(t.request.Programs) {
		return (&signalError{sig.(syscall.Signal)}).ExitCode(), nil
	}
	return t.status(running[len(running)-1]), nil
}

func (t *plainTrace) say(format string, args ...any) { t.out.say(fmt.Errorf(format, args...)) }

// start starts the programs one after the other. A signal that comes meanwhile ends
// that.
func (t *plainTrace) start(ctx context.Context) (running []*trace.Running, sig os.Signal, err error) {
	for i, p := range t.request.Programs {
		p.Files = t.console.files
		if t.console.size == nil {
			p.Group = trace.Group()
		}
		r, err := t.trace.Start(ctx, p, t.console.size)
		if err != nil {
			t.end(running, syscall.SIGTERM)
			return nil, nil, err
		}
		running = append(running, r)
		t.console.has(r)
		if len(t.request.Programs) > 1 {
			t.say("%s is process %d", r.Name, r.PID)
		}
		if i+1 == len(t.request.Programs) {
			break
		}
		if sig := t.until(ctx, startPatience, func() bool { return t.ready[r.Number] }); sig != nil {
			return running, sig, nil
		}
	}
	return running, nil, nil
}

// printed shows what a program has printed. A record that is not written is forgotten
// from time to time.
func (t *plainTrace) printed(process string, b []byte) {
	t.console.printed(process, b)
	t.out.wake()
}

// told notes what the next steps wait for, and passes the event on.
func (t *plainTrace) told(e tracer.Event) {
	t.out.told(&e)
	t.mu.Lock()
	t.latest = time.Now()
	switch {
	case e.Kind == tracer.EnterEvent,
		e.Kind == tracer.CallEvent && e.Call.Name == "listen" && e.Call.Returned() && !e.Call.Failed(),
		e.Kind == tracer.ProcessEvent && e.Process.Change == "end" && !strings.Contains(e.Process.Name, "/"):
		t.ready[e.Program] = true
	case e.Kind == tracer.SignalEvent:
		if t.got[e.Signal.Name] == nil {
			t.got[e.Signal.Name] = map[int]bool{}
		}
		t.got[e.Signal.Name][e.Program] = true
	}
	t.mu.Unlock()
	select {
	case t.changed <- struct{}{}:
	default:
	}
}

// until waits until something holds, which is asked whenever something was seen,
// for a time at most (0: for ever). It returns a signal that came meanwhile.
func (t *plainTrace) until(ctx context.Context, patience time.Duration, holds func() bool) os.Signal {
	var over <-chan time.Time
	if patience > 0 {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		over = timer.C
	}
	for {
		t.mu.Lock()
		done := holds()
		t.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-t.changed:
		case <-over:
			return nil
		case sig := <-t.signals:
			return sig
		case <-ctx.Done():
			return syscall.SIGTERM
		case <-t.trace.Tracer().Ended():
			return syscall.SIGTERM // somebody killed it, and the programs with it
		}
	}
}

// await waits until the last program has ended, and ends the others then. It returns
// a signal that came meanwhile.
func (t *plainTrace) await(ctx context.Context, running []*trace.Running) os.Signal {
	last := running[len(running)-1]
	if sig := t.until(ctx, 0, func() bool { return over(last) }); sig != nil {
		return sig
	}
	if sig := t.settled(ctx, running); sig != nil {
		return sig
	}
	if left := living(running); len(left) > 0 {
		t.say("%s has ended; so %s is sent SIGTERM, and SIGKILL if it runs on", last.Name, names(left))
		t.end(left, syscall.SIGTERM)
	}
	return nil
}

// settled waits until the programs that are left have ended or are quiet.
func (t *plainTrace) settled(ctx context.Context, running []*trace.Running) os.Signal {
	deadline := time.Now().Add(endPatience)
	for {
		t.mu.Lock()
		quiet := endQuiet - time.Since(t.latest)
		t.mu.Unlock()
		if left := min(quiet, time.Until(deadline)); left > 0 && len(living(running)) > 0 {
			if sig := t.until(ctx, left, func() bool { return len(living(running)) == 0 }); sig != nil {
				return sig
			}
			continue
		}
		return nil
	}
}

func over(r *trace.Running) bool {
	select {
	case <-r.Ended():
		return true
	default:
		return false
	}
}

func living(running []*trace.Running) (left []*trace.Running) {
	return slices.DeleteFunc(slices.Clone(running), over)
}

func names(running []*trace.Running) string {
	var all []string
	for _, r := range running {
		all = append(all, r.Name)
	}
	return strings.Join(all, ", ")
}

// interrupt ends the programs as the signal would: those that did not get it from the
// terminal as well get it now.
func (t *plainTrace) interrupt(running []*trace.Running, sig os.Signal) {
	s := sig.(syscall.Signal)
	name := trace.SignalName(s)
	missed := func() []*trace.Running {
		return slices.DeleteFunc(living(running), func(r *trace.Running) bool { return t.got[name][r.Number] })
	}
	if again := t.until(context.Background(), signalPatience, func() bool { return len(missed()) == 0 }); again != nil {
		t.kill(living(running), syscall.SIGKILL)
	}
	t.mu.Lock()
	left := missed()
	t.mu.Unlock()
	t.kill(left, s)
	t.end(living(running), 0)
}

// end sends programs a signal, and SIGKILL to those that run on. A signal that comes
// meanwhile makes it short.
func (t *plainTrace) end(running []*trace.Running, s syscall.Signal) {
	if s != 0 {
		t.kill(running, s)
	}
	t.until(context.Background(), endPatience, func() bool { return len(living(running)) == 0 })
	if left := living(running); len(left) > 0 {
		t.say("%s runs on %v after the signal, and gets SIGKILL", names(left), endPatience)
		t.kill(left, syscall.SIGKILL)
		t.until(context.Background(), endPatience, func() bool { return len(living(running)) == 0 })
	}
}

func (t *plainTrace) kill(running []*trace.Running, s syscall.Signal) {
	for _, r := range running {
		_ = t.trace.Kill(context.Background(), r, s) // it may just have ended
	}
}

// attached watches a running process until it ends, or a signal lets it go.
func (t *plainTrace) attached(ctx context.Context) (int, error) {
	pid := t.request.PID
	r, err := t.trace.Attach(ctx, attachedName(pid), pid)
	if err != nil {
		return 0, fmt.Errorf("trace: %w", err)
	}
	t.say("watching %s, process %d; Ctrl-C lets it go, and it runs on", r.Name, pid)
	if sig := t.until(ctx, 0, func() bool { return over(r) }); sig != nil {
		t.say("%s, process %d, is let go, and runs on", r.Name, pid)
		return 0, nil
	}
	return t.status(r), nil
}

// status is the exit status a program's end stands for.
func (t *plainTrace) status(r *trace.Running) int {
	if !over(r) {
		t.say("the tracer has ended before %s did", r.Name)
		return 1
	}
	return trace.ExitStatus(r.End())
}
