// Package tracing makes of programs that nobody here wrote, run under a tracer or read
// from a recording, what a session makes of a lesson: views, one after the other, that
// a stage can show, and moves. It knows what the record says and what the tracer tells;
// it models nothing, and what a recording does not hold is said and not made up.
package tracing
