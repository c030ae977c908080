package lesson

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/lesson/cprog"
	"sockstep/netcore"
)

var update = flag.Bool("update", false, "rewrite the texts of the causes")

// bareC is a program in which everything is typed.
const bareC = "int main(void)\n{\n    return 0;\n}\n"

// bare is a session in a lab in which two sides do what is typed.
func bare(t *testing.T) *Session {
	t.Helper()
	var cast []Role
	for _, name := range []string{"server", "client"} {
		p, err := cprog.Parse(name+".c", []byte(bareC))
		if err != nil {
			t.Fatal(err)
		}
		cast = append(cast, Role{Name: name, File: name + ".c", Program: p})
	}
	s := NewPlay(cast, false, OpenLab(netcore.Options{}))
	if err := s.Start(ctx(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if !s.View().Tier.Private() {
		t.Skip("needs a private network, and this machine gives none")
	}
	return s
}

// try types one line of a Cause's.
func try(t *testing.T, s *Session, text string) {
	t.Helper()
	who, what, _ := strings.Cut(text, ": ")
	m := Move{Kind: MoveType, Role: who, Text: what}
	switch word, rest, _ := strings.Cut(text, " "); word {
	case "set":
		m = Move{Kind: MoveSet, Text: rest}
	case "cancel":
		m = Move{Kind: MoveCancel, Role: rest}
	}
	if err := s.Do(ctx(t), m); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// lastRefused waits until the last call that was made has been refused, and returns it.
func lastRefused(t *testing.T, s *Session) netcore.Call {
	t.Helper()
	var last netcore.ID
	waitView(t, s, s.View(), func(v *View) bool {
		for _, l := range slices.Backward(v.Log) {
			if l.Kind == netcore.CallEvent {
				last = l.ID
				return l.Errno != 0 && !l.Blocked
			}
		}
		return false
	})
	e, ok := s.Timeline().Get(last)
	if !ok {
		t.Fatalf("the record has no event %d", last)
	}
	return *e.Call
}

// TestEveryCauseOnTheKernel types every cause's lines in a lab of its own.
func TestEveryCauseOnTheKernel(t *testing.T) {
	texts := map[string]string{}
	for _, c := range Causes() {
		t.Run(c.Name, func(t *testing.T) {
			if c.Unseen != "" {
				t.Skip("a lab cannot show it: " + c.Unseen)
			}
			s := bare(t)
			for _, line := range c.Try {
				try(t, s, line)
			}
			call := lastRefused(t, s)
			if call.Errno.Name() != c.Errno {
				t.Fatalf("%s, want %s", netcore.Short(&call), c.Errno)
			}
			e, ok := Explain(&call, s.View().Snapshot, s.View().Snapshot, s.Timeline())
			if !ok {
				t.Fatalf("%s is explained by nothing", netcore.Short(&call))
			}
			if e.Cause != c.Name {
				t.Errorf("%s is explained by %s: %s", netcore.Short(&call), e.Cause, e.Text)
			}
			texts[c.Name] = settled(call.Cause)
		})
	}
	if !t.Failed() && !t.Skipped() && len(texts) == seen() {
		compareCauses(t, texts)
	}
}

// seen is how many causes a lab can show.
func seen() (n int) {
	for _, c := range Causes() {
		if c.Unseen == "" {
			n++
		}
	}
	return n
}

// changing are numbers that differ from run to run.
var changing = regexp.MustCompile(`\b\d+ (ms|seconds|bytes are not)|packet \d+|127\.0\.0\.1:[3-6]\d{4}`)

// settled is a text with those numbers taken out, which differ from run to run.
func settled(text string) string {
	return changing.ReplaceAllStringFunc(text, func(found string) string {
		if strings.HasSuffix(found, ":24862") {
			return found // 7777 with its bytes exchanged
		}
		return regexp.MustCompile(`\d+( |$)`).ReplaceAllString(found, "N$1")
	})
}

// compareCauses holds the texts against the file of them; with -update it writes it.
func compareCauses(t *testing.T, texts map[string]string) {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		fmt.Fprintf(&b, "%s\n%s\n\n", name, texts[name])
	}
	const file = "testdata/causes.txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("the texts differ from %s (-want +got), which -update writes:\n%s", file, diff)
	}
}

func TestReasonIn(t *testing.T) {
	for text, want := range map[string]string{
		"bind() = EINVAL: descriptor 3 is bound to [::]:7777. What helps: bind a new socket": "descriptor 3 is bound to [::]:7777",
		"listen() = EOPNOTSUPP: it is a SOCK_DGRAM socket: it has no connections":            "it is a SOCK_DGRAM socket: it has no connections",
		"of another program: in words": "of another program: in words",
		"":                             "",
	} {
		if got := reasonIn(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
