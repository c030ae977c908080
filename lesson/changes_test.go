package lesson

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/netcore"
)

// TestChangesOfASocketInTimeWait wants what the kernel keeps in TIME_WAIT told
// apart from the descriptor it came from, though both have one cookie.
func TestChangesOfASocketInTimeWait(t *testing.T) {
	row := func(state string, owners ...netcore.Owner) netcore.Socket {
		return netcore.Socket{Network: "lab", Cookie: 7, State: state, Owners: owners}
	}
	owner := netcore.Owner{Process: "client", FD: 3}
	held, closed := row("FIN_WAIT2", owner), row("CLOSE", owner)
	orphan, waits := row("FIN_WAIT2"), row("TIME_WAIT")
	for _, c := range []struct {
		name     string
		was, now []netcore.Socket
		want     []string
	}{
		{"with a descriptor", []netcore.Socket{held}, []netcore.Socket{closed, waits},
			[]string{"client 3: FIN_WAIT2 → CLOSE", "no descriptor, none: FIN_WAIT2 → TIME_WAIT"}},
		{"both stay", []netcore.Socket{closed, waits}, []netcore.Socket{waits, closed}, nil},
		{"the descriptor goes", []netcore.Socket{closed, waits}, []netcore.Socket{waits}, nil},
		{"without a descriptor", []netcore.Socket{orphan}, []netcore.Socket{waits}, []string{"no descriptor, none: FIN_WAIT2 → TIME_WAIT"}},
		{"the minute is over", []netcore.Socket{closed, waits}, []netcore.Socket{closed}, []string{"no descriptor, none: TIME_WAIT → gone"}},
	} {
		var got []string
		for _, d := range diff(netcore.Snapshot{Sockets: c.was}, netcore.Snapshot{Sockets: c.now}) {
			got = append(got, d.Text)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: -want +got\n%s", c.name, d)
		}
	}
}
