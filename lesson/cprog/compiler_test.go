package cprog

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// compiled runs a program through the machine's C compiler.
func compiled(t *testing.T, file string) string {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("there is no C compiler on this machine")
	}
	exe := filepath.Join(t.TempDir(), "program")
	if out, err := exec.Command(cc, "-std=c11", "-D_GNU_SOURCE", "-w", "-fwrapv", "-o", exe, file).CombinedOutput(); err != nil {
		t.Fatalf("cc: %v\n%s", err, out)
	}
	out, err := exec.Command(exe).Output()
	status := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		status = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%sexit %d\n", out, status)
}

// interpreted runs a program that makes no calls through a Machine.
func interpreted(t *testing.T, file string, src []byte) string {
	t.Helper()
	p, err := Parse(file, src)
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	m := New(p, Options{})
	var out bytes.Buffer
	for range 1_000_000 {
		switch a := m.Next(); a.Kind {
		case AtStatement:
			m.Step()
		case Output:
			out.Write(a.Output.Bytes)
			m.Resume(Result{})
		case Exited:
			return fmt.Sprintf("%sexit %d\n", out.String(), a.Exit)
		default:
			t.Fatalf("%s\nunexpected %+v", out.String(), a)
		}
	}
	t.Fatal("does not end")
	return ""
}

func TestLikeTheCompiler(t *testing.T) {
	files, _ := filepath.Glob("testdata/c/*.c")
	if len(files) == 0 {
		t.Fatal("no programs")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := interpreted(t, filepath.Base(file), src)
			if diff := cmp.Diff(compiled(t, file), got); diff != "" {
				t.Errorf("-compiler +machine\n%s", diff)
			}
		})
	}
}

// maker writes random expressions without what C leaves undefined.
type maker struct{ r *rand.Rand }

var numberTypes = []string{"char", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned int",
	"long", "unsigned long", "long long", "unsigned long long", "_Bool"}

func (m maker) typ() string { return numberTypes[m.r.IntN(len(numberTypes))] }

func (m maker) leaf() string {
	switch m.r.IntN(4) {
	case 0:
		return fmt.Sprintf("v%d", m.r.IntN(len(numberTypes)))
	case 1:
		return fmt.Sprintf("%d%s", m.r.IntN(300), []string{"", "u", "l", "ul", "ull"}[m.r.IntN(5)])
	case 2:
		return fmt.Sprintf("0x%x", m.r.Uint64()>>m.r.IntN(64))
	}
	return fmt.Sprintf("(%s)%d", m.typ(), m.r.IntN(100000)-50000)
}

func (m maker) expr(depth int) string {
	if depth == 0 {
		return m.leaf()
	}
	a, b := m.expr(depth-1), m.expr(m.r.IntN(depth))
	switch m.r.IntN(12) {
	case 0:
		return fmt.Sprintf("(%s)(%s)", m.typ(), a)
	case 1:
		return fmt.Sprintf("(%s / ((%s) | 1))", a, b)
	case 2:
		return fmt.Sprintf("(%s %% (unsigned char)((%s) | 1))", a, b)
	case 3:
		return fmt.Sprintf("(%s %s ((%s) & 15))", a, []string{"<<", ">>"}[m.r.IntN(2)], b)
	case 4:
		return fmt.Sprintf("(%s ? %s : %s)", m.leaf(), a, b)
	case 5:
		return fmt.Sprintf("%s(%s)", []string{"-", "~", "!", "+"}[m.r.IntN(4)], a)
	case 6:
		return fmt.Sprintf("(%s %s %s)", a, []string{"&&", "||", "=="}[m.r.IntN(3)], b)
	}
	ops := []string{"+", "-", "*", "&", "|", "^", "<", ">", "<=", ">=", "!="}
	return fmt.Sprintf("(%s %s %s)", a, ops[m.r.IntN(len(ops))], b)
}

func TestRandomArithmeticLikeTheCompiler(t *testing.T) {
	m := maker{rand.New(rand.NewPCG(1, 2))}
	var b strings.Builder
	b.WriteString("#include <stdio.h>\n")
	for i, typ := range numberTypes {
		fmt.Fprintf(&b, "static %s v%d = (%s)%d;\n", typ, i, typ, m.r.Int64N(1<<40)-1<<39)
	}
	b.WriteString("int main(void)\n{\n")
	for i := range 400 {
		e := m.expr(1 + i%4)
		fmt.Fprintf(&b, "    printf(\"%d %%llx %%zu\\n\", (unsigned long long)(%s), sizeof(%s));\n", i, e, e)
		v := m.r.IntN(len(numberTypes))
		op := []string{"=", "+=", "-=", "*=", "|=", "^=", "&="}[m.r.IntN(7)]
		fmt.Fprintf(&b, "    v%d %s %s;\n    printf(\"v%d %%lld\\n\", (long long)v%d);\n", v, op, m.expr(2), v, v)
	}
	b.WriteString("    return 0;\n}\n")
	file := filepath.Join(t.TempDir(), "random.c")
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	got := interpreted(t, "random.c", []byte(b.String()))
	if diff := cmp.Diff(compiled(t, file), got); diff != "" {
		t.Errorf("-compiler +machine\n%s", diff)
	}
}
