package netcore

import (
	"fmt"

	"golang.org/x/sys/unix"

	"sockstep/netcore/protocol"
)

// territory is one network workers can be in, as the lab process holds it.
type territory struct {
	number uint8 // as protocol counts
	// space is the network namespace's descriptor, -1 for that of the lab process.
	space int
	// link is the interface further addresses belong to.
	link string
	diag *diagSocket // nil where the tables cannot be read
	// counts is nil in a network that is the host's, where the counters are the whole
	// machine's, and where they cannot be read.
	counts *counterFiles
}

func (t *territory) name() string { return networkNames[t.number] }

// networkNames are the networks by number; the lab's own is "host" in a lab
// without one.
var networkNames = [...]string{
	protocol.NetworkLab: "lab", protocol.NetworkServer: ServerNetwork, protocol.NetworkClient: ClientNetwork, protocol.NetworkWire: WireNetwork,
}

// inside runs f on the main thread while that is in a network. Nothing else of the
// lab process goes there.
func (s *station) inside(t *territory, f func() error) error {
	if t.space < 0 {
		return f()
	}
	if err := unix.Setns(t.space, unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("enter the network %s: %w", t.name(), err)
	}
	defer s.comeHome()
	return f()
}

// comeHome takes the main thread back to the lab process's own network. It was
// there a moment ago and may go: should it fail, nothing would be where it is said
// to be, and the lab ends.
func (s *station) comeHome() {
	if err := unix.Setns(s.home, unix.CLONE_NEWNET); err != nil {
		panic(fmt.Sprintf("back to the lab's network: %v", err))
	}
}

// territory returns the network of a number, nil when the lab has none.
func (s *station) territory(number uint8) *territory {
	for _, t := range s.networks {
		if t.number == number {
			return t
		}
	}
	return nil
}
