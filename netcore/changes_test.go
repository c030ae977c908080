package netcore

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChanges(t *testing.T) {
	server := []Owner{{"server", 4}}
	for name, c := range map[string]struct {
		was, now []Socket
		want     []SocketChange
	}{
		"nothing":  {[]Socket{{Cookie: 1, State: "CLOSE"}}, []Socket{{Cookie: 1, State: "CLOSE"}}, nil},
		"timer":    {[]Socket{{Cookie: 1, Timer: Timer{Kind: "on", Expires: 5}}}, []Socket{{Cookie: 1, Timer: Timer{Kind: "on", Expires: 3}}}, nil},
		"new":      {nil, []Socket{{Cookie: 1, State: "CLOSE", Owners: server}}, []SocketChange{{Cookie: 1, Owner: server[0], What: "state", To: "CLOSE"}}},
		"gone":     {[]Socket{{Cookie: 1, State: "TIME_WAIT"}}, nil, []SocketChange{{Cookie: 1, What: "state", From: "TIME_WAIT"}}},
		"listens":  {[]Socket{{Cookie: 1, State: "CLOSE"}}, []Socket{{Cookie: 1, State: "LISTEN", SendQ: 5}}, []SocketChange{{Cookie: 1, What: "state", From: "CLOSE", To: "LISTEN"}}},
		"waiting":  {[]Socket{{Cookie: 1, State: "LISTEN", SendQ: 5}}, []Socket{{Cookie: 1, State: "LISTEN", RecvQ: 1, SendQ: 5}}, []SocketChange{{Cookie: 1, What: "waiting", From: "0", To: "1"}}},
		"queues":   {[]Socket{{Cookie: 1, RecvQ: 5, SendQ: 1}}, []Socket{{Cookie: 1, SendQ: 20}}, []SocketChange{{Cookie: 1, What: "recvq", From: "5", To: "0"}, {Cookie: 1, What: "sendq", From: "1", To: "20"}}},
		"accepted": {[]Socket{{Cookie: 1}}, []Socket{{Cookie: 1, Owners: server}}, []SocketChange{{Cookie: 1, Owner: server[0], What: "owner", To: "server 4"}}},
		"repeats":  {[]Socket{{Cookie: 1}}, []Socket{{Cookie: 1, Timer: Timer{Retrans: 2}}}, []SocketChange{{Cookie: 1, What: "retransmits", From: "0", To: "2"}}},
		"resent":   {[]Socket{{Cookie: 1, TCPInfo: &TCPInfo{TotalRetrans: 1}}}, []Socket{{Cookie: 1, TCPInfo: &TCPInfo{TotalRetrans: 3}}}, []SocketChange{{Cookie: 1, What: "resent", From: "1", To: "3"}}},
		"timeout": {[]Socket{{Cookie: 1, TCPInfo: &TCPInfo{}}}, []Socket{{Cookie: 1, Timer: Timer{Retrans: 1}, TCPInfo: &TCPInfo{TotalRetrans: 1}}},
			[]SocketChange{{Cookie: 1, What: "retransmits", From: "0", To: "1"}}},
		"shutdown":   {[]Socket{{Cookie: 1, Shutdown: ShutdownNone}}, []Socket{{Cookie: 1, Shutdown: ShutdownSend}}, []SocketChange{{Cookie: 1, What: "shutdown", From: "none", To: "send"}}},
		"not told":   {[]Socket{{Cookie: 1, Shutdown: ShutdownSend}}, []Socket{{Cookie: 1}}, nil},
		"first told": {[]Socket{{Cookie: 1}}, []Socket{{Cookie: 1, Shutdown: ShutdownBoth}}, nil},
		"measured":   {[]Socket{{Cookie: 1, TCPInfo: &TCPInfo{RTT: 1, CWnd: 10}, Memory: &SocketMemory{}}}, []Socket{{Cookie: 1, TCPInfo: &TCPInfo{RTT: 2, CWnd: 11}, Memory: &SocketMemory{Forward: 4}}}, nil},
		"networks": {[]Socket{{Cookie: 1, Network: "server"}}, []Socket{{Cookie: 1, Network: "client", State: "CLOSE"}}, []SocketChange{
			{Network: "client", Cookie: 1, What: "state", To: "CLOSE"}, {Network: "server", Cookie: 1, What: "state"}}},
	} {
		if diff := cmp.Diff(c.want, Changes(Snapshot{Sockets: c.was}, Snapshot{Sockets: c.now}).Changes); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestChangesCarry looks at what comes along with a change, and that it needs one.
func TestChangesCarry(t *testing.T) {
	was := Snapshot{Sockets: []Socket{{Cookie: 1, TCPInfo: &TCPInfo{CWnd: 10}}}}
	now := Snapshot{Sockets: []Socket{{Cookie: 1, TCPInfo: &TCPInfo{CWnd: 20}}}}
	if s := Changes(was, now); !s.empty() {
		t.Errorf("a congestion window alone is told: %+v", s)
	}
	now.Sockets[0].RecvQ = 5
	if s := Changes(was, now); len(s.Sockets) != 1 || s.Sockets[0].TCPInfo.CWnd != 20 {
		t.Errorf("the new values do not ride along: %+v", s)
	}
}

func TestChangesOfCounters(t *testing.T) {
	count := func(network, name string, n uint64) Counter { return Counter{Network: network, Name: name, Value: n} }
	was := Snapshot{Counters: []Counter{count("server", "OutRsts", 1), count("client", "OutRsts", 1)}}
	now := Snapshot{Counters: []Counter{count("server", "OutRsts", 1), count("client", "OutRsts", 3), count("client", "InErrs", 9)}}
	got := Changes(was, now)
	if diff := cmp.Diff([]CounterChange{{Network: "client", Name: "OutRsts", From: 1, To: 3}}, got.Counters); diff != "" || got.empty() {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s := Changes(Snapshot{}, now); !s.empty() {
		t.Errorf("the first look tells of %+v", s)
	}
}
