//go:build linux && (amd64 || arm64)

package source

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const cProgram = `#include <sys/socket.h>
#include <unistd.h>
static int depth;
__attribute__((noinline)) static int ask(int fd) {
	char buf[64];
	buf[0] = 0;
	int n = listen(fd, 5); /* here */
	depth += n + buf[0];
	return n;
}
int main(int argc, char **argv) {
	char room[argc * 16];
	room[0] = argv[0][0];
	getppid();
	return ask(99) == -1 && room[0] ? 0 : 1;
}
`

// check compares a place with the marked line of a program.
func check(t *testing.T, got Place, file, text, function string) {
	t.Helper()
	line, source := marked(t, text)
	if got.File != file || got.Line != line || got.Text() != source || got.Function != function {
		t.Errorf("found %q, %q line %d in %s\nwant %q line %d in %s", got.Text(), got.File, got.Line, got.Function, file, line, function)
	}
}

func TestC(t *testing.T) {
	for _, compiler := range []string{"gcc", "clang"} {
		for _, flags := range []string{
			"-O0 -g", "-O2 -g", "-O2 -g -fno-pie -no-pie", "-O2 -g -static", "-O0 -g -static", "-O2 -g -static-pie",
			"-O2 -g -fomit-frame-pointer", "-O2 -g -fno-omit-frame-pointer", "-O2 -g -gdwarf-4", "-O2 -g -gdwarf-3",
			"-O2 -g -gdwarf-2 -gstrict-dwarf", "-O2 -g -gz", "-O2 -g -gz=zlib-gnu", "-O2 -g -ffunction-sections -Wl,--gc-sections",
			"-O2 -g -fno-asynchronous-unwind-tables -fno-unwind-tables",
			"-O0 -g -fno-asynchronous-unwind-tables -fno-unwind-tables -static",
			"-O2 -g -gsplit-dwarf", "-O2 -g -flto", "-O2 -g -fno-plt", "-O2 -g -mno-omit-leaf-frame-pointer",
		} {
			t.Run(compiler+" "+flags, func(t *testing.T) {
				file := write(t, "server.c", cProgram)
				dir := filepath.Dir(file)
				build(t, dir, append(append([]string{compiler}, strings.Fields(flags)...), "-o", "server", "server.c")...)
				check(t, placeOf(t, []string{filepath.Join(dir, "server")}, unix.SYS_LISTEN), file, cProgram, "ask")
			})
		}
	}
}

// TestStripped wants no place at all where there is no debug information.
func TestStripped(t *testing.T) {
	for _, flags := range []string{"-O2", "-O0 -static", "-g -s"} {
		t.Run(flags, func(t *testing.T) {
			file := write(t, "server.c", cProgram)
			dir := filepath.Dir(file)
			build(t, dir, append(append([]string{"gcc"}, strings.Fields(flags)...), "-o", "server", "server.c")...)
			if got := placeOf(t, []string{filepath.Join(dir, "server")}, unix.SYS_LISTEN); got != (Place{}) {
				t.Errorf("found %+v", got)
			}
		})
	}
}

// TestFortified wants the line of the caller where the C library's headers put a
// function of theirs inline.
func TestFortified(t *testing.T) {
	const text = `#include <sys/socket.h>
int main(int argc, char **argv) {
	char buf[64];
	(void)argv;
	return recv(99, buf, argc * 4, 0) == -1 ? 0 : 1; /* here */
}
`
	for _, compiler := range []string{"gcc", "clang"} {
		t.Run(compiler, func(t *testing.T) {
			file := write(t, "client.c", text)
			dir := filepath.Dir(file)
			build(t, dir, compiler, "-O2", "-g", "-D_FORTIFY_SOURCE=2", "-o", "client", "client.c")
			check(t, placeOf(t, []string{filepath.Join(dir, "client")}, unix.SYS_RECVFROM), file, text, "main")
		})
	}
}

// TestSharedLibrary wants the line in a library of the user's own, and in one
// that is loaded while the program runs.
func TestSharedLibrary(t *testing.T) {
	const text = `#include <sys/socket.h>
int ask(int fd) {
	int n = listen(fd, 5); /* here */
	return n + 1;
}
`
	const linked = "int ask(int);\nint main(void) { return ask(99); }\n"
	const loaded = `#include <dlfcn.h>
#include <sys/socket.h>
int main(void) {
	listen(98, 1);
	void *l = dlopen("./libask.so", RTLD_NOW);
	int (*ask)(int) = (int (*)(int))dlsym(l, "ask");
	return ask(99) + 1;
}
`
	file := write(t, "ask.c", text)
	dir := filepath.Dir(file)
	build(t, dir, "gcc", "-O2", "-g", "-shared", "-fPIC", "-o", "libask.so", "ask.c")
	for name, main := range map[string]string{"linked": linked, "loaded": loaded} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(filepath.Join(dir, name+".c"), []byte(main), 0o644); err != nil {
				t.Fatal(err)
			}
			libraries := map[string]string{"linked": "libask.so", "loaded": "-ldl"}
			build(t, dir, "gcc", "-O2", "-g", "-o", name, name+".c", libraries[name], "-Wl,-rpath,"+dir)
			var f *Finder
			var got Place
			t.Chdir(dir)
			atCalls(t, []string{"./" + name}, func(s stop) bool {
				if s.call != unix.SYS_LISTEN {
					return true
				}
				if f == nil {
					f = New().Process(s.pid)
				}
				got = f.Find(s.regs, s.memory)
				return got.Function != "ask"
			})
			check(t, got, file, text, "ask")
		})
	}
}

func TestCPlusPlus(t *testing.T) {
	const text = `#include <sys/socket.h>
#include <functional>
#include <vector>
#include <algorithm>
namespace net { struct Server {
	int fd;
	__attribute__((noinline)) int start(std::vector<int> &v) {
		int sum = 0;
		std::for_each(v.begin(), v.end(), [&](int n) {
			sum += listen(fd, n); /* here */
		});
		return sum;
	}
}; }
int main() {
	std::vector<int> v{1, 2, 3};
	net::Server s{99};
	std::function<int()> f = [&] { return s.start(v); };
	return f() == -3 ? 0 : 1;
}
`
	for _, compiler := range []string{"g++", "clang++"} {
		for _, level := range []string{"-O0", "-O2"} {
			t.Run(compiler+level, func(t *testing.T) {
				file := write(t, "server.cpp", text)
				dir := filepath.Dir(file)
				build(t, dir, compiler, level, "-g", "-o", "server", "server.cpp")
				got := placeOf(t, []string{filepath.Join(dir, "server")}, unix.SYS_LISTEN)
				got.Function = ""
				check(t, got, file, text, "")
			})
		}
	}
}

const goProgram = `package main

import "net"

func main() {
	serve()
}

func serve() {
	l, err := net.Listen("tcp", "127.0.0.1:0") /* here */
	if err != nil {
		panic(err)
	}
	l.Close()
}
`

// smallGoProgram uses little of the standard library, which some flags compile anew.
const smallGoProgram = `package main

import "syscall"

func main() {
	if serve() == nil {
		panic("no error")
	}
}

//go:noinline
func serve() error {
	return syscall.Listen(99, 5) /* here */
}
`

func TestGo(t *testing.T) {
	for flags, text := range map[string]string{
		"": goProgram, "-gcflags=-N -l": goProgram, "-ldflags=-s -w": goProgram, "-ldflags=-linkmode=external": goProgram,
		"-buildmode=pie": smallGoProgram,
	} {
		t.Run(flags, func(t *testing.T) {
			file := write(t, "main.go", text)
			dir := filepath.Dir(file)
			argv := []string{"go", "build", "-o", "server"}
			if flags != "" {
				argv = append(argv, flags)
			}
			build(t, dir, append(argv, "main.go")...)
			check(t, placeOf(t, []string{filepath.Join(dir, "server")}, unix.SYS_LISTEN), file, text, "main.serve")
		})
	}
}

// TestGoTrimmed wants the place in a program whose paths are no whole ones.
func TestGoTrimmed(t *testing.T) {
	dir := filepath.Dir(write(t, "main.go", smallGoProgram))
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	build(t, dir, "go", "build", "-trimpath", "-o", "server", ".")
	got := placeOf(t, []string{filepath.Join(dir, "server")}, unix.SYS_LISTEN)
	line, _ := marked(t, smallGoProgram)
	if got.File != "example/main.go" && got.File != "./main.go" || got.Line != line || got.Function != "main.serve" {
		t.Errorf("found %+v, want line %d", got, line)
	}
}

// TestRust wants the user's line in a program whose library is generic.
func TestRust(t *testing.T) {
	const text = `use std::net::TcpListener;
fn serve() -> bool {
    let l = TcpListener::bind("127.0.0.1:0"); /* here */
    l.is_ok()
}
fn main() {
    assert!(serve());
}
`
	for _, level := range []string{"0", "2"} {
		t.Run(level, func(t *testing.T) {
			file := write(t, "main.rs", text)
			dir := filepath.Dir(file)
			build(t, dir, "rustc", "-g", "-C", "opt-level="+level, "-o", "server", "main.rs")
			got := placeOf(t, []string{filepath.Join(dir, "server")}, unix.SYS_LISTEN)
			got.Function = ""
			check(t, got, file, text, "")
		})
	}
}

// TestReplaced wants the place in a program that was built again since it began:
// its file is reached through the process.
func TestReplaced(t *testing.T) {
	file := write(t, "server.c", cProgram)
	dir := filepath.Dir(file)
	build(t, dir, "gcc", "-O0", "-g", "-o", "server", "server.c")
	program := filepath.Join(dir, "server")
	var got Place
	atCalls(t, []string{program}, func(s stop) bool {
		if s.call != unix.SYS_LISTEN {
			return true
		}
		if err := os.Remove(program); err != nil {
			t.Fatal(err)
		}
		got = New().Process(s.pid).Find(s.regs, s.memory)
		return false
	})
	check(t, got, file, cProgram, "ask")
}

// TestNewerSource wants no text of a source that was changed after the build.
func TestNewerSource(t *testing.T) {
	file := write(t, "server.c", cProgram)
	dir := filepath.Dir(file)
	build(t, dir, "gcc", "-O0", "-g", "-o", "server", "server.c")
	if err := os.Chtimes(file, time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	got := placeOf(t, []string{filepath.Join(dir, "server")}, unix.SYS_LISTEN)
	if got.Line == 0 || got.Text() != "" {
		t.Errorf("found %q in %v", got.Text(), got)
	}
}

// BenchmarkFind measures the first search in a process, which opens its files,
// with and without what other processes of the same program had read; and a
// search from a place seen before.
func BenchmarkFind(b *testing.B) {
	file := write(b, "server.c", cProgram)
	dir := filepath.Dir(file)
	build(b, dir, "gcc", "-O2", "-g", "-o", "server", "server.c")
	benchmark(b, "C", filepath.Join(dir, "server"), unix.SYS_LISTEN)
	// A large program: the go command itself, 15 MB or so, whose first openat is
	// far down in the standard library.
	if command, err := exec.LookPath("go"); err == nil {
		benchmark(b, "go", command, unix.SYS_OPENAT, "env")
	}
	if program := os.Getenv("SOCKSTEP_SOURCE_BENCH"); program != "" {
		benchmark(b, filepath.Base(program), program, unix.SYS_OPENAT, "list")
	}
}

func benchmark(b *testing.B, name, program string, call uint64, args ...string) {
	f := (*Finder)(nil)
	atCalls(b, append([]string{program}, args...), func(s stop) bool {
		if s.call != call {
			return true
		}
		if f == nil {
			f = New().Process(s.pid)
		}
		if f.Find(s.regs, s.memory).File == "" {
			return true
		}
		for kind, find := range map[string]func(){
			"cold":            func() { New().Process(s.pid).Find(s.regs, s.memory) },
			"another process": func() { f.cache.Process(s.pid).Find(s.regs, s.memory) },
			"warm":            func() { f.Find(s.regs, s.memory) },
		} {
			b.Run(name+"/"+kind, func(b *testing.B) {
				b.ReportAllocs()
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				before := threadTime(b)
				for b.Loop() {
					find()
				}
				b.ReportMetric(float64(threadTime(b)-before)/float64(b.N), "cpu-ns/op")
			})
		}
		return false
	})
}

// threadTime is the processor time of the calling thread in nanoseconds, which a
// busy machine does not lengthen.
func threadTime(b *testing.B) int64 {
	var at unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &at); err != nil {
		b.Fatal(err)
	}
	return at.Nano()
}
