package trace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"sockstep/netcore"
	"sockstep/netcore/tracer"
)

// probeRole is the role of the small program that Probe traces: it makes a socket, or
// waits.
const probeRole = "trace-probe"

// probePatience bounds each thing that is tried.
const probePatience = 5 * time.Second

// Probe tries what tracing and exercises need, and says of each whether it works here
// and what would help. It takes a few labs' time, some tens of milliseconds.
func Probe(ctx context.Context) []netcore.Finding {
	ctx, cancel := context.WithTimeout(ctx, probePatience)
	defer cancel()
	attached := make(chan error, 1)
	go func() { attached <- tryAttaching(ctx) }()
	contained := tryTracing(ctx, Options{Contain: true})
	tracing := contained
	if contained != nil {
		tracing = tryTracing(ctx, Options{})
	}
	findings := []netcore.Finding{
		found("tracing", "Programs can be traced: sockstep trace, and exercises.", tracing, traceFix()),
	}
	if tracing == nil {
		findings = append(findings, found("process namespace", "An exercise's program has one of its own: what it starts ends with it.", contained,
			"Programs that leave processes behind are ended by their process group only. A private network, or root, has it."))
	}
	findings = append(findings, found("attaching", "A running program of yours can be watched: sockstep trace -p PID."+scopeText(), <-attached, attachFix()))
	return append(findings, memoryLimit()...)
}

// found is one finding: have when err is nil, else the error and what to do.
func found(name, have string, err error, fix string) netcore.Finding {
	if err == nil {
		return netcore.Finding{Name: name, OK: true, Have: have}
	}
	text := strings.TrimSuffix(err.Error(), ".")
	if text != "" {
		text = strings.ToUpper(text[:1]) + text[1:] + "."
	}
	return netcore.Finding{Name: name, Lack: text, Fix: fix}
}

// tryTracing traces a program that makes a socket.
func tryTracing(ctx context.Context, o Options) error {
	var seen atomic.Bool
	o.Told = func(e tracer.Event) {
		if e.Kind == tracer.CallEvent && e.Call.Name == "socket" {
			seen.Store(true)
		}
	}
	t, err := Open(ctx, o)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return errors.Join(err, t.Close())
	}
	r, err := t.Start(ctx, tracer.Program{Name: "probe", Path: self, Args: netcore.HelperCommand(probeRole), Env: probeEnv()}, nil)
	if err == nil {
		select {
		case <-r.Ended():
		case <-ctx.Done():
			err = errors.New("a traced program did not end")
		}
	}
	err = errors.Join(err, t.Close())
	if err == nil && !seen.Load() {
		err = fmt.Errorf("a traced program's calls were not seen on %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	return err
}

// probeEnv is the environment of the small program.
func probeEnv() []string { return append(os.Environ(), "GODEBUG=asyncpreemptoff=1") }

// tryAttaching attaches to a process that runs, in this machine's network.
func tryAttaching(ctx context.Context) error {
	pid, end, err := startWaiting()
	if err != nil {
		return err
	}
	defer end()
	t, err := Open(ctx, Options{Host: true})
	if err != nil {
		return err
	}
	_, err = t.Attach(ctx, "probe", pid)
	return errors.Join(err, t.Close())
}
