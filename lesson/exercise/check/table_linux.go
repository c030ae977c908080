package check

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// fill lowers the limit of a process's descriptors so far that its table is full, and
// returns what sets it as it was.
func fill(pid int) (undo func(), err error) {
	full, err := lowestFree(pid)
	if err != nil {
		return nil, err
	}
	var was unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &was); err != nil {
		return nil, fmt.Errorf("prlimit: %w", err)
	}
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: full, Max: was.Max}, nil); err != nil {
		return nil, fmt.Errorf("prlimit: %w", err)
	}
	return func() { _ = unix.Prlimit(pid, unix.RLIMIT_NOFILE, &was, nil) }, nil
}

// lowestFree is the lowest number that is no descriptor of a process.
func lowestFree(pid int) (n uint64, err error) {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return 0, err
	}
	taken := map[string]bool{}
	for _, e := range entries {
		taken[e.Name()] = true
	}
	for taken[fmt.Sprint(n)] {
		n++
	}
	return n, nil
}
