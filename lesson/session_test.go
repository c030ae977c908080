package lesson

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/lesson/cprog"
	"sockstep/netcore"
	"sockstep/netcore/clocktest"
)

const serverC = `#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#define PORT 7777
int main(void)
{
    int s = socket(AF_INET, SOCK_STREAM, 0); /* [socket] */
    if (s < 0) { perror("socket"); return 1; }
    if (listen(s, 5) < 0) { perror("listen"); return 1; } /* [listen] */
    int c = accept(s, NULL, NULL); /* [accept] */
    if (c < 0) { perror("accept"); return 1; }
    char buf[8];
    int n = recv(c, buf, sizeof buf, 0); /* [recv] */
    printf("%d\n", n);
    close(c); /* [close] */
    return 0; /* [return] */
}
`

const clientC = `#include <sys/socket.h>
#include <unistd.h>
#define PORT 7777
int main(void)
{
    int s = socket(AF_INET, SOCK_STREAM, 0); /* [socket] */
    send(s, "hi", 2, 0); /* [send] */
    close(s); /* [close] */
    return 0; /* [return] */
}
`

func testCast(t *testing.T) []Role {
	t.Helper()
	var cast []Role
	for _, r := range []struct{ name, file, src string }{{"server", "server.c", serverC}, {"client", "client.c", clientC}} {
		p, err := cprog.Parse(r.file, []byte(r.src))
		if err != nil {
			t.Fatalf("%s: %v", r.file, err)
		}
		cast = append(cast, Role{Name: r.name, File: r.file, Program: p})
	}
	return cast
}

func testLesson(t *testing.T) *Lesson {
	return &Lesson{Name: "test", Title: "Test", Cast: testCast(t), Parts: []string{"one"}, Steps: []Step{
		{ID: "read", Before: "read this"},
		{ID: "socket", Run: &Run{"server", "socket"}, Expect: []Expectation{{About: "result", Is: "fd"}}, Ask: &Question{Text: "?", About: "result",
			Options: []Option{{Text: "0", Is: "0", Belief: "M02"}, {Text: "3", Is: "3"}}}},
		{ID: "listen", Run: &Run{"server", "listen"}, Expect: []Expectation{{About: "result", Is: "0"}}},
		{ID: "accept", Run: &Run{"server", "accept"}, Expect: []Expectation{{About: "result", Is: "blocks"}}},
		{ID: "csocket", Run: &Run{"client", "socket"}, Expect: []Expectation{{About: "result", Is: "3"}}},
	}}
}

// plain answers every call as if all went well; accept blocks.
func plain(process string, r netcore.Request) answer {
	switch r.Name {
	case "socket":
		return answer{ret: 3}
	case "accept":
		return answer{blocks: true}
	case "send":
		return answer{ret: 2}
	case "recv":
		return answer{ret: 2, after: map[int][]byte{1: []byte("hi\xaa\xaa\xaa\xaa\xaa\xaa")}}
	}
	return answer{}
}

func started(t *testing.T, answers func(string, netcore.Request) answer) (*Session, *scripted) {
	t.Helper()
	k := newScripted(answers)
	s := NewSession(testLesson(t), k.opener())
	if err := s.Start(ctx(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, k
}

func ctx(t *testing.T) context.Context {
	c, cancel := context.WithTimeout(t.Context(), clocktest.Patience)
	t.Cleanup(cancel)
	return c
}

func next(t *testing.T, s *Session) {
	t.Helper()
	if err := s.Next(ctx(t)); err != nil {
		t.Fatal(err)
	}
}

func TestGuidedPathAsksRunsAndMarks(t *testing.T) {
	s, k := started(t, plain)
	next(t, s) // the step that is only read
	next(t, s) // on to the question
	if err := s.Next(ctx(t)); !errors.Is(err, ErrAsking) {
		t.Fatalf("an open question lets Enter through: %v", err)
	}
	if len(k.made) != 0 {
		t.Fatalf("calls were made before the answer: %v", k.made)
	}
	if err := s.Answer(0); err != nil {
		t.Fatal(err)
	}
	next(t, s)
	v := s.View()
	if a := v.Answers["socket"]; a.Mark != Wrong || a.Correct != 1 || a.Observed != "3" {
		t.Errorf("answer %+v, want wrong, with option 1 right for 3", a)
	}
	if v.Phase != Ran || v.Result != "socket(AF_INET, SOCK_STREAM, 0) = 3" {
		t.Errorf("phase %v result %q", v.Phase, v.Result)
	}
	if side := v.Sides[0]; !side.Executed[8] || side.Line != 9 {
		t.Errorf("server stands before line %d, executed %v", side.Line, side.Executed)
	}
}

func TestBlockedSideLeavesTheOtherPlayable(t *testing.T) {
	s, k := started(t, plain)
	if err := s.Jump(ctx(t), 3); err != nil {
		t.Fatal(err)
	}
	next(t, s)
	v := s.View()
	if v.Sides[0].State != SideBlocked || v.Sides[0].Blocked.On == "" || len(v.Differed) != 0 {
		t.Fatalf("server %s, blocked %+v, differed %v", v.Sides[0].State, v.Sides[0].Blocked, v.Differed)
	}
	if err := s.Do(ctx(t), Move{Kind: MoveStep, Role: "server"}); err == nil {
		t.Error("a blocked side was stepped")
	}
	next(t, s)
	next(t, s)
	if got := s.View().Sides[1]; got.Line != 7 {
		t.Errorf("client stands before line %d, want 7", got.Line)
	}
	// The kernel lets accept return while nobody moves.
	seen := s.View()
	k.live["server"].in.finish(answer{ret: 4})
	waitView(t, s, seen, func(v *View) bool { return v.Sides[0].State == SideReady && v.Sides[0].Line == 12 })
}

func waitView(t *testing.T, s *Session, v *View, ok func(*View) bool) {
	t.Helper()
	end := ctx(t)
	for !ok(v) {
		select {
		case <-s.Changed(v):
			v = s.View()
		case <-end.Done():
			t.Fatalf("the view never came: %+v", v.Sides)
		}
	}
}

func TestCancelReturnsEINTR(t *testing.T) {
	s, _ := started(t, plain)
	if err := s.Jump(ctx(t), 3); err != nil {
		t.Fatal(err)
	}
	next(t, s)
	if err := s.Do(ctx(t), Move{Kind: MoveCancel, Role: "server"}); err != nil {
		t.Fatal(err)
	}
	v := s.View()
	last := v.Log[len(v.Log)-1]
	if v.Result != "accept(3, NULL, NULL) = -1 EINTR (Interrupted system call)" {
		t.Errorf("the result line says %q", v.Result)
	}
	if last.Result != "-1 EINTR" || v.Sides[0].Line != 12 {
		t.Errorf("log ends %q = %q, line %d", last.Text, last.Result, v.Sides[0].Line)
	}
}

// TestAStepInterrupts plays the lesson about EINTR, once with the learner's own
// interruption before that of the step.
func TestAStepInterrupts(t *testing.T) {
	for _, early := range []bool{false, true} {
		s := NewSession(builtinCourse(t).Lesson("interrupted"), OpenLab(netcore.Options{}))
		if err := s.Start(ctx(t)); err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for s.View().Step < 1 {
			playStep(t, s)
		}
		if early {
			if err := s.Do(ctx(t), Move{Kind: MoveCancel, Role: "server"}); err != nil {
				t.Fatal(err)
			}
		}
		for s.View().Step < 2 {
			playStep(t, s)
		}
		if got := s.observe("result server accept", nil); got != "EINTR" {
			t.Errorf("early %v: accept returned %q, want EINTR", early, got)
		}
	}
}

func TestWrongOrderCountsAndGoesOn(t *testing.T) {
	s, k := started(t, plain)
	for range 3 {
		if err := s.Do(ctx(t), Move{Kind: MoveStep, Role: "server"}); err != nil {
			t.Fatal(err)
		}
	}
	if s.View().OffPath == "" {
		t.Error("the view does not say that one is beside the path")
	}
	next(t, s)
	next(t, s)
	s.Answer(-1)
	next(t, s)
	if strings.Join(k.made, ",") != "server socket,server listen" {
		t.Errorf("a line ran twice: %v", k.made)
	}
}

func TestKilledBySignal(t *testing.T) {
	s, _ := started(t, func(p string, r netcore.Request) answer {
		if r.Name == "send" {
			return answer{dies: "SIGPIPE"}
		}
		return plain(p, r)
	})
	for range 2 {
		if err := s.Do(ctx(t), Move{Kind: MoveStep, Role: "client"}); err != nil {
			t.Fatal(err)
		}
	}
	v := s.View()
	if c := v.Sides[1]; c.State != SideKilled || c.Signal != "SIGPIPE" {
		t.Fatalf("client %+v", c)
	}
	if err := s.Do(ctx(t), Move{Kind: MoveFresh, Role: "client"}); err != nil {
		t.Fatal(err)
	}
	if got := s.View().Result; !strings.HasPrefix(got, "started anew as process ") {
		t.Errorf("started afresh, the result line says %q", got)
	}
	if c := s.View().Sides[1]; c.State != SideIdle || c.Line != 6 {
		t.Errorf("afresh: %s at line %d", c.State, c.Line)
	}
}

func TestLookBackAndRunAgain(t *testing.T) {
	s, k := started(t, plain)
	if err := s.Jump(ctx(t), 3); err != nil {
		t.Fatal(err)
	}
	if n := s.Records(); n != 3 {
		t.Fatalf("%d records after two moves, want 3", n)
	}
	if v := s.Record(1); v.Sides[0].Line != 9 {
		t.Errorf("record 1 stands before line %d, want 9", v.Sides[0].Line)
	}
	if err := s.Rerun(ctx(t), 1); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(k.made, ","); got != "server socket" {
		t.Errorf("run again made %s", got)
	}
	if v := s.View(); v.Step != 1 || v.Phase != Ran {
		t.Errorf("stands at step %d phase %v", v.Step, v.Phase)
	}
}

func TestEditAndUndo(t *testing.T) {
	s, k := started(t, plain)
	if err := s.Jump(ctx(t), 2); err != nil {
		t.Fatal(err)
	}
	edit := Move{Kind: MoveEdit, Role: "server", Line: 10, Text: `    if (listen(s, 7) < 0) { perror("listen"); return 1; }`}
	if err := s.Do(ctx(t), edit); err != nil {
		t.Fatal(err)
	}
	next(t, s)
	if got := s.View().Result; got != "listen(3, 7) = 0" {
		t.Errorf("the edited line gave %q", got)
	}
	if err := s.Undo(ctx(t)); err != nil {
		t.Fatal(err)
	}
	v := s.View()
	if v.Sides[0].Edited || v.Sides[0].Line != 10 {
		t.Errorf("after undo: edited %v, line %d", v.Sides[0].Edited, v.Sides[0].Line)
	}
	if got := strings.Join(k.made, ","); got != "server socket" {
		t.Errorf("running again made %s", got)
	}
	if err := s.Undo(ctx(t)); !errors.Is(err, ErrNothing) {
		t.Errorf("undo of nothing: %v", err)
	}
}

func TestTypedCall(t *testing.T) {
	s, k := started(t, plain)
	if err := s.Do(ctx(t), Move{Kind: MoveType, Role: "client", Text: "socket(AF_INET, SOCK_DGRAM, 0)"}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(k.made, ","); got != "client socket" {
		t.Errorf("made %s", got)
	}
	if c := s.View().Sides[1]; c.Line != 6 || c.Typed != "3" {
		t.Errorf("client at line %d, value %q", c.Line, c.Typed)
	}
	if err := s.Do(ctx(t), Move{Kind: MoveType, Role: "client", Text: "sockett("}); err == nil {
		t.Error("nonsense was accepted")
	}
}

func TestJournalResumes(t *testing.T) {
	s, _ := started(t, plain)
	next(t, s)
	next(t, s)
	s.Answer(1)
	next(t, s)
	next(t, s)
	j := s.Journal()
	again, k := started(t, plain)
	if err := again.Resume(ctx(t), j); err != nil {
		t.Fatal(err)
	}
	v := again.View()
	if v.Step != 2 || v.Phase != Reading || v.Answers["socket"].Mark != Right {
		t.Errorf("resumed at step %d phase %v answers %v", v.Step, v.Phase, v.Answers)
	}
	if got := strings.Join(k.made, ","); got != "server socket" {
		t.Errorf("resuming made %s", got)
	}
}

func TestJumpRecordsEachStepAsItRan(t *testing.T) {
	s, _ := started(t, plain)
	if err := s.Jump(ctx(t), 3); err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range s.Records() {
		v := s.Record(i)
		got = append(got, fmt.Sprintf("%s %v", v.Lesson.Steps[v.Step].ID, v.Phase == Ran))
	}
	if diff := cmp.Diff([]string{"read false", "socket true", "listen true"}, got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	if v := s.View(); v.Step != 3 || v.Phase != Reading {
		t.Errorf("stands at step %d phase %v", v.Step, v.Phase)
	}
}

func TestAFreshRunAsksAgain(t *testing.T) {
	s, _ := started(t, plain)
	next(t, s)
	next(t, s)
	if err := s.Answer(0); err != nil {
		t.Fatal(err)
	}
	next(t, s)
	if err := s.Rerun(ctx(t), 1); err != nil {
		t.Fatal(err)
	}
	if a := s.View().Answers["socket"]; a.Mark != Wrong {
		t.Errorf("running again to where one was forgot the answer: %+v", a)
	}
	if err := s.Rerun(ctx(t), 0); err != nil {
		t.Fatal(err)
	}
	next(t, s)
	next(t, s)
	if v := s.View(); v.Phase != Asking {
		t.Errorf("after a restart the question's step is in phase %v", v.Phase)
	}
}

func TestOffThePathNothingIsMarked(t *testing.T) {
	s, _ := started(t, func(p string, r netcore.Request) answer {
		if r.Name == "socket" && p == "server" {
			return answer{ret: -1, errno: 24}
		}
		return plain(p, r)
	})
	next(t, s)
	next(t, s)
	if err := s.Answer(0); err != nil {
		t.Fatal(err)
	}
	next(t, s)
	v := s.View()
	if a := v.Answers["socket"]; a.Mark != Unmarked || len(v.Differed) == 0 {
		t.Errorf("marked %+v though the step went otherwise: %v", a, v.Differed)
	}
}
