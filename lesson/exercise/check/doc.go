// Package check checks a program that somebody wrote against the goals of an
// exercise. A process of its own, the examiner, starts the program under the tracer,
// speaks with it as its clients or servers would, does to its calls what a network
// may do, and looks at its calls and at the kernel. It knows nothing of exercises:
// what is checked are Criteria, functions written in the words of this package.
//
// The words:
//
//   - T.Start and T.Serve run the program; options are Args, Env, Descriptors, Port
//     and the perturbers ShortIn, ShortOut, Interrupt, Delay, FailEvery.
//   - Program.Dial connects. A Conn has Say, SayIn, Expect, EOF, Quiet, Half, Reset,
//     Close; Program.Flood is many of them at a time; a client that only connects
//     is one that never says anything, a stuck one never expects.
//   - T.Listen, T.Deaf, T.Refused and T.Unreachable are what a client meets.
//   - T.Names gives programs an /etc/hosts of the check's own, T.Mystery a server beside
//     them to be looked at.
//   - Program.Calls, First, Last, Count find calls by Is, On, Fails and others.
//   - Program.Listeners, Holds, Idle, Memory, Zombies look at the kernel.
//   - Program.Exit, Alive, Output are the program itself.
//
// A word that does not hold ends the criterion: it says what was seen, in numbers,
// and shows the call. T.Blame says beforehand which belief stands behind it and what
// to try.
//
// Nothing here waits a fixed time. What has to come is waited for until it comes, or
// until the program stands still: every thread of it asleep, no call made and no byte
// moved for a while. A program that is slow because the machine is busy does not
// stand still.
package check
