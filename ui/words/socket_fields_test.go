package words

import (
	"slices"
	"testing"
	"time"

	"sockstep/netcore"
)

// aConnection has a value in every field of interest.
func aConnection() netcore.Socket {
	k := sockets()[1]
	k.Domain, k.Type, k.Protocol, k.SendQ, k.Shutdown, k.Congestion, k.Source = "AF_INET", "SOCK_STREAM", "TCP", 1, netcore.ShutdownSend, "cubic", "sock_diag"
	k.TCPInfo = &netcore.TCPInfo{
		RTT: 23 * time.Microsecond, RTO: 204 * time.Millisecond, CWnd: 10, SendWindow: 65536, Unacked: 1,
		Timestamps: true, WindowScaling: true, SendScale: 7, ReceiveScale: 6,
	}
	k.Memory = &netcore.SocketMemory{SendLimit: 16384, Drops: 2}
	return k
}

func TestSocketFields(t *testing.T) {
	got := SocketFields(aConnection())
	for _, want := range []Field{
		{Name: "descriptors", Value: "client 3"}, {Name: "peer address", Value: "127.0.0.1:7777"},
		{Name: "send queue", Value: "1 byte"}, {Name: "shut down", Value: "send"}, {Name: "rtt", Value: "23 µs"},
		{Name: "minimum rtt", Value: "not measured yet"}, {Name: "rto", Value: "204 ms"}, {Name: "ato", Value: "none"},
		{Name: "cwnd", Value: "10 segments"}, {Name: "ssthresh", Value: "none yet"}, {Name: "send window", Value: "65536 bytes"},
		{Name: "options", Value: "timestamps, window scaling"}, {Name: "window scale", Value: "7, 6"},
		{Name: "congestion control", Value: "cubic"}, {Name: "send buffer", Value: "16384 bytes"}, {Name: "drops", Value: "2"},
	} {
		i := slices.IndexFunc(got, func(f Field) bool { return f.Name == want.Name })
		if i < 0 || got[i].Value != want.Value {
			t.Errorf("no %s %q in %+v", want.Name, want.Value, got)
			continue
		}
		got = got[i+1:] // in this order
	}
	for _, f := range SocketFields(aConnection()) {
		if f.Name == "" || f.Value == "" || f.Meaning == "" {
			t.Errorf("%+v lacks something", f)
		}
	}
}

// TestSocketFieldsLeaveOut asks for sockets the kernel tells little of.
func TestSocketFieldsLeaveOut(t *testing.T) {
	names := func(k netcore.Socket) (all []string) {
		for _, f := range SocketFields(k) {
			all = append(all, f.Name)
		}
		return all
	}
	listener := aConnection()
	listener.State = "LISTEN"
	for name, test := range map[string]struct {
		socket netcore.Socket
		has    string
		lacks  []string
	}{
		"listener":  {listener, "waiting", []string{"rtt", "send queue"}},
		"time wait": {netcore.Socket{State: "TIME_WAIT", Protocol: "TCP"}, "state", []string{"rtt", "shut down", "drops", "congestion control"}},
		"unix":      {netcore.Socket{Domain: "AF_UNIX", Path: "\x00x"}, "name", []string{"protocol", "local address", "rtt"}},
	} {
		got := names(test.socket)
		if !slices.Contains(got, test.has) {
			t.Errorf("%s: no %s in %q", name, test.has, got)
		}
		for _, no := range test.lacks {
			if slices.Contains(got, no) {
				t.Errorf("%s has %s", name, no)
			}
		}
	}
}
