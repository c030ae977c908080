package netcore

import (
	"bytes"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/netcore/protocol"
)

func TestAppendCounters(t *testing.T) {
	const text = "Tcp: RtoMin RetransSegs MaxConn OutRsts\nTcp: 200 7 -1 0\nIp: InDiscards\nIpExt: 3\nOther: OutRsts\nOther: 9\nUdp: NoPorts RcvbufErrors\nUdp: 2"
	want := []protocol.Counter{{Network: 1, Name: "RetransSegs", Value: 7}, {Network: 1, Name: "OutRsts"}, {Network: 1, Name: "NoPorts", Value: 2}}
	if diff := cmp.Diff(want, appendCounters(nil, 1, []byte(text))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestCountersAreThere holds the table against the running kernel: a name that it
// does not have is a mistake in the table, or too old a kernel.
func TestCountersAreThere(t *testing.T) {
	var files []byte
	for _, name := range []string{"netstat", "snmp"} {
		text, err := os.ReadFile("/proc/net/" + name)
		if err != nil {
			t.Skip("the counters cannot be read here:", err)
		}
		files = append(files, text...)
	}
	got := appendCounters(nil, 0, files)
	for group, of := range countedBy {
		for name, meaning := range of {
			if !slices.ContainsFunc(got, func(c protocol.Counter) bool { return c.Name == name }) {
				t.Errorf("the kernel has no %s %s", group, name)
			}
			if CounterMeaning(name) != meaning {
				t.Errorf("two counters are called %s", name)
			}
		}
	}
}

// TestSnapshotCounters makes things go wrong in a lab and finds them counted.
func TestSnapshotCounters(t *testing.T) {
	l := openLab(t, Options{})
	if !l.Tier().Private() {
		if n := len(snapshot(t, l).Counters); n != 0 {
			t.Errorf("%d counters of the whole machine", n)
		}
		t.Skip("no private network here:", l.Missing())
	}
	manyStates(t, l)
	snap := snapshot(t, l)
	for name, want := range map[string]uint64{"ListenOverflows": 1, "ListenDrops": 1, "OutRsts": 0, "InErrs": 0} {
		if i := slices.IndexFunc(snap.Counters, func(c Counter) bool { return c.Name == name }); i < 0 || snap.Counters[i].Value != want || snap.Counters[i].Network != "lab" {
			t.Errorf("%s is not %d in %+v", name, want, snap.Counters)
		}
	}
}

func FuzzCounters(f *testing.F) {
	for _, name := range []string{"netstat", "snmp"} {
		if text, err := os.ReadFile("/proc/net/" + name); err == nil {
			f.Add(text)
		}
	}
	f.Add([]byte("Tcp: OutRsts\nTcp: 18446744073709551615\nTcp:\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if got := appendCounters(nil, 0, text); len(got) > bytes.Count(text, []byte(" "))+1 {
			t.Errorf("%d counters", len(got))
		}
	})
}

// BenchmarkCounters reads one network's counters.
func BenchmarkCounters(b *testing.B) {
	c, err := openCounters()
	if err != nil {
		b.Skip(err)
	}
	for b.Loop() {
		if _, err := c.read(0); err != nil {
			b.Fatal(err)
		}
	}
}
