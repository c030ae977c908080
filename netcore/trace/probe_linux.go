package trace

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"sockstep/netcore"
	"sockstep/netcore/tracer"
)

func init() { netcore.RegisterHelper(probeRole, runProbe) }

// runProbe makes a socket, or with an argument waits for the end of its input.
func runProbe(args []string) error {
	if len(args) > 0 {
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	return unix.Close(fd)
}

// startWaiting starts a process that waits until end is called.
func startWaiting() (pid int, end func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, nil, err
	}
	c := &exec.Cmd{Path: self, Args: netcore.HelperCommand(probeRole, "wait"), Env: probeEnv()}
	in, err := c.StdinPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		return 0, nil, err
	}
	return c.Process.Pid, func() { _ = errors.Join(in.Close(), c.Wait()) }, nil
}

const yamaScope = "/proc/sys/kernel/yama/ptrace_scope"

func scope() string {
	text, _ := os.ReadFile(yamaScope)
	return strings.TrimSpace(string(text))
}

// scopeText tells the setting that decides.
func scopeText() string {
	if s := scope(); s != "" {
		return " kernel.yama.ptrace_scope is " + s + "."
	}
	return ""
}

func attachFix() string {
	switch scope() {
	case "1", "2":
		return "sudo sockstep trace -p PID, or for everybody: sudo sysctl kernel.yama.ptrace_scope=0"
	case "3":
		return "kernel.yama.ptrace_scope is 3, which lasts until the machine is started again; set it to 1 at start-up."
	}
	return traceFix()
}

func traceFix() string {
	if scope() == "3" {
		return "kernel.yama.ptrace_scope is 3: no program may trace another until the machine is started again with a lower value."
	}
	return "In a container: --cap-add SYS_PTRACE --security-opt seccomp=unconfined"
}

// memoryLimit says whether there are control groups in which the memory of an
// exercise's program can be bounded: one is made, and removed again.
func memoryLimit() []netcore.Finding {
	const name = "memory limits"
	const bound = 64 << 20
	g, err := tracer.NewMemoryGroup(bound)
	if err == nil {
		err = g.Remove()
	}
	if err != nil {
		return []netcore.Finding{{Name: name, Lack: "Memory is not limited by the kernel: " + err.Error() + ". What an exercise's program uses (RSS) is watched instead."}}
	}
	return []netcore.Finding{{Name: name, OK: true, Have: "The kernel limits the memory of an exercise's program, by a control group in " + filepath.Dir(g.Folder()) + "."}}
}
