package ui

import (
	"testing"

	"sockstep/netcore"
)

func TestAcceptQueue(t *testing.T) {
	for _, c := range []struct {
		waiting, limit uint32
		want           string
	}{
		{2, 5, "waiting ■■□□□□ 2, limit 5 holds 6"},
		{0, 0, "waiting □ 0, limit 0 holds 1"},
		{1, 0, "waiting ■ 1 full, limit 0 holds 1"},
		{6, 5, "waiting ■■■■■■ 6 full, limit 5 holds 6"},
		{3, 4096, "waiting ■■■□□□□□□□□□□□□□… 3, limit 4096 holds 4097"},
		{4097, 4096, "waiting ■■■■■■■■■■■■■■■■… 4097 full, limit 4096 holds 4097"},
	} {
		k := netcore.Socket{State: "LISTEN", RecvQ: c.waiting, SendQ: c.limit}
		if got := acceptQueue(&k, queueWord{}, queueWord{}).plain(); got != c.want {
			t.Errorf("%d of %d: %q, want %q", c.waiting, c.limit, got, c.want)
		}
	}
}

func TestByteQueue(t *testing.T) {
	for _, c := range []struct {
		n    uint32
		most int
		want string
	}{
		{0, 16, "rx 0"}, {12, 16, "rx ▪▪▪▪▪▪▪▪▪▪▪▪ 12"}, {17, 16, "rx ▪▪▪▪▪▪▪▪▪ 17 (▪ is 2 bytes)"},
		{5792, 10, "rx ▪▪▪▪▪▪ 5792 (▪ is 1000 bytes)"}, {4294967295, 32, "rx ▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪ 4294967295 (▪ is 200000000 bytes)"},
	} {
		if got := byteQueue("rx", "▪", c.n, queueWord{}, "", c.most).plain(); got != c.want {
			t.Errorf("%d: %q, want %q", c.n, got, c.want)
		}
	}
}

func TestTimerWords(t *testing.T) {
	for _, c := range []struct {
		state string
		timer netcore.Timer
		want  string
	}{
		{"ESTABLISHED", netcore.Timer{Kind: "on", Expires: 8e8, Retrans: 2}, "retransmits in 0.8 s, 2 times so far"},
		{"TIME_WAIT", netcore.Timer{Kind: "timewait", Expires: 56e9}, "ends in 56 s"},
		{"ESTABLISHED", netcore.Timer{Kind: "persist", Expires: 4e8, Retrans: 1}, "probes the window in 0.4 s, once so far"},
		{"ESTABLISHED", netcore.Timer{Kind: "keepalive", Expires: 7200e9}, "probes (keepalive) in 120 min"},
		{"LISTEN", netcore.Timer{}, ""},
	} {
		if got := timerWords(&netcore.Socket{State: c.state, Timer: c.timer}); got != c.want {
			t.Errorf("%v: %q, want %q", c.timer, got, c.want)
		}
	}
}
