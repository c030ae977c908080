package check

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/netcore"
)

// Listeners are the TCP sockets of the program that listen, of all its processes.
func (p *Program) Listeners() []netcore.Socket {
	mine := p.inodes()
	if len(mine) == 0 {
		return nil
	}
	all, err := netcore.Sockets()
	if err != nil {
		p.t.Unseen("the kernel's table of sockets cannot be read: %v", err)
	}
	var out []netcore.Socket
	for _, s := range all {
		if s.Protocol == "TCP" && s.State == "LISTEN" && mine[s.Inode] > 0 {
			out = append(out, s)
		}
	}
	return out
}

// Table are all sockets of the program as the kernel shows them, also those that wait
// for accept at its port.
func (p *Program) Table() []netcore.Socket {
	mine := p.inodes()
	all, err := netcore.Sockets()
	if err != nil {
		p.t.Unseen("the kernel's table of sockets cannot be read: %v", err)
	}
	var out []netcore.Socket
	for _, s := range all {
		if mine[s.Inode] > 0 || s.Inode == 0 && int(s.Local.Port()) == p.port {
			out = append(out, s)
		}
	}
	return out
}

// Sockets is how many descriptors of sockets the program's processes have together;
// one that two of them share counts twice.
func (p *Program) Sockets() int {
	n := 0
	for _, times := range p.inodes() {
		n += times
	}
	return n
}

// inodes counts the descriptors of each socket.
func (p *Program) inodes() map[uint64]int {
	out := map[uint64]int{}
	for _, pid := range p.pids() {
		for _, inode := range socketsOf(pid) {
			out[inode]++
		}
	}
	return out
}

// SocketsOf is how many descriptors of sockets one process of the program has.
func (p *Program) SocketsOf(pid int) int { return len(socketsOf(pid)) }

// socketsOf are the inodes of a process's sockets, proc_pid_fd(5).
func socketsOf(pid int) (inodes []uint64) {
	folder := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		link, err := os.Readlink(filepath.Join(folder, e.Name()))
		if err != nil {
			continue
		}
		if rest, ok := strings.CutPrefix(link, "socket:["); ok {
			inode, _ := strconv.ParseUint(strings.TrimSuffix(rest, "]"), 10, 64)
			inodes = append(inodes, inode)
		}
	}
	return inodes
}

// Processes are those of the program that are alive.
func (p *Program) Processes() []int { return p.pids() }

// stat are the fields of /proc/PID/stat behind the name, from the state on; nil for
// none.
func stat(path string) []string {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	i := bytes.LastIndexByte(text, ')')
	if i < 0 {
		return nil
	}
	return strings.Fields(string(text[i+1:]))
}

// Asleep reports whether every thread of the program sleeps. One that has ended, and
// whose end was not told yet, does not; children that nobody waited for do.
func (p *Program) Asleep() bool {
	pids := p.pids()
	for _, pid := range pids {
		paths, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		if len(paths) == 0 {
			return false
		}
		for _, path := range paths {
			f := stat(path)
			if len(f) == 0 || f[0] != "S" && f[0] != "T" && (f[0] != "Z" || pid == p.PID()) {
				return false
			}
		}
	}
	return len(pids) > 0
}

// Zombies is how many processes of the program have ended and not been waited for by
// one that lives.
func (p *Program) Zombies() int {
	n := 0
	paths, _ := filepath.Glob("/proc/[0-9]*/stat")
	alive := map[string]bool{}
	for _, pid := range p.pids() {
		alive[strconv.Itoa(pid)] = true
	}
	for _, path := range paths {
		if f := stat(path); len(f) > 1 && f[0] == "Z" && alive[f[1]] {
			n++
		}
	}
	return n
}

// Memory is how much memory the program's processes have, resident, in bytes.
func (p *Program) Memory() int64 {
	var sum int64
	for _, pid := range p.pids() {
		if f := stat(fmt.Sprintf("/proc/%d/stat", pid)); len(f) > 21 {
			pages, _ := strconv.ParseInt(f[21], 10, 64)
			sum += pages * int64(os.Getpagesize())
		}
	}
	return sum
}

// CPU is the processor time its processes have used, to a hundredth of a second.
func (p *Program) CPU() time.Duration {
	var ticks int64
	for _, pid := range p.pids() {
		if f := stat(fmt.Sprintf("/proc/%d/stat", pid)); len(f) > 12 {
			for _, field := range f[11:13] {
				n, _ := strconv.ParseInt(field, 10, 64)
				ticks += n
			}
		}
	}
	const hertz = 100 // USER_HZ, on every architecture there is a tracer for
	return time.Duration(ticks) * time.Second / hertz
}

func sendSignal(pid int, name string) error {
	sig := unix.SignalNum(name)
	if sig == 0 {
		return fmt.Errorf("there is no %s", name)
	}
	return unix.Kill(pid, sig)
}

// limits are those a program gets, by number.
func limits(r *run) map[int]uint64 {
	l := map[int]uint64{unix.RLIMIT_CORE: 0}
	if r.files > 0 {
		l[unix.RLIMIT_NOFILE] = uint64(r.files)
	}
	return l
}

// receiveBuffer sets SO_RCVBUF before connect, where n is not 0.
func receiveBuffer(n int) func(network, address string, c syscall.RawConn) error {
	if n == 0 {
		return nil
	}
	return func(_, _ string, c syscall.RawConn) (err error) {
		failed := c.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, n) })
		if failed != nil {
			return failed
		}
		return err
	}
}

// plainTerminal has a terminal pass on what is printed as it is, and echo nothing.
func plainTerminal(f *os.File) error {
	t, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		return err
	}
	t.Oflag &^= unix.OPOST
	t.Lflag &^= unix.ECHO
	return unix.IoctlSetTermios(int(f.Fd()), unix.TCSETS, t)
}

// canContain reports whether this process may make a process namespace.
func canContain() bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if unix.Capget(&header, &data[0]) != nil {
		return false
	}
	return data[0].Effective&(1<<unix.CAP_SYS_ADMIN) != 0
}
