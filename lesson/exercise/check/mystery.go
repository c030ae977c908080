package check

import (
	"slices"
	"strings"

	"sockstep/netcore"
)

// Mystery is a process that has sockets and does nothing with them, beside the program:
// a server that hangs, to be looked at from outside.
type Mystery struct {
	// PID is what the program sees it as in /proc.
	PID int
	// Port is the program's in PORT, at which the mystery listens.
	Port uint16
	// Held are its descriptors of TCP sockets, in order.
	Held []Held
}

// Held is a descriptor of the mystery's, and its socket as sock_diag(7) tells.
type Held struct {
	FD     int
	Socket netcore.Socket
}

// Scene says what a mystery is like.
type Scene struct {
	// Listens has it listen at the program's port; else it did, and its connections
	// have the port still.
	Listens bool
	// Twice gives it a second descriptor of one of its sockets, as dup(2) does.
	Twice bool
}

// Stays reports whether sock_diag still tells what stands in Held.
func (m *Mystery) Stays() bool {
	now, err := m.now()
	return err == nil && slices.EqualFunc(now, m.Held, sameHeld)
}

// sameHeld reports whether two looks at a descriptor saw the same.
func sameHeld(a, b Held) bool {
	return a.FD == b.FD && a.Socket.State == b.Socket.State && a.Socket.RecvQ == b.Socket.RecvQ && a.Socket.SendQ == b.Socket.SendQ
}

// SameState reports whether a word names a state as sock_diag's reader does, in any of
// the ways it is written: "CLOSE_WAIT", "close-wait", "TCP_CLOSE_WAIT", "ESTAB".
func SameState(word, state string) bool {
	plain := strings.NewReplacer("-", "", "_", "").Replace
	word = strings.TrimPrefix(plain(strings.ToUpper(word)), "TCP")
	return word == plain(state) || word == "ESTAB" && state == "ESTABLISHED"
}
