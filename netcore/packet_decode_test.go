package netcore

import (
	"encoding/hex"
	"strings"
	"testing"
)

// aSYN and its like are packets as a lab's loopback carried them.
const (
	aSYN     = "4500003c1d4b40004006 1f6f 7f000001 7f000001 9c40 1e61 00000064 00000000 a002 ffd7 fe30 0000 0204ffd7 0402 080a 0000000100000000 01 03030a"
	someData = "450000390001400040060000 7f000001 7f000001 9c40 1e61 00000065 000000c9 8018 0200 fe2d 0000 0101 080a 0000000200000001 68656c6c6f"
	refused  = "45c0003500004000400100007f0000017f000001 0303 0000 00000000 4500001d 0000 4000 4011 0000 7f000001 7f000001 9c41 0009 0009 fe1c 78"
	sixSYN   = "600000000014063c 00000000000000000000000000000001 00000000000000000000000000000001 9c40 1e61 00000001 00000000 5002 ffff 0000 0000"
)

func packetBytes(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDecodePacket(t *testing.T) {
	h := DecodePacket(packetBytes(t, aSYN))
	if h.Summary() != "SYN" || h.From.String() != "127.0.0.1:40000" || h.To.Port() != 7777 || h.Seq != 100 || h.Window != 0xffd7 || h.PayloadLen != 0 {
		t.Errorf("a SYN: %+v", h)
	}
	var options []string
	for _, o := range h.Options {
		options = append(options, o.Text)
	}
	if got := strings.Join(options, ", "); got != "MSS 65495, SACK permitted, timestamps 1 0, window scale 10" {
		t.Errorf("options: %s", got)
	}
	if h := DecodePacket(packetBytes(t, someData)); h.Summary() != "PSH ACK" || string(h.Payload) != "hello" || h.PayloadLen != 5 || h.Malformed != "" {
		t.Errorf("data: %+v", h)
	}
	if h := DecodePacket(packetBytes(t, refused)); h.Summary() != "port unreachable" || h.ICMP.About == nil || h.ICMP.About.To.Port() != 9 {
		t.Errorf("an ICMP error: %+v", h)
	}
	if h := DecodePacket(packetBytes(t, sixSYN)); h.Version != 6 || h.Summary() != "SYN" || h.To.String() != "[::1]:7777" {
		t.Errorf("IPv6: %+v", h)
	}
}

func TestDecodeCutPackets(t *testing.T) {
	for _, text := range []string{aSYN, someData, sixSYN} {
		whole := packetBytes(t, text)
		for n := range whole {
			if h := DecodePacket(whole[:n]); n < 40 && h.Malformed == "" {
				t.Errorf("%d bytes of %s: nothing is said to be wrong", n, text[:8])
			}
		}
	}
}

// FuzzDecodePacket wants no panic, and a payload that is part of the packet.
func FuzzDecodePacket(f *testing.F) {
	for _, text := range []string{aSYN, someData, refused, sixSYN} {
		f.Add(packetBytes(f, text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		h := DecodePacket(raw)
		if len(h.Payload) > len(raw) || len(h.Payload) > h.PayloadLen {
			t.Errorf("a payload of %d bytes, said to be %d, in %d", len(h.Payload), h.PayloadLen, len(raw))
		}
		_ = h.Summary()
	})
}
