package netcore

import "testing"

func TestStandardDescriptors(t *testing.T) {
	for _, c := range []struct {
		d    Descriptor
		want bool
	}{
		{Descriptor{FD: 0, Kind: "device"}, true},
		{Descriptor{FD: 2, Kind: "pipe"}, true},
		{Descriptor{FD: 0, Kind: "socket"}, false},
		{Descriptor{FD: 3, Kind: "device"}, false},
		{Descriptor{FD: 3, Kind: "socket"}, false},
	} {
		if got := c.d.Standard(); got != c.want {
			t.Errorf("descriptor %d, a %s: standard %v, want %v", c.d.FD, c.d.Kind, got, c.want)
		}
	}
}
