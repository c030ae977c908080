//go:build linux && (amd64 || arm64)

package tracer

import (
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"sockstep/netcore"
)

// collected are the events a test has been told, and a channel for each end of a
// process.
type collected struct {
	events []Event
	ended  chan string
}

func collect() *collected { return &collected{ended: make(chan string, 1000)} }

func (c *collected) tell(e Event) {
	c.events = append(c.events, e)
	if e.Kind == ProcessEvent && e.Process.Change == "end" {
		c.ended <- e.Process.Name
	}
}

// awaitEnd waits for the end of a process.
func (c *collected) awaitEnd(t *testing.T, name string) {
	t.Helper()
	deadline := time.After(60 * time.Second)
	for {
		select {
		case ended := <-c.ended:
			if ended == name {
				return
			}
		case <-deadline:
			t.Fatalf("%s did not end", name)
		}
	}
}

// texts are the calls of a process as strace prints them.
func (c *collected) texts(process string) (texts []string) {
	for _, e := range c.events {
		if e.Kind == CallEvent && e.Call.Process == process {
			texts = append(texts, netcore.Strace(e.Call))
		}
	}
	return texts
}

// TestRemoteInTheLab traces a program from a lab's companion: it is in the lab's
// network, has the user's files, and ends with the lab.
func TestRemoteInTheLab(t *testing.T) {
	needPython(t)
	lab, err := netcore.Open(context.Background(), netcore.Options{Companion: []string{Role}})
	if err != nil {
		t.Skip("no lab here:", err)
	}
	defer lab.Close()
	c := collect()
	r, err := Connect(lab.Companion(), c.tell)
	if err != nil {
		t.Fatal(err)
	}
	script := t.TempDir() + "/talk.py"
	if err := os.WriteFile(script, []byte(talk), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{python, script}
	if _, _, err := r.Start(context.Background(), Program{Name: "talk", Path: args[0], Args: args}); err != nil {
		skipWithoutPtrace(t, err)
	}
	c.awaitEnd(t, "talk")
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	want := []string{
		"socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3",
		`bind(3, {sa_family=AF_INET, sin_port=htons(7777), sin_addr=inet_addr("127.0.0.1")}, 16) = 0`,
		"listen(3, 1)                            = 0",
		"close(3)                                = 0",
	}
	got := c.texts("talk")
	for _, text := range want {
		if !slices.Contains(got, text) {
			t.Errorf("missing %s in %q", text, got)
		}
	}
}

const python = "/usr/bin/python3"

const talk = `import socket
s = socket.socket()
s.bind(("127.0.0.1", 7777))
s.listen(1)
s.close()
`

func needPython(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(python); err != nil {
		t.Skip("needs", python)
	}
}
