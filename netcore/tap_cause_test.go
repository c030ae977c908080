package netcore

import "testing"

// TestLastCall looks between 100 and 200 for the call that changed something.
func TestLastCall(t *testing.T) {
	returned := []span{
		{id: 1, process: "server", name: "listen", enter: 10, exit: 90},
		{id: 2, process: "server", name: "bind", enter: 95, exit: 120},
		{id: 3, process: "server", name: "accept", enter: 210, exit: 220},
	}
	for name, c := range map[string]struct {
		process, call string
		inside        []span
		want          ID
	}{
		"before both looks":     {"server", "listen", nil, 0},
		"between them":          {"server", "bind", nil, 2},
		"any":                   {"server", "", nil, 2},
		"another's":             {"client", "", nil, 0},
		"inside":                {"client", "", []span{{id: 4, process: "client", name: "send", enter: 150}}, 4},
		"inside, entered after": {"client", "", []span{{id: 4, process: "client", name: "send", enter: 250}}, 0},
	} {
		tap := newTap()
		tap.calls = returned
		if got := tap.lastCall(c.process, c.call, c.inside, 100, 200); got != c.want {
			t.Errorf("%s: call %d, want %d", name, got, c.want)
		}
	}
}
