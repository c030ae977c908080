package netcore

// Tier says how much of its own world a lab can have on this machine.
type Tier int

const (
	// TierUnknown is the zero Tier: not probed.
	TierUnknown Tier = iota
	// TierUser: own user and network namespace, no privilege needed.
	TierUser
	// TierNetwork: own network namespace, made with privilege.
	TierNetwork
	// TierCapture: the host's network, but packets can be captured.
	TierCapture
	// TierHost: the host's network and no capture.
	TierHost
)

// Private reports whether the lab has a network of its own.
func (t Tier) Private() bool { return t == TierUser || t == TierNetwork }
