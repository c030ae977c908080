package whole

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sockstep/netcore"
)

// ephemeral ports differ from run to run.
var ephemeral = regexp.MustCompile(`htons\((3[2-9]\d{3}|[45]\d{4}|60\d{3})\)`)

// conversation is the order in which the compiled programs are started: the
// server first, and the client when the server waits.
const conversation = `ip link set lo up || exit 7
strace -qq -o "$1/server.strace" "$1/server" >/dev/null &
for i in $(seq 500); do
	ss -ltnH | grep -q :7777 && break
	sleep 0.01
done
strace -qq -o "$1/client.strace" "$1/client" >/dev/null
wait`

// TestCompiledListingsMakeTheSameCalls compiles the programs of the lesson tcp,
// runs them against each other under strace, and holds their calls on sockets
// against those of the lesson, in order, side by side.
func TestCompiledListingsMakeTheSameCalls(t *testing.T) {
	need(t, "strace", "cc", "ip", "ss", "unshare")
	dir := t.TempDir()
	if out, err := program(t, self(t), "listing", "tcp", dir).CombinedOutput(); err != nil {
		t.Fatalf("listing: %v\n%s", err, out)
	}
	for _, side := range []string{"server", "client"} {
		compile(t, filepath.Join(dir, side))
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	sh := exec.CommandContext(ctx, "unshare", "-Urn", "sh", "-c", conversation, "sh", dir)
	if out, err := sh.CombinedOutput(); err != nil {
		t.Skipf("the compiled programs could not be run in a network of their own: %v\n%s", err, out)
	}
	said := saidBy(t, "tcp")
	for _, side := range []string{"server", "client"} {
		seen := socketCalls(t, filepath.Join(dir, side+".strace"))
		if diff := cmp.Diff(seen, said[side]); diff != "" {
			t.Errorf("%s: calls on sockets (-compiled +lesson):\n%s", side, diff)
		}
	}
}

func compile(t *testing.T, path string) {
	t.Helper()
	out, err := exec.Command("cc", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-o", path, path+".c").CombinedOutput()
	if err != nil {
		t.Fatalf("cc %s.c: %v\n%s", path, err, out)
	}
}

// saidBy runs a lesson and returns its calls in strace form, by process.
func saidBy(t *testing.T, lesson string) map[string][]string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := program(t, self(t), "run", lesson, "--json")
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("run %s: %v\n%s", lesson, err, errs.String())
	}
	said := map[string][]string{}
	for _, e := range readEvents(t, &out) {
		if e.Call != nil {
			said[e.Call.Process] = append(said[e.Call.Process], anyPort(tidy(netcore.Strace(e.Call))))
		}
	}
	return said
}

func anyPort(text string) string { return ephemeral.ReplaceAllString(text, "htons(EPHEMERAL)") }

// socketCalls reads the calls on sockets from a trace without process numbers:
// from the first socket() on, those of the table of calls on descriptors from 3.
func socketCalls(t *testing.T, file string) []string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	numbered := filepath.Join(t.TempDir(), "numbered")
	if err := os.WriteFile(numbered, []byte("1 "+strings.ReplaceAll(strings.TrimSpace(string(b)), "\n", "\n1 ")), 0o600); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range onSockets(readStrace(t, numbered), 1) {
		if fd, ok := firstNumber(c.text); ok && fd < 3 || c.name == "openat" {
			continue
		}
		if len(out) > 0 || c.name == "socket" {
			out = append(out, anyPort(c.text))
		}
	}
	return out
}
