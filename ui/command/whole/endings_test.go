//go:build linux

package whole

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"sockstep/lesson"
	"sockstep/ui/terminal/screentest"
)

// ending is one way in which the program is brought to its end.
type ending struct {
	name   string
	act    func(*run)
	status int  // its exit status; -1 for a program that was killed
	closed bool // the terminal is gone then
	nohup  bool // it is started with hang-ups ignored
}

func typed(keys string) func(*run) { return func(r *run) { r.Types(keys) } }

func sent(sig syscall.Signal) func(*run) { return func(r *run) { r.Signal(sig) } }

var endings = []ending{
	{name: "quit", act: typed("q")},
	{name: "ctrl+c", act: typed("\x03")},
	{name: "SIGINT", act: sent(syscall.SIGINT), status: 130},
	{name: "SIGTERM", act: sent(syscall.SIGTERM), status: 143},
	{name: "SIGHUP", act: sent(syscall.SIGHUP), status: 129},
	{name: "SIGQUIT", act: sent(syscall.SIGQUIT), status: 131},
	{name: "SIGKILL", act: sent(syscall.SIGKILL), status: -1},
	{name: "closed", act: (*run).HangUp, status: 129, closed: true},
	{name: "closed, hang-ups ignored", act: (*run).HangUp, status: 129, closed: true, nohup: true},
}

// tcp is the lesson all of this is held against.
func tcp(t *testing.T) *lesson.Lesson {
	t.Helper()
	c, err := lesson.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return c.Lesson("tcp")
}

// sampled is which steps are gone through: all of them, or some where time is
// short.
func sampled(l *lesson.Lesson) []int {
	var out []int
	for n := 1; n <= len(l.Steps); n++ {
		if !sample() || n == 1 || n%6 == 0 || l.Steps[n-1].ID == "send" {
			out = append(out, n)
		}
	}
	return out
}

// TestEveryEndingAtEveryStep ends the program in every way at every step of the
// lesson: it ends soon, gives the terminal back, and leaves no process and no
// file.
func TestEveryEndingAtEveryStep(t *testing.T) {
	l := tcp(t)
	for _, n := range sampled(l) {
		for _, e := range endings {
			t.Run(fmt.Sprintf("%02d %s/%s", n, l.Steps[n-1].ID, e.name), func(t *testing.T) {
				t.Parallel()
				s := screentest.Setup{}
				if e.nohup {
					s.Args = ignoringHangups
				}
				r := open(t, s, "learn", "tcp", "--at", fmt.Sprint(n))
				r.atStep(n)
				r.peopled()
				e.check(r)
			})
		}
	}
}

var ignoringHangups = []string{"/bin/sh", "-c", `trap "" HUP; exec "$0" "$@"`}

// check makes the end and looks at what is left.
func (e ending) check(r *run) {
	r.t.Helper()
	e.act(r)
	status, took := r.Ends()
	if status != e.status {
		r.t.Errorf("exit status %d, want %d", status, e.status)
	}
	if took > time.Second {
		r.t.Errorf("it took %v to end", took)
	}
	switch {
	case e.closed, e.status == -1 && !r.guarded:
	case e.status == -1:
		r.RestoredWithin(time.Second)
	default:
		r.Restored()
	}
	r.leavesNothing()
}

// TestEndingsElsewhere ends it where no step is: in the course, in the help, in
// a field, while looking back, inside a call, at the end, in free play.
func TestEndingsElsewhere(t *testing.T) {
	places := []struct {
		name string
		args []string
		keys []string // each followed by what it makes the screen show
	}{
		{"course", nil, []string{"", "all keys"}},
		{"course after a lesson", []string{"learn", "tcp"}, []string{"", "step 1 of", "\x1b", "Every line really runs"}},
		{"help", []string{"learn", "tcp", "--at", "14"}, []string{"", "step 14 of", "?", "keys and signs"}},
		{"field", []string{"learn", "tcp", "--at", "14"}, []string{"", "step 14 of", ":", "call on"}},
		{"record", []string{"learn", "tcp", "--at", "14"}, []string{"", "step 14 of", "\x1b[D", "recorded"}},
		{"question", []string{"learn", "tcp", "--at", "14"}, []string{"", "step 14 of", "R", "Start again?"}},
		{"blocked", []string{"learn", "tcp", "--at", "recv"}, []string{"", "recv before", "0", "blocked"}},
		{"free play", []string{"play"}, []string{"", "free play", "s", "socket("}},
	}
	for _, p := range places {
		for _, e := range endings {
			if p.keys[len(p.keys)-1] == "call on" && e.name == "quit" {
				continue // q is text there
			}
			t.Run(p.name+"/"+e.name, func(t *testing.T) {
				t.Parallel()
				s := screentest.Setup{}
				if e.nohup {
					s.Args = ignoringHangups
				}
				r := open(t, s, p.args...)
				for k := range slices.Chunk(p.keys, 2) {
					r.settled()
					r.Types(k[0])
					r.Shows(k[1])
				}
				if p.args != nil {
					r.peopled()
				}
				e.check(r)
			})
		}
	}
}

// TestEndingsWhileItOpens ends it as soon as it has drawn anything, while labs
// and processes are on their way.
func TestEndingsWhileItOpens(t *testing.T) {
	for _, step := range []string{"1", "20"} {
		for _, e := range endings {
			t.Run(step+"/"+e.name, func(t *testing.T) {
				t.Parallel()
				s := screentest.Setup{}
				if e.nohup {
					s.Args = ignoringHangups
				}
				r := open(t, s, "learn", "tcp", "--at", step)
				r.Shows("TCP, call by call")
				e.check(r)
			})
		}
	}
}
