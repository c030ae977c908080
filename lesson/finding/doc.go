// Package finding says what went wrong in a program that was traced: things that
// hurt, each with the call that shows it. It reads the events of a Timeline in
// their order and keeps a small model of each process's descriptors, for this
// purpose only. It refuses to guess: what the calls do not prove is not said, and a
// correct program has no finding. Only Linux is traced, so the numbers of flags and
// options are Linux's, also where a recording is read elsewhere.
package finding
