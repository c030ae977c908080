// Package printable turns text from outside (payloads, peers, files, arguments, a program's output) into text that
// only shows, and measures text in display cells. It refuses to pass anything a terminal could obey: controls,
// directions, invisible characters and broken UTF-8 become \xNN, one for each byte. It knows nothing of styles: text
// is cleaned first and coloured afterwards.
package printable
