//go:build linux

package whole

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sockstep/ui/terminal/screentest"
)

// TestKilledWorkerAtEveryStep kills each worker at every step, as kill -9 from
// another terminal does: the program says so at once with the ways out, both of
// them work, and it leaves nothing.
func TestKilledWorkerAtEveryStep(t *testing.T) {
	l := tcp(t)
	for _, n := range sampled(l) {
		for _, victim := range []string{"server", "client"} {
			if victim == "server" && n == len(l.Steps) {
				continue // it has ended by then
			}
			t.Run(fmt.Sprintf("%02d %s/%s", n, l.Steps[n-1].ID, victim), func(t *testing.T) {
				t.Parallel()
				r := open(t, screentest.Setup{}, "learn", "tcp", "--at", fmt.Sprint(n))
				r.atStep(n)
				r.kill(victim)
				r.ShowsWithin(time.Second, victim+" was killed by SIGKILL (n starts it anew)")
				r.Types("n")
				r.lives(victim)
				r.Types("r")
				r.Until("the lesson run again", func(picture, _ string) bool {
					return atRest(picture) && !strings.Contains(picture, "was killed by") && strings.Contains(strings.Join(strings.Fields(picture), " "), "has really run again")
				})
				r.quits()
			})
		}
	}
}

// TestKilledLabAtEveryStep kills the process that owns the private network, and
// with it everything in there.
func TestKilledLabAtEveryStep(t *testing.T) {
	l := tcp(t)
	for _, n := range sampled(l) {
		t.Run(fmt.Sprintf("%02d %s", n, l.Steps[n-1].ID), func(t *testing.T) {
			t.Parallel()
			r := open(t, screentest.Setup{}, "learn", "tcp", "--at", fmt.Sprint(n))
			r.atStep(n)
			r.killLab()
			r.ShowsWithin(time.Second, "the lab is gone")
			r.Shows("esc goes back to the course, q quits")
			r.Types("R")
			r.atStep(1)
			r.eventually("a lab with its workers", func() bool { return len(r.named("server")) == 1 && len(r.named("client")) == 1 })
			r.quits()
		})
	}
}

// TestStoppedWorker stops a worker: the keys go on working, and quitting ends it.
func TestStoppedWorker(t *testing.T) {
	for _, at := range []string{"connect", "send", "close"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			r := open(t, screentest.Setup{}, "learn", "tcp", "--at", at)
			r.Shows("step")
			r.settled()
			if err := syscall.Kill(r.named("client")[0], syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			r.Types("0") // runs the step, whose call is not made now
			for _, k := range [][2]string{{"?", "keys and signs"}, {" \x1b[B", "more lines"}, {"t", "Theme:"}, {"x", "─ step"}, {"l", "downwards in time"}, {"l", "─ step"}} {
				r.Types(k[0])
				r.ShowsWithin(time.Second, k[1])
			}
			r.quits()
		})
	}
}

// kill kills a process of the run.
func (r *run) kill(name string) {
	r.t.Helper()
	pids := r.named(name)
	if len(pids) != 1 {
		r.t.Fatalf("%d processes called %s", len(pids), name)
	}
	if err := syscall.Kill(pids[0], syscall.SIGKILL); err != nil {
		r.t.Fatal(err)
	}
}

// killLab kills the process that started the workers.
func (r *run) killLab() {
	r.t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", r.named("client")[0]))
	if err != nil {
		r.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	lab, err := strconv.Atoi(strings.Fields(rest)[1])
	if err == nil {
		err = syscall.Kill(lab, syscall.SIGKILL)
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

// lives waits until a process is there and the screen knows.
func (r *run) lives(name string) {
	r.t.Helper()
	r.Until("a new "+name, func(picture, _ string) bool {
		return strings.Contains(picture, "started anew as process") && !strings.Contains(picture, "killed by")
	})
	r.eventually("one "+name, func() bool { return len(r.named(name)) == 1 })
}

// quits ends the program with its key, and looks at what is left.
func (r *run) quits() {
	r.t.Helper()
	r.peopled()
	endings[0].check(r)
}
