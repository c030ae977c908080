// Package exercise is the workshop: programs to write, with a task, a starter and hints,
// and how each is checked. It reads them from files, keeps what a learner's folder
// remembers, and has package check examine the learner's program. It makes no system
// call on sockets itself and knows nothing of screens.
//
// # An exercise
//
// An exercise is a folder of this package, named with a short word (the names are
// below), and one Go file beside it:
//
//	echo/task.md                    the task, see below
//	echo/starter/c/echo.c           compiles without a warning, with gaps marked TODO
//	echo/starter/go/echo.go.txt     written out as echo.go; .txt hides it from the Go tool
//	echo/starter/python/echo.py
//	echo/starter/cpp, starter/rust  where cheap; one file in C makes one in C++ by itself
//	echo/solution/c/echo.c          passes; solution/go and solution/python may be there too
//	echo/wrong/no-eintr/echo.c      what people really get wrong, at least two of them
//	echo/right/poll/echo.c          other correct ways, which must pass too; optional
//	check_echo.go                   the criteria, registered in an init function
//
// The program's file has the exercise's name, and so has what is built. A Makefile (C,
// C++, Rust) and a go.mod are added where the folder has none: write one only for a
// program of several files; its target is the exercise's name. Go files are built with
// "go build -o NAME ." and have no imports but the standard library's; Python runs as
// "python3 NAME.py". Nothing here takes a file of another exercise.
//
// task.md is front matter, the task, the goals, the hints:
//
//	---
//	id: X07
//	title: Echo server
//	minutes: 60
//	lessons: [accept, bytes]             names of the course's folders
//	languages: [c, go, python]           those with a starter of their own
//	---
//
//	What to write, in a few paragraphs. What it prints only where that is checked.
//
//	## Goal
//
//	- listens: A TCP socket of the program listens at the port of PORT.
//	- echoes: A client that sends 5 bytes gets these 5 bytes back, and no others.
//
//	## Hints
//
//	### The shape
//
//	Text, with code in ```c fences where it helps. At least three hints, each going
//	further than the one before. The last one is titled "What to write" and says it.
//	Code in hints has at most 75 columns.
//
// A goal is the name of a criterion and the sentence that states it; a sentence may go
// on in the next line, indented by two. The goals and the criteria are the same, in the
// same order: what is stated is what is checked. Everybody can check the sentence by
// hand: it has numbers where the check has them.
//
// # Criteria
//
// A criterion is a name (small letters, digits and -), those it needs, the belief behind
// it by its number in lesson/beliefs.yaml, what to try next, which call shows it, and a
// function of the words of package check. listens, local and reuse of check_listener.go
// are for every TCP server. Each criterion runs the program anew, at a port of its own,
// so that none leaves anything to the next:
//
//	check.Criterion{
//		Name: "half", Needs: []string{"large"}, Belief: "M26",
//		Try:  "recv() returns 0 when the client has sent its last byte: ...",
//		Show: check.Last(check.Is(check.In)),
//		Check: func(t *check.T) {
//			c := t.Serve().Dial()
//			c.Say(pattern(20_000))
//			c.Half()
//			c.Expect(pattern(20_000))
//			c.EOF()
//		},
//	}
//
// Rules:
//
//   - Any correct way passes. Ask what comes of a program: bytes, states, descriptors.
//     Ask for a call only where the goal itself speaks of one, and then by check.Kind
//     (check.Out is send, write, sendmsg, writev), never by one name. Go opens sockets
//     of protocol 262 (MPTCP) and sets options by itself, a runtime may wait in epoll
//     and have sockets of its own for that: take p.Sockets() after Serve as the base
//     and compare with that (p.Holds(base)), not with 1.
//   - A word that does not hold ends the criterion and says what was seen: Expect, EOF,
//     Listens and the others have their own texts. t.Fail and t.FailAt are for the rest;
//     their text says what was seen, with numbers, and begins small.
//   - Belief, Try and Show are the rule. Where a failure can have another cause, t.Blame
//     says so before the word that finds it, or t.OnFail(func) looks at the program when
//     a word has failed. SIGPIPE is blamed by itself.
//   - No sleep. What has to come is waited for by the words; that nothing comes is Quiet
//     or Stays. t.Sleep is only for goals that speak of time ("not dropped in 3 s").
//     Where a goal limits how long the program takes, the limit is on what it sleeps or
//     computes, p.Clock(), and not on what it waits for a processor.
//   - Needs says in which order one learns: one mistake should fail one criterion, and
//     skip those that say nothing without it. The exact bytes come before large ones,
//     large ones before perturbed ones.
//   - A criterion takes well under a second where it holds, an exercise under three: send
//     600 bytes, not 4096, with ShortIn(1).
//   - A word that is missing is added to package check, in a file of its own, with what
//     it says when it does not hold. Linux-only parts go into *_linux.go with a stub in
//     *_other.go; check_*.go itself compiles everywhere and imports neither net nor
//     os/exec nor x/sys: only package check makes system calls.
//
// # Wrong programs
//
// A wrong program is the solution with one mistake that people make, in a folder named
// after the mistake. Its first lines say what it fails and which belief is behind it;
// several, in the same order, where the mistake has more than one face; - is no belief:
//
//	/* fails: interrupted
//	 * belief: M42
//	 *
//	 * EINTR is taken for the end.
//	 */
//
// TestWrongPrograms has each fail exactly that and for that reason. They are in C, or in
// the language in which the mistake is made: classes.cpp.
//
// # Trying it
//
//	go test ./lesson/exercise -run 'TestExercises/echo'
//	go test ./lesson/exercise -run 'TestStarters/echo'
//	go test ./lesson/exercise -run 'TestSolutions/echo' -v -count 20
//	go test ./lesson/exercise -run 'TestWrongPrograms/echo' -v     prints what is said
//
// # Names
//
// X01 compile, X02 sockets, X03 address, X04 listener, X05 accept, X06 once, X07 echo,
// X08 get, X09 statistics, X10 adder, X11 resolve, X12 dualstack, X13 recvall, X14 lines,
// X15 frames, X16 exchange, X17 request, X18 reject, X19 restart, X20 queue,
// X21 heartbeat, X22 forensic, X23 time, X24 retry, X25 local, X26 pass, X27 concurrent,
// X28 limit, X29 loop, X30 options, X31 classes.
//
// X01 and others that are not one program from one file bring a Makefile; what a check
// needs of the folder beyond the built program it finds in T.Dir.
package exercise
