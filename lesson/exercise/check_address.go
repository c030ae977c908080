package exercise

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"

	"sockstep/lesson/exercise/check"
)

func init() {
	register("address",
		check.Criterion{
			Name: "family", Belief: "M09",
			Try: "sin_family = AF_INET, as it is: only this machine reads it. The port and the address go on the wire.",
			Check: func(t *check.T) {
				want := binary.NativeEndian.AppendUint16(nil, 2)
				compare(t, "127.0.0.1", 7777, 0, want)
			},
		},
		check.Criterion{
			Name: "port", Needs: []string{"family"}, Belief: "M07",
			Try: "sin_port = htons(port): the kernel reads it with the high byte first, on whatever machine.",
			Check: func(t *check.T) {
				for _, port := range []uint16{7777, 80, 65535} {
					compare(t, "127.0.0.1", port, 2, binary.BigEndian.AppendUint16(nil, port))
				}
			},
		},
		check.Criterion{
			Name: "host", Needs: []string{"family"},
			Try: "inet_pton() writes the address in network byte order: leave it as it is.",
			Check: func(t *check.T) {
				for _, host := range []string{"127.0.0.1", "192.0.2.200", "255.255.255.255"} {
					compare(t, host, 7777, 4, netip.MustParseAddr(host).AsSlice())
				}
			},
		},
		check.Criterion{
			Name: "zeros", Needs: []string{"family"},
			Try: "Begin with struct sockaddr_in a = {0}, and print sizeof a bytes, in one line.",
			Check: func(t *check.T) {
				compare(t, "127.0.0.1", 7777, 8, make([]byte, 8))
			},
		},
		check.Criterion{
			Name: "text", Needs: []string{"host"},
			Try: "Use inet_pton(), and compare what it returns with 1: 0 is text that is no address.",
			Check: func(t *check.T) {
				for _, host := range []string{"127.1", "localhost", "1.2.3.256", ""} {
					refused(t, host, "7777")
				}
			},
		},
		check.Criterion{
			Name: "range", Needs: []string{"port"}, Belief: "M08",
			Try: "Read the number with strtoul(), see that nothing stands behind it, and compare it with 65535 before it goes into 16 bits.",
			Check: func(t *check.T) {
				for _, port := range []string{"70000", "-1", "http", ""} {
					refused(t, "127.0.0.1", port)
				}
			},
		},
		check.Criterion{
			Name: "reason", Needs: []string{"text", "range"},
			Try: "Print what is wrong with fprintf(stderr, ...) before the program ends.",
			Check: func(t *check.T) {
				for _, a := range [][]string{{"localhost", "7777"}, {"127.0.0.1", "http"}} {
					p := t.Start(check.Args(a...))
					p.Exit()
					if strings.TrimSpace(p.Stderr()) == "" {
						t.Fail("with the arguments %q it said nothing on standard error", a)
					}
				}
			},
		},
	)
}

// compare runs the program and looks for bytes of the structure at a place.
func compare(t *check.T, host string, port uint16, at int, want []byte) {
	p := t.Start(check.Args(host, strconv.Itoa(int(port))))
	p.Status(0)
	line := strings.TrimSuffix(p.Stdout(), "\n")
	got, err := hex.DecodeString(strings.ReplaceAll(line, " ", ""))
	const size = 16
	if err != nil || len(got) != size || line != spaced(got) {
		t.Fail("for %s and %d it printed %q, which are not 16 bytes with a space between", host, port, clip(line))
	}
	if !bytes.Equal(got[at:at+len(want)], want) {
		t.Fail("for %s and %d the bytes %d to %d are %s, %s was expected", host, port, at+1, at+len(want), spaced(got[at:at+len(want)]), spaced(want))
	}
}

// spaced writes bytes in hexadecimal with spaces between.
func spaced(b []byte) string {
	var parts []string
	for _, x := range b {
		parts = append(parts, hex.EncodeToString([]byte{x}))
	}
	return strings.Join(parts, " ")
}

// refused runs the program with arguments it has to refuse.
func refused(t *check.T, host, port string) {
	const misuse = 2
	p := t.Start(check.Args(host, port))
	status := p.Exit()
	if out := p.Stdout(); out != "" {
		t.Fail("with the arguments %q and %q it printed %q", host, port, clip(strings.TrimSpace(out)))
	}
	if status != misuse {
		t.Fail("with the arguments %q and %q the exit status was %d, %d was expected", host, port, status, misuse)
	}
}
