// Package command is the command line: it reads arguments, opens the course,
// the learner's progress and a lab, hands them to the front end that fits the
// terminal, and turns what came of it into an exit status: 0, 1 when something
// failed or the kernel disagreed with a lesson, 2 for misuse, 128 and the
// signal's number after a signal. It refuses to draw: the screen and the plain
// lines are packages of their own.
package command
