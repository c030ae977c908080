package finding

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sockstep/netcore"
	"sockstep/netcore/tracer"
)

func TestMain(m *testing.M) {
	netcore.MaybeRun()
	os.Exit(m.Run())
}

// limit is how long a run of traced programs may take.
const limit = 20 * time.Second

// run is programs under the tracer, and the events that a Timeline would hold of them.
type run struct {
	t      *testing.T
	tracer *tracer.Tracer
	port   int
	number map[int]int // of the programs, by pid

	mu     sync.Mutex
	more   *sync.Cond
	events []netcore.Event
	late   bool
}

func newRun(t *testing.T, faults []tracer.Fault) *run {
	t.Helper()
	r := &run{t: t, number: map[int]int{}}
	r.more = sync.NewCond(&r.mu)
	tr, err := tracer.New(tracer.Options{Tell: r.tell, Faults: faults})
	if errors.Is(err, tracer.ErrUnsupported) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	r.tracer = tr
	t.Cleanup(func() { _ = tr.Close() })
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.port = l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	timer := time.AfterFunc(limit, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.late = true
		r.more.Broadcast()
	})
	t.Cleanup(func() { timer.Stop() })
	return r
}

// others is added to the serials of calls, so that no other event has one of theirs.
const others = 1 << 32

// tell takes an event of the tracer's.
func (r *run) tell(e tracer.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := netcore.Event{ID: netcore.ID(others + len(r.events)), At: e.Time}
	switch e.Kind {
	case tracer.ProcessEvent:
		out.Type, out.Process = netcore.ProcessEvent, e.Process
	case tracer.CallEvent:
		out.ID, out.Type, out.Call = netcore.ID(e.Serial), netcore.CallEvent, e.Call
		e.Call.ID = out.ID
	case tracer.EnterEvent:
		if e.Asleep == "" {
			return
		}
		out.Type, out.Blocked = netcore.BlockedEvent, &netcore.Blocked{Call: netcore.ID(e.Serial), Channel: e.Asleep}
	case tracer.SignalEvent:
		out.Type, out.Signal = netcore.SignalEvent, e.Signal
	default:
		return
	}
	r.events = append(r.events, out)
	r.more.Broadcast()
}

// until waits for an event from the start-th on and returns its index.
func (r *run) until(what string, start int, is func(*netcore.Event) bool) int {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		for i := start; i < len(r.events); i++ {
			if is(&r.events[i]) {
				return i
			}
		}
		if r.late {
			r.print()
			r.t.Fatalf("no %s within %v", what, limit)
		}
		r.more.Wait()
	}
}

// print logs the events.
func (r *run) print() {
	for _, e := range r.events {
		switch {
		case e.Call != nil:
			r.t.Log(e.Call.Process, e.Call.TID, netcore.Strace(e.Call), (e.At-r.events[0].At)/1e3)
		case e.Process != nil:
			r.t.Logf("%+v %d", *e.Process, (e.At-r.events[0].At)/1e3)
		case e.Signal != nil:
			r.t.Logf("%+v", *e.Signal)
		}
	}
}

// start starts a program; its name in the cast is name.
func (r *run) start(name, path string, args ...string) int {
	r.t.Helper()
	number, pid, err := r.tracer.Start(tracer.Program{
		Name: name, Path: path, Args: append([]string{path}, args...),
		Env: append(os.Environ(), "PORT="+strconv.Itoa(r.port)),
	})
	if err != nil {
		r.t.Skipf("programs cannot be traced here: %v", err)
	}
	r.number[pid] = number
	return pid
}

// ended waits for the end of a process.
func (r *run) ended(pid int) {
	r.t.Helper()
	r.until("end of a program", 0, func(e *netcore.Event) bool {
		return e.Process != nil && e.Process.PID == pid && e.Process.Change == "end"
	})
}

// listens waits until a program listens or has ended; it reports whether it listens.
func (r *run) listens(pid, start int) bool {
	r.t.Helper()
	i := r.until("listener", start, func(e *netcore.Event) bool {
		return e.Call != nil && e.Call.PID == pid && (e.Call.Name == "listen" || e.Call.Name == "accept") ||
			e.Process != nil && e.Process.PID == pid && e.Process.Change == "end"
	})
	return r.events[i].Call != nil
}

// built is a program compiled with macros into a folder, if it is not there yet.
func built(t *testing.T, dir, source string, macros ...string) string {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("no gcc here")
	}
	out := filepath.Join(dir, strings.Join(append([]string{source}, macros...), "-"))
	if _, err := os.Stat(out); err == nil {
		return out
	}
	args := []string{"-g", "-w", "-o", out, filepath.Join("testdata", source)}
	for _, m := range macros {
		args = append(args, "-D"+m)
	}
	if said, err := exec.Command("gcc", args...).CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, said)
	}
	return out
}

// short has the server's calls take n bytes only.
func short(d tracer.Direction, n int) []tracer.Fault {
	return []tracer.Fault{{Kind: "short", Direction: d, Bytes: n, Process: "server"}}
}

// servers are servers with one mistake each, and what makes them right.
var servers = []struct {
	name    string
	wrong   []string // macros of the wrong server
	right   []string // those of the right one
	clients []string // what its clients do
	kind    string
	together,
	again bool // clients at the same time; the server started once more
	faults  []tracer.Fault
	options func(port int) Options
}{
	{name: "precedence", wrong: []string{"PRECEDENCE"}, clients: []string{"echo", "echo"}, kind: Precedence},
	{name: "bind unchecked", wrong: []string{"FOREIGN", "UNCHECKED"}, right: []string{"FOREIGN"}, kind: Unchecked},
	{name: "accept without listen", wrong: []string{"NO_LISTEN"}, clients: []string{"echo", "echo"}, kind: NotListening},
	{name: "htons", wrong: []string{"NO_HTONS"}, clients: []string{"echo", "echo"}, kind: HtonsMissing,
		options: func(port int) Options { return Options{Port: port} }},
	{name: "htons, by the client", wrong: []string{"NO_HTONS"}, clients: []string{"echo", "echo"}, kind: HtonsMissing},
	{name: "accept length", wrong: []string{"BAD_LENGTH"}, clients: []string{"echo", "echo"}, kind: AcceptLength},
	{name: "whole buffer", wrong: []string{"WHOLE"}, clients: []string{"echo", "echo"}, kind: WholeBuffer},
	{name: "end ignored", wrong: []string{"END_IGNORED"}, clients: []string{"echo", "echo"}, kind: EndIgnored},
	{name: "leak", wrong: []string{"LEAK"}, clients: []string{"brief", "brief"}, kind: LeakedDescriptor},
	{name: "leak in the parent", wrong: []string{"FORK", "LEAK", "CLIENTS=3"}, right: []string{"FORK", "CLIENTS=3"},
		clients: []string{"late", "late", "late"}, together: true, kind: LeakedDescriptor},
	{name: "used after close", wrong: []string{"USED_AFTER"}, clients: []string{"echo", "echo"}, kind: UsedAfterClose},
	{name: "SIGPIPE", wrong: []string{"PUSH", "SIGNAL", "GO_ON", "CLIENTS=1"}, right: []string{"PUSH", "CLIENTS=1"}, clients: []string{"leave"}, kind: KilledBySIGPIPE},
	{name: "busy", wrong: []string{"SPIN", "CLIENTS=1"}, right: []string{"CLIENTS=1"}, clients: []string{"late"}, kind: BusyLoop},
	{name: "others wait", wrong: []string{"CLIENTS=2"}, right: []string{"FORK", "CLIENTS=1"}, clients: []string{"quiet", "quiet"}, together: true, kind: Starved},
	{name: "short header", wrong: []string{"MESSAGE", "SHORT_HEADER"}, right: []string{"MESSAGE"}, clients: []string{"message", "message"}, faults: short(tracer.In, 1), kind: ShortRead},
	{name: "short send", wrong: []string{"ONE_SEND"}, clients: []string{"echo", "echo"}, faults: short(tracer.Out, 5), kind: ShortSend},
	{name: "interrupted", wrong: []string{"NO_RETRY"}, clients: []string{"echo", "echo"}, kind: Interrupted,
		faults:  []tracer.Fault{{Kind: "interrupt", Direction: tracer.In, Every: 2, Process: "server"}},
		options: func(int) Options { return Options{Interrupts: true} }},
	{name: "connect unchecked", wrong: nil, clients: []string{"unchecked"}, kind: Unchecked},
	{name: "restart", wrong: []string{"NO_REUSE", "CLOSE_FIRST", "CLIENTS=1"}, right: []string{"CLOSE_FIRST", "CLIENTS=1"},
		clients: []string{"wait"}, again: true, kind: NoReuseAddr},
}

// Real programs, each with one mistake and each beside the same program without it.
func TestTraced(t *testing.T) {
	dir := t.TempDir()
	for _, c := range servers {
		try := func(t *testing.T, macros []string, alone bool) []Finding {
			r := newRun(t, c.faults)
			client := built(t, dir, "client.c")
			server := 0
			if !alone {
				path := built(t, dir, "server.c", macros...)
				server = r.start("server", path)
				if r.listens(server, 0) {
					r.clients(client, c.clients, c.together)
				}
				if c.again {
					r.ended(server)
					server = r.start("again", path)
					r.listens(server, 0)
				}
			} else {
				r.clients(client, c.clients, false)
			}
			r.finish(server)
			t.Cleanup(func() {
				if t.Failed() {
					r.print()
				}
			})
			o := Options{}
			if c.options != nil {
				o = c.options(r.port)
			}
			return watched(r.events, o)
		}
		t.Run(c.name, func(t *testing.T) {
			found := try(t, c.wrong, c.name == "connect unchecked")
			for _, f := range found {
				t.Logf("%s %s %s: %s", f.Kind, f.Process, f.Line, f.What)
				checkText(t, f)
			}
			if len(found) == 0 || slices.ContainsFunc(found, func(f Finding) bool { return f.Kind != c.kind }) {
				t.Errorf("%d findings, want %s alone", len(found), c.kind)
			}
		})
		t.Run(c.name+", right", func(t *testing.T) {
			for _, f := range try(t, c.right, false) {
				t.Errorf("%s %s: %s", f.Kind, f.Line, f.What)
			}
		})
	}
}

// clients runs clients, one after the other or together.
func (r *run) clients(path string, what []string, together bool) {
	var pids []int
	for _, w := range what {
		pid := r.start("client", path, w)
		if !together {
			r.ended(pid)
		}
		pids = append(pids, pid)
	}
	for _, pid := range pids {
		r.ended(pid)
	}
}

// finish ends the server where it does not end by itself, and the trace.
func (r *run) finish(server int) {
	if server != 0 {
		deadline := time.AfterFunc(time.Second, func() { _ = r.tracer.Kill(r.number[server], syscall.SIGTERM) })
		r.ended(server)
		deadline.Stop()
	}
	_ = r.tracer.Close()
	<-r.tracer.Ended()
}
