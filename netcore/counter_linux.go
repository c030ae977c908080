package netcore

import (
	"bytes"
	"fmt"
	"strconv"

	"golang.org/x/sys/unix"

	"sockstep/netcore/protocol"
)

// counterFiles are the files of a network that count, proc_pid_net(5). An open one
// keeps to the network it was opened in, and reads anew from its start each time.
type counterFiles struct {
	fds []int
	buf []byte
}

// openCounters opens the files of the calling thread's network.
func openCounters() (*counterFiles, error) {
	c := &counterFiles{buf: make([]byte, 1<<14)}
	for _, name := range []string{"netstat", "snmp"} {
		name = "/proc/thread-self/net/" + name
		fd, err := unix.Open(name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", name, err)
		}
		c.fds = append(c.fds, fd)
	}
	return c, nil
}

// openCounters opens those of the lab's networks, and says what is missing.
func (s *station) openCounters() (lack []string) {
	for _, t := range s.networks {
		err := s.inside(t, func() (err error) { t.counts, err = openCounters(); return err })
		if err != nil {
			lack = append(lack, fmt.Sprintf("The counters of the network %s cannot be read here: %v.", t.name(), err))
		}
	}
	return lack
}

// read returns the counters of countedBy.
func (c *counterFiles) read(network uint8) (all []protocol.Counter, err error) {
	for _, fd := range c.fds {
		text, err := readWhole(fd, c.buf)
		if err != nil {
			return all, err
		}
		all = appendCounters(all, network, text)
	}
	return all, nil
}

// readWhole reads an open file from its start, as much of it as buf takes.
func readWhole(fd int, buf []byte) ([]byte, error) {
	n := 0
	for n < len(buf) {
		k, err := unix.Pread(fd, buf[n:], int64(n))
		if err != nil {
			return nil, err
		}
		if k == 0 {
			break
		}
		n += k
	}
	return buf[:n], nil
}

// appendCounters reads pairs of lines that begin with the same word, the first with
// names and the second with their values.
func appendCounters(all []protocol.Counter, network uint8, text []byte) []protocol.Counter {
	for len(text) > 0 {
		var names, values []byte
		names, text, _ = bytes.Cut(text, []byte("\n"))
		values, text, _ = bytes.Cut(text, []byte("\n"))
		group, names, _ := bytes.Cut(names, []byte(" "))
		same, values, _ := bytes.Cut(values, []byte(" "))
		if wanted := countedBy[string(group)]; wanted != nil && bytes.Equal(group, same) {
			all = appendPairs(all, network, wanted, names, values)
		}
	}
	return all
}

func appendPairs(all []protocol.Counter, network uint8, wanted map[string]string, names, values []byte) []protocol.Counter {
	for len(names) > 0 {
		var name, value []byte
		name, names, _ = bytes.Cut(names, []byte(" "))
		value, values, _ = bytes.Cut(values, []byte(" "))
		if wanted[string(name)] == "" {
			continue
		}
		if v, err := strconv.ParseUint(string(value), 10, 64); err == nil {
			all = append(all, protocol.Counter{Network: network, Name: string(name), Value: v})
		}
	}
	return all
}
