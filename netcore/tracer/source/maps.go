package source

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// mapping is a range of a process's memory that holds code of a file.
type mapping struct {
	start, end uint64
	offset     uint64 // in the file
	file       string // device and inode, as the kernel writes them
	names      []string
	object     *object
	bias       uint64 // what to take from an address to get the file's own
}

// maxMaps is how much of /proc/PID/maps is read, in bytes.
const maxMaps = 8 << 20

// readMaps reads the executable mappings of files, in order of address. proc(5).
func readMaps(pid int) []mapping {
	if runtime.GOOS != "linux" {
		return nil
	}
	dir := "/proc/" + strconv.Itoa(pid)
	file, err := os.Open(dir + "/maps")
	if err != nil {
		return nil
	}
	defer file.Close()
	text, _ := io.ReadAll(io.LimitReader(file, maxMaps))
	exe, _ := os.Readlink(dir + "/exe")
	return parseMaps(text, dir, exe)
}

// parseMaps reads the text of a maps file. dir is the process's directory and
// exe where its link exe points.
func parseMaps(text []byte, dir, exe string) (list []mapping) {
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		line := lines.Text()
		m, permissions, ok := parseMapping(line)
		at := strings.IndexByte(line, '/')
		if !ok || at < 0 || !strings.Contains(permissions, "x") {
			continue
		}
		m.names = fileNames(dir, line[at:], exe, m.start, m.end)
		list = append(list, m)
	}
	return list
}

// parseMapping reads the fields of a line in front of the name.
func parseMapping(line string) (m mapping, permissions string, ok bool) {
	fields := strings.Fields(line)
	if len(fields) < 6 {
		return m, "", false
	}
	first, last, _ := strings.Cut(fields[0], "-")
	var errs [3]error
	m.start, errs[0] = strconv.ParseUint(first, 16, 64)
	m.end, errs[1] = strconv.ParseUint(last, 16, 64)
	m.offset, errs[2] = strconv.ParseUint(fields[2], 16, 64)
	m.file = fields[3] + " " + fields[4]
	return m, fields[1], errs == [3]error{} && m.start < m.end
}

// fileNames returns the names under which a mapped file may be opened, best
// first. A file that was deleted, or replaced by the next build, can be reached
// through the process only; map_files needs a capability, exe does not.
func fileNames(dir, name, exe string, start, end uint64) []string {
	through := fmt.Sprintf("%s/map_files/%x-%x", dir, start, end)
	if name == exe {
		return []string{dir + "/exe", through}
	}
	if strings.HasSuffix(name, " (deleted)") {
		return []string{through}
	}
	return []string{dir + "/root" + name, through}
}

// remap reads the maps and opens what they name.
func (f *Finder) remap() {
	f.read = true
	f.mappings = readMaps(f.pid)
	for i := range f.mappings {
		m := &f.mappings[i]
		m.object = f.cache.object(m)
		if m.object == nil {
			continue
		}
		bias, ok := m.object.bias(m)
		if !ok {
			m.object = nil
			continue
		}
		m.bias = bias
		f.lines = f.lines || m.object.hasLines
		f.machine = m.object.machine
	}
	f.mappings = slices.DeleteFunc(f.mappings, func(m mapping) bool { return m.object == nil })
}

// find returns the mapping of an address, or nil.
func (f *Finder) find(at uint64) *mapping {
	i, ok := slices.BinarySearchFunc(f.mappings, at, func(m mapping, at uint64) int {
		switch {
		case m.end <= at:
			return -1
		case m.start > at:
			return 1
		}
		return 0
	})
	if !ok {
		return nil
	}
	return &f.mappings[i]
}

// mapped is find, and reads the maps again for a page that was not there before,
// once a page: a library may have been loaded.
func (f *Finder) mapped(at uint64) *mapping {
	m := f.find(at)
	page := at >> 12
	if m != nil || f.unmapped[page] || len(f.unmapped) >= maxSteps {
		return m
	}
	f.unmapped[page] = true
	if at>>47 != 0 || at < 4096 {
		return nil // not an address of a program
	}
	f.remap()
	return f.find(at)
}
