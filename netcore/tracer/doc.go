// Package tracer watches the calls that programs make on sockets: programs of any
// language, with their threads and children, unchanged and without privilege. A
// seccomp filter (seccomp(2)) has the kernel stop a thread at the calls that may
// concern a socket and at no other; ptrace(2) then reads the registers and the
// memory at entry and at return. What it tells are netcore's Calls.
//
// One thread of this process is the tracer; everything it tells is told there, in
// the order in which the kernel told it. The traced programs die with it.
package tracer
