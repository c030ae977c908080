package ui

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/lesson"
	"sockstep/lesson/cprog"
	"sockstep/netcore"
)

// acceptedView is the lesson tcp right after accept took the connection, with
// process numbers and ports that do not change from one run to the next.
func acceptedView(t *testing.T) *lesson.View {
	c, err := lesson.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	l := c.Lessons[0]
	v := baseView(l)
	for i := range l.Steps {
		if l.Steps[i].ID == "accept" {
			v.Step = i
		}
	}
	q := l.Steps[v.Step].Ask
	wrong, right := 0, 0
	for i, o := range q.Options {
		if strings.HasPrefix(o.Text, "3") {
			wrong = i
		}
		if strings.Contains(o.Text, "4") {
			right = i
		}
	}
	v.Phase, v.Result, v.At = lesson.Ran, "accept(3, 127.0.0.1:40000, [16]) = 4", 9
	v.Answers["accept"] = lesson.Answer{Step: "accept", Chosen: wrong, Correct: right, Mark: lesson.Wrong, Observed: "4"}
	stand(t, &v.Sides[0], "accept", 1)
	stand(t, &v.Sides[1], "connect", 5)
	v.Sides[0].Variables = []cprog.Variable{{Name: "peer", Type: "struct sockaddr_in", Size: 16,
		Bytes: []byte{2, 0, 0x9c, 0x40, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}, Written: yes(16)}}
	own := func(side string, fd int) []netcore.Owner { return []netcore.Owner{{Process: side, FD: fd}} }
	v.Snapshot.Processes[0].FDs = []netcore.Descriptor{{FD: 3, Kind: "socket", Cookie: 1}, {FD: 4, Kind: "socket", Cookie: 3}}
	v.Snapshot.Processes[1].FDs = []netcore.Descriptor{{FD: 3, Kind: "socket", Cookie: 2}}
	v.Snapshot.Sockets = []netcore.Socket{
		{Network: "lab", Cookie: 1, Protocol: "TCP", State: "LISTEN", Bound: true, Local: loop(7777), SendQ: 5, Owners: own("server", 3)},
		{Network: "lab", Cookie: 2, Protocol: "TCP", State: "ESTABLISHED", Bound: true, Local: loop(40000), Peer: loop(7777), Owners: own("client", 3)},
		{Network: "lab", Cookie: 3, Protocol: "TCP", State: "ESTABLISHED", Bound: true, Local: loop(7777), Peer: loop(40000), Owners: own("server", 4)},
	}
	r, accept := story(t, v.Snapshot.Sockets)
	v.From = r.tl.Len()
	peer := memory("addr", make([]byte, 16), netcore.Sockaddr(loop(40000)))
	four := int64(4)
	r.returned(&netcore.Call{ID: accept, Process: "server", Name: "accept", Syscall: "accept", Line: "server.c:18", Ret: &four, Enter: 88 * second,
		Args: []netcore.Arg{number(3), peer, memory("addrlen", []byte{16, 0, 0, 0}, []byte{16, 0, 0, 0})}})
	r.changed(v.Snapshot.Sockets[0], "waiting", "1", "0", accept)
	recorded(v, r)
	v.StepCalls = []netcore.ID{accept}
	v.Changed = []lesson.Change{
		{What: "descriptor", Side: "server", FD: 4, Cookie: 3, Text: "server: new descriptor 4"},
		{What: "queue", Side: "server", FD: 3, Cookie: 1, Text: "server 3: waiting 1→0"},
	}
	return v
}

// stand puts a side behind the statement with a label.
func stand(t *testing.T, s *lesson.Side, label string, after int) {
	at, ok := s.Program.ByLabel(label)
	if !ok {
		t.Fatalf("%s has no label %q", s.Name, label)
	}
	s.Line = at.Line + after
	for _, x := range s.Program.Statements() {
		if x.Line < s.Line && !strings.Contains(x.Text, "perror") && !strings.HasPrefix(x.Text, "return") {
			s.Executed[x.Line] = true
		}
	}
}

// TestReadmePicture keeps the README's picture of the stage true.
func TestReadmePicture(t *testing.T) {
	keptInReadme(t, "picture", "```\n"+picture(staged(t, acceptedView(t), 120, 36))+"```\n")
}

// TestReadmeKeys keeps the README's table of keys the key map's.
func TestReadmeKeys(t *testing.T) {
	keptInReadme(t, "keys", strings.TrimSpace(KeyTable())+"\n")
}

// keptInReadme fails unless the named part of the README is what the program gives.
func keptInReadme(t *testing.T, part, want string) {
	t.Helper()
	const readme = "../README.md"
	begin, end := "<!-- "+part+": begin -->\n", "<!-- "+part+": end -->"
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	has, after, found := strings.Cut(rest, end)
	if !ok || !found {
		t.Fatalf("%s has no place for the %s", readme, part)
	}
	if *update {
		if err := os.WriteFile(readme, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(want, has); d != "" {
		t.Errorf("the %s in %s are not the program's (go test ./ui -update writes them) (-want +has):\n%s", part, readme, d)
	}
}
