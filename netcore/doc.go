// Package netcore makes one system call on the real kernel and reports what the
// kernel shows: the call with its bytes before and after, the descriptor tables
// and the sockets. It runs every program of a lesson in a process of its own (a
// worker), where the machine allows it inside a private network and a file
// system of its own (a Lab). It knows nothing of lessons, of C or of screens,
// and it never invents a value: what it could not read it leaves out.
package netcore
