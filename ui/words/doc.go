// Package words says in words what happened between the programs: packets, changes
// of sockets, timers, settings; and how questions were answered. All front ends use it, so
// that the same thing is called the same everywhere. It only reads what was recorded,
// and writes nothing: whoever prints its texts cleans them.
package words
