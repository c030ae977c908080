package whole

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/netcore/clocktest"
)

// together starts every program under strace in one network, each with the pipes its
// turns come by.
const together = `ip link set lo up || exit 7
dir=$1 so=$2
shift 2
while [ $# -gt 0 ]; do
	strace -qq -o "$dir/$1.strace" -E LD_PRELOAD="$so" -E TURNS_GO="$dir/$1.go" -E TURNS_ACK="$dir/$1.ack" "$dir/$2" >/dev/null 2>&1 &
	shift 2
done
wait`

// conductor has compiled programs make their calls in the order of a lesson's.
type conductor struct {
	t     *testing.T
	parts map[string]*part
}

// part is one compiled program: what it is told, and what it tells.
type part struct {
	name   string
	goes   *os.File
	ack    *bufio.Reader
	raw    *os.File
	pid    int
	inside bool // a call that has begun and is not known to be over
}

// conduct starts the programs of a lesson; each waits before its first call.
func conduct(t *testing.T, l *lesson.Lesson, dir, so string) *conductor {
	t.Helper()
	c := &conductor{t: t, parts: map[string]*part{}}
	args := []string{"-Urn", "sh", "-c", together, "sh", dir, so}
	for _, role := range l.Cast {
		args = append(args, role.Name, strings.TrimSuffix(role.File, ".c"))
		for _, pipe := range []string{".go", ".ack"} {
			if err := unix.Mkfifo(filepath.Join(dir, role.Name+pipe), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		c.parts[role.Name] = &part{name: role.Name}
	}
	cmd := exec.CommandContext(t.Context(), "unshare", args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	})
	for _, role := range l.Cast {
		c.meet(c.parts[role.Name], dir)
	}
	return c
}

// meet opens a program's pipes and learns its number.
func (c *conductor) meet(p *part, dir string) {
	c.t.Helper()
	for file, name := range map[**os.File]string{&p.goes: ".go", &p.raw: ".ack"} {
		f, err := os.OpenFile(filepath.Join(dir, p.name+name), os.O_RDWR, 0) // both ends: it does not wait for the other
		if err != nil {
			c.t.Fatal(err)
		}
		c.t.Cleanup(func() { _ = f.Close() })
		*file = f
	}
	p.ack = bufio.NewReader(p.raw)
	_ = p.raw.SetReadDeadline(time.Now().Add(clocktest.Patience))
	line, err := p.ack.ReadString('\n')
	if err != nil {
		c.t.Fatalf("%s did not start: %v", p.name, err)
	}
	p.pid, _ = strconv.Atoi(strings.TrimSpace(line))
}

// play gives every call its turn, in the order in which the lesson's were entered.
func (c *conductor) play(events []netcore.Event) {
	c.t.Helper()
	var calls []*netcore.Call
	for i := range events {
		if e := events[i].Call; e != nil && e.Syscall != "rt_sigaction" && e.Syscall != "prlimit64" {
			calls = append(calls, e)
		}
	}
	slices.SortStableFunc(calls, func(a, b *netcore.Call) int { return int(a.Enter - b.Enter) })
	for i, call := range calls {
		p := c.parts[call.Process]
		c.over(p)
		c.turn(p)
		if i+1 < len(calls) && call.Process != calls[i+1].Process && (call.Ret == nil || call.Exit > calls[i+1].Enter) {
			c.asleep(p)
		} else {
			c.over(p)
		}
		if !slices.ContainsFunc(calls[i+1:], func(o *netcore.Call) bool { return o.Process == call.Process }) && call.Ret != nil {
			c.over(p)
			c.end(p)
		}
	}
}

// turn lets a program make its next call.
func (c *conductor) turn(p *part) {
	c.t.Helper()
	if _, err := p.goes.WriteString("g"); err != nil {
		c.t.Fatal(err)
	}
	if got := c.hears(p); got != 'b' {
		c.t.Fatalf("%s does not begin its call: %q", p.name, got)
	}
	p.inside = true
}

// over waits until a program's call has returned, or ended it.
func (c *conductor) over(p *part) {
	c.t.Helper()
	if p.inside {
		c.hears(p)
		p.inside = false
	}
}

// end lets a program go on behind its last call, and waits for its end.
func (c *conductor) end(p *part) {
	c.t.Helper()
	_, _ = p.goes.WriteString("g")
	c.until(p.name+" ends", func() bool { return p.gone() })
}

// hears is what a program says next; 0 when it has ended.
func (c *conductor) hears(p *part) (said byte) {
	c.t.Helper()
	c.until(fmt.Sprintf("%s says something", p.name), func() bool {
		gone := p.gone()
		_ = p.raw.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
		b, err := p.ack.ReadByte()
		said = b
		return err == nil || gone
	})
	return said
}

// asleep waits until a program sleeps inside a call other than those of its turns.
func (c *conductor) asleep(p *part) {
	c.t.Helper()
	c.until(p.name+" is inside its call", func() bool {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/syscall", p.pid))
		number, numbered := strconv.Atoi(strings.Fields(string(b) + " -")[0])
		return p.gone() || err == nil && numbered == nil && number != unix.SYS_READ && number != unix.SYS_WRITE
	})
}

// gone reports whether a program has ended.
func (p *part) gone() bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid))
	if err != nil {
		return true
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	return strings.HasPrefix(rest, "Z")
}

func (c *conductor) until(what string, ok func() bool) {
	c.t.Helper()
	if !clocktest.Within(clocktest.Patience, ok) {
		c.t.Fatalf("waited in vain: %s", what)
	}
}
