package tracer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// MemoryGroup is a control group that bounds the memory of the programs started in
// it, see cgroups(7): the kernel kills what would need more. Remove it.
type MemoryGroup struct {
	folder string
	files  *memoryFiles
}

// memoryFiles are the names that differ between the versions of control groups.
type memoryFiles struct {
	limit  string
	swap   string // bounds memory and swap, or swap alone
	events string // holds a line "oom_kill N"
	other  string // has the kernel kill all, not one; "" where it cannot
}

var (
	version1 = memoryFiles{limit: "memory.limit_in_bytes", swap: "memory.memsw.limit_in_bytes", events: "memory.oom_control"}
	version2 = memoryFiles{limit: "memory.max", swap: "memory.swap.max", events: "memory.events", other: "memory.oom.group"}
)

// groupPrefix begins the names of control groups made here.
const groupPrefix = "sockstep-"

// groupAge is how old a group is that nobody needs any more: longer than any check
// takes.
const groupAge = time.Hour

// NewMemoryGroup makes a control group whose processes have at most so many bytes
// together. The error says why this process may not: few machines allow it to an
// ordinary user.
func NewMemoryGroup(limit int64) (*MemoryGroup, error) {
	text, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return nil, fmt.Errorf("control groups: %w", err)
	}
	root, own, files, err := memoryTree("/sys/fs/cgroup", string(text))
	if err != nil {
		return nil, err
	}
	for {
		g, err := newMemoryGroup(filepath.Join(root, own), files, limit)
		if err == nil || own == "/" {
			return g, err
		}
		own = filepath.Dir(own)
	}
}

// memoryTree finds where the groups that can bound memory are, and which of them this
// process is in, by the text of proc_pid_cgroup(5).
func memoryTree(top, text string) (root, own string, files *memoryFiles, err error) {
	for line := range strings.Lines(text) {
		number, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, path, _ := strings.Cut(rest, ":")
		switch {
		case slices.Contains(strings.Split(controllers, ","), "memory"):
			return filepath.Join(top, "memory"), filepath.Clean("/" + path), &version1, nil
		case number == "0" && controllers == "":
			own = filepath.Clean("/" + path)
		}
	}
	if own == "" {
		return "", "", nil, errors.New("there are no control groups that can bound memory")
	}
	return top, own, &version2, nil
}

func newMemoryGroup(above string, files *memoryFiles, limit int64) (*MemoryGroup, error) {
	sweep(above)
	folder, err := os.MkdirTemp(above, groupPrefix)
	if err != nil {
		return nil, errors.New("no control group is delegated to you")
	}
	g := &MemoryGroup{folder: folder, files: files}
	if err := g.write(files.limit, strconv.FormatInt(limit, 10)); err != nil {
		_ = g.Remove()
		return nil, fmt.Errorf("%s does not pass the memory controller on", above)
	}
	swap := "0"
	if files == &version1 {
		swap = strconv.FormatInt(limit, 10)
	}
	_ = g.write(files.swap, swap) // there is none where nothing is swapped
	if files.other != "" {
		_ = g.write(files.other, "1")
	}
	return g, nil
}

// sweep removes old groups, of which those that processes are in remain.
func sweep(above string) {
	old, _ := filepath.Glob(filepath.Join(above, groupPrefix+"*"))
	for _, folder := range old {
		if f, err := os.Stat(folder); err == nil && time.Since(f.ModTime()) > groupAge {
			_ = unix.Rmdir(folder)
		}
	}
}

// write writes to one of the group's files, which the kernel makes: none is created.
func (g *MemoryGroup) write(name, text string) error {
	return writeExisting(filepath.Join(g.folder, name), text)
}

func writeExisting(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// Folder is where the group is; its parent is the group it was made in.
func (g *MemoryGroup) Folder() string { return g.folder }

// Kills is how many processes the kernel has killed in the group because they needed
// more memory than there is.
func (g *MemoryGroup) Kills() int {
	text, _ := os.ReadFile(filepath.Join(g.folder, g.files.events))
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "oom_kill "); ok {
			n, _ := strconv.Atoi(strings.TrimSpace(rest))
			return n
		}
	}
	return 0
}

// Remove removes the group; its processes must have ended.
func (g *MemoryGroup) Remove() error {
	if err := unix.Rmdir(g.folder); err != nil {
		return fmt.Errorf("remove the control group %s: %w", g.folder, err)
	}
	return nil
}

// joinGroup moves the calling process into a control group.
func joinGroup(folder string) error {
	if err := writeExisting(filepath.Join(folder, "cgroup.procs"), "0"); err != nil {
		return fmt.Errorf("join the control group: %w", err)
	}
	return nil
}
