//go:build linux

package netcore

import (
	"testing"
)

// BenchmarkOpen opens a lab, starts two processes, and closes it.
func BenchmarkOpen(b *testing.B) { benchmarkOpen(b, Options{}) }

func benchmarkOpen(b *testing.B, o Options) {
	ctx := b.Context()
	for b.Loop() {
		l, err := Open(ctx, o)
		if err != nil {
			b.Fatal(err)
		}
		for _, name := range []string{"server", "client"} {
			if _, err := l.Start(ctx, name); err != nil {
				b.Fatal(err)
			}
		}
		b.StopTimer()
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// BenchmarkClose closes a lab with two processes.
func BenchmarkClose(b *testing.B) {
	ctx := b.Context()
	for b.Loop() {
		b.StopTimer()
		l, err := Open(ctx, Options{})
		if err != nil {
			b.Fatal(err)
		}
		for _, name := range []string{"server", "client"} {
			if _, err := l.Start(ctx, name); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCall makes one short call, from the program and back.
func BenchmarkCall(b *testing.B) {
	p := start(b, openLab(b, Options{}), "server")
	want(b, p, 3, "socket", Number(2), Number(1), Number(0))
	for b.Loop() {
		want(b, p, -1, "listen", Number(99), Number(5))
	}
}

// BenchmarkSnapshot looks at a connection between two processes.
func BenchmarkSnapshot(b *testing.B) {
	l := openLab(b, Options{})
	connected(b, l)
	ctx := b.Context()
	for b.Loop() {
		if _, err := l.Snapshot(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSnapshotAfterCall looks after a call each time, so that nothing of the
// look before can be used again.
func BenchmarkSnapshotAfterCall(b *testing.B) {
	l := openLab(b, Options{})
	server, _ := connected(b, l)
	ctx := b.Context()
	for b.Loop() {
		b.StopTimer()
		want(b, server, -1, "listen", Number(99), Number(5))
		b.StartTimer()
		if _, err := l.Snapshot(ctx); err != nil {
			b.Fatal(err)
		}
	}
}
