//go:build linux && (amd64 || arm64)

package tracer

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
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
		sets: map[int]bool{}, handlers: map[int]bool{}, sockets: map[int]bool{},
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

// born files a new thread or process; parent is the thread that made it.
func (t *Tracer) born(parent *thread, tid, event int) {
	q := parent.process
	if pid := groupOf(tid); pid != 0 && pid != q.pid {
		root := q.root()
		root.children++
		child := newProcess(tid, q.pid, fmt.Sprintf("%s/%d", root.name, root.children))
		child.first = root
		child.program, child.attached, child.begun = q.program, q.attached, q.begun
		maps.Copy(child.sets, q.sets)
		maps.Copy(child.handlers, q.handlers)
		maps.Copy(child.sockets, q.sockets)
		t.processes[tid] = child
		t.inherit(child, q)
		q = child
		if q.begun {
			t.tell(Event{Kind: ProcessEvent, TID: tid, Process: t.change(q, "start"), Program: q.program})
		}
	}
	h := &thread{tid: tid, process: q}
	t.threads[tid] = h
	if status, ok := t.early[tid]; ok {
		delete(t.early, tid)
		t.stop(h, status)
	}
	if t.o.Processes > 0 && len(t.threads) > t.o.Processes {
		t.limit(fmt.Sprintf("more than %d processes and threads at a time", t.o.Processes), q)
	}
}

// limit ends everything and says why.
func (t *Tracer) limit(text string, q *process) {
	if t.limited {
		return
	}
	t.limited = true
	t.tell(Event{Kind: LimitEvent, Text: text, Program: q.program})
	t.killAll()
}

// replaced deals with a process that has become another program: its other
// threads are gone, and the one left has the process's number.
func (t *Tracer) replaced(h *thread) {
	q := h.process
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
	clear(q.handlers)
	clear(q.sets)
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
	t.settleLate(h, false)
	c := h.inside
	h.inside = nil
	if c == nil || h.stopped == atReturn {
		return
	}
	c.Reason, c.Exit = reason, 0
	t.tell(Event{Kind: CallEvent, Time: netcore.Now(), Serial: c.serial, Call: c.Call, TID: h.tid, Program: h.process.program})
}

func (t *Tracer) forget(h *thread, reason string) {
	t.forgetCall(h, reason)
	delete(t.threads, h.tid)
	delete(t.early, h.tid)
}

// letGone is the status of a thread that has not ended, but is traced no more: it
// says neither of an exit nor of a signal.
const letGone = syscall.WaitStatus(0x7f)

// gone deals with a thread that has ended, or was let go.
func (t *Tracer) gone(h *thread, status syscall.WaitStatus) {
	q := h.process
	reason := "the process ended"
	switch {
	case status == letGone:
		reason = "it is traced no more"
	case status.Signaled():
		reason = "the process was ended by " + signalName(status.Signal())
	}
	t.forget(h, reason)
	if h.tid != q.pid {
		return
	}
	delete(t.processes, q.pid)
	if !q.begun {
		return
	}
	change := t.change(q, "end")
	switch {
	case status.Signaled():
		change.Signal = signalName(status.Signal())
	case status.Exited():
		change.Status = status.ExitStatus()
	default:
		change.Status = -1
	}
	t.tell(Event{Kind: ProcessEvent, TID: h.tid, Process: change, Program: q.program})
}

func signalName(s syscall.Signal) string {
	if name := unix.SignalName(s); name != "" {
		return name
	}
	return fmt.Sprintf("signal %d", int(s))
}

// handler notes the action a process sets for a signal: struct sigaction of the
// kernel is the handler and the flags, in words.
func (t *Tracer) handler(h *thread, registers []uint64) {
	b := space(h.tid).read(registers[1], 16)
	if len(b) < 16 {
		return
	}
	sig := int(registers[0])
	const restart = 0x10000000 // SA_RESTART
	if binary.NativeEndian.Uint64(b) <= 1 {
		delete(h.process.handlers, sig)
		return
	}
	h.process.handlers[sig] = binary.NativeEndian.Uint64(b[8:])&restart != 0
}

// concerns reports whether a call is one to tell, with its arguments: every call
// that is made for sockets, and others where a descriptor they name is a socket.
func (t *Tracer) concerns(h *thread, d *description, registers *[6]uint64) ([]netcore.Arg, bool) {
	q := h.process
	several := severalDescriptors[d.kernel]
	if d.descriptor && !several {
		if fd := int(int32(registers[0])); !t.isSocket(h, fd) && !q.lostSocket(h, fd) {
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
	if !several {
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

// isSocket reads what a descriptor is.
func (t *Tracer) isSocket(h *thread, fd int) bool {
	if fd < 0 {
		return false
	}
	if !bytes.HasPrefix(t.link(h, fd), []byte("socket:")) {
		return false
	}
	h.process.sockets[fd] = true
	return true
}

// link is the name of what a descriptor leads to, proc_pid_fd(5); empty where there
// is no such descriptor. It is valid until the next call.
func (t *Tracer) link(h *thread, fd int) []byte {
	path := append(t.path[:0], "/proc/"...)
	path = append(strconv.AppendInt(path, int64(h.tid), 10), "/fd/"...)
	path = append(strconv.AppendInt(path, int64(fd), 10), 0)
	t.path = path
	return readLink(path, t.name[:])
}

// lostSocket reports whether under this number there was a socket and is nothing
// now: closing it again, or reading from it, is a mistake worth telling.
func (q *process) lostSocket(h *thread, fd int) bool {
	if !q.sockets[fd] {
		return false
	}
	_, err := os.Lstat(fmt.Sprintf("/proc/%d/fd/%d", h.tid, fd))
	return err != nil
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

func groupOf(tid int) int  { return int(statusNumber(tid, "Tgid", 10)) }
func parentOf(pid int) int { return int(statusNumber(pid, "PPid", 10)) }

// catches reports whether a process has a handler for a signal.
func catches(pid, sig int) bool { return statusNumber(pid, "SigCgt", 16)&(1<<(sig-1)) != 0 }

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
