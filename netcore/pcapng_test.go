package netcore

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// pcapTimeline is a record with packets of a call, of a call that has not returned, of
// the kernel's own, and of the wire.
func pcapTimeline(t *testing.T) *Timeline {
	tl := NewTimeline(Header{Program: "sockstep test", Kernel: "6.0", RealtimeOffset: 1_700_000_000_000_000_000})
	zero := int64(0)
	call := tl.NewID()
	packet := func(at int64, p Packet) ID {
		p.Raw = packetBytes(t, aSYN)
		p.Len = uint32(len(p.Raw))
		return tl.Add(Event{Type: PacketEvent, At: at, Packet: &p})
	}
	packet(1000, Packet{Number: 1, Call: call})
	tl.Add(Event{Type: CallEvent, Call: &Call{ID: call, Process: "client", Name: "close", Args: []Arg{{Name: "fd", Kind: KindFD, Value: 3}}, Ret: &zero, Enter: 900, Exit: 1100}})
	packet(2000, Packet{Number: 2, Own: OwnRetransmission})
	packet(2500, Packet{Number: 3, Call: 999})
	tl.Add(Event{Type: BlockedEvent, At: 2600, Blocked: &Blocked{Call: 999, Process: "server", Text: "send(4, \"\\303\", 1, 0)"}})
	held := packet(3000, Packet{Number: 4, Own: OwnAnswer, Fate: FateHeld})
	packet(4000, Packet{Number: 4, Own: OwnAnswer, Fate: FateDropped, Of: held})
	return tl
}

func TestPcapAsTsharkReadsIt(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("no tshark here:", err)
	}
	file := filepath.Join(t.TempDir(), "a.pcapng")
	var b bytes.Buffer
	for range 2 { // two sections in one file
		if err := WritePcap(&b, pcapTimeline(t)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tshark, "-r", file, "-T", "fields", "-e", "frame.time_epoch", "-e", "tcp.dstport", "-e", "frame.comment")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, &said)
	}
	for l := range strings.Lines(said.String()) {
		if !strings.Contains(l, "Running as user") {
			t.Errorf("a warning: %s", l)
		}
	}
	one := "1700000000.000001000\t7777\tclient: close(3) = 0\n" +
		"1700000000.000002000\t7777\tthe kernel's own: retransmission\n" +
		"1700000000.000002500\t7777\tserver: send(4, \"\\303\", 1, 0), which has not returned\n" +
		"1700000000.000003000\t7777\tthe kernel's own: answer; held on the wire, then dropped\n"
	got := strings.ReplaceAll(string(out), `\\`, `\`)
	if got != one+one {
		t.Errorf("got\n%s\nwant twice\n%s", got, one)
	}
}

func TestPcapRecordGoesOn(t *testing.T) {
	whole, parts := bytes.Buffer{}, bytes.Buffer{}
	tl := NewTimeline(Header{})
	r, err := NewPcapRecord(&parts, tl)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		tl.Add(Event{Type: PacketEvent, Packet: &Packet{Raw: packetBytes(t, aSYN), Own: OwnAnswer}})
		if err := r.Extend(); err != nil {
			t.Fatal(err)
		}
	}
	if err := WritePcap(&whole, tl); err != nil || !bytes.Equal(whole.Bytes(), parts.Bytes()) {
		t.Errorf("%v; in parts %d bytes, at once %d", err, parts.Len(), whole.Len())
	}
}

// full is a disk that takes n writes.
type full struct{ n int }

var errFull = errors.New("no space left")

func (f *full) Write(b []byte) (int, error) {
	if f.n--; f.n < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestPcapOnAFullDisk(t *testing.T) {
	for n := range 6 {
		if err := WritePcap(&full{n}, pcapTimeline(t)); !errors.Is(err, errFull) {
			t.Errorf("after %d writes: %v", n, err)
		}
	}
}
