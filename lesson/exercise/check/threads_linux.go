package check

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Threads is how many threads the program's processes have together.
func (p *Program) Threads() (n int) {
	for _, pid := range p.pids() {
		paths, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
		n += len(paths)
	}
	return n
}

// Blocking is how many descriptors of TCP sockets the program has that have no
// O_NONBLOCK.
func (p *Program) Blocking() (n int) {
	tcp := p.tcpInodes()
	for _, pid := range p.pids() {
		links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
		for _, link := range links {
			target, err := os.Readlink(link)
			if err != nil || !tcp[target] {
				continue
			}
			if flags, ok := fileFlags(pid, filepath.Base(link)); ok && flags&unix.O_NONBLOCK == 0 {
				n++
			}
		}
	}
	return n
}

// tcpInodes are the program's TCP sockets as /proc writes them.
func (p *Program) tcpInodes() map[string]bool {
	tcp := map[string]bool{}
	for _, s := range p.Table() {
		if s.Protocol == "TCP" && s.Inode != 0 {
			tcp[fmt.Sprintf("socket:[%d]", s.Inode)] = true
		}
	}
	return tcp
}

// fileFlags are the flags of a descriptor, proc_pid_fdinfo(5).
func fileFlags(pid int, fd string) (flags int64, ok bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%s", pid, fd))
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		if rest, is := strings.CutPrefix(line, "flags:"); is {
			flags, err = strconv.ParseInt(strings.TrimSpace(rest), 8, 64)
			return flags, err == nil
		}
	}
	return 0, false
}
