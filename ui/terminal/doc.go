// Package terminal owns the terminal a full-screen program runs in, and draws the program's view when it changed, not
// on a clock. Bubble Tea runs the model and its commands; raw mode, keyboard, size, alternate screen, cursor,
// mouse, paste, title, suspending and the way back on every ending are here, in one place, so that they can go when
// the framework draws on demand itself. It refuses to leave a terminal changed, to wait for a terminal (for its
// answers, or for it to read), and to write to it anything a cell of text could hide.
package terminal
