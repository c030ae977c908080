// Package cprog is a C program of a lesson, parsed, and a machine that runs it
// statement by statement. It makes no system call: it says which call comes
// next and is told what the kernel answered.
package cprog

// Program is a parsed program.
type Program struct{}
