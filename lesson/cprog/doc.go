// Package cprog is a C program of a lesson, parsed, and a machine that runs it
// statement by statement. A Program is what Parse read: its statements, labels,
// includes and port. A Machine is a plain value that stops before every
// statement and in the middle of an expression, wherever a system call or an
// output stands; it can be cloned, looked at, typed into and continued with an
// edited program. Memory is bytes in the machine's own structure layout, each
// with a mark whether the program ever wrote it. The package refuses to make a
// system call: it hands the call out and waits for the result. It knows nothing
// of lessons, workers or screens, and what it does not understand it names,
// with the column and what to write instead.
package cprog
