//go:build linux

package netcore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// diagMessage puts a netlink header in front of a body.
func diagMessage(kind uint16, seq uint32, body []byte) []byte {
	b := binary.NativeEndian.AppendUint32(nil, uint32(unix.SizeofNlMsghdr+len(body)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = binary.NativeEndian.AppendUint16(b, 2)
	b = binary.NativeEndian.AppendUint32(b, seq)
	b = append(append(b, 0, 0, 0, 0), body...)
	return append(b, make([]byte, (4-len(b)%4)%4)...)
}

// timeWait is struct inet_diag_msg of a connection in TIME_WAIT.
func timeWait() []byte {
	b := make([]byte, inetMessageSize)
	b[0], b[1], b[2], b[3] = 2, 6, 3, 1
	copy(b[4:], []byte{0x1e, 0x61, 0x9c, 0x40})
	copy(b[8:], []byte{127, 0, 0, 1})
	copy(b[24:], []byte{127, 0, 0, 2})
	binary.NativeEndian.PutUint32(b[44:], 7)
	binary.NativeEndian.PutUint32(b[48:], 1)
	binary.NativeEndian.PutUint32(b[52:], 59992)
	return b
}

func TestInetSocket(t *testing.T) {
	got, err := inetSocket(unix.IPPROTO_TCP, timeWait())
	if err != nil {
		t.Fatal(err)
	}
	want := Socket{
		Domain: "AF_INET", Type: "SOCK_STREAM", Protocol: "TCP", State: "TIME_WAIT", Bound: true, Cookie: 1<<32 | 7,
		Local: netip.MustParseAddrPort("127.0.0.1:7777"), Peer: netip.MustParseAddrPort("127.0.0.2:40000"),
		Timer: Timer{Kind: "timewait", Expires: 59992e6, Retrans: 1}, Source: "sock_diag",
	}
	if d := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestGather(t *testing.T) {
	one, other := diagMessage(sockDiagByFamily, 5, timeWait()), diagMessage(sockDiagByFamily, 4, timeWait())
	done := diagMessage(unix.NLMSG_DONE, 5, make([]byte, 4))
	got, last, err := gather(bytes.Join([][]byte{one, other, one, done}, nil), 5)
	if err != nil || !last || !bytes.Equal(got, append(bytes.Clone(one), one...)) {
		t.Errorf("gather = %x, %v, %v", got, last, err)
	}
	if _, last, err := gather(one, 5); last || err != nil {
		t.Errorf("without an end: %v, %v", last, err)
	}
	refused := diagMessage(unix.NLMSG_ERROR, 5, int32Bytes(-int32(unix.EPERM)))
	if _, _, err := gather(refused, 5); !errors.Is(err, unix.EPERM) {
		t.Errorf("refused: %v", err)
	}
	for n := 1; n < len(one); n++ {
		if _, _, err := gather(one[:n], 5); !errors.Is(err, errNetlink) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func FuzzDiag(f *testing.F) {
	unixBody := append(make([]byte, unixMessageSize), 9, 0, 0, 0, 'p', 'a', 't', 'h', 0, 0, 0, 0, 8, 0, 2, 0, 1, 0, 0, 0)
	f.Add(diagMessage(sockDiagByFamily, 1, timeWait()))
	f.Add(diagMessage(sockDiagByFamily, 1, unixBody))
	f.Add(diagMessage(unix.NLMSG_ERROR, 1, []byte{1}))
	f.Fuzz(func(t *testing.T, b []byte) {
		messages, _, _ := gather(b, 1)
		_ = eachMessage(messages, func(body []byte) error {
			_, _ = inetSocket(unix.IPPROTO_TCP, body)
			_, _ = unixSocket(body)
			messageInode(unix.AF_UNIX, body)
			messageInode(unix.AF_INET, body)
			return nil
		})
	})
}
