// Package linear is the front end for whoever cannot or does not want to use
// the whole screen: screen readers, dumb terminals, pipes, logs, graders. It
// plays the same lesson.Session as plain lines: it shows the same texts, asks
// the same questions and takes the same answers, typed and ended with Enter. It
// refuses to move a cursor: no control sequence is ever written, nothing is said
// by position or colour, and what comes from outside is cleaned first.
package linear
