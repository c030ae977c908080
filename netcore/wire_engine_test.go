//go:build linux

package netcore

import (
	"testing"

	"golang.org/x/sys/unix"

	"sockstep/netcore/protocol"
)

// looseWire is an engine whose ends lead to sockets of the test: what is sent to an
// end can be read from far.
func looseWire(t *testing.T) (w *wireEngine, far [2]int) {
	t.Helper()
	var near [2]int
	for i := range near {
		pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _, _ = unix.Close(pair[0]), unix.Close(pair[1]) })
		near[i], far[i] = pair[0], pair[1]
	}
	return newWireEngine(near[0], near[1], func(*protocol.Batch) {}), far
}

// frameOf is an Ethernet frame of a type.
func frameOf(kind uint16, payload string) []byte {
	b := append(make([]byte, 12), byte(kind>>8), byte(kind))
	return append(b, payload...)
}

func readable(fd int) (n int) {
	buf := make([]byte, 2048)
	for {
		if _, err := unix.Read(fd, buf); err != nil {
			return n
		}
		n++
	}
}

// TestWireCountsFloods floods the wire faster than a program could look: what is
// told is bounded, the rest counted, and every packet goes on.
func TestWireCountsFloods(t *testing.T) {
	const flood = 3 * maxUnsaid
	w, far := looseWire(t)
	arrived := 0
	for range flood {
		w.take(1, frameOf(unix.ETH_P_IP, "x"), 1)
		arrived += readable(far[0])
	}
	if told := len(w.unsaid.Frames); told > maxUnsaid || told == 0 || uint64(told)+w.unsaid.Lost != flood {
		t.Errorf("%d told, %d counted, of %d", told, w.unsaid.Lost, flood)
	}
	if arrived != flood {
		t.Errorf("%d of %d arrived", arrived, flood)
	}
}

// TestWireFloodsWhileHolding fills what can be held and goes on.
func TestWireFloodsWhileHolding(t *testing.T) {
	const flood = 3 * maxUnsaid
	w, _ := looseWire(t)
	w.holding = true
	for range flood {
		w.take(1, frameOf(unix.ETH_P_IP, "x"), 1)
	}
	first, dropped := 0, 0
	for _, f := range w.unsaid.Frames {
		if f.Of == 0 {
			first++
		} else if Fate(f.Fate) == FateDropped {
			dropped++
		}
	}
	if len(w.held) != maxHeld || len(w.unsaid.Frames) > maxUnsaid+2 || first-dropped != maxHeld || uint64(first)+w.unsaid.Lost != flood {
		t.Errorf("%d held, %d sightings, %d first, %d dropped, %d counted", len(w.held), len(w.unsaid.Frames), first, dropped, w.unsaid.Lost)
	}
}

// TestWireKeepsOrderOfArrival reckons times that go back, as two clocks can make
// them: packets of one end keep their order.
func TestWireKeepsOrderOfArrival(t *testing.T) {
	w, _ := looseWire(t)
	for _, c := range []struct {
		from     int
		at, want int64
	}{{0, 100, 100}, {0, 90, 100}, {1, 95, 95}, {0, 101, 101}} {
		if got := w.came(c.from, c.at); got != c.want {
			t.Errorf("end %d at %d: %d, want %d", c.from, c.at, got, c.want)
		}
	}
}

// TestWirePassesOthersInSilence sends what is no IP packet, whole or cut short.
func TestWirePassesOthersInSilence(t *testing.T) {
	w, far := looseWire(t)
	w.holding = true
	for _, frame := range [][]byte{frameOf(unix.ETH_P_ARP, "who has"), frameOf(unix.ETH_P_IP, ""), {1}} {
		w.take(0, frame, 1)
	}
	if got := readable(far[1]); got != 3 || len(w.unsaid.Frames) != 0 || len(w.held) != 0 {
		t.Errorf("%d passed, %d told, %d held", got, len(w.unsaid.Frames), len(w.held))
	}
}

// TestWireSaysWhatCouldNotGo has an end without room.
func TestWireSaysWhatCouldNotGo(t *testing.T) {
	w, _ := looseWire(t)
	for len(w.unsaid.Frames) < 10000 {
		w.take(0, frameOf(unix.ETH_P_IP, "x"), 1)
		if n := len(w.unsaid.Frames); w.unsaid.Frames[n-1].Of != 0 {
			if f := w.unsaid.Frames[n-1]; Fate(f.Fate) != FateDropped || f.Of != w.serial || f.Network != protocol.NetworkServer {
				t.Errorf("the last sighting is %+v", f)
			}
			return
		}
	}
	t.Error("nothing was ever refused")
}
