// Package source says where in its source a stopped thread of another process
// is: the file and line of the innermost call that the user wrote. It reads the
// files a process has mapped (their unwind tables, their line tables, the Go
// runtime's own table) and the thread's stack, which the caller gives it as a
// [Memory]. It changes nothing, stops nobody, and refuses to guess: what it
// cannot find is the zero [Place].
//
// It knows ELF files of amd64 and arm64 and reads /proc, so it finds something
// on Linux only; elsewhere every place is the zero one.
package source

import (
	"path"
	"strconv"
	"sync"
)

// Limits of one search. A stack that is deeper, or a table that is larger, is
// not followed any further.
const (
	maxFrames  = 64        // frames of a stack
	maxSection = 128 << 20 // bytes of one section, decompressed
	maxScan    = 16 << 10  // bytes of a stack searched for return addresses
	maxSteps   = 1 << 16   // addresses a Finder remembers
)

// Memory reads the memory of the stopped process.
type Memory interface {
	// Read returns as many of the n bytes at address as can be read, which may
	// be none. It does not block.
	Read(address uint64, n int) []byte
}

// Registers are those of a stopped thread that a search begins with.
type Registers struct {
	PC uint64 // amd64 rip, arm64 pc: behind the instruction that made the call
	SP uint64 // amd64 rsp, arm64 sp
	FP uint64 // amd64 rbp, arm64 x29
	LR uint64 // arm64 x30; amd64 has none
}

// Place is where a call stands in a program's source. The zero Place is none.
type Place struct {
	// File is the whole path as the debug information has it, joined with the
	// directory of the compilation where it was relative. It need not exist.
	File string
	Line int // from 1
	// Function is the name of the function that the machine code belongs to, as
	// a C, C++, Rust or Go programmer writes it, without parameters. Where that
	// function took in another one inline, it is the outer one. It may be empty.
	Function string

	text string
}

// String returns the place in the form server.c:26, without the directory, and
// "" for none.
func (p Place) String() string {
	if p.File == "" {
		return ""
	}
	return path.Base(p.File) + ":" + strconv.Itoa(p.Line)
}

// Text returns the line of the source, without the white space around it. It is
// as it was when the place was first found, and may hold anything. It is "" if
// the file was not there, is no regular file, or is newer than the program.
func (p Place) Text() string { return p.text }

// Cache keeps what was read of the files that processes have mapped, so that
// several processes that run the same file read it once. Its methods, and those
// of its Finders, may be called from any goroutine.
type Cache struct {
	mu      sync.Mutex
	objects map[fileKey]*object
}

// New returns an empty Cache. It holds no descriptors, and needs no closing.
func New() *Cache { return &Cache{objects: map[fileKey]*object{}} }

// Process returns the Finder of a process, which reads nothing until it is
// asked. The threads of the process share it; a child has another.
func (c *Cache) Process(pid int) *Finder { return &Finder{cache: c, pid: pid} }

// Finder finds the places of the threads of one process.
type Finder struct {
	cache *Cache
	pid   int

	mu       sync.Mutex
	read     bool // the maps were
	mappings []mapping
	lines    bool             // some mapped file can tell lines
	machine  *machine         // of the mapped files
	steps    map[uint64]*step // by address
	unmapped map[uint64]bool  // pages looked for in vain
}

// Remap forgets which files the process has mapped: after an exec, which changes
// all of them. Libraries that a program loads while it runs are noticed without.
func (f *Finder) Remap() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forget()
}

func (f *Finder) forget() {
	f.read, f.mappings, f.lines, f.machine = false, nil, false, nil
	f.steps, f.unmapped = map[uint64]*step{}, map[uint64]bool{}
}

// Lines reports whether some mapped file can tell lines; where none can, Find finds
// nothing.
func (f *Finder) Lines() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.tells()
}

// tells is Lines. It reads the maps, once.
func (f *Finder) tells() bool {
	if !f.read {
		f.forget()
		f.remap()
	}
	return f.lines && f.machine != nil
}

// Find returns the innermost place of the user's own code on the stack of a
// thread with these registers, stopped at a system call. Code of the C library,
// of the standard libraries of C++, Go and Rust is passed over; that of other
// people's packages too, unless there is nothing else. The thread must stay
// stopped until Find returns.
func (f *Finder) Find(r Registers, m Memory) (p Place) {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer func() {
		if recover() != nil { // a file that debug/dwarf did not expect
			p = Place{}
		}
	}()
	if !f.tells() {
		return Place{}
	}
	return f.walk(newFrame(f.machine, r), &stack{memory: m})
}

// walk goes outwards from a frame until it is in the user's own code.
func (f *Finder) walk(fr frame, s *stack) Place {
	var foreign Place
	at := fr.pc() - 1
	for depth := 0; depth < maxFrames; depth++ {
		st := f.step(at)
		switch {
		case st.place.File == "":
		case st.owner == ownerUser:
			return st.place
		case st.owner == ownerPackage && foreign.File == "":
			foreign = st.place
		}
		if !f.outward(&fr, st, s, depth) {
			break
		}
		at = fr.pc() - 1
		if st.row != nil && st.row.signal {
			at = fr.pc() // interrupted before this instruction, not behind a call
		}
	}
	return foreign
}

// outward replaces a frame by that of its caller, and reports whether there is
// one.
func (f *Finder) outward(fr *frame, st *step, s *stack, depth int) bool {
	if st.row != nil {
		return fr.unwind(st.row, s) && fr.pc() > 1
	}
	return f.guess(fr, s, depth)
}

// step is what is known of an address in a process.
type step struct {
	row   *row // how to get to the caller; nil where no table says
	place Place
	owner owner
}

// nowhere is the step of an address in no mapped file.
var nowhere = &step{}

// step returns what is known of an address.
func (f *Finder) step(at uint64) *step {
	if st := f.steps[at]; st != nil {
		return st
	}
	st := nowhere
	if m := f.mapped(at); m != nil {
		st = m.object.step(at-m.bias, m)
	}
	if len(f.steps) >= maxSteps {
		f.steps = map[uint64]*step{}
	}
	f.steps[at] = st
	return st
}
