package netcore

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sockaddrTests are the cases of testdata/sockaddr.txt, in its order.
var sockaddrTests = []struct {
	name      string
	layout    Layout
	structure string // empty: by the family
	raw       string // hexadecimal
	length    int
}{
	{"AF_INET", LinuxLayout, "", "02001e617f0000010000000000000000", 16},
	{"port without htons", LinuxLayout, "", "0200611e7f0000010000000000000000", 16},
	{"sin_zero not zero", LinuxLayout, "", "02001e617f0000010000000000000001", 16},
	{"nothing", LinuxLayout, "", "", 0},
	{"one byte", LinuxLayout, "", "02", 1},
	{"family alone", LinuxLayout, "", "0200", 2},
	{"half a port", LinuxLayout, "", "02001e", 3},
	{"length too short", LinuxLayout, "", "02001e617f0000010000000000000000", 6},
	{"length inside the port", LinuxLayout, "", "02001e617f0000010000000000000000", 3},
	{"length 0", LinuxLayout, "", "02001e617f0000010000000000000000", 0},
	{"length too long", LinuxLayout, "", "02001e617f0000010000000000000000", 20},
	{"trailing bytes", LinuxLayout, "", "02001e617f0000010000000000000000aabb", 16},
	{"trailing bytes within the length", LinuxLayout, "", "02001e617f0000010000000000000000aabb", 18},
	{"AF_INET6", LinuxLayout, "", "0a001e610000000100000000000000000000000000000001" + "02000000", 28},
	{"AF_INET6 without scope", LinuxLayout, "", "0a001e610000000020010db8000000000000000000000001", 24},
	{"AF_UNIX", LinuxLayout, "", "01002f746d702f7300", 9},
	{"AF_UNIX without null byte", LinuxLayout, "", "01002f746d702f73", 8},
	{"AF_UNIX with what follows", LinuxLayout, "", "01002f746d702f7300aabb", 9},
	{"AF_UNIX abstract", LinuxLayout, "", "0100006e616d650a", 8},
	{"AF_UNIX unnamed", LinuxLayout, "", "0100", 2},
	{"AF_UNIX zeroed", LinuxLayout, "sockaddr_un", "0000" + strings.Repeat("00", 108), 110},
	{"AF_UNIX escape sequence", LinuxLayout, "", "01001b5b324a00", 7},
	{"AF_UNIX too long", LinuxLayout, "", "0100" + strings.Repeat("70", 110), 112},
	{"unknown family", LinuxLayout, "", "63001e61", 4},
	{"AF_UNSPEC", LinuxLayout, "", "0000000000000000", 8},
	{"sockaddr_in before the family is set", LinuxLayout, "sockaddr_in", "00000000000000000000000000000000", 16},
	{"sockaddr_in6 as sockaddr_in", LinuxLayout, "sockaddr_in", "0a001e610000000000000000000000000000000000000001" + "00000000", 28},
	{"sockaddr_storage", LinuxLayout, "sockaddr_storage", "02001e617f000001", 8},
	{"macOS AF_INET", DarwinLayout, "", "10021e617f0000010000000000000000", 16},
	{"macOS AF_INET6", DarwinLayout, "", "1c1e1e610000000000000000000000000000000000000001" + "00000000", 28},
	{"FreeBSD AF_INET6", FreeBSDLayout, "", "1c1c1e610000000000000000000000000000000000000001" + "00000000", 28},
	{"macOS given Linux's bytes", DarwinLayout, "", "02001e617f0000010000000000000000", 16},
	{"macOS AF_UNIX", DarwinLayout, "", "09012f746d702f7300", 9},
	{"macOS one byte", DarwinLayout, "", "10", 1},
}

func TestFields(t *testing.T) {
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.Skip("the expected host values are those of a little-endian machine")
	}
	var out strings.Builder
	for _, tt := range sockaddrTests {
		fields := tt.layout.Fields(unhex(t, tt.raw), tt.length)
		if tt.structure != "" {
			fields = tt.layout.FieldsAs(tt.structure, unhex(t, tt.raw), tt.length)
		}
		fmt.Fprintf(&out, "%s: %d bytes, length %d\n----\n", tt.name, len(tt.raw)/2, tt.length)
		for _, f := range fields {
			fmt.Fprintf(&out, "%3d +%-3d %-14s %-8s %-24x %-10s %-16s %5v %s\n",
				f.Offset, f.Length, f.Name, f.Order, f.Raw[:min(len(f.Raw), 12)], f.Host, f.Text[:min(len(f.Text), 16)], f.Complete, f.Note)
		}
		out.WriteByte('\n')
	}
	compareFile(t, "testdata/sockaddr.txt", trimLines(out.String()))
}

func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// compareFile compares a text with a file's, or writes it there with -update.
func compareFile(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestSockaddr(t *testing.T) {
	for _, layout := range []Layout{LinuxLayout, DarwinLayout, FreeBSDLayout} {
		for _, text := range []string{"127.0.0.1:7777", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:80", "[fe80::1%3]:443", "[::ffff:10.0.0.1]:1"} {
			want := netip.MustParseAddrPort(text)
			raw := layout.Sockaddr(want)
			if got, ok := layout.AddrPort(raw); !ok || got != want {
				t.Errorf("%s: the address of % x is %v, %v", text, raw, got, ok)
			}
			for _, f := range layout.Fields(raw, len(raw)) {
				if !f.Complete || f.Note != "" {
					t.Errorf("%s: field %+v", text, f)
				}
			}
		}
	}
}

func TestAddrPortRefuses(t *testing.T) {
	for _, raw := range []string{"", "02", "0200", "02001e617f0000", "0a00" + strings.Repeat("00", 21), "01002f7300", "63001e617f000001"} {
		if got, ok := LinuxLayout.AddrPort(unhex(t, raw)); ok {
			t.Errorf("AddrPort(%s) = %v", raw, got)
		}
	}
}

func FuzzFields(f *testing.F) {
	for _, tt := range sockaddrTests {
		f.Add(unhex(f, tt.raw), tt.length, tt.structure)
	}
	f.Fuzz(func(t *testing.T, raw []byte, length int, structure string) {
		for _, layout := range []Layout{LinuxLayout, DarwinLayout} {
			checkFields(t, layout.Fields(raw, length), raw)
			checkFields(t, layout.FieldsAs(structure, raw, length), raw)
			layout.AddrPort(raw)
		}
	})
}

// checkFields expects fields without gap or overlap that hold all of raw.
func checkFields(t *testing.T, fields []Field, raw []byte) {
	t.Helper()
	at := 0
	for _, f := range fields {
		if f.Offset != at || f.Length <= 0 {
			t.Fatalf("field %+v begins where none should, want %d", f, at)
		}
		if f.Name != "missing" && (len(f.Raw) == 0 || string(f.Raw) != string(raw[f.Offset:f.Offset+len(f.Raw)])) {
			t.Fatalf("field %+v does not hold its bytes", f)
		}
		if strings.IndexFunc(f.Text+f.Host, func(r rune) bool { return r < 0x20 || r > 0x7e }) >= 0 {
			t.Fatalf("field %+v is not printable ASCII", f)
		}
		at += len(f.Raw)
	}
	if at != len(raw) {
		t.Fatalf("fields %+v hold %d of %d bytes", fields, at, len(raw))
	}
}
