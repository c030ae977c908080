package netcore

import "fmt"

var tierNames = map[Tier]string{
	TierUnknown: "unknown",
	TierUser:    "user",
	TierNetwork: "network",
	TierCapture: "capture",
	TierHost:    "host",
}

// String returns the tier's name as TierVariable takes it.
func (t Tier) String() string { return tierNames[t] }

// ParseTier returns the tier of a name.
func ParseTier(name string) (Tier, error) {
	for t, n := range tierNames {
		if n == name && t != TierUnknown {
			return t, nil
		}
	}
	return TierUnknown, fmt.Errorf("no tier %q: want user, network, capture or host", name)
}
