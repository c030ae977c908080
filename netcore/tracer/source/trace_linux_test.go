//go:build linux && (amd64 || arm64)

package source

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// processMemory reads the memory of a traced process, process_vm_readv(2).
type processMemory int

func (m processMemory) Read(at uint64, n int) []byte {
	buf := make([]byte, n)
	local := []unix.Iovec{{Base: &buf[0]}}
	local[0].SetLen(n)
	if n > 0 {
		got, err := unix.ProcessVMReadv(int(m), local, []unix.RemoteIovec{{Base: uintptr(at), Len: n}}, 0)
		if err == nil {
			return buf[:got]
		}
		// Nothing is read beyond the page where the memory ends.
		n = min(n-1, int(4096-at%4096))
		if uint64(n) == 4096-at%4096 {
			got, err = unix.ProcessVMReadv(int(m), local, []unix.RemoteIovec{{Base: uintptr(at), Len: n}}, 0)
			if err == nil {
				return buf[:got]
			}
		}
	}
	return nil
}

// stop is a thread stopped at the entry of a system call.
type stop struct {
	pid, tid int
	call     uint64
	regs     Registers
	memory   processMemory
}

// atCalls runs a program and calls visit at the entry of each of its system
// calls, on every thread, until visit returns false.
func atCalls(t testing.TB, argv []string, visit func(stop) bool) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		if errors.Is(err, syscall.EPERM) {
			t.Skipf("ptrace is not permitted here: %v", err)
		}
		t.Fatal(err)
	}
	pid := cmd.Process.Pid
	defer func() {
		_ = cmd.Process.Kill()
		var status unix.WaitStatus
		for {
			if got, err := unix.Wait4(-1, &status, unix.WALL|unix.WNOTHREAD, nil); err != nil && !errors.Is(err, unix.EINTR) || got == pid && (status.Exited() || status.Signaled()) {
				return
			}
		}
	}()
	traceCalls(t, pid, visit)
}

// traceCalls drives the threads of a process that has stopped at its start.
func traceCalls(t testing.TB, pid int, visit func(stop) bool) {
	t.Helper()
	limit := time.Now().Add(30 * time.Second)
	inside := map[int]bool{} // threads between the entry and the end of a call
	options := false
	for time.Now().Before(limit) {
		var status unix.WaitStatus
		tid, err := unix.Wait4(-1, &status, unix.WALL|unix.WNOTHREAD, nil)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return
		}
		if !status.Stopped() {
			continue
		}
		signal := status.StopSignal()
		if !options && tid == pid {
			options = true
			if err := unix.PtraceSetOptions(pid, unix.PTRACE_O_TRACESYSGOOD|unix.PTRACE_O_TRACECLONE|unix.PTRACE_O_EXITKILL); err != nil {
				t.Skipf("ptrace options are not permitted here: %v", err)
			}
			signal = 0
		}
		switch {
		case signal == unix.SIGTRAP|0x80:
			signal = 0
			inside[tid] = !inside[tid]
			if inside[tid] {
				call, regs := registers(t, tid)
				if !visit(stop{pid, tid, call, regs, processMemory(tid)}) {
					return
				}
			}
		case signal == unix.SIGTRAP, signal == unix.SIGSTOP:
			signal = 0
		}
		_ = unix.PtraceSyscall(tid, int(signal))
	}
	t.Error("the program did not end in 30 s")
}

// placeOf runs a program until it makes a call of a number, and returns where
// the first one with that number stands which has a place.
func placeOf(t testing.TB, argv []string, call uint64) (got Place) {
	t.Helper()
	f := (*Finder)(nil)
	met := false
	atCalls(t, argv, func(s stop) bool {
		if s.call != call {
			return true
		}
		met = true
		if f == nil {
			f = New().Process(s.pid)
		}
		got = f.Find(s.regs, s.memory)
		return got.File == ""
	})
	if !met {
		t.Fatalf("%v made no such call", argv)
	}
	return got
}

// write puts a source file into the test's directory, older than what is built.
func write(t testing.TB, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// build runs a compiler, and skips the test where there is none.
func build(t testing.TB, dir string, argv ...string) {
	t.Helper()
	if _, err := exec.LookPath(argv[0]); err != nil {
		t.Skipf("%s is not here", argv[0])
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("%s: %v: %s", strings.Join(argv, " "), err, out)
	}
}

// marked is the number of the line with the mark, and its text, trimmed.
func marked(t testing.TB, text string) (int, string) {
	t.Helper()
	for n, line := range strings.Split(text, "\n") {
		if strings.Contains(line, "/* here */") {
			return n + 1, strings.TrimSpace(line)
		}
	}
	t.Fatal("no mark")
	return 0, ""
}
