// Package protocol is what the program, the lab process and the workers say to
// each other: frames of a length and a body on a stream socket. It knows sizes
// and order of fields and nothing of system calls; what it cannot decode it
// refuses with ErrMalformed, and it never splits or drops a result.
package protocol
