package netcore

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPacketFields(t *testing.T) {
	for _, test := range []struct{ name, packet, want string }{
		{"SYN", aSYN, `IPv4 version 0+1 4
IPv4 header length 0+1 20 bytes
IPv4 service and congestion 1+1 0x00
IPv4 total length 2+2 60 bytes
IPv4 identification 4+2 0x1d4b
IPv4 flags 6+1 don't fragment
IPv4 fragment offset 6+2 0 bytes
IPv4 time to live 8+1 64
IPv4 protocol 9+1 6, TCP
IPv4 header checksum 10+2 0x1f6f
IPv4 source 12+4 127.0.0.1
IPv4 destination 16+4 127.0.0.1
TCP source port 20+2 40000
TCP destination port 22+2 7777
TCP sequence number 24+4 100
TCP acknowledgement number 28+4 0
TCP header length 32+1 40 bytes
TCP flags 33+1 SYN
TCP window 34+2 65495, before scaling
TCP checksum 36+2 0xfe30
TCP urgent pointer 38+2 0
TCP option 40+4 MSS 65495
TCP option 44+2 SACK permitted
TCP option 46+10 timestamps 1 0
TCP option 56+1 padding
TCP option 57+3 window scale 10`},
		{"data", someData, `payload bytes 52+5 "hello"`},
		{"refused", refused, `ICMP code 21+1 3, port unreachable
ICMP checksum 22+2 0x0000
ICMP rest of the header 24+4 00 00 00 00
quoted IPv4 version 28+1 4`},
		{"quoted", refused, `quoted UDP destination port 50+2 9
quoted UDP length 52+2 9 bytes
quoted UDP checksum 54+2 0xfe1c
quoted payload bytes 56+1 "x"`},
		{"IPv6", sixSYN, `IPv6 hop limit 7+1 60
IPv6 source 8+16 ::1
IPv6 destination 24+16 ::1
TCP source port 40+2 40000`},
		{"nothing", "45", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, f := range PacketFields(packetBytes(t, test.packet)) {
				got = append(got, fmt.Sprintf("%s %s %d+%d %s", f.Layer, f.Name, f.Offset, f.Length, f.Text))
			}
			if all := strings.Join(got, "\n"); !strings.Contains(all, test.want) || test.name == "SYN" && all != test.want {
				t.Error(cmp.Diff(test.want, all))
			}
		})
	}
}

// FuzzPacketFields holds the fields inside the packet, in order, and printable.
func FuzzPacketFields(f *testing.F) {
	for _, p := range []string{aSYN, someData, refused, sixSYN} {
		f.Add(packetBytes(f, p))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		last := 0
		for _, k := range PacketFields(raw) {
			if k.Offset < last || k.Length < 1 || k.Offset+k.Length > len(raw) {
				t.Fatalf("%+v after %d of %d", k, last, len(raw))
			}
			last = k.Offset
			if i := strings.IndexFunc(k.Layer+k.Name+k.Text, func(r rune) bool { return r < ' ' || r > '~' }); i >= 0 {
				t.Fatalf("not printable: %q", k.Text)
			}
		}
	})
}
