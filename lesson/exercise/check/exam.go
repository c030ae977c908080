package check

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"sockstep/netcore/tracer"
)

// exam is one check of one program.
type exam struct {
	job     Job
	contain bool
	group   *tracer.MemoryGroup // nil where there can be none

	mu   sync.Mutex
	port int // the last one given out in a private network
}

// firstPort is the port of the first run in a private network.
const firstPort = 7777

// freshPort is a port nobody has used: what an earlier run left in TIME_WAIT is no
// concern of the next.
func (e *exam) freshPort() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.port == 0 {
		e.port = firstPort - 1
		if !e.job.Private {
			e.port = sharedFirst + 37*os.Getpid()%sharedMany
		}
	}
	for range sharedMany {
		e.port++
		if e.job.Private || isFree(e.port) {
			break
		}
	}
	return e.port
}

// Where the network is shared, ports are sought in a range from which the kernel gives
// out none by itself, from a different one on in each examiner.
const (
	sharedFirst = 20_000
	sharedMany  = 10_000
)

func isFree(port int) bool {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

// examine checks all criteria in order and tells each result.
// The error is a fault of the check's own.
func (e *exam) examine(ctx context.Context, criteria Exercise, tell func(Result)) error {
	ctx, stop := context.WithTimeoutCause(ctx, examLimit, errTooLong)
	defer stop()
	want := criteria.wanted(e.job.Only)
	bad := map[string]bool{}
	for i := range criteria {
		c := &criteria[i]
		if !want[c.Name] {
			continue
		}
		r := Result{Name: c.Name, Verdict: Skipped}
		if n := firstOf(c.Needs, bad); n != "" {
			r.Saw = fmt.Sprintf("not tried, for %s does not hold", n)
		} else {
			var err error
			if r, err = e.one(ctx, c); err != nil {
				return err
			}
		}
		if r.Verdict == Fails || r.Verdict == Skipped {
			bad[c.Name] = true
		}
		tell(r)
	}
	return nil
}

// firstOf is the first of some names that is in a set, "" for none.
func firstOf(names []string, in map[string]bool) string {
	for _, n := range names {
		if in[n] {
			return n
		}
	}
	return ""
}

// one checks one criterion.
func (e *exam) one(ctx context.Context, c *Criterion) (r Result, err error) {
	ctx, stop := context.WithTimeoutCause(ctx, criterionLimit, errTooLong)
	defer stop()
	t := &T{exam: e, ctx: ctx, belief: c.Belief, try: c.Try, show: c.Show, woken: make(chan struct{}, 1)}
	begun := time.Now()
	defer func() {
		if x := recover(); x != nil {
			o, is := x.(over)
			if !is {
				err = fmt.Errorf("the check of %s itself failed: %v\n%s", c.Name, x, debug.Stack())
			}
			r = o.Result
		}
		r.Name, r.Took = c.Name, time.Since(begun)
		t.end()
	}()
	c.Check(t)
	t.limited()
	return Result{Verdict: Holds}, nil
}

// limited ends the criterion when a program of it had to be stopped.
func (t *T) limited() {
	for _, p := range t.programs {
		p.mu.Lock()
		limit := p.limit
		p.mu.Unlock()
		if limit != "" {
			t.Fail("%s", p.ending())
		}
	}
}

// errNoExercise says that there is no check.
var errNoExercise = errors.New("there is no check for this exercise")
