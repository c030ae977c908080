package netcore

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// glance reads /proc/PID/task/TID: proc_pid_stat(5), syscall, wchan, schedstat.
func (c *Pending) glance() glance {
	b := c.process.body
	dir := fmt.Sprintf("/proc/%d/task/%d/", b.pid, b.tid)
	state, ok := threadState(dir)
	if !ok {
		return glance{}
	}
	g := glance{readable: true, stopped: state == 'T' || state == 't', runs: runCount(dir)}
	if state == 'S' {
		g.asleep = c.inCall(dir)
	}
	if g.stopped {
		g.channel = "stopped"
	} else if g.asleep {
		g.channel = wakeChannel(dir)
	}
	return g
}

// inCall reports whether the thread is inside this very call: number and first
// argument are the same. Where that file is not readable the worker's page tells.
func (c *Pending) inCall(dir string) bool {
	enter, registers, entered := c.process.body.page.look(uint64(c.id))
	text, err := readSmall(dir + "syscall")
	if err != nil {
		return entered && enter != 0
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 || !entered {
		return false
	}
	nr, err := strconv.ParseUint(fields[0], 10, 64)
	if err != nil || nr != c.wire.Number {
		return false
	}
	first, err := strconv.ParseUint(fields[1], 0, 64)
	return err == nil && first == registers[0]
}

// threadState returns the letter behind the name, which is in parentheses and
// may hold anything.
func threadState(dir string) (byte, bool) {
	text, err := readSmall(dir + "stat")
	if err != nil {
		return 0, false
	}
	i := bytes.LastIndexByte(text, ')')
	if i < 0 || i+2 >= len(text) {
		return 0, false
	}
	return text[i+2], true
}

// runCount returns how often the thread was given a processor.
func runCount(dir string) uint64 {
	text, err := readSmall(dir + "schedstat")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text))
	if len(fields) < 3 {
		return 0
	}
	n, _ := strconv.ParseUint(fields[2], 10, 64)
	return n
}

func wakeChannel(dir string) string {
	text, err := readSmall(dir + "wchan")
	if err != nil || string(text) == "0" {
		return ""
	}
	return string(text)
}

// readSmall reads a file of /proc in one read, without Go's poller.
func readSmall(name string) ([]byte, error) {
	fd, err := unix.Open(name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: name, Err: err}
	}
	defer unix.Close(fd)
	buf := make([]byte, 1024)
	n, err := unix.Read(fd, buf)
	if err != nil {
		return nil, &os.PathError{Op: "read", Path: name, Err: err}
	}
	return buf[:n], nil
}
