//go:build linux

package netcore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"sockstep/netcore/protocol"
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

// holdsTogether checks what every socket keeps to, whatever it was read from.
func holdsTogether(t *testing.T, s *Socket) {
	t.Helper()
	if !slices.Contains([]string{"", ShutdownNone, ShutdownReceive, ShutdownSend, ShutdownBoth}, s.Shutdown) {
		t.Errorf("shut down: %q", s.Shutdown)
	}
	if strings.Contains(s.Congestion, "\x00") {
		t.Errorf("congestion control %q", s.Congestion)
	}
	if i := s.TCPInfo; i != nil && (i.RTT < 0 || i.SSThresh == noThreshold || i.SendScale > 15 || i.ReceiveScale > 15) {
		t.Errorf("%+v", i)
	}
	again := newWireSocket(*s).socket()
	if !reflect.DeepEqual(s.TCPInfo, again.TCPInfo) || !reflect.DeepEqual(s.Memory, again.Memory) {
		t.Errorf("the stream makes %+v, %+v of %+v, %+v", again.TCPInfo, again.Memory, s.TCPInfo, s.Memory)
	}
}

// TestFuzzDiagSeed looks at the real dump the fuzz target begins with: every
// attribute that is read is in it.
func TestFuzzDiagSeed(t *testing.T) {
	quoted, err := os.ReadFile("testdata/fuzz/FuzzDiag/dump")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(quoted), "[]byte(")
	dump, err := strconv.Unquote(strings.TrimSuffix(strings.TrimSpace(text), ")"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]*Socket{}
	err = eachMessage([]byte(dump), func(body []byte) error {
		q := protocol.Dump{Family: body[0], Protocol: unix.IPPROTO_TCP}
		s, err := decodeSocket(q, body)
		seen[s.Domain+" "+s.State] = &s
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s := seen["AF_INET ESTABLISHED"]
	if s == nil || s.TCPInfo == nil || s.TCPInfo.PMTU != 65535 || s.TCPInfo.MSS == 0 || s.TCPInfo.RTT == 0 || !s.TCPInfo.SACK ||
		s.Congestion != "reno" || s.Memory == nil || s.Memory.ReceiveLimit != 131072 || s.Shutdown != ShutdownNone {
		t.Errorf("established: %+v", s)
	}
	for state, want := range map[string]string{"CLOSE_WAIT": ShutdownReceive, "FIN_WAIT2": ShutdownSend, "TIME_WAIT": "", "LISTEN": ShutdownNone} {
		if s := seen["AF_INET "+state]; s == nil || s.Shutdown != want {
			t.Errorf("%s is shut down for %q: %+v", state, want, s)
		}
	}
	if s := seen["AF_INET TIME_WAIT"]; s == nil || s.TCPInfo != nil || s.Memory != nil {
		t.Errorf("in TIME_WAIT: %+v", s)
	}
	if s := seen["AF_UNIX CLOSE"]; s == nil || s.Memory == nil || s.Memory.SendLimit == 0 || s.Shutdown != ShutdownNone {
		t.Errorf("unix: %+v", s)
	}
}

// TestOlderTCPInfo cuts struct tcp_info to what older kernels know.
func TestOlderTCPInfo(t *testing.T) {
	b := make([]byte, 280)
	for i := range b {
		b[i] = byte(i)
	}
	if got := tcpInfo(b[:87]); got != nil {
		t.Errorf("of 87 bytes: %+v", got)
	}
	whole := reflect.ValueOf(tcpInfo(b)).Elem()
	for n := 88; n < len(b); n++ {
		part := reflect.ValueOf(tcpInfo(b[:n])).Elem()
		for i := range part.NumField() {
			if p := part.Field(i); !p.IsZero() && !p.Equal(whole.Field(i)) {
				t.Errorf("of %d bytes %s is %v", n, part.Type().Field(i).Name, p)
			}
		}
	}
	old := tcpInfo(b[:104]) // Linux 2.6
	if old.TotalRetrans != binary.NativeEndian.Uint32(b[100:]) || old.BytesAcked != 0 || old.SendWindow != 0 || old.MinRTT != 0 {
		t.Errorf("of 104 bytes: %+v", old)
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
			inet, _ := inetSocket(unix.IPPROTO_TCP, body)
			local, _ := unixSocket(body)
			for _, s := range []Socket{inet, local, probedSocket(&protocol.Probe{Info: body, Congestion: body, Memory: body})} {
				holdsTogether(t, &s)
			}
			messageInode(unix.AF_UNIX, body)
			messageInode(unix.AF_INET, body)
			return nil
		})
	})
}
