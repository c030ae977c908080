//go:build linux && (amd64 || arm64)

package tracer

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/netcore"
)

// A measured run.
type measured struct{ wall, cpu time.Duration }

// measure runs f and takes the time, and the processor time of this process and of
// those it waited for.
func measure(f func()) measured {
	used := processorTime()
	begun := time.Now()
	f()
	return measured{time.Since(begun), processorTime() - used}
}

func processorTime() (sum time.Duration) {
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var u unix.Rusage
		if unix.Getrusage(who, &u) == nil {
			sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return sum
}

// BenchmarkRoundTrips compares 20,000 round trips of 64 bytes with 200,000 other
// calls between them: alone, under strace with its filter, under the tracer that
// writes strace form too, and under the tracer beside a lab. It reports medians.
func BenchmarkRoundTrips(b *testing.B) {
	const trips, others = 20000, 200000
	path, strace := compile(b, "bench.c", "-O2"), need(b, "strace")
	command := []string{path, fmt.Sprint(trips), fmt.Sprint(others)}
	file := filepath.Join(b.TempDir(), "trace")
	ways := []struct {
		name string
		run  func()
	}{
		{"native", func() { succeed(b, command...) }},
		{"strace", func() {
			succeed(b, append([]string{strace, "--seccomp-bpf", "-f", "-e", "trace=network", "-o", file, "--"}, command...)...)
		}},
		{"tracer", func() { traceToFile(b, file, command, 4*trips) }},
		{"remote", func() { traceRemotely(b, command, 4*trips) }},
	}
	results := map[string][]measured{}
	for b.Loop() {
		for _, w := range ways {
			results[w.name] = append(results[w.name], measure(w.run))
		}
	}
	wall, cpu := map[string]float64{}, map[string]float64{}
	for name, list := range results {
		wall[name] = median(list, func(m measured) time.Duration { return m.wall })
		cpu[name] = median(list, func(m measured) time.Duration { return m.cpu })
		b.ReportMetric(wall[name], name+"-s")
		b.ReportMetric(cpu[name], name+"-cpu-s")
	}
	for _, name := range []string{"tracer", "remote"} {
		b.ReportMetric(wall[name]/wall["strace"], name+"/strace")
		b.ReportMetric(cpu[name]/cpu["strace"], name+"/strace-cpu")
		b.ReportMetric(wall[name]/wall["native"], name+"/native")
	}
}

func median(list []measured, of func(measured) time.Duration) float64 {
	var times []time.Duration
	for _, m := range list {
		times = append(times, of(m))
	}
	slices.Sort(times)
	return times[len(times)/2].Seconds()
}

func succeed(b *testing.B, command ...string) {
	if text, status := outputOf(b, command...); status != 0 {
		b.Fatalf("%q: status %d\n%s", command, status, text)
	}
}

// traceToFile runs a command under the tracer and writes each call in strace form.
func traceToFile(b *testing.B, file string, command []string, least int) {
	f, err := os.Create(file)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	out := bufio.NewWriterSize(f, 64<<10)
	calls := 0
	var line []byte
	ended := make(chan int, 1)
	t, err := New(Options{Tell: func(e Event) {
		switch {
		case e.Kind == CallEvent:
			calls++
			line = strconv.AppendInt(line[:0], int64(e.TID), 10)
			line = append(append(append(line, ' '), netcore.Strace(e.Call)...), '\n')
			_, _ = out.Write(line)
		case e.Kind == ProcessEvent && e.Process.Change == "end" && e.Process.Name == "bench":
			ended <- e.Process.Status
		}
	}})
	if err != nil {
		b.Skip(err)
	}
	if _, _, err := t.Start(Program{Name: "bench", Path: command[0], Args: command}); err != nil {
		b.Skip(err)
	}
	status := <-ended
	if err := t.Close(); err != nil || status != 0 || calls < least {
		b.Fatalf("%v, status %d, %d calls", err, status, calls)
	}
	if err := out.Flush(); err != nil {
		b.Fatal(err)
	}
}

// traceRemotely runs a command under the tracer beside a lab.
func traceRemotely(b *testing.B, command []string, least int) {
	lab, err := netcore.Open(context.Background(), netcore.Options{Companion: []string{Role}, Tier: netcore.TierHost})
	if err != nil {
		b.Skip("no lab here:", err)
	}
	defer lab.Close()
	calls := 0
	ended := make(chan int, 1)
	r, err := Connect(lab.Companion(), func(e Event) {
		switch {
		case e.Kind == CallEvent:
			calls++
		case e.Kind == ProcessEvent && e.Process.Change == "end" && e.Process.Name == "bench":
			ended <- e.Process.Status
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	if _, _, err := r.Start(context.Background(), Program{Name: "bench", Path: command[0], Args: command}); err != nil {
		b.Skip(err)
	}
	status := <-ended
	if err := r.Close(); err != nil || status != 0 || calls < least {
		b.Fatalf("%v, status %d, %d calls", err, status, calls)
	}
}
