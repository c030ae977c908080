package netcore

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"
)

// The wire joins two networks, one at each end: that of the process the Options
// name as Server, on the left, and that of all others, on the right. Their
// addresses are ServerAddress and ClientAddress.
const (
	ServerAddress = "10.0.0.1"
	ClientAddress = "10.0.0.2"
	ServerNetwork = "server"
	ClientNetwork = "client"
	WireNetwork   = "wire"
)

// WireVerb is what can be done with a packet on the wire, or with the wire.
type WireVerb string

// The verbs. The first four are done with one held packet.
const (
	WirePass      WireVerb = "pass"      // let it go on
	WireDrop      WireVerb = "drop"      // it goes no further
	WireDuplicate WireVerb = "duplicate" // let it go on, twice
	WireDelay     WireVerb = "delay"     // let it go on by itself after a time
	WireHold      WireVerb = "hold"      // from now on packets stop in the middle
	WireFlow      WireVerb = "flow"      // from now on they pass; those held go on
)

// WireAct is one thing the learner does as the network.
type WireAct struct {
	Verb WireVerb
	// Packet is the Number of a held packet, 0 for the one held longest.
	Packet uint32
	// After is how long WireDelay waits.
	After time.Duration
}

// WireState is how the wire stands.
type WireState struct {
	Holding bool
	Held    []HeldPacket // in the order in which they came
}

// HeldPacket is a packet that waits in the middle of the wire.
type HeldPacket struct {
	Number uint32
	Event  ID
	At     int64 // when it came, monotonic nanoseconds
	// Until is when a delayed packet goes on, 0 for one that waits to be let go.
	Until int64
}

// ErrNoPacket is what Act answers about a packet that is not held on the wire, or
// not any more.
var ErrNoPacket = errors.New("no such packet is held on the wire")

// longestDelay bounds WireDelay.
const longestDelay = time.Hour

// Act does something with the wire, or with a packet that is held on it. Holding
// and flowing are recorded as settings, what becomes of a packet as its second
// sighting. A packet that was told to wait keeps its time when the wire flows.
func (l *Lab) Act(ctx context.Context, a WireAct) error {
	if a.Verb == WireHold || a.Verb == WireFlow {
		return l.Apply(ctx, StageSetting{Kind: SettingWire, Value: string(a.Verb)})
	}
	serial, err := l.actable(a)
	if err == nil {
		err = l.ground.act(ctx, a, serial)
	}
	if errors.Is(err, syscall.ENOENT) {
		err = ErrNoPacket
	}
	if err != nil {
		return fmt.Errorf("wire: %s: %w", a.Verb, err)
	}
	return nil
}

// actable returns the serial of the packet an act is about, 0 for the one held
// longest.
func (l *Lab) actable(a WireAct) (uint64, error) {
	switch a.Verb {
	case WirePass, WireDrop, WireDuplicate:
	case WireDelay:
		if a.After <= 0 || a.After > longestDelay {
			return 0, fmt.Errorf("%v is no time to wait", a.After)
		}
	default:
		return 0, fmt.Errorf("%q is nothing to do with a packet", a.Verb)
	}
	if a.Packet == 0 {
		return 0, nil
	}
	serial, held := l.tap.serial(a.Packet)
	if !held {
		return 0, fmt.Errorf("packet %d: %w", a.Packet, ErrNoPacket)
	}
	return serial, nil
}
