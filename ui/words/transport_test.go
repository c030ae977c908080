package words

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sockstep/netcore"
)

func TestTransport(t *testing.T) {
	connection := aConnection()
	connection.TCPInfo.MSS = 1448
	lossy := connection
	lossy.Shutdown, lossy.Memory = netcore.ShutdownNone, nil
	lossy.TCPInfo = &netcore.TCPInfo{
		RTT: 40 * time.Millisecond, RTO: 1600 * time.Millisecond, Backoff: 3, CWnd: 1, SSThresh: 7, MSS: 1448, Unacked: 2, Lost: 1, TotalRetrans: 4,
	}
	asks := netcore.Socket{State: "SYN_SENT", Protocol: "TCP", TCPInfo: &netcore.TCPInfo{RTO: time.Second, CWnd: 10, MSS: 524, Unacked: 1}}
	for _, test := range []struct {
		name   string
		socket netcore.Socket
		want   string
	}{
		{"connection", connection, "round trip 23 µs, repeats after 204 ms; congestion window 10 segments of 1448 bytes; the peer's window is 65536 bytes; " +
			"1 segment on the way; sends nothing more; 2 packets thrown away for this socket"},
		{"lossy", lossy, "round trip 40 ms, repeats after 1.6 s, doubled 3 times already; congestion window 1 segment of 1448 bytes, slow start up to 7; " +
			"the peer's window is closed; 2 segments on the way, 1 of them taken for lost; 4 segments repeated so far"},
		{"asks", asks, "repeats after 1 s; congestion window 10 segments of 524 bytes; 1 segment on the way"},
		{"listener", netcore.Socket{State: "LISTEN", Shutdown: netcore.ShutdownNone, TCPInfo: &netcore.TCPInfo{CWnd: 10}, Memory: &netcore.SocketMemory{Drops: 1}}, "1 packet thrown away for this socket"},
		{"time wait", netcore.Socket{State: "TIME_WAIT"}, ""},
	} {
		if diff := cmp.Diff(test.want, Transport(&test.socket)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestTold(t *testing.T) {
	s := &netcore.Sample{Changes: []netcore.SocketChange{
		{Cookie: 1, What: "state"}, {Cookie: 1, What: "shutdown"}, {Cookie: 1, What: "owner"},
		{Cookie: 2, What: "shutdown"}, {Cookie: 1, Network: "client", What: "shutdown"},
	}}
	var got []*netcore.SocketChange
	for _, i := range []int{0, 3, 4} {
		got = append(got, &s.Changes[i])
	}
	if diff := cmp.Diff(got, Told(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCounters(t *testing.T) {
	s := &netcore.Sample{Counters: []netcore.CounterChange{
		{Network: "server", Name: "ListenDrops", To: 1}, {Network: "server", Name: "ListenOverflows", To: 1}, {Network: "client", Name: "OutRsts", From: 2, To: 3},
	}}
	want := []string{"The kernel counts in network server: ListenDrops 0 to 1, ListenOverflows 0 to 1.", "The kernel counts in network client: OutRsts 2 to 3."}
	if diff := cmp.Diff(want, Counters(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		23 * time.Microsecond: "23 µs", 1500 * time.Microsecond: "1.5 ms", 204 * time.Millisecond: "204 ms",
		999999 * time.Microsecond: "999.999 ms", time.Second: "1 s", 6400 * time.Millisecond: "6.4 s", 120 * time.Second: "120 s",
	} {
		if got := Span(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
