package protocol

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

var (
	aHello   = Hello{Version: Version, PID: 12, TID: 13, Own: []int{40, 42}, Lack: []string{"nothing"}}
	aRequest = Request{ID: 7, Number: 44, Args: []Arg{{Number: ^uint64(0)}, {Memory: true, Bytes: []byte("abc")}, {Memory: true, Bytes: []byte{}}}}
	aResult  = Result{ID: 7, Ret: -1, Errno: 14, Enter: 5, Exit: 6, Registers: []uint64{1, 2}, Memory: []Change{{Arg: 1, Bytes: []byte("abd")}}}
	anOrder  = Order{Seq: 3, Kind: SpawnOrder, PID: -1, Number: -2, Name: "server", Bytes: []byte{1}}
	aReport  = Report{Kind: EndReport, Seq: 3, PID: 4, Errno: 1, Text: "no", Status: 9, Texts: []string{"a", ""}, Bytes: []byte{2}}
	aBatch   = Batch{Lost: 3, Frames: []Frame{
		{Network: NetworkWire, Serial: 7, Fate: 1, From: 1, At: 5, Len: 60, Bytes: []byte{0x45}},
		{Of: 7, Fate: 2, At: 6, Until: 9, Bytes: []byte{}},
	}}
	aSighting = Sighting{
		At: 1, Missing: []string{"x"}, Counters: []Counter{{Network: 1, Name: "ListenDrops", Value: 9}}, Holding: true, Dumps: []Dump{{Network: 2, Family: 2, Protocol: 6, Messages: []byte("m")}},
		Tables: []Table{{PID: 5, FDs: []FD{
			{Number: 3, Target: "socket:[9]", Flags: 0o2000002, Probe: &Probe{
				Domain: 2, Type: 1, Protocol: 6, Cookie: 8, State: 7, RecvQ: 1, SendQ: 2, UID: 3, Local: []byte{2, 0}, Peer: []byte{1}, Stale: true,
				Info: []byte{7, 1}, Congestion: []byte("reno"), Memory: []byte{9},
			}},
			{Number: 4, Target: "/dev/null"},
		}}},
	}
)

func TestRoundTrips(t *testing.T) {
	check(t, aHello, aHello.Append(nil), DecodeHello)
	check(t, aRequest, aRequest.Append(nil), DecodeRequest)
	check(t, aResult, aResult.Append(nil), DecodeResult)
	check(t, anOrder, anOrder.Append(nil), DecodeOrder)
	check(t, aReport, aReport.Append(nil), DecodeReport)
	check(t, aSighting, aSighting.Append(nil), DecodeSighting)
	check(t, aBatch, aBatch.Append(nil), DecodeBatch)
}

// check decodes a body, and then every prefix of it, which must be refused.
func check[T any](t *testing.T, want T, body []byte, decode func([]byte) (T, error)) {
	t.Helper()
	got, err := decode(body)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	for n := range body {
		if _, err := decode(body[:n]); !errors.Is(err, ErrMalformed) {
			t.Errorf("%T: %d of %d bytes: %v, want ErrMalformed", want, n, len(body), err)
		}
	}
	if _, err := decode(append(bytes.Clone(body), 0)); !errors.Is(err, ErrMalformed) {
		t.Errorf("%T: a byte too many: %v, want ErrMalformed", want, err)
	}
}

func TestOtherVersionIsRefused(t *testing.T) {
	h := aHello
	h.Version++
	if _, err := DecodeHello(h.Append(nil)); !errors.Is(err, ErrMalformed) {
		t.Errorf("err = %v", err)
	}
}

func frame(t testing.TB, body []byte) []byte {
	t.Helper()
	f, err := Seal(append(Room(len(body)), body...))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestFrames reads frames of many sizes from a stream that hands out single
// bytes, and in one piece.
func TestFrames(t *testing.T) {
	var stream bytes.Buffer
	var bodies [][]byte
	for _, size := range []int{0, 1, 3, 4, 4095, 1 << 20, 3<<20 + 1} {
		body := bytes.Repeat([]byte{byte(size)}, size)
		bodies = append(bodies, body)
		stream.Write(frame(t, body))
	}
	var r io.Reader = &stream
	for i, want := range bodies {
		if len(want) < 5000 {
			r = iotest.OneByteReader(&stream)
		} else {
			r = &stream
		}
		got, err := Read(r, nil)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("frame %d: %d bytes, %v, want %d", i, len(got), err, len(want))
		}
	}
	if _, err := Read(r, nil); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v, want io.EOF", err)
	}
}

func TestFrameCutShort(t *testing.T) {
	f := frame(t, []byte("hello"))
	for n := 1; n < len(f); n++ {
		if _, err := Read(bytes.NewReader(f[:n]), nil); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%d bytes: %v, want io.ErrUnexpectedEOF", n, err)
		}
	}
}

func TestHugeFrameIsRefused(t *testing.T) {
	if _, err := Read(bytes.NewReader([]byte{0xff, 0xff, 0xff, 0xff}), nil); !errors.Is(err, ErrMalformed) {
		t.Errorf("err = %v", err)
	}
	allocs := testing.AllocsPerRun(1, func() {
		_, _ = Read(bytes.NewReader([]byte{0, 0, 0, 0x0f, 1}), nil)
	})
	if allocs > 10 {
		t.Errorf("%v allocations for a frame that never came", allocs)
	}
}

func TestReadReusesItsBuffer(t *testing.T) {
	buf := make([]byte, 0, 64)
	got, err := Read(bytes.NewReader(frame(t, []byte("hello"))), buf)
	if err != nil || &got[0] != &buf[:1][0] {
		t.Errorf("another buffer was used: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(frame(f, []byte("hello")))
	f.Add([]byte{0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, b []byte) {
		body, err := Read(bytes.NewReader(b), nil)
		if err == nil && !bytes.Equal(frame(t, body), b[:headerSize+len(body)]) {
			t.Errorf("%x was read as %x", b, body)
		}
	})
}

// FuzzDecode checks that what a decoder accepts is encoded to the same bytes
// again.
func FuzzDecode(f *testing.F) {
	for i, b := range [][]byte{
		aHello.Append(nil), aRequest.Append(nil), aResult.Append(nil), anOrder.Append(nil), aReport.Append(nil), aSighting.Append(nil), aBatch.Append(nil),
	} {
		f.Add(uint8(i), b)
	}
	f.Fuzz(func(t *testing.T, kind uint8, b []byte) {
		again, err := recode(kind, b)
		if err == nil && !bytes.Equal(again, b) {
			t.Errorf("kind %d: %x became %x", kind, b, again)
		}
	})
}

func recode(kind uint8, b []byte) ([]byte, error) {
	switch kind % 7 {
	case 0:
		v, err := DecodeHello(b)
		return v.Append(nil), err
	case 1:
		v, err := DecodeRequest(b)
		return v.Append(nil), err
	case 2:
		v, err := DecodeResult(b)
		return v.Append(nil), err
	case 3:
		v, err := DecodeOrder(b)
		return v.Append(nil), err
	case 4:
		v, err := DecodeReport(b)
		return v.Append(nil), err
	case 5:
		v, err := DecodeBatch(b)
		return v.Append(nil), err
	default:
		v, err := DecodeSighting(b)
		return v.Append(nil), err
	}
}
