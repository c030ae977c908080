package check

import (
	"time"

	"sockstep/netcore"
	"sockstep/netcore/tracer"
)

// ShortIn has every recv, read and their like on a stream bring at most n bytes.
func ShortIn(n int) Option {
	return perturb(tracer.Fault{Kind: "short", Direction: tracer.In, Bytes: n})
}

// ShortOut has every send, write and their like on a stream take at most n bytes.
func ShortOut(n int) Option {
	return perturb(tracer.Fault{Kind: "short", Direction: tracer.Out, Bytes: n})
}

// Interrupt has every k-th call that moves bytes or waits on sockets return EINTR
// without having been made, as after a signal. k is at least 2.
func Interrupt(k int) Option { return perturb(tracer.Fault{Kind: "interrupt", Every: k}) }

// Delay has calls that move bytes in a direction begin later.
func Delay(way tracer.Direction, d time.Duration) Option {
	return perturb(tracer.Fault{Kind: "delay", Direction: way, Delay: d})
}

// FailEvery has every k-th call of a name ("accept"; accept4 is another) return an
// error ("EMFILE") without having been made.
func FailEvery(k int, call, errno string) Option {
	e, ok := netcore.ErrnoByName(errno)
	if !ok {
		panic("check: no error " + errno + " on this system")
	}
	return perturb(tracer.Fault{Kind: "fail", Every: k, Call: call, Errno: e})
}

func perturb(f tracer.Fault) Option {
	return func(r *run) { r.faults = append(r.faults, f) }
}

// Option says how the program is run.
type Option func(*run)

// run is how the program is run.
type run struct {
	args   []string
	env    []string
	faults []tracer.Fault
	files  int
	port   int
	pipes  bool
	before []string // arguments, with the name first, of this program as one that becomes it
}

// Args are arguments behind the program's own.
func Args(args ...string) Option { return func(r *run) { r.args = append(r.args, args...) } }

// Env adds variables, "NAME=value".
func Env(vars ...string) Option { return func(r *run) { r.env = append(r.env, vars...) } }

// Descriptors limits how many descriptors a process of the program may have,
// RLIMIT_NOFILE of getrlimit(2).
func Descriptors(n int) Option { return func(r *run) { r.files = n } }

// Port is the port to give the program in PORT instead of a new one.
func Port(n int) Option { return func(r *run) { r.port = n } }

// Piped gives the program pipes for its output instead of terminals, as a program has
// whose output goes to a file: the C library then buffers what is printed.
func Piped() Option { return func(r *run) { r.pipes = true } }
