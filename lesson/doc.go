// Package lesson is what is taught: the course as files, the session that walks
// a cast of processes through a lesson step by step, questions and how the
// kernel marks them, and progress. It makes no system call itself (netcore does)
// and knows nothing of screens.
package lesson
