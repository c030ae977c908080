package netcore

import (
	"strings"
	"testing"
)

// goodSettings are texts as they are written, each with what String makes of it
// where that differs.
var goodSettings = []struct {
	text, canonical string
	want            StageSetting
}{
	{"sysctl net.core.somaxconn 2", "", StageSetting{Kind: SettingSysctl, Name: "net.core.somaxconn", Value: "2"}},
	{"sysctl server net.ipv4.tcp_retries2 3", "", StageSetting{Kind: SettingSysctl, Process: "server", Name: "net.ipv4.tcp_retries2", Value: "3"}},
	{"sysctl net.ipv4.tcp_rmem 4096\t8192  16384", "sysctl net.ipv4.tcp_rmem 4096 8192 16384", StageSetting{Kind: SettingSysctl, Name: "net.ipv4.tcp_rmem", Value: "4096 8192 16384"}},
	{"sysctl net.ipv4.tcp_congestion_control reno", "", StageSetting{Kind: SettingSysctl, Name: "net.ipv4.tcp_congestion_control", Value: "reno"}},
	{"address 10.9.0.5", "", StageSetting{Kind: SettingAddress, Name: "10.9.0.5"}},
	{"address client 192.0.2.7", "", StageSetting{Kind: SettingAddress, Process: "client", Name: "192.0.2.7"}},
	{"address fd00:0::1", "address fd00::1", StageSetting{Kind: SettingAddress, Name: "fd00::1"}},
	{"address 127.0.0.9", "", StageSetting{Kind: SettingAddress, Name: "127.0.0.9"}},
	{"route 10.9.9.0/24 swallow", "", StageSetting{Kind: SettingRoute, Name: "10.9.9.0/24", Value: "swallow"}},
	{"route client 10.9.9.9 prohibit", "route client 10.9.9.9/32 prohibit", StageSetting{Kind: SettingRoute, Process: "client", Name: "10.9.9.9/32", Value: "prohibit"}},
	{"deaf client 3", "", StageSetting{Kind: SettingDeaf, Process: "client", FD: 3}},
	{" heal  client 0 ", "heal client 0", StageSetting{Kind: SettingHeal, Process: "client"}},
	{"buffer client 3 4608 2304", "", StageSetting{Kind: SettingBuffer, Process: "client", FD: 3, Value: "4608 2304"}},
	{"rlimit server nofile 6", "", StageSetting{Kind: SettingRlimit, Process: "server", Name: "nofile", Value: "6"}},
	{"destroy timewait", "", StageSetting{Kind: SettingDestroy, Name: "timewait"}},
	{"wire", "", StageSetting{Kind: SettingWire}},
	{"wire hold", "", StageSetting{Kind: SettingWire, Value: "hold"}},
}

func TestParseSetting(t *testing.T) {
	for _, c := range goodSettings {
		got, err := ParseSetting(c.text)
		if err != nil || got != c.want {
			t.Errorf("%q: %+v, %v, want %+v", c.text, got, err, c.want)
		}
		want := c.canonical
		if want == "" {
			want = c.text
		}
		if s := got.String(); s != want {
			t.Errorf("%q is written %q, want %q", c.text, s, want)
		}
	}
}

// badSettings are texts with what their error must name.
var badSettings = [][2]string{
	{"", "sysctl, address"},
	{"sysctrl net.core.somaxconn 2", `"sysctrl"`},
	{"sysctl", "missing"},
	{"sysctl kernel.panic 1", `"kernel.panic"`},
	{"sysctl somaxconn 1", "net.core.somaxconn"},
	{"sysctl peer net.core.somaxconn 2", `"peer"`},
	{"sysctl net.core.somaxconn", "0 values"},
	{"sysctl net.core.somaxconn 1 2", "2 values"},
	{"sysctl net.core.somaxconn many", `"many"`},
	{"sysctl net.core.somaxconn -1", `"-1"`},
	{"sysctl net.ipv4.tcp_congestion_control ../x", `"../x"`},
	{"address", "0 of 1"},
	{"address 8.8.8.8", "8.8.8.8 is somebody's"},
	{"address 10.0.0", `"10.0.0"`},
	{"address fe80::1%lo", `"fe80::1%lo"`},
	{"address ::ffff:10.0.0.1", `"::ffff:10.0.0.1"`},
	{"address 10.0.0.5 10.0.0.6", `"10.0.0.6"`},
	{"route 10.9.9.0/24", "1 of 2"},
	{"route 10.9.9.1/24 swallow", "write 10.9.9.0/24"},
	{"route 8.0.0.0/8 swallow", "8.0.0.0/8 is not"},
	{"route 10.0.0.0/7 swallow", "10.0.0.0/7 is not"},
	{"route 0.0.0.0/0 unreachable", "0.0.0.0/0"},
	{"route 127.0.0.0/8 unreachable", "127.0.0.0/8"},
	{"route 10.9.9.0/24 drop", `"drop"`},
	{"route fd00:9::/64 swallow", "IPv4"},
	{"deaf client", "1 of 2"},
	{"deaf client three", `"three"`},
	{"deaf client -1", `"-1"`},
	{"deaf cli\x1b[31m 3", `"cli\x1b[31m"`},
	{"deaf \xff 3", `"\xff"`},
	{"buffer client 3 4608", "3 of 4"},
	{"buffer client 3 4608 99999999999", `"99999999999"`},
	{"rlimit server core 1", `"core"`},
	{"rlimit server nofile six", `"six"`},
	{"destroy everything", `"everything"`},
	{"wire stop", `"stop"`},
	{"wire hold now", `"now"`},
}

func TestParseSettingRefuses(t *testing.T) {
	for _, c := range badSettings {
		s, err := ParseSetting(c[0])
		if err == nil {
			t.Errorf("%q was read as %+v", c[0], s)
		} else if !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%q: %v, which does not say %s", c[0], err, c[1])
		}
	}
}

// FuzzSetting checks that what can be read is written so that it is read again.
func FuzzSetting(f *testing.F) {
	for _, c := range goodSettings {
		f.Add(c.text)
	}
	for _, c := range badSettings {
		f.Add(c[0])
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSetting(text)
		if err != nil {
			return
		}
		again, err := ParseSetting(s.String())
		if err != nil || again != s {
			t.Errorf("%q: %+v is written %q and read as %+v, %v", text, s, s.String(), again, err)
		}
	})
}
