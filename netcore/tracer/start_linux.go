//go:build linux && (amd64 || arm64)

package tracer

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"

	"sockstep/netcore"
)

// Start runs a program and returns its number and its process's, as this process
// counts. It returns when the program has begun, or with an error that says why it
// could not: no such file, no permission to trace.
func (t *Tracer) Start(p Program) (number, pid int, err error) {
	channel, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, 0, fmt.Errorf("socketpair: %w", err)
	}
	if err := unix.SetNonblock(channel[0], true); err != nil {
		_ = errors.Join(unix.Close(channel[0]), unix.Close(channel[1]))
		return 0, 0, fmt.Errorf("channel: %w", err)
	}
	near := os.NewFile(uintptr(channel[0]), "tracee")
	defer near.Close()
	failed := t.do(func() { number, pid, err = t.fork(&p, channel[1]) })
	_ = unix.Close(channel[1])
	if err := errors.Join(failed, err); err != nil {
		return 0, 0, fmt.Errorf("start %s: %w", p.Path, err)
	}
	// The kernel tells of this program's own start too, if it comes late: what is told
	// from the tracee's word on is the program.
	if _, err := io.ReadFull(near, make([]byte, 1)); err != nil {
		return 0, 0, fmt.Errorf("start %s: the process that was to become it has ended", p.Path)
	}
	if err := t.do(func() {
		if q := t.processes[pid]; q != nil {
			q.ready = true
		}
	}); err != nil {
		return 0, 0, fmt.Errorf("start %s: %w", p.Path, err)
	}
	o := assignment{
		Path: p.Path, Args: p.Args, Dir: p.Dir, Env: p.Env, Files: len(p.Files),
		Group: p.Group, Session: p.Terminal, Control: p.Terminal, Proc: t.o.Contain, Ignored: p.Ignored, Limits: p.Limits, Cgroup: p.Cgroup,
	}
	if o.Env == nil {
		o.Env = os.Environ()
	}
	b, err := frameOf(o)
	if err != nil {
		return 0, 0, err
	}
	if _, err := near.Write(b); err != nil {
		return 0, 0, fmt.Errorf("start %s: %w", p.Path, err)
	}
	if word, err := io.ReadAll(near); len(word) > 0 || err != nil {
		return 0, 0, fmt.Errorf("start %s", cmpText(word, err))
	}
	return number, pid, nil
}

func cmpText(word []byte, err error) string {
	if len(word) > 0 {
		return string(word)
	}
	return err.Error()
}

// fork starts this program again as a tracee and attaches to it, on the tracer's
// thread: only that may.
func (t *Tracer) fork(p *Program, channel int) (number, pid int, err error) {
	if err := t.contain(); err != nil {
		return 0, 0, err
	}
	null, err := os.OpenFile("/dev/null", os.O_RDWR, 0)
	if err != nil {
		return 0, 0, err
	}
	defer null.Close()
	var files []uintptr
	for _, f := range p.Files {
		if f == nil {
			f = null
		}
		files = append(files, f.Fd())
	}
	for len(files) < 3 {
		files = append(files, null.Fd())
	}
	files = append(files, uintptr(channel))
	command := netcore.HelperCommand(traceeRole, fmt.Sprint(len(files)-1))
	pid, err = syscall.ForkExec("/proc/self/exe", command, &syscall.ProcAttr{
		Env: netcore.HelperEnv("GOMAXPROCS=1"), Files: files,
	})
	if err != nil {
		return 0, 0, err
	}
	t.alone = false
	if errno := ptrace(unix.PTRACE_SEIZE, pid, 0, uintptr(follow|unix.PTRACE_O_EXITKILL)); errno != 0 {
		_ = unix.Kill(pid, unix.SIGKILL)
		_, _ = unix.Wait4(pid, nil, unix.WALL, nil)
		return 0, 0, fmt.Errorf("trace it: %w%s", errno, whyNoTrace(errno))
	}
	t.programs++
	q := newProcess(pid, os.Getpid(), p.Name)
	q.program, q.alive = t.programs, 1
	t.processes[pid] = q
	t.threads[pid] = &thread{tid: pid, process: q, announced: true}
	return t.programs, pid, nil
}

// whyNoTrace names what commonly forbids ptrace.
func whyNoTrace(errno syscall.Errno) string {
	if errno == unix.EPERM {
		return " (ptrace is not permitted here: a container needs --cap-add SYS_PTRACE or a newer seccomp profile)"
	}
	return ""
}

// contain makes the process namespace in which everything this thread starts from
// now on is, once; its process 1 lives as long as the tracer.
func (t *Tracer) contain() error {
	if !t.o.Contain || t.first != 0 {
		return nil
	}
	if err := unix.Unshare(unix.CLONE_NEWPID); err != nil {
		return fmt.Errorf("a process namespace: %w", err)
	}
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		return fmt.Errorf("pipe: %w", err)
	}
	defer unix.Close(pipe[0])
	pid, err := syscall.ForkExec("/proc/self/exe", netcore.HelperCommand(initRole), &syscall.ProcAttr{
		Env: netcore.HelperEnv("GOMAXPROCS=1"), Files: []uintptr{uintptr(pipe[0])}, Sys: &syscall.SysProcAttr{Setpgid: true},
	})
	if err != nil {
		_ = unix.Close(pipe[1])
		return fmt.Errorf("process 1 of the namespace: %w", err)
	}
	t.first, t.leash, t.alone = pid, pipe[1], false
	return nil
}

// Attach traces a program that runs already, with all its threads: at each system
// call they make, for a filter cannot be put on from outside. Close lets them go.
// Permission is that of ptrace(2): one's own processes, and where
// kernel.yama.ptrace_scope is 1 or more only with CAP_SYS_PTRACE.
func (t *Tracer) Attach(name string, pid int) (number int, err error) {
	failed := t.do(func() { number, err = t.attach(name, pid) })
	if err := errors.Join(failed, err); err != nil {
		return 0, fmt.Errorf("attach to process %d: %w", pid, err)
	}
	return number, nil
}

func (t *Tracer) attach(name string, pid int) (int, error) {
	seized := map[int]bool{}
	q := newProcess(pid, parentOf(pid), name)
	q.attached = true
	for again := true; again; {
		again = false
		tids, err := threadsOf(pid)
		if err != nil && len(seized) == 0 {
			return 0, err
		}
		for _, tid := range tids {
			if seized[tid] {
				continue
			}
			errno := ptrace(unix.PTRACE_SEIZE, tid, 0, uintptr(follow))
			if errno == unix.ESRCH {
				continue
			}
			if errno != 0 {
				t.letGo(q)
				return 0, attachError(errno)
			}
			seized[tid], again = true, true
			t.alone = false
			t.threads[tid] = &thread{tid: tid, process: q, announced: true}
			q.alive++
			ptrace(unix.PTRACE_INTERRUPT, tid, 0, 0)
		}
	}
	if len(seized) == 0 {
		return 0, unix.ESRCH
	}
	t.programs++
	q.program, q.begun = t.programs, true
	t.processes[pid] = q
	t.tell(Event{Kind: ProcessEvent, TID: pid, Process: t.change(q, "start"), Program: q.program})
	return t.programs, nil
}

// attachError says what stands against attaching.
func attachError(errno syscall.Errno) error {
	if errno != unix.EPERM {
		return errno
	}
	scope, _ := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope")
	switch {
	case len(scope) > 0 && scope[0] != '0':
		return fmt.Errorf("%w: the kernel's setting kernel.yama.ptrace_scope is %c, so only root may attach to a running program: run sockstep as root, or start the program with sockstep trace -- CMD", errno, scope[0])
	default:
		return fmt.Errorf("%w: it is another user's, has more rights than you, or is traced by somebody else already", errno)
	}
}

// sortedThreads is a map's threads by number.
func sortedThreads(m map[int]*thread) []*thread {
	var list []*thread
	for _, t := range m {
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b *thread) int { return a.tid - b.tid })
	return list
}
