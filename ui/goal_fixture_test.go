package ui

import (
	"testing"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/netcore/compiler"
	"sockstep/netcore/watching"
)

// goalView stands at an open puzzle, after its first call was made.
func goalView(t testing.TB) *lesson.View {
	l := sample(t)
	l.Steps[3] = lesson.Step{ID: "order", Title: "Put the calls in order", Part: 3, Goal: true, Show: "sockets",
		Before: "Three of these make a server. A wrong order does no harm: it runs too.",
		Order: &lesson.Order{Role: "server",
			Calls:     []string{"s = socket(AF_INET, SOCK_STREAM, 0);", "bind(s, (struct sockaddr *)&a, sizeof a);", "listen(s, 5);"},
			Strangers: []string{"connect(s, (struct sockaddr *)&a, sizeof a);", "send(s, \"hello\", 5, 0);"}},
		Route:  []lesson.Leg{{Role: "server", Text: "s = socket(AF_INET, SOCK_STREAM, 0);"}, {Role: "server", Text: "listen(s, 5);"}},
		Expect: []lesson.Expectation{{About: "state server 3", Is: "LISTEN"}, {About: "call server listen", Is: "0"}, {About: "failed server", Is: "0"}},
		Hints:  []string{"Each call but the first takes `s`.", "A queue is for a port."}}
	v := baseView(l)
	v.Step, v.Done, v.Phase = 3, 3, lesson.Trying
	v.Open = []lesson.Unmet{{About: "state server 3", Want: "LISTEN"}, {About: "call server listen", Want: "0", Got: "none"}}
	return v
}

// triedView is the same after a wrong order: the kernel's answers, and a reason.
func triedView(t testing.TB) *lesson.View {
	v := goalView(t)
	v.At, v.Message, v.Result = 7, "The kernel answered: listen() = -1 EBADF.", "listen(-1, 5) = -1 EBADF (Bad file descriptor)"
	v.Log = []lesson.LogLine{{ID: 9, Side: "server", Kind: netcore.CallEvent, Text: "listen(-1, 5)", Result: "-1 EBADF", Errno: netcore.Errno(9), Step: 4,
		Cause: "listen() = EBADF: -1 is no open descriptor; those of server are 0, 1 and 2. What helps: look at the call that should have given the descriptor"}}
	v.StepCalls = []netcore.ID{9}
	v.Open = append(v.Open, lesson.Unmet{About: "failed server", Want: "0", Got: "1"})
	return v
}

// halfwayView stands at a goal that is reached by half, on any way.
func halfwayView(t testing.TB) *lesson.View {
	v := acceptView(t, sample(t))
	v.Lesson.Steps[3] = lesson.Step{ID: "queue", Title: "A queue of two", Part: 5, Goal: true, Show: "sockets",
		Before: "Make the listener's queue hold two connections, and leave them there.",
		Expect: []lesson.Expectation{{About: "waiting server 3", Is: "2"}, {About: "descriptors client", Is: "3 4"}, {About: "state server 3", Is: "LISTEN"}},
		Hints:  []string{"The client alone does it."}}
	v.Phase = lesson.Trying
	v.Open = []lesson.Unmet{{About: "waiting server 3", Want: "2", Got: "1"}, {About: "descriptors client", Want: "3 4", Got: "3"}}
	return v
}

// unitSource is a file whose complaint stands far down.
const unitSource = `#include <sys/socket.h>

// Fd owns a descriptor.
class Fd {
public:
	explicit Fd(int fd) : fd_(fd) {}
	Fd(const Fd &) = delete;

private:
	int fd_;
};

void twice()
{
	Fd a{socket(AF_INET, SOCK_STREAM, 0)};
	Fd b = a;
}
`

// unitView stands at a step that has a file compiled.
func unitView(t testing.TB) *lesson.View {
	l := sample(t)
	l.Steps[3] = lesson.Step{ID: "copy", Title: "The compiler stands in the way", Part: 3,
		Before: "The same mistake with the class: `Fd b = a`.", After: "The copy constructor is deleted: this program never comes to be.",
		Compile: &lesson.Compile{Unit: compiler.Unit{File: "copy.cpp", Standard: "c++17", Source: unitSource}}}
	v := baseView(l)
	v.Step, v.Done, v.At, v.Result = 3, 3, 6, ""
	return v
}

// compiledView is the same after the compiler has spoken; recorded says why that is a
// recording, or is empty.
func compiledView(t testing.TB, recorded string) *lesson.View {
	v := unitView(t)
	v.Phase, v.Done, v.At = lesson.Ran, 4, 7
	v.Compiled = &lesson.Compiled{Recorded: recorded, Report: compiler.Report{
		Compiler: "c++ (Debian 12.2.0-14) 12.2.0", Command: "c++ -std=c++17 -Wall -Wextra -fsyntax-only copy.cpp",
		Said: []string{"copy.cpp: In function 'void twice()':", "copy.cpp:16:9: error: use of deleted function 'Fd::Fd(const Fd&)', which is declared in line 7",
			"   16 |\tFd b = a;", "      |\t       ^"},
		Complaints: []compiler.Complaint{{Line: 16, Text: "use of deleted function 'Fd::Fd(const Fd&)'"}}}}
	v.Result = v.Compiled.Result()
	return v
}

// watchSource is a program that calls from its lines 6 and 7.
const watchSource = `#include <stdio.h>
#include <sys/socket.h>

int main(void)
{
	int s = socket(AF_INET, SOCK_STREAM, 0);
	if (listen(s, 5) < 0)
		perror("listen");
	return 0;
}
`

// watchView stands at a step that has a program run and watched.
func watchView(t testing.TB) *lesson.View {
	l := sample(t)
	l.Steps[3] = lesson.Step{ID: "watch", Title: "What it really calls", Part: 3,
		Before: "`calls.c` listens without an address.", After: "The kernel chose a port.",
		Watch: &lesson.Watch{Unit: watching.Unit{File: "calls.c", Source: watchSource}}}
	v := baseView(l)
	v.Step, v.Done, v.At, v.Result = 3, 3, 6, ""
	return v
}

// watchedView is the same after it has run; recorded says why that is a recording, or
// is empty.
func watchedView(t testing.TB, recorded string) *lesson.View {
	v := watchView(t)
	v.Phase, v.Done, v.At = lesson.Ran, 4, 7
	three, failed := int64(3), int64(-1)
	u := v.Shown().Watch.Unit
	v.Watched = &lesson.Watched{Recorded: recorded, Report: watching.Report{
		Machine: "Linux 6.1, glibc 2.36, gcc 12.2", Build: u.Build(), Start: u.Start(), Exit: "0",
		Calls: []*netcore.Call{
			{Process: "calls", Name: "socket", Line: "calls.c:6", Ret: &three, Args: []netcore.Arg{number(2), number(1), number(0)}},
			{Process: "calls", Name: "listen", Line: "calls.c:7", Ret: &failed, Errno: netcore.Errno(98), Args: []netcore.Arg{number(3), number(5)}},
			{Process: "calls", Name: "close", Ret: new(int64), Args: []netcore.Arg{number(3)}}},
		Output: []string{"listen: Address already in use", "two", "three", "\x1b[31mfour"}}}
	v.Result = v.Watched.Result()
	return v
}
