package cprog

import (
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/netcore"
)

var update = flag.Bool("update", false, "rewrite the expected parts of testdata")

// Each file of testdata is a program, a line ----, the results of its calls one
// a line ("recv 5 1=\"hello\"": the name, what it returns, an errno's name or
// what argument 1 holds after it, in quotes or hex), a line ----, and what
// happened. A first line "// steps" shows every statement.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parts := strings.SplitN(string(text), "----\n", 3)
			if len(parts) != 3 {
				t.Fatalf("%d parts", len(parts))
			}
			got := runScript(parts[0], parts[1])
			if *update {
				out := parts[0] + "----\n" + parts[1] + "----\n" + got
				if err := os.WriteFile(file, []byte(out), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(parts[2], got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func runScript(src, results string) string {
	p, err := Parse("test.c", []byte(src))
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	for _, w := range p.Warnings() {
		fmt.Fprintf(&b, "warning: %s\n", w)
	}
	answers := strings.Split(strings.TrimSpace(results), "\n")
	steps := strings.HasPrefix(src, "// steps")
	m := New(p, Options{PID: 4711})
	for range 100_000 {
		a := m.Next()
		for _, w := range a.Warnings {
			fmt.Fprintf(&b, "  ! %s\n", w)
		}
		switch a.Kind {
		case AtStatement:
			if steps {
				fmt.Fprintf(&b, "%d:%d %s\n", a.Line, a.Column, a.Text)
			}
			m.Step()
		case Call:
			answer := ""
			if len(answers) > 0 {
				answer, answers = answers[0], answers[1:]
			}
			fmt.Fprintf(&b, "  %s %s -> %s\n", a.Call.Line, callText(a.Call), answer)
			r, err := readResult(a.Call, answer)
			if err != nil {
				return b.String() + err.Error() + "\n"
			}
			m.Resume(r)
		case Output:
			fmt.Fprintf(&b, "  %d: %q\n", a.Output.FD, a.Output.Bytes)
			m.Resume(Result{})
		case Exited:
			fmt.Fprintf(&b, "exit %d\n", a.Exit)
			return b.String()
		case Fault:
			fmt.Fprintf(&b, "%s %s\n", a.Signal, a.Fault)
			return b.String()
		}
	}
	return b.String() + "does not end\n"
}

func callText(r *netcore.Request) string {
	args := make([]string, len(r.Args))
	for i, a := range r.Args {
		switch a.Kind {
		case netcore.NumberValue:
			args[i] = strconv.FormatInt(a.Number, 10)
		case netcore.NullValue:
			args[i] = "NULL"
		case netcore.AddressValue:
			args[i] = "bad"
		default:
			b := append([]byte(nil), a.Bytes...)
			s := hex.EncodeToString(b)
			if len(s) > 80 {
				s = fmt.Sprintf("%s...%d", s[:80], len(b))
			}
			args[i] = "[" + s
			for _, u := range a.Unwritten {
				args[i] += fmt.Sprintf(" -%d+%d", u.Offset, u.Length)
			}
			args[i] += "]"
		}
	}
	return r.Name + "(" + strings.Join(args, ", ") + ")"
}

func readResult(r *netcore.Request, answer string) (Result, error) {
	words := strings.Fields(answer)
	if len(words) < 2 || words[0] != r.Name {
		return Result{}, fmt.Errorf("%s was called, the script says %q", r.Name, answer)
	}
	res := Result{After: make([][]byte, len(r.Args))}
	for i, a := range r.Args {
		res.After[i] = append([]byte(nil), a.Bytes...)
	}
	if e, ok := netcore.ErrnoByName(words[1]); ok && words[1][0] == 'E' {
		res.Ret, res.Errno = -1, int(e)
	} else {
		res.Ret, _ = strconv.ParseInt(words[1], 10, 64)
	}
	for _, w := range words[2:] {
		k, v, _ := strings.Cut(w, "=")
		i, _ := strconv.Atoi(k)
		data, err := hex.DecodeString(v)
		if s, bad := strconv.Unquote(v); bad == nil {
			data, err = []byte(s), nil
		}
		if err != nil {
			return res, err
		}
		copy(res.After[i], data)
	}
	return res, nil
}
