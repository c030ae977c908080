package source

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// noMemory is a process of which only zeros can be read.
type noMemory struct{}

func (noMemory) Read(at uint64, n int) []byte { return make([]byte, n) }

// lookThrough asks everything of an ELF file.
func lookThrough(data []byte) {
	o := readObject(bytes.NewReader(data))
	if o == nil {
		return
	}
	f, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		return
	}
	func() {
		defer func() { _ = recover() }() // as open does; hangs and memory are what is looked for
		for part := range o.read {
			o.read[part] = true
			o.loadPart(part, f)
		}
	}()
	m := &mapping{object: o}
	for _, p := range o.code {
		for i := range uint64(64) {
			at := p.Vaddr + p.Memsz/64*i
			func() {
				defer func() { _ = recover() }() // as Find does
				st := o.step(at, m)
				if st.row != nil {
					fr := newFrame(o.machine, Registers{PC: at, SP: 1 << 20, FP: 1 << 20})
					fr.unwind(st.row, &stack{memory: noMemory{}})
				}
			}()
		}
	}
}

// FuzzELF gives damaged files to all that reads them: none may hang, nor reserve
// memory that the file's size does not account for.
func FuzzELF(f *testing.F) {
	dir := f.TempDir()
	source := filepath.Join(dir, "a.c")
	text := "static inline __attribute__((always_inline)) int g(int n) { return n * 2; }\nint _start(int n) { return g(n) + 1; }\n"
	if err := os.WriteFile(source, []byte(text), 0o644); err != nil {
		f.Fatal(err)
	}
	for _, flags := range []string{"-gdwarf-5", "-gdwarf-4", "-gdwarf-4 -gz -ffunction-sections", "-O2 -gdwarf-5 -gz"} {
		argv := append(strings.Fields(flags), "-nostdlib", "-static", "-Wl,-z,noseparate-code", "-o", "a", "a.c")
		cmd := exec.Command("gcc", argv...)
		cmd.Dir = dir
		if cmd.Run() != nil {
			continue
		}
		if data, err := os.ReadFile(filepath.Join(dir, "a")); err == nil {
			f.Add(data)
		}
	}
	f.Add([]byte("\x7fELF\x02\x01\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		lookThrough(data)
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("took %v for %d bytes", took, len(data))
		}
	})
}

// FuzzTables gives bytes to the readers themselves, past the checks of the file
// format.
func FuzzTables(f *testing.F) {
	f.Add([]byte{3, 0x77, 8, 1, 0x78, 0x10, 0x0c, 7, 8, 0x90, 1}, []byte{0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22})
	f.Fuzz(func(t *testing.T, table, expression []byte) {
		readLineProgram(lineTables{line: table, lineStrings: expression, strings: expression}, 0, "/")
		for _, eh := range []bool{true, false} {
			u := &unwindTable{}
			u.read(table, 0x1000, eh)
			for _, m := range machines {
				for i := range u.entries[:min(len(u.entries), 8)] {
					u.entries[i].row(u.entries[i].start, m)
				}
			}
		}
		fr := newFrame(machines[elf.EM_X86_64], Registers{PC: 0x1000, SP: 0x2000, FP: 0x3000})
		fr.evaluate(expression, 0x2000, &stack{memory: noMemory{}})
		parseMaps(table, "/proc/1", "/bin/x")
		plainName(string(expression))
	})
}
