package netcore

import (
	"bytes"
	"encoding/hex"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the text files of the tests with what was seen")

const straceFile = "testdata/strace.txt"

// straceCase is one call of the text file. See the file's head for its form.
type straceCase struct {
	input     []string // "!" lines and the call
	addresses string   // "> 3 536870912 16"
	result    string   // "0 0 - -0200 -", empty: never returned
	want      string
}

func (c straceCase) call() string { return c.input[len(c.input)-1] }

func (c straceCase) String() string {
	lines := append(slices.Clone(c.input), c.addresses)
	if c.result != "" {
		lines = append(lines, c.result)
	}
	return strings.Join(append(lines, c.want), "\n") + "\n"
}

// straceCases reads the text file; a block that is a comment has a case without
// input, whose want is the comment.
func straceCases(t testing.TB) []straceCase {
	t.Helper()
	text, err := os.ReadFile(straceFile)
	if err != nil {
		t.Fatal(err)
	}
	var cases []straceCase
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		lines := strings.Split(strings.TrimSpace(block), "\n")
		if strings.HasPrefix(lines[0], "#") {
			cases = append(cases, straceCase{want: block})
			continue
		}
		var c straceCase
		for strings.HasPrefix(lines[0], "!") {
			c.input, lines = append(c.input, lines[0]), lines[1:]
		}
		c.input, lines = append(c.input, lines[0]), lines[1:]
		if len(lines) > 0 {
			c.addresses, c.want = lines[0], lines[len(lines)-1]
			c.result = strings.Join(lines[1:len(lines)-1], "")
		}
		cases = append(cases, c)
	}
	return cases
}

// callOf builds the Call that the driver made: its registers, its memory before
// and after, and what came back.
func callOf(t testing.TB, c straceCase) *Call {
	t.Helper()
	words := strings.Fields(c.call())
	addresses := strings.Fields(c.addresses)[1:]
	call := &Call{Syscall: words[0], Name: words[0]}
	var after []string
	if result := strings.Fields(c.result); len(result) > 1 {
		ret, errno := parseInt(t, result[0]), parseInt(t, result[1])
		call.Ret, call.Errno, after = &ret, Errno(errno), result[2:]
	}
	for i, word := range words[1:] {
		a := Arg{Value: parseInt(t, addresses[i])}
		if memory, ok := strings.CutPrefix(word, "m"); ok {
			a.Pointer, a.Before = MemoryValue, unhex(t, memory)
			if after != nil {
				a.After = unhex(t, strings.TrimPrefix(after[i], "-"))
			}
		}
		call.Args = append(call.Args, a)
	}
	return asInC(call)
}

// asInC gives a call the parameters of the C function behind it.
func asInC(c *Call) *Call {
	switch c.Syscall {
	case "prlimit64":
		c.Name, c.Args = "setrlimit", c.Args[1:3]
	case "rt_sigaction":
		c.Name, c.Args = "sigaction", c.Args[:3]
	case "unlinkat":
		c.Name, c.Args = "unlink", c.Args[1:2]
	}
	return c
}

func parseInt(t testing.TB, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestStrace(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the recorded calls have Linux's numbers")
	}
	calls := 0
	for _, c := range straceCases(t) {
		if len(c.input) == 0 || c.addresses == "" {
			continue
		}
		calls++
		if got := Strace(callOf(t, c)); got != c.want {
			t.Errorf("%.80s\n got %s\nwant %s", c.call(), got, c.want)
		}
	}
	if calls < 200 {
		t.Errorf("only %d recorded calls in %s", calls, straceFile)
	}
}

// TestStraceAgainstStrace makes the calls of the text file again under strace and
// compares its lines with the formatter's for the values of this run.
func TestStraceAgainstStrace(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the calls of the text file are named as on amd64")
	}
	cases := straceCases(t)
	ran := straceRun(t, cases)
	for i, c := range ran {
		if len(c.input) == 0 {
			continue
		}
		if c.addresses == "" {
			t.Fatalf("%s: the driver did not make this call", c.call())
		}
		got := Strace(callOf(t, c))
		if got != c.want {
			t.Errorf("%.80s\n  got %s\nstrace %s", c.call(), got, c.want)
		}
		cases[i] = c
	}
	if *update {
		writeStraceCases(t, cases)
	}
}

func writeStraceCases(t *testing.T, cases []straceCase) {
	t.Helper()
	var out strings.Builder
	for i, c := range cases {
		if i > 0 {
			out.WriteByte('\n')
		}
		if len(c.input) == 0 {
			out.WriteString(c.want + "\n")
			continue
		}
		out.WriteString(c.String())
	}
	if err := os.WriteFile(straceFile, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// straceRun makes the calls under strace; the cases it returns have what came
// back and what strace printed.
func straceRun(t *testing.T, cases []straceCase) []straceCase {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("needs strace: there is none on this machine")
	}
	source, err := os.ReadFile("testdata/strace_driver.c")
	if err != nil {
		t.Fatal(err)
	}
	var input strings.Builder
	for _, c := range cases {
		for _, line := range c.input {
			input.WriteString(line + "\n")
		}
	}
	log := filepath.Join(t.TempDir(), "log")
	cmd := exec.Command(strace, "-o", log, compileC(t, string(source)))
	cmd.Stdin = strings.NewReader(input.String())
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	values, err := cmd.Output()
	switch exit, _ := err.(*exec.ExitError); {
	case exit != nil && exit.ExitCode() == 2:
		t.Skip("needs a network namespace of its own, which this machine refuses")
	case len(values) == 0:
		t.Skipf("strace cannot run a program here: %v: %s", err, stderr.String())
	}
	lines, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	return merge(t, cases, string(values), straceLines(string(lines)))
}

// straceLines returns the lines of the calls the driver was told to make: each
// follows the one in which it writes their addresses.
func straceLines(log string) []string {
	var calls []string
	announced := false
	for line := range strings.Lines(log) {
		text := strings.TrimSpace(line)
		if announced {
			calls = append(calls, text)
		}
		announced = strings.HasPrefix(text, `write(901, ">`)
	}
	return calls
}

// restart is what strace says of a call a signal interrupts: the kernel's own
// codes, which no program gets to see.
var restart = regexp.MustCompile(`= \? ERESTART\w+ \(.*\)$`)

func merge(t *testing.T, cases []straceCase, values string, lines []string) []straceCase {
	t.Helper()
	rows := strings.Split(strings.TrimSpace(values), "\n")
	out := slices.Clone(cases)
	for i := range out {
		c := &out[i]
		if len(c.input) == 0 || len(rows) == 0 || len(lines) == 0 {
			continue
		}
		c.addresses, c.result, c.want = rows[0], "", lines[0]
		rows, lines = rows[1:], lines[1:]
		if len(rows) > 0 {
			c.result, rows = rows[0], rows[1:]
		}
		ending := "= ?"
		if strings.HasPrefix(c.result, "-1 4 ") {
			ending = "= -1 EINTR (Interrupted system call)"
		}
		c.want = restart.ReplaceAllString(c.want, ending)
	}
	return out
}

func TestStraceLimit(t *testing.T) {
	ret := int64(40)
	c := &Call{Name: "write", Syscall: "write", Ret: &ret, Args: []Arg{
		{Value: 4}, {Value: 4096, Pointer: MemoryValue, Before: bytes.Repeat([]byte("x"), 40)}, {Value: 40},
	}}
	for limit, want := range map[int]string{
		3:  `write(4, "xxx"..., 40)                  = 40`,
		40: `write(4, "` + strings.Repeat("x", 40) + `", 40) = 40`,
		0:  `write(4, "` + strings.Repeat("x", 40) + `", 40) = 40`,
	} {
		if got := StraceLimit(c, limit); got != want {
			t.Errorf("limit %d:\n got %s\nwant %s", limit, got, want)
		}
	}
}

// TestStraceOfC compares the calls of C functions that are others in the kernel.
func TestStraceOfC(t *testing.T) {
	five, one := int64(5), int64(1)
	buffer := Arg{Value: 4096, Pointer: MemoryValue, Before: []byte("hello"), After: []byte("hello")}
	fds := Arg{Value: 4096, Pointer: MemoryValue, Before: unhex(t, "0300000001000000"), After: unhex(t, "0300000001000100")}
	path := Arg{Value: 4096, Pointer: MemoryValue, Before: []byte("/s\x00")}
	for _, tt := range []struct {
		call *Call
		want string
	}{
		{&Call{Syscall: "sendto", Ret: &five, Args: []Arg{{Value: 3}, buffer, {Value: 5}, {}}}, `sendto(3, "hello", 5, 0, NULL, 0)       = 5`},
		{&Call{Syscall: "recvfrom", Ret: &five, Args: []Arg{{Value: 3}, buffer, {Value: 9}, {}}}, `recvfrom(3, "hello", 9, 0, NULL, NULL)  = 5`},
		{&Call{Syscall: "ppoll", Ret: &one, Args: []Arg{fds, {Value: 1}, {Value: 1500}}}, `ppoll([{fd=3, events=POLLIN}], 1, {tv_sec=1, tv_nsec=500000000}, NULL, 0) = 1 ([{fd=3, revents=POLLIN}])`},
		{&Call{Syscall: "ppoll", Args: []Arg{fds, {Value: 1}, {Value: -1}}}, `ppoll([{fd=3, events=POLLIN}], 1, NULL, NULL, 0) = ?`},
		{&Call{Syscall: "unlinkat", Ret: new(int64), Args: []Arg{path}}, `unlinkat(AT_FDCWD, "/s", 0)             = 0`},
		{&Call{Syscall: "accept", Reason: "cancelled", Args: []Arg{{Value: 3}, {}, {}}}, `accept(3, NULL, NULL)                   = ?`},
		{&Call{Name: "close", Args: nil}, `close(0)                                = ?`},
		{&Call{Syscall: "frob\x1b", Args: []Arg{{Value: 1}}}, `frob\33(0x1)                            = ?`},
	} {
		if got := Strace(tt.call); got != tt.want {
			t.Errorf("\n got %s\nwant %s", got, tt.want)
		}
	}
}

func FuzzStrace(f *testing.F) {
	for i, c := range straceCases(f) {
		if len(c.input) > 0 && c.addresses != "" && i%3 == 0 {
			call := callOf(f, c)
			memory := []byte{}
			for _, a := range call.Args {
				memory = append(memory, a.Before...)
			}
			f.Add(call.Syscall, int64(3), int64(1), int64(2), memory, int64(0), 0)
		}
	}
	for name := range straceCalls {
		f.Add(name, int64(9), int64(0x8912), int64(2), bytes.Repeat([]byte{1, 0, 0, 0, 0, 0, 0, 0}, 20), int64(1), 0)
	}
	f.Fuzz(func(t *testing.T, name string, a, b, c int64, memory []byte, ret int64, errno int) {
		pointer := Arg{Value: 4096, Pointer: MemoryValue, Before: memory, After: memory}
		for _, offset := range []int{0, 8, 16, 32, 64} {
			pointer.Parts = append(pointer.Parts, Part{offset, 4096, memory, memory, []Part{{0, 4096, memory, memory, nil}}})
		}
		number := func(n int64) Arg { return Arg{Value: n} }
		call := &Call{Syscall: name, Name: name, Ret: &ret, Errno: Errno(errno), Source: string(memory), Reason: name}
		for _, args := range [][]Arg{
			nil, {number(a), pointer, number(b), number(c)}, {number(a), pointer, pointer},
			{pointer, number(a), number(b)}, {number(a), number(b), number(c), pointer, pointer},
			{number(a), number(b), pointer}, {number(a), pointer, number(b), number(c), pointer, number(a)},
			{number(a), number(b), number(c), pointer, number(a)},
		} {
			call.Args = args
			for _, text := range []string{Strace(call), StraceLimit(call, 0), Short(call)} {
				if i := strings.IndexFunc(text, func(r rune) bool { return r < 0x20 || r > 0x7e }); i >= 0 {
					t.Errorf("%q is not printable ASCII", text)
				}
			}
		}
	})
}
