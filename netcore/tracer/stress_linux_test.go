//go:build linux && (amd64 || arm64)

package tracer

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// leftOver are the processes whose command line begins with a path.
func leftOver(t testing.TB, path string) (pids []int) {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if bytes.HasPrefix(line, []byte(path+"\x00")) && lives(pid) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// noneLeft fails where a program is still there.
func noneLeft(t *testing.T, path string) {
	t.Helper()
	for _, pid := range leftOver(t, path) {
		stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		t.Errorf("process %d is left:\n%s", pid, stat)
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// count is how often a call was told to have succeeded.
func count(events []Event, call string) (n int) {
	for _, e := range events {
		if e.Kind == CallEvent && e.Call.Syscall == call && e.Call.Ret != nil && *e.Call.Ret >= 0 {
			n++
		}
	}
	return n
}

func TestCrowd(t *testing.T) {
	s := open(t, Options{})
	path := compile(t, "stress.c")
	p, _ := program(t, path, "together")
	p.Name = "crowd"
	s.run(p)
	end := s.awaitEnd("crowd")
	s.close()
	if end.Status != 0 || end.Signal != "" {
		t.Errorf("it ended with %+v", end)
	}
	for call, want := range map[string]int{"connect": 100, "socket": 101, "listen": 1} {
		if n := count(s.told(), call); n != want {
			t.Errorf("%d times %s, want %d", n, call, want)
		}
	}
	started, ended := map[string]bool{}, map[string]bool{}
	for _, e := range s.told() {
		switch {
		case e.Kind != ProcessEvent:
		case e.Process.Change == "start":
			started[e.Process.Name] = true
		case e.Process.Change == "end":
			ended[e.Process.Name] = true
		}
	}
	if len(started) != 51 || len(ended) != 51 {
		t.Errorf("%d processes started and %d ended, want 51", len(started), len(ended))
	}
	noneLeft(t, path)
}

func TestGoStress(t *testing.T) {
	compiler := need(t, "go")
	path := build(t, "stress.go", func(out string) *exec.Cmd {
		return exec.Command(compiler, "build", "-o", out, "testdata/stress.go")
	})
	s := open(t, Options{})
	p, printed := program(t, path)
	p.Name = "go"
	s.run(p)
	end := s.awaitEnd("go")
	s.close()
	if end.Status != 0 || printed() != "all talked\n" {
		t.Errorf("it ended with %+v and printed %q", end, printed())
	}
	if reads, writes := count(s.told(), "read"), count(s.told(), "write"); reads < 2000 || writes != 2000 {
		t.Errorf("%d reads and %d writes, want 2000 of each", reads, writes)
	}
	replaced := 0
	for _, e := range s.told() {
		if e.Kind == ProcessEvent && e.Process.Change == "exec" {
			replaced++
		}
	}
	if replaced != 10 {
		t.Errorf("%d processes became another program, want 10", replaced)
	}
}

func TestForkBomb(t *testing.T) {
	s := open(t, Options{Processes: 40})
	path := compile(t, "stress.c")
	for n := 1; n <= 3; n++ {
		p, _ := program(t, path, "bomb")
		p.Name = fmt.Sprint("bomb", n)
		s.run(p)
		if end := s.awaitEnd(p.Name); end.Signal != "SIGKILL" {
			t.Errorf("it ended with %+v", end)
		}
		// Its children may end later than it, and the tracer may see that later still: what
		// is started before ends with them.
		limits, alive := 0, 0
		s.await("limit, and the end of all", func(e Event) bool {
			switch {
			case e.Kind == LimitEvent:
				limits++
			case e.Kind == ProcessEvent && e.Process.Change == "start":
				alive++
			case e.Kind == ProcessEvent && e.Process.Change == "end":
				alive--
			}
			return limits == n && alive == 0
		})
		for deadline := time.Now().Add(patience); len(leftOver(t, path)) > 0 && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
		noneLeft(t, path)
	}
}

func TestExecByAnotherThread(t *testing.T) {
	for range 20 {
		s := open(t, Options{})
		p, _ := program(t, compile(t, "stress.c"), "exec")
		p.Name = "exec"
		_, pid := s.run(p)
		end := s.awaitEnd("exec")
		s.close()
		if end.Status != 0 || end.Signal != "" {
			t.Errorf("it ended with %+v", end)
		}
		var after bool
		for _, e := range s.told() {
			switch {
			case e.Kind == ProcessEvent && e.Process.Change == "exec":
				after = true
			case e.Kind == CallEvent && e.Call.Name == "recv" && (e.Call.Ret != nil || !strings.Contains(e.Call.Reason, "became another program")):
				t.Errorf("the first thread's call: %+v", e.Call)
			case after && e.Kind == CallEvent && e.TID != pid:
				t.Errorf("thread %d calls %s in a process of one thread", e.TID, e.Call.Name)
			}
		}
		if !after || count(s.told(), "socket") != 1 {
			t.Errorf("told:\n%s", transcript(s.told()))
		}
	}
}

// TestStoppedFromOutside stops and continues a program while it talks: it goes
// through both as without a tracer, and loses nothing.
func TestStoppedFromOutside(t *testing.T) {
	s := open(t, Options{})
	const trips = 2000
	p, _ := program(t, compile(t, "stress.c"), "trips", fmt.Sprint(trips))
	p.Name = "trips"
	_, pid := s.run(p)
	for range 20 {
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			break
		}
		for deadline := time.Now().Add(patience); !strings.Contains("TtZX", stateOf(pid)) && time.Now().Before(deadline); {
			time.Sleep(100 * time.Microsecond)
		}
		_ = syscall.Kill(pid, syscall.SIGCONT)
	}
	end := s.awaitEnd("trips")
	s.close()
	if end.Status != 0 || end.Signal != "" {
		t.Errorf("it ended with %+v", end)
	}
	if sends, n := count(s.told(), "sendto"), count(s.told(), "recvfrom"); sends != 2*trips || n != 2*trips+1 {
		t.Errorf("%d sends and %d recvs, want %d and one more", sends, n, 2*trips)
	}
}

// stateOf is the letter of a process's state, empty when it is gone.
func stateOf(pid int) string {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if i := bytes.LastIndexByte(stat, ')'); i > 0 && i+2 < len(stat) {
		return string(stat[i+2 : i+3])
	}
	return ""
}

// randomly waits for some number of events, or the end of the program.
func (s *session) randomly(name string, most int) {
	n := rand.IntN(most)
	s.await("events", func(e Event) bool {
		n--
		return n < 0 || e.Kind == ProcessEvent && e.Process.Change == "end" && e.Process.Name == name
	})
}

func TestKilledAtAnyMoment(t *testing.T) {
	path := compile(t, "stress.c")
	for i := range 50 {
		s := open(t, Options{Stops: Stops{Every: i%5 == 4}})
		p, _ := program(t, path, []string{"trips", "three"}[i%2])
		p.Name = "killed"
		_, pid := s.run(p)
		s.randomly(p.Name, map[bool]int{true: 2, false: 200}[i%5 == 4])
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
		if end := s.awaitEnd("killed"); end.Signal != "SIGKILL" {
			t.Errorf("it ended with %+v", end)
		}
		s.close()
		noneLeft(t, path)
	}
}

func TestClosedAtAnyMoment(t *testing.T) {
	path := compile(t, "stress.c")
	for i := range 50 {
		s := open(t, Options{Stops: Stops{Every: i%7 == 6}})
		p, _ := program(t, path, []string{"trips", "three", "together", "leave", "exec"}[i%5])
		p.Name = "closed"
		s.run(p)
		s.randomly(p.Name, map[bool]int{true: 2, false: 150}[i%7 == 6])
		s.close()
		noneLeft(t, path)
	}
}

// TestClosedWhileAsked closes a tracer others are asking for something: all are
// answered.
func TestClosedWhileAsked(t *testing.T) {
	path := compile(t, "stress.c")
	for range 10 {
		s := open(t, Options{})
		p, _ := program(t, path, "three")
		number, _ := s.run(p)
		answered := make(chan error, 20)
		for range cap(answered) {
			go func() {
				for {
					if err := s.Kill(number, syscall.SIGURG); err != nil {
						answered <- err
						return
					}
				}
			}()
		}
		s.close()
		for range cap(answered) {
			select {
			case err := <-answered:
				if err != ErrEnded {
					t.Error(err)
				}
			case <-time.After(patience):
				t.Fatal("somebody is never answered")
			}
		}
		if _, _, err := s.Start(p); err == nil {
			t.Error("a closed tracer starts programs")
		}
	}
	noneLeft(t, path)
}
