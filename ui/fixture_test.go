package ui

import (
	"context"
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"

	"sockstep/lesson"
	"sockstep/lesson/cprog"
	"sockstep/netcore"
)

const serverSource = `#include <arpa/inet.h>    /* htons, htonl */
#include <netinet/in.h>   /* struct sockaddr_in */
#include <stdio.h>        /* perror */
#include <string.h>       /* memset */
#include <sys/socket.h>   /* socket, bind */
#define PORT 7777
int main(void)
{
    int s = socket(AF_INET, SOCK_STREAM, 0); /* [socket] */
    if (s < 0) { perror("socket"); return 1; }
    struct sockaddr_in a;
    memset(&a, 0, sizeof a);
    a.sin_family = AF_INET;
    a.sin_port = htons(PORT); /* [port] */
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0) { perror("bind"); return 1; } /* [bind] */
    if (listen(s, 5) < 0) { perror("listen"); return 1; } /* [listen] */
    int c = accept(s, NULL, NULL); /* [accept] */
    if (c < 0) { perror("accept"); return 1; }
    char buf[16];
    ssize_t n = recv(c, buf, sizeof buf, 0); /* [recv] */
    if (n < 0) { perror("recv"); return 1; }
    return 0;
}
`

const clientSource = `#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
int main(void) {
    int s = socket(AF_INET, SOCK_STREAM, 0); /* [socket] */
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(7777) };
    if (connect(s, (struct sockaddr *)&a, sizeof a) < 0) { perror("connect"); return 1; } /* [connect] */
    send(s, "hello", 5, 0); /* [send] */
    return 0;
}
`

func program(t testing.TB, file, src string) *cprog.Program {
	t.Helper()
	p, err := cprog.Parse(file, []byte(src))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return p
}

// sample is a small lesson with a step of every kind.
func sample(t testing.TB) *lesson.Lesson {
	return &lesson.Lesson{
		Name: "tcp", Title: "TCP, call by call", Minutes: 25,
		Goal:  "You can name every call of a TCP server and its client, in order, and say what each one changes.",
		Parts: []string{"headers", "create", "address", "bind and listen", "connect", "accept", "send and receive", "close"},
		Intro: "Two small C programs talk to each other. Every call is really made.",
		Cast: []lesson.Role{
			{Name: "server", File: "server.c", Program: program(t, "server.c", serverSource)},
			{Name: "client", File: "client.c", Program: program(t, "client.c", clientSource)},
		},
		Takeaway: "A server has **two kinds** of sockets:\n\n- one that listens,\n- one for each connection.\n\n| call | side |\n|---|---|\n| `bind` | server |\n| `connect` | client |",
		Steps: []lesson.Step{
			{ID: "headers", Title: "What the headers give", Part: 0, Before: "Nothing runs yet. `sys/socket.h` declares the calls.", After: "The calls live in the kernel."},
			{ID: "socket", Title: "The server asks for a socket", Part: 1, Before: "`AF_INET` means IPv4.", Run: &lesson.Run{Role: "server", Label: "socket"},
				Ask: &lesson.Question{Text: "What does the server's first `socket()` return?", About: "result", Options: []lesson.Option{
					{Text: "3", Is: "fd", Why: "0, 1 and 2 are taken. The kernel hands out the lowest free number."},
					{Text: "0, as it went well", Is: "0", Why: "Many calls return 0 when all is well. This one returns a descriptor.", Belief: "M02"},
					{Text: "7777, its port", Is: "7777", Why: "A socket is not a port.", Belief: "M04"},
				}},
				Hints: []string{"Look at which descriptors every program has.", "The kernel takes the lowest free number."},
				After: "The server has a new row in its table of descriptors. Behind it is an object inside the kernel."},
			{ID: "port", Title: "The port", Part: 2, Before: "7777 is 1e61 in hexadecimal.", Run: &lesson.Run{Role: "server", Label: "port"}, Show: "bytes server a",
				Input: &lesson.Input{Role: "server", Define: "PORT", Kind: "port", Ask: "A port from 0 to 65535."}, After: "The bytes are `1e 61`."},
			{ID: "accept", Title: "accept takes a connection", Part: 5, Before: "`accept` waits for a connection.", Run: &lesson.Run{Role: "server", Label: "accept"},
				After: "It took the first finished connection off the queue."},
			{ID: "again", Title: "The port is taken", Part: 3, Failure: true, Before: "A second server.", Run: &lesson.Run{Role: "server", Label: "bind"}, After: "The kernel refuses."},
		},
	}
}

func course(t testing.TB) *lesson.Course {
	l := sample(t)
	return &lesson.Course{Lessons: []*lesson.Lesson{l, {Name: "byte-order", Title: "Byte order", Minutes: 8, Goal: "You can read an address in memory."}}}
}

const second = int64(1e9)

func loop(port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port)
}

// baseView is the lesson before anything ran.
func baseView(l *lesson.Lesson) *lesson.View {
	return &lesson.View{
		Serial: 1, Lesson: l, Tier: netcore.TierUser, Where: "private network", Focus: "server",
		Answers: map[string]lesson.Answer{},
		Sides: []lesson.Side{
			{Name: "server", PID: 31207, State: lesson.SideReady, Program: l.Cast[0].Program, Line: 9, Executed: map[int]bool{}},
			{Name: "client", PID: 31208, State: lesson.SideReady, Program: l.Cast[1].Program, Line: 5, Executed: map[int]bool{}},
		},
		Snapshot: netcore.Snapshot{At: 100 * second, Processes: []netcore.ProcessTable{
			{Name: "server", PID: 31207, Alive: true, FDs: standard()}, {Name: "client", PID: 31208, Alive: true, FDs: standard()},
		}},
	}
}

func standard() []netcore.Descriptor {
	return []netcore.Descriptor{
		{FD: 0, Kind: "device", Target: "/dev/null"}, {FD: 1, Kind: "pipe", Target: "pipe:[1]"}, {FD: 2, Kind: "pipe", Target: "pipe:[2]"},
	}
}

// acceptView is a stage in full swing: the server blocked, a connection that
// waits, one that lingers, an address in memory.
func acceptView(t testing.TB, l *lesson.Lesson) *lesson.View {
	v := baseView(l)
	v.Serial, v.Step, v.Done, v.At = 20, 3, 3, 6
	s, c := &v.Sides[0], &v.Sides[1]
	s.Line, s.State = 18, lesson.SideBlocked
	s.Executed = map[int]bool{9: true, 10: true, 11: true, 12: true, 13: true, 14: true, 15: true, 16: true, 17: true}
	s.Call = &netcore.Call{ID: 40, Name: "accept"}
	s.Blocked = &netcore.Blocked{Call: 40, Process: "server", Syscall: "accept", Since: 88 * second, On: "a connection to accept"}
	s.Variables = []cprog.Variable{
		{Name: "s", Type: "int", Size: 4, Bytes: []byte{3, 0, 0, 0}, Written: yes(4), Value: "3"},
		{Name: "a", Type: "struct sockaddr_in", Size: 16, Bytes: []byte{2, 0, 0x1e, 0x61, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}, Written: yes(8, 8)},
		{Name: "buf", Type: "char[16]", Size: 16, Bytes: make([]byte, 16), Written: yes(0, 16)},
	}
	c.Line, c.Executed = 7, map[int]bool{5: true, 6: true}
	v.Snapshot.Processes[0].FDs = append(standard(), netcore.Descriptor{FD: 3, Kind: "socket", Target: "socket:[4711]", Inode: 4711, Cookie: 1})
	v.Snapshot.Processes[1].FDs = append(standard(), netcore.Descriptor{FD: 3, Kind: "socket", Target: "socket:[4712]", Inode: 4712, Cookie: 2})
	v.Snapshot.Sockets = []netcore.Socket{
		{Network: "lab", Cookie: 1, Domain: "AF_INET", Type: "SOCK_STREAM", Protocol: "TCP", State: "LISTEN", Bound: true, Local: loop(7777), RecvQ: 1, SendQ: 5, Owners: []netcore.Owner{{Process: "server", FD: 3}}},
		{Network: "lab", Cookie: 2, Domain: "AF_INET", Type: "SOCK_STREAM", Protocol: "TCP", State: "ESTABLISHED", Bound: true, Local: loop(40000), Peer: loop(7777), SendQ: 20, Owners: []netcore.Owner{{Process: "client", FD: 3}}},
		{Network: "lab", Cookie: 3, Domain: "AF_INET", Type: "SOCK_STREAM", Protocol: "TCP", State: "ESTABLISHED", Bound: true, Local: loop(7777), Peer: loop(40000), RecvQ: 20},
		{Network: "lab", Cookie: 4, Domain: "AF_INET", Type: "SOCK_STREAM", Protocol: "TCP", State: "TIME_WAIT", Bound: true, Local: loop(7777), Peer: loop(40001), Timer: netcore.Timer{Kind: "timewait", Expires: 56e9}},
	}
	r, accept := story(t, v.Snapshot.Sockets)
	v.From = r.tl.Len() - 1
	recorded(v, r)
	s.Call.ID, s.Blocked.Call, v.StepCalls = accept, accept, []netcore.ID{accept}
	v.Changed = []lesson.Change{
		{What: "queue", Side: "server", FD: 3, Cookie: 1, Text: "server 3: waiting 0→1"},
		{What: "queue", FD: -1, Cookie: 3, Text: "no descriptor, 127.0.0.1:7777: rx 0→20"},
	}
	v.Result = "accept() has not returned"
	return v
}

// yes marks bytes as written in runs: so many written, so many not.
func yes(runs ...int) []bool {
	var out []bool
	for i, n := range runs {
		for range n {
			out = append(out, i%2 == 0)
		}
	}
	return out
}

// script is a session that answers from a list and counts what it was asked.
type script struct {
	t testing.TB

	mu      sync.Mutex
	view    *lesson.View
	records []*lesson.View
	change  chan struct{}
	nexts   []*lesson.View // what Next leads to, in order
	asked   []string       // the calls made, in order
	moves   []lesson.Move
	fail    map[string]error
	hold    chan struct{} // a move waits for it
	started int
}

func newScript(t testing.TB, v *lesson.View) *script {
	return &script{t: t, view: v, change: make(chan struct{}), fail: map[string]error{}}
}

// outside fails the test when Update or View is among the callers: a method
// that can block has no place in there.
func (s *script) outside(name string) {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		f, more := frames.Next()
		if strings.HasSuffix(f.Function, "ui.Model.Update") || strings.HasSuffix(f.Function, "ui.Model.View") {
			s.t.Errorf("%s was called inside %s", name, f.Function)
		}
		if !more {
			return
		}
	}
}

func (s *script) blocking(ctx context.Context, name string) error {
	s.outside(name)
	s.mu.Lock()
	s.asked = append(s.asked, name)
	hold, err := s.hold, s.fail[name]
	s.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return err
}

func (s *script) publish(v *lesson.View) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v.Serial = s.view.Serial + 1
	s.view = v
	close(s.change)
	s.change = make(chan struct{})
}

func (s *script) Start(ctx context.Context) error {
	s.started++
	return s.blocking(ctx, "Start")
}

func (s *script) Close() error { return s.blocking(context.Background(), "Close") }

func (s *script) View() *lesson.View {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view
}

func (s *script) Changed(v *lesson.View) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v.Serial != s.view.Serial {
		c := make(chan struct{})
		close(c)
		return c
	}
	return s.change
}

func (s *script) Records() int { return len(s.records) }

func (s *script) Record(at int) *lesson.View {
	if at < 0 || at >= len(s.records) {
		return nil
	}
	return s.records[at]
}

func (s *script) Next(ctx context.Context) error {
	if err := s.blocking(ctx, "Next"); err != nil {
		return err
	}
	if len(s.nexts) > 0 {
		v := s.nexts[0]
		s.nexts = s.nexts[1:]
		s.publish(v)
	}
	return nil
}

func (s *script) Order(ctx context.Context, picks []int) error {
	return s.blocking(ctx, fmt.Sprintf("Order %v", picks))
}

func (s *script) Solve(ctx context.Context) error { return s.blocking(ctx, "Solve") }

func (s *script) Predict(text string) error {
	return s.blocking(context.Background(), "Predict "+text)
}

func (s *script) Answer(choice int) error {
	return s.blocking(context.Background(), "Answer "+itoa(choice))
}

func (s *script) Input(ctx context.Context, text string) error {
	return s.blocking(ctx, "Input "+text)
}

func (s *script) Do(ctx context.Context, m lesson.Move) error {
	s.mu.Lock()
	s.moves = append(s.moves, m)
	s.mu.Unlock()
	return s.blocking(ctx, "Do "+string(m.Kind))
}

func (s *script) Jump(ctx context.Context, step int) error {
	return s.blocking(ctx, "Jump "+itoa(step))
}
func (s *script) Rerun(ctx context.Context, n int) error { return s.blocking(ctx, "Rerun "+itoa(n)) }
func (s *script) Undo(ctx context.Context) error         { return s.blocking(ctx, "Undo") }
func (s *script) Refresh(ctx context.Context) error      { return s.blocking(ctx, "Refresh") }

func (s *script) Journal() lesson.Journal {
	s.outside("Journal")
	v := s.View()
	return lesson.Journal{Lesson: "tcp", Step: v.Step, Phase: v.Phase}
}

func (s *script) Resume(ctx context.Context, j lesson.Journal) error {
	return s.blocking(ctx, "Resume "+itoa(j.Step))
}

// keeper is a Progress in memory.
type keeper struct {
	kept     map[string]lesson.Kept
	last     string
	due      []string // beliefs due at every opening
	recalled []string

	mu        sync.Mutex
	placement lesson.Placement
}

func (k *keeper) Lesson(name string) (lesson.Kept, bool) { x, ok := k.kept[name]; return x, ok }
func (k *keeper) Last() string                           { return k.last }
func (k *keeper) Remarks() []string                      { return nil }
func (k *keeper) Opened(string) []string                 { return k.due }
func (k *keeper) Recalled(_, belief string, m lesson.Mark) {
	k.recalled = append(k.recalled, belief+" "+itoa(int(m)))
}
func (k *keeper) Placement() lesson.Placement {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.placement
}
func (k *keeper) Placed(right int, start string, asked []lesson.Placed) (lesson.Placement, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.placement = k.placement.After(right, start, asked)
	return k.placement, nil
}
func (k *keeper) Keep(l *lesson.Lesson, j lesson.Journal) {
	if k.kept == nil {
		k.kept = map[string]lesson.Kept{}
	}
	k.kept[l.Name], k.last = lesson.Kept{Journal: j}, l.Name
}

// staged is a model that stands on a stage showing v, with a lab open.
func staged(t testing.TB, v *lesson.View, w, h int) Model {
	c := course(t)
	if v.Lesson != nil {
		c.Lessons[0] = v.Lesson
	}
	s := newScript(t, v)
	m := New(Options{Course: c, Open: func(*lesson.Lesson) Session { return s }, Progress: &keeper{}})
	m.width, m.height = w, h
	m.onStage = true
	m.stage = stage{session: s, lesson: v.Lesson, gen: 1, view: v, now: v.Snapshot.At, ready: true, choice: noChoice,
		left: make(chan struct{}), history: map[string][]string{},
		transitions: transitions{}.follow(v), ladder: (*ladder)(nil).follow(v)}
	return m
}
