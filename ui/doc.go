// Package ui is the full-screen program: the list of lessons, the stage on which
// one is played, help, and the questions asked over them. It draws lesson.View
// values and turns keys into a session's moves. It makes no system call, never
// waits inside Update or View, and never lets text from outside reach the
// terminal uncleaned.
package ui
