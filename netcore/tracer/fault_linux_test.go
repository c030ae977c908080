//go:build linux && (amd64 || arm64)

package tracer

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/netcore"
)

// meets runs a program of fault.c with faults and returns what it printed, and what
// was told to have been put in.
func meets(t *testing.T, what string, faults ...Fault) (printed string, injected []string) {
	t.Helper()
	s := open(t, Options{Faults: faults})
	p, output := program(t, compile(t, "fault.c"), what)
	s.run(p)
	if end := s.awaitEnd(p.Name); end.Status != 0 || end.Signal != "" {
		t.Errorf("it ended with %+v, %q", end, output())
	}
	s.close()
	for _, e := range s.told() {
		if e.Kind == CallEvent && e.Injected != "" {
			injected = append(injected, e.Call.Name+": "+e.Injected)
		}
	}
	return output(), injected
}

func TestShortTransfers(t *testing.T) {
	printed, injected := meets(t, "short", Fault{Kind: "short", Direction: Out, Bytes: 7}, Fault{Kind: "short", Direction: In, Bytes: 6})
	const want = `write 7 7 6
read 6 6 6 2
send 7 7 6
recv 6 6 6 2
writev 7 7 6
readv 6 6 6 2
sendmsg 7 7 6
recvmsg 6 6 6 2
all 6
datagram 20 20
`
	if printed != want {
		t.Errorf("printed\n%swant\n%s", printed, want)
	}
	if len(injected) == 0 || injected[0] != "write: at most 7 of the bytes were let through" {
		t.Errorf("told: %q", injected)
	}
}

func TestInterruptedCalls(t *testing.T) {
	printed, injected := meets(t, "interrupt", Fault{Kind: "interrupt", Direction: In, Every: 3})
	if want := "1 1 -4 1 1 -4 1 1 -4 interrupted 3\n"; printed != want {
		t.Errorf("printed %q, want %q", printed, want)
	}
	if len(injected) != 3 || !strings.Contains(injected[0], "recv: the call was not made: EINTR") {
		t.Errorf("told: %q", injected)
	}
}

func TestFailedCalls(t *testing.T) {
	printed, _ := meets(t, "fail", Fault{Kind: "fail", Call: "accept", Every: 2, Errno: netcore.Errno(unix.EMFILE)})
	if want := "accepted EMFILE accepted EMFILE \n"; printed != want {
		t.Errorf("printed %q, want %q", printed, want)
	}
}

func TestDelay(t *testing.T) {
	printed, _ := meets(t, "delay", Fault{Kind: "delay", Direction: Out, Delay: 200 * time.Millisecond})
	if want := "late\nothers go on\n"; printed != want {
		t.Errorf("printed %q, want %q", printed, want)
	}
}

// TestNoFaults has the same programs meet nothing.
func TestNoFaults(t *testing.T) {
	if printed, injected := meets(t, "interrupt"); printed != "1 1 1 1 1 1 1 1 1 interrupted 0\n" || injected != nil {
		t.Errorf("printed %q, told %q", printed, injected)
	}
	if printed, _ := meets(t, "fail", Fault{Kind: "fail", Call: "accept", Every: 2, Errno: 1, Process: "another"}); strings.Contains(printed, "EPERM") {
		t.Errorf("printed %q", printed)
	}
}
