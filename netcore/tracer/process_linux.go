//go:build linux && (amd64 || arm64)

package tracer

import (
	"bytes"
	"debug/elf"
	"fmt"
	"maps"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"sockstep/netcore"
)

func newProcess(pid, parent int, name string) *process {
	return &process{
		pid: pid, parent: parent, name: name,
		sets: map[int]bool{}, sockets: map[int]bool{},
	}
}

// root is the process the program began with, whose name its children have.
func (q *process) root() *process {
	if q.first != nil {
		return q.first
	}
	return q
}

// change is what an event says of a process.
func (t *Tracer) change(q *process, what string) *netcore.ProcessChange {
	return &netcore.ProcessChange{Name: q.name, PID: q.pid, Parent: q.parent, Change: what}
}

// announcement is what a thread's maker tells of it.
type announcement struct {
	maker *process
	event int
}

// announce notes who made a thread, until it stops for the first time. That may
// have been already, and it may have ended since: the two come in any order.
func (t *Tracer) announce(maker *thread, tid, event int) {
	switch h := t.threads[tid]; {
	case tid == 0: // the maker died
	case h != nil:
		h.announced = true
	case t.overtaken[tid]:
		delete(t.overtaken, tid)
	default:
		t.announced[tid] = announcement{maker.process, event}
	}
}

// arrive files a thread that stops for the first time; nil where it is none of
// those that are traced here. Whether its maker has told of it or not, and will not
// any more because it died, it is a thread of its process.
func (t *Tracer) arrive(tid int) *thread {
	said, announced := t.announced[tid]
	delete(t.announced, tid)
	group, parent := int(statusNumber(tid, "Tgid", 10)), int(statusNumber(tid, "PPid", 10))
	q := t.processes[group]
	if q == nil || group == tid {
		maker := said.maker
		if maker == nil {
			maker = t.makerOf(parent)
		}
		switch {
		case maker == nil:
			ptrace(unix.PTRACE_DETACH, tid, 0, 0)
			return nil
		case group != 0 && group != tid || group == 0 && said.event == unix.PTRACE_EVENT_CLONE:
			q = maker // of a process that is being let go
		default:
			q = t.child(tid, maker)
		}
	}
	h := &thread{tid: tid, process: q, announced: announced}
	t.threads[tid] = h
	q.alive++
	switch {
	case q.attached:
	case t.closing || t.limited:
		_ = unix.Kill(q.pid, unix.SIGKILL)
	case t.o.Processes > 0 && len(t.threads) > t.o.Processes:
		t.limit(fmt.Sprintf("more than %d processes and threads at a time", t.o.Processes), q)
	}
	return h
}

// makerOf is the process that made another, by its parent's number. Where that is
// none of those traced, because it has died or gave the child to its own parent, it
// is the one that died last, or any.
func (t *Tracer) makerOf(parent int) *process {
	if q := t.processes[parent]; q != nil {
		return q
	}
	if t.latest != nil {
		return t.latest
	}
	for _, h := range sortedThreads(t.threads) {
		return h.process
	}
	return nil
}

// child files a new process.
func (t *Tracer) child(pid int, maker *process) *process {
	root := maker.root()
	root.children++
	q := newProcess(pid, maker.pid, fmt.Sprintf("%s/%d", root.name, root.children))
	q.first, q.program = root, maker.program
	q.attached, q.begun, q.letting = maker.attached, maker.begun, maker.letting
	maps.Copy(q.sets, maker.sets)
	maps.Copy(q.sockets, maker.sockets)
	t.processes[pid] = q
	if q.begun {
		t.tell(Event{Kind: ProcessEvent, TID: pid, Process: t.change(q, "start"), Program: q.program})
	}
	return q
}

// limit ends everything and says why.
func (t *Tracer) limit(text string, q *process) {
	if t.limited {
		return
	}
	t.limited = true // until all have ended
	t.tell(Event{Kind: LimitEvent, Text: text, Program: q.program})
	t.killAll()
}

// replaced deals with a process that has become another program: its other
// threads are gone, and the one left has the process's number.
func (t *Tracer) replaced(h *thread) {
	q := h.process
	if !q.ready && !q.begun {
		t.resume(h, 0) // it is the tracee that has started
		return
	}
	for _, other := range sortedThreads(t.threads) {
		if other.process == q && other != h {
			t.forget(other, "the process became another program")
		}
	}
	t.forgetCall(h, "the process became another program")
	h.stopped = running
	if !q.begun {
		q.begun = true
		t.tell(Event{Kind: ProcessEvent, TID: h.tid, Process: t.change(q, "start"), Program: q.program})
	} else {
		t.tell(Event{Kind: ProcessEvent, TID: h.tid, Process: t.change(q, "exec"), Program: q.program})
	}
	clear(q.sets)
	clear(q.sockets)
	t.remapped(q)
	t.foreign(q)
	t.resume(h, 0)
}

// foreign says of a program for another kind of processor that it is not seen.
func (t *Tracer) foreign(q *process) {
	f, err := elf.Open(fmt.Sprintf("/proc/%d/exe", q.pid))
	if err != nil {
		return
	}
	defer f.Close()
	if f.Class != elf.ELFCLASS64 {
		t.unseen(q, "is a 32-bit program: its system calls have other numbers and are not visible here")
	}
}

// unseen says once of a process that something of it is not seen.
func (t *Tracer) unseen(q *process, text string) {
	if q.unseen {
		return
	}
	q.unseen = true
	t.tell(Event{Kind: NoteEvent, Text: q.name + " " + text + ".", Program: q.program, Process: t.change(q, "")})
}

// forgetCall tells of a call that will never return.
func (t *Tracer) forgetCall(h *thread, reason string) {
	c := h.inside
	if c == nil {
		c = h.late
	}
	h.inside, h.late = nil, nil
	if c == nil {
		return
	}
	c.Reason, c.Exit = reason, 0
	t.tell(Event{Kind: CallEvent, Time: netcore.Now(), Serial: c.serial, Call: c.Call, TID: h.tid, Program: h.process.program})
}

func (t *Tracer) forget(h *thread, reason string) {
	t.forgetCall(h, reason)
	delete(t.threads, h.tid)
	h.process.alive--
	if !h.announced {
		t.overtaken[h.tid] = true
	}
	if len(t.threads) == 0 {
		t.limited = false
		clear(t.overtaken)
	}
}

// untraced is the status of a thread that is not traced any more: no end has it.
const untraced = syscall.WaitStatus(0x7f)

// gone deals with a thread that has ended, or was let go.
func (t *Tracer) gone(h *thread, status syscall.WaitStatus) {
	q := h.process
	reason := "the process ended"
	switch {
	case status.Signaled():
		reason = "the process was ended by " + netcore.SignalName(status.Signal())
	case status == untraced:
		reason = "the process is not traced any more"
	}
	t.forget(h, reason)
	if status == untraced && q.alive > 0 || status != untraced && h.tid != q.pid {
		return
	}
	delete(t.processes, q.pid)
	t.latest = q
	if !q.begun {
		return
	}
	change := t.change(q, "end")
	switch {
	case status.Signaled():
		change.Signal = netcore.SignalName(status.Signal())
	case status.Exited():
		change.Status = status.ExitStatus()
	default:
		change.Status = -1
	}
	t.tell(Event{Kind: ProcessEvent, TID: h.tid, Process: change, Program: q.program})
}

// concerns reports whether a call is one to tell, with its arguments: every call
// that is made for sockets, and others where a descriptor they name is a socket.
func (t *Tracer) concerns(h *thread, d *description, registers *[6]uint64) ([]netcore.Arg, bool) {
	if d.descriptor && !d.several {
		if fd := int(int32(registers[0])); !t.isSocket(h, fd) {
			return nil, false
		}
	}
	args := d.enter(registers, space(h.tid))
	switch d.kernel {
	case "close_range":
		return args, t.closesSocket(h, uint32(registers[0]), uint32(registers[1]))
	case "epoll_ctl":
		return args, t.joins(h, args)
	case "epoll_wait", "epoll_pwait", "epoll_pwait2":
		return args, t.watches(h, int(int32(registers[0])))
	}
	if !d.several {
		return args, true
	}
	for _, fd := range d.descriptors(args) {
		if t.isSocket(h, fd) {
			return args, true
		}
	}
	return args, false
}

// severalDescriptors are the calls that are told when one of the descriptors they
// name is a socket.
var severalDescriptors = map[string]bool{
	"dup2": true, "dup3": true, "sendfile": true, "splice": true,
	"poll": true, "ppoll": true, "select": true, "pselect6": true,
}

// closesSocket reports whether one of a range of descriptors is a socket.
func (t *Tracer) closesSocket(h *thread, first, last uint32) bool {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", h.tid))
	if err != nil {
		return false
	}
	for _, e := range entries {
		fd, err := strconv.ParseUint(e.Name(), 10, 32)
		if err == nil && uint32(fd) >= first && uint32(fd) <= last && t.isSocket(h, int(fd)) {
			return true
		}
	}
	return false
}

// joins notes what is put into an epoll set.
func (t *Tracer) joins(h *thread, args []netcore.Arg) bool {
	if len(args) < 3 {
		return false
	}
	set, fd := int(int32(args[0].Value)), int(int32(args[2].Value))
	if !t.isSocket(h, fd) {
		return false
	}
	h.process.sets[set] = true
	return true
}

// watches reports whether a socket is in an epoll set.
func (t *Tracer) watches(h *thread, set int) bool {
	q := h.process
	if known, ok := q.sets[set]; ok {
		return known
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%d", h.tid, set))
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] != "tfd:" {
			continue
		}
		if fd, err := strconv.Atoi(fields[1]); err == nil && t.isSocket(h, fd) {
			q.sets[set] = true
			return true
		}
	}
	return false
}

// isSocket reads what a descriptor is. Where under its number there was a socket and
// is nothing now it counts as one too: closing it again, or reading from it, is a
// mistake worth telling.
func (t *Tracer) isSocket(h *thread, fd int) bool {
	if fd < 0 {
		return false
	}
	name := t.link(h, fd)
	if len(name) == 0 {
		return h.process.sockets[fd]
	}
	if !bytes.HasPrefix(name, socketPrefix) {
		return false
	}
	if !h.process.sockets[fd] {
		h.process.sockets[fd] = true
	}
	return true
}

var socketPrefix = []byte("socket:")

// link is the name of what a descriptor leads to, proc_pid_fd(5); empty where there
// is no such descriptor. It is valid until the next call.
func (t *Tracer) link(h *thread, fd int) []byte {
	path := append(t.path[:0], "/proc/"...)
	path = append(strconv.AppendInt(path, int64(h.tid), 10), "/fd/"...)
	path = append(strconv.AppendInt(path, int64(fd), 10), 0)
	t.path = path
	return readLink(path, t.name[:])
}

// learn takes from a call that came back what later ones need.
func (t *Tracer) learn(h *thread, c *inside, value int64, failed bool) {
	if failed {
		return
	}
	switch c.how.kernel {
	case "epoll_create", "epoll_create1":
		delete(h.process.sets, int(value))
	case "io_uring_setup":
		t.unseen(h.process, "uses io_uring: what it has the kernel do that way is no system call and is not visible here")
	}
}

// --- /proc -------------------------------------------------------------------

// statusNumber reads a number from /proc/PID/status, in a base; 0 where it is not
// there.
func statusNumber(tid int, key string, base int) uint64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", tid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, key+":"); ok {
			n, _ := strconv.ParseUint(strings.TrimSpace(rest), base, 64)
			return n
		}
	}
	return 0
}

func parentOf(pid int) int { return int(statusNumber(pid, "PPid", 10)) }

// catches reports whether a thread has a handler for a signal.
func catches(tid, sig int) bool { return statusNumber(tid, "SigCgt", 16)&(1<<(sig-1)) != 0 }

func threadsOf(pid int) ([]int, error) {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return nil, unix.ESRCH
	}
	var tids []int
	for _, e := range entries {
		if tid, err := strconv.Atoi(e.Name()); err == nil {
			tids = append(tids, tid)
		}
	}
	return tids, nil
}

// asleepIn reports whether a thread sleeps inside a system call, and the kernel
// function it sleeps in where that can be read.
func asleepIn(pid, tid int, number uint64) (where string, ok bool) {
	folder := fmt.Sprintf("/proc/%d/task/%d/", pid, tid)
	stat, err := os.ReadFile(folder + "stat")
	if err != nil {
		return "", false
	}
	// The name, in parentheses, may hold anything.
	if i := bytes.LastIndexByte(stat, ')'); i < 0 || i+2 >= len(stat) || stat[i+2] != 'S' {
		return "", false
	}
	current, err := os.ReadFile(folder + "syscall")
	if err == nil {
		first, _, _ := strings.Cut(string(current), " ")
		if n, err := strconv.ParseUint(first, 10, 64); err != nil || n != number {
			return "", false
		}
	}
	channel, _ := os.ReadFile(folder + "wchan")
	if name := strings.TrimSpace(string(channel)); name != "0" {
		where = name
	}
	return where, true
}
