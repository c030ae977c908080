//go:build linux && (amd64 || arm64)

package trace

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"sockstep/netcore"
	"sockstep/netcore/tracer"
)

func TestMain(m *testing.M) {
	netcore.MaybeRun()
	os.Exit(m.Run())
}

const python = "/usr/bin/python3"

const server = `import socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 7777))
s.listen(5)
print("ready", flush=True)
c, _ = s.accept()
c.sendall(c.recv(100))
c.close()
`

const client = `import socket, time
while True:
    try:
        c = socket.create_connection(("127.0.0.1", 7777)); break
    except ConnectionRefusedError:
        time.sleep(0.01)
c.sendall(b"hello")
assert c.recv(100) == b"hello"
`

func program(t *testing.T, name, text string) tracer.Program {
	t.Helper()
	file := t.TempDir() + "/" + name + ".py"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return tracer.Program{Name: name, Path: python, Args: []string{python, file}}
}

func open(t *testing.T, o Options) *Trace {
	t.Helper()
	if _, err := os.Stat(python); err != nil {
		t.Skip("needs", python)
	}
	r, err := Open(context.Background(), o)
	if err != nil {
		t.Skip("no lab here:", err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func run(t *testing.T, r *Trace, p tracer.Program, console *Size) *Running {
	t.Helper()
	started, err := r.Start(context.Background(), p, console)
	if err != nil {
		if strings.Contains(err.Error(), "not permitted") {
			t.Skip("tracing is not permitted here:", err)
		}
		t.Fatal(err)
	}
	return started
}

func await(t *testing.T, r *Running) {
	t.Helper()
	select {
	case <-r.Ended():
	case <-time.After(60 * time.Second):
		t.Fatalf("%s did not end", r.Name)
	}
}

// TestTwoProgramsInOneNetwork runs a server and a client and finds in one record
// what each called, what it printed, and where they can be seen the packets.
func TestTwoProgramsInOneNetwork(t *testing.T) {
	r := open(t, Options{})
	s := run(t, r, program(t, "server", server), &Size{Columns: 80, Rows: 24})
	c := run(t, r, program(t, "client", client), nil)
	await(t, s)
	await(t, c)
	if c.End().Status != 0 {
		t.Errorf("the client ended with status %d", c.End().Status)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	var calls []string
	packets := 0
	for _, e := range r.Timeline().Since(0) {
		switch {
		case e.Call != nil && !strings.Contains(e.Call.Name, "sockname"):
			calls = append(calls, e.Call.Process+" "+e.Call.Name)
		case e.Packet != nil:
			packets++
		}
	}
	for _, want := range []string{"server bind", "server listen", "server accept4", "server recv", "server send", "client connect", "client send", "client recv"} {
		if !slices.Contains(calls, want) {
			t.Errorf("no %s in %q", want, calls)
		}
	}
	if r.Lab().Tier().Private() && packets < 8 {
		t.Errorf("%d packets", packets)
	}
	if printed := printedBy(r); !strings.Contains(printed, "ready") {
		t.Errorf("the server printed %q", printed)
	}
}

// TestStandAndLook stops a server at listen and looks at it there: the socket is in
// the snapshot with its owner, and not listening yet.
func TestStandAndLook(t *testing.T) {
	r := open(t, Options{})
	ctx := context.Background()
	if err := r.Tracer().SetStops(ctx, tracer.Stops{Calls: []string{"listen"}}); err != nil {
		t.Fatal(err)
	}
	s := run(t, r, program(t, "server", server), nil)
	stands := standing(t, r)
	if len(stands) != 1 || stands[0].Call.Name != "listen" || stands[0].Returned {
		t.Fatalf("stands: %+v", stands)
	}
	look, err := r.Lab().Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, o := range look.Sockets {
		if slices.Contains(o.Owners, netcore.Owner{Process: "server", FD: 3}) {
			found = true
			if o.State == "LISTEN" {
				t.Error("it listens before the call was made")
			}
		}
	}
	if !found {
		t.Errorf("no socket of the server in %+v", look.Sockets)
	}
	if err := r.Resume(ctx, 0); err != nil {
		t.Fatal(err)
	}
	c := run(t, r, program(t, "client", client), nil)
	await(t, s)
	await(t, c)
}

// standing waits until a thread stands.
func standing(t *testing.T, r *Trace) []Stand {
	t.Helper()
	deadline := time.After(60 * time.Second)
	for {
		if stands := r.Stands(); len(stands) > 0 {
			return stands
		}
		select {
		case <-r.Changed():
		case <-deadline:
			t.Fatal("nothing stands")
		}
	}
}

// flood makes so many calls that a record of them must be bounded a call.
const flood = `import socket, sys
a, b = socket.socketpair()
for i in range(int(sys.argv[1])):
    a.send(b"%08d" % i)
    assert b.recv(100) == b"%08d" % i
`

// TestManyCalls records 100,000 calls: none is lost, all are in order, and what they
// take in memory is bounded.
func TestManyCalls(t *testing.T) {
	trips := 50000
	if testing.Short() || underRace {
		trips = 5000
	}
	r := open(t, Options{Host: true})
	p := program(t, "flood", flood)
	p.Args = append(p.Args, fmt.Sprint(trips))
	before := heap()
	began := run(t, r, p, nil)
	await(t, began)
	if end := began.End(); end.Status != 0 || end.Signal != "" {
		t.Errorf("it ended with %+v", end)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	perCall := float64(heap()-before) / float64(2*trips)
	t.Logf("%.0f bytes a call", perCall)
	if perCall > 2048 {
		t.Errorf("%.0f bytes a call", perCall)
	}
	sent, received := 0, 0
	for _, e := range r.Timeline().Since(0) {
		if e.Call == nil || e.Call.Ret == nil || *e.Call.Ret != 8 {
			continue
		}
		switch e.Call.Name {
		case "send":
			if want := fmt.Sprintf("%08d", sent); string(e.Call.Args[1].Before) != want {
				t.Fatalf("sent %q, want %s", e.Call.Args[1].Before, want)
			}
			sent++
		case "recv":
			if want := fmt.Sprintf("%08d", received); string(e.Call.Args[1].After) != want {
				t.Fatalf("received %q, want %s", e.Call.Args[1].After, want)
			}
			received++
		}
	}
	if sent != trips || received != trips {
		t.Errorf("%d sends and %d recvs are recorded, want %d", sent, received, trips)
	}
}

// heap is how much memory is in use once what is not is gone.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestConsoleHeldByOthers has somebody else open a program's console: what the program
// printed last is recorded, and Close does not wait for that other one.
func TestConsoleHeldByOthers(t *testing.T) {
	r := open(t, Options{})
	p := run(t, r, program(t, "printer", `
import os, sys
print(os.ttyname(0), flush=True)
sys.stdin.readline()
for i in range(5000): print("line", i)
print("last words")
`), &Size{Columns: 80, Rows: 24, Silent: true})
	late := time.After(60 * time.Second)
	var name string
	for {
		changed := r.Timeline().Changed()
		if text, _, ok := strings.Cut(printedBy(r), "\r\n"); ok {
			name = text
			break
		}
		select {
		case <-changed:
		case <-late:
			t.Fatal("it has not printed its terminal's name")
		}
	}
	other, err := OpenTerminal(name)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := p.Resize(Size{Columns: 100, Rows: 30}); err != nil {
		t.Error(err)
	}
	if _, err := p.Console.WriteString("go on\n"); err != nil {
		t.Fatal(err)
	}
	await(t, p)
	closed := make(chan error, 1)
	go func() { closed <- r.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(60 * time.Second):
		t.Fatal("Close waits for the one who holds the console")
	}
	if text := printedBy(r); !strings.HasSuffix(text, "line 4999\r\nlast words\r\n") {
		t.Errorf("it printed last %q", text[max(0, len(text)-60):])
	}
}

func printedBy(r *Trace) string {
	var b strings.Builder
	for _, e := range r.Timeline().Since(0) {
		if e.Output != nil {
			b.Write(e.Output.Bytes)
		}
	}
	return b.String()
}
