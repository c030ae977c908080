// Package whole holds the tests of the program as a whole: run in a terminal, by
// a pipe or under strace, and held against what the kernel and other tools say. It
// has nothing but tests.
package whole
