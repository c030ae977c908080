// Package cprog is a C program of a lesson, parsed, and a machine that runs it
// statement by statement. It makes no system call: it says which call comes
// next and is told what the kernel answered.
package cprog

// Program is a parsed program.
type Program struct{}

// Statement is one statement of a program, in source order.
type Statement struct {
	Index, Line, Column, EndLine int
	Func, Label, Text            string
}

// Variable is a live variable.
type Variable struct {
	Name, Type, Func string
	Address          uint64
	Size             int
	Bytes            []byte
	Written          []bool
	Value            string
}
