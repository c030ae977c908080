package netcore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/netcore/protocol"
)

const (
	// maxHeld is how many packets the wire holds; what comes then is dropped, and
	// that is reported.
	maxHeld = 512
	// maxUnsaid is how many sightings wait to be told; beyond it, as beyond the
	// budget, passing packets are counted only.
	maxUnsaid = 4096
	// maxTurn is how many packets are taken before others get their turn.
	maxTurn = 1024

	etherHeader = 14
	etherFrame  = 1 << 16
)

// wireEngine carries packets between the two ends of the wire, through the hands
// of the lab process. All packets of one direction keep their order, unless
// somebody holds them.
type wireEngine struct {
	ends  [2]wireEnd
	bring func(*protocol.Batch)
	wake  chan struct{} // there is something to tell

	telling sync.Mutex // held while a batch is under way, so that batches keep their order

	mu      sync.Mutex
	holding bool
	serial  uint64
	held    []*heldFrame // in the order in which they came
	unsaid  protocol.Batch
	budget  budget
	buf     []byte
	oob     []byte
}

// wireEnd is a packet socket on the middle's interface for an end.
type wireEnd struct {
	fd     int
	number uint8 // of the end's network
	last   int64 // when the last packet came from there
}

// heldFrame is a packet that waits in the middle.
type heldFrame struct {
	serial uint64
	from   int // index in ends
	frame  []byte
	timer  *time.Timer // nil unless it was delayed
	until  int64
}

func newWireEngine(server, client int, bring func(*protocol.Batch)) *wireEngine {
	return &wireEngine{
		ends:  [2]wireEnd{{fd: server, number: protocol.NetworkServer}, {fd: client, number: protocol.NetworkClient}},
		bring: bring, wake: make(chan struct{}, 1), buf: make([]byte, etherFrame), oob: make([]byte, 128),
	}
}

// run carries packets until the lab ends.
func (w *wireEngine) run() {
	go w.tell()
	for {
		fds := []unix.PollFd{{Fd: int32(w.ends[0].fd), Events: unix.POLLIN}, {Fd: int32(w.ends[1].fd), Events: unix.POLLIN}}
		if _, err := unix.Poll(fds, -1); err != nil && err != unix.EINTR {
			return
		}
		w.mu.Lock()
		w.receive()
		w.mu.Unlock()
	}
}

// tell brings what there is to tell, apart from the carrying: a program that reads
// slowly must not slow the wire down.
func (w *wireEngine) tell() {
	for range w.wake {
		w.drain()
	}
}

// drain brings every sighting made so far, and reports whether the wire holds.
func (w *wireEngine) drain() (holding bool) {
	w.telling.Lock()
	defer w.telling.Unlock()
	w.mu.Lock()
	batch := w.unsaid
	w.unsaid = protocol.Batch{}
	holding = w.holding
	w.mu.Unlock()
	if batch.Lost > 0 || len(batch.Frames) > 0 {
		w.bring(&batch)
	}
	return holding
}

// flush takes what has reached the middle and brings every sighting made so far.
func (w *wireEngine) flush() (holding bool) {
	w.mu.Lock()
	w.receive()
	w.mu.Unlock()
	return w.drain()
}

// receive takes what waits at both ends, without blocking.
func (w *wireEngine) receive() {
	offset := RealtimeOffset()
	for turn, quiet := 0, 0; turn < maxTurn && quiet < 2; turn++ {
		from := turn % 2
		n, oobn, _, err := receivePacket(w.ends[from].fd, w.buf, w.oob)
		if err != nil {
			quiet++
			continue
		}
		quiet = 0
		w.take(from, w.buf[:min(n, len(w.buf))], w.came(from, stampOf(w.oob[:oobn])-offset))
	}
	for _, e := range w.ends {
		w.unsaid.Lost += droppedFrames(e.fd)
	}
	w.rouse()
}

// came returns the time of a packet's arrival, never before that of the one in front
// of it: the two clocks it is reckoned from do not agree to the nanosecond.
func (w *wireEngine) came(from int, at int64) int64 {
	e := &w.ends[from]
	e.last = max(e.last, at)
	return e.last
}

// rouse has tell look, if there is anything.
func (w *wireEngine) rouse() {
	if w.unsaid.Lost == 0 && len(w.unsaid.Frames) == 0 {
		return
	}
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// droppedFrames is how many packets the socket had no room for since it was asked
// last, packet(7) PACKET_STATISTICS. The wire has lost those.
func droppedFrames(fd int) uint64 {
	stats, err := unix.GetsockoptTpacketStats(fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return 0
	}
	return uint64(stats.Drops)
}

// take lets a frame go on, or holds it. What is not IP is passed on in silence.
func (w *wireEngine) take(from int, frame []byte, at int64) {
	if !carriesIP(frame) {
		_ = w.send(1-from, frame)
		return
	}
	w.serial++
	if w.holding {
		w.hold(from, bytes.Clone(frame), at)
		return
	}
	err := w.send(1-from, frame)
	if !w.tellable() {
		w.unsaid.Lost++
		return
	}
	w.say(w.first(from, bytes.Clone(frame[etherHeader:]), at, FateNone))
	if err != nil {
		w.say(w.second(w.serial, from, FateDropped))
	}
}

// tellable reports whether one more packet that nobody can act on is told, or only
// counted: of a flood the program keeps a part.
func (w *wireEngine) tellable() bool { return len(w.unsaid.Frames) < maxUnsaid && w.budget.spend() }

// carriesIP looks at the type of an Ethernet frame.
func carriesIP(frame []byte) bool {
	if len(frame) <= etherHeader {
		return false
	}
	kind := binary.BigEndian.Uint16(frame[12:])
	return kind == unix.ETH_P_IP || kind == unix.ETH_P_IPV6
}

// hold keeps a frame, which is the engine's from now on.
func (w *wireEngine) hold(from int, frame []byte, at int64) {
	full := len(w.held) >= maxHeld
	if full && !w.tellable() {
		w.unsaid.Lost++
		return
	}
	w.say(w.first(from, frame[etherHeader:], at, FateHeld))
	if full {
		w.say(w.second(w.serial, from, FateDropped))
		return
	}
	w.held = append(w.held, &heldFrame{serial: w.serial, from: from, frame: frame})
}

// first is the sighting of a packet that came into the middle.
func (w *wireEngine) first(from int, packet []byte, at int64, fate Fate) protocol.Frame {
	number := w.ends[from].number
	return protocol.Frame{
		Network: number, From: number, Serial: w.serial, Fate: uint8(fate), At: at,
		Len: uint32(len(packet)), Bytes: packet[:min(len(packet), SnapLength)],
	}
}

// second is what became of a packet: it was seen at the end it went to, or is
// still where it came from.
func (w *wireEngine) second(serial uint64, from int, fate Fate) protocol.Frame {
	f := protocol.Frame{Of: serial, From: w.ends[from].number, Network: w.ends[from].number, Fate: uint8(fate), At: Now()}
	if fate == FatePassed || fate == FateDuplicated {
		f.Network = w.ends[1-from].number
	}
	return f
}

func (w *wireEngine) say(f protocol.Frame) { w.unsaid.Frames = append(w.unsaid.Frames, f) }

// send puts a frame on the way to an end. It does not wait for room.
func (w *wireEngine) send(to int, frame []byte) error {
	_, err := unix.Write(w.ends[to].fd, frame)
	return err
}

// act does what a WireAct says. Serial 0 is the packet held longest of those that
// were not told to wait for a time.
func (w *wireEngine) act(verb WireVerb, serial uint64, after time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.receive() // what came before the act is held before it
	defer w.rouse()
	switch verb {
	case WireHold:
		w.holding = true
		return nil
	case WireFlow:
		w.flow()
		return nil
	}
	h := w.find(serial)
	if h == nil {
		return unix.ENOENT
	}
	switch verb {
	case WirePass:
		w.release(h, FatePassed)
	case WireDrop:
		w.release(h, FateDropped)
	case WireDuplicate:
		w.release(h, FatePassed, FateDuplicated)
	case WireDelay:
		w.delay(h, after)
	default:
		return fmt.Errorf("%q: %w", verb, unix.EINVAL)
	}
	return nil
}

// flow lets all go that wait for nothing but a hand.
func (w *wireEngine) flow() {
	w.holding = false
	for _, h := range slices.Clone(w.held) {
		if h.timer == nil {
			w.release(h, FatePassed)
		}
	}
}

func (w *wireEngine) find(serial uint64) *heldFrame {
	var delayed *heldFrame
	for _, h := range w.held {
		switch {
		case serial != 0 && h.serial == serial, serial == 0 && h.timer == nil:
			return h
		case serial == 0 && delayed == nil:
			delayed = h
		}
	}
	return delayed
}

// release ends the holding of a packet, with a sighting for each thing that is
// done with it.
func (w *wireEngine) release(h *heldFrame, fates ...Fate) {
	if h.timer != nil {
		h.timer.Stop()
	}
	w.held = slices.DeleteFunc(w.held, func(o *heldFrame) bool { return o == h })
	all := make([]protocol.Frame, len(fates)) // stamped before the first of them can be answered
	for i, fate := range fates {
		all[i] = w.second(h.serial, h.from, fate)
	}
	for i, fate := range fates {
		if fate != FateDropped && w.send(1-h.from, h.frame) != nil {
			all[i] = w.second(h.serial, h.from, FateDropped)
		}
		w.say(all[i])
	}
}

// delay has a held packet go on by itself. One that was delayed before starts
// anew.
func (w *wireEngine) delay(h *heldFrame, after time.Duration) {
	if h.timer != nil {
		h.timer.Stop()
	}
	seen := w.second(h.serial, h.from, FateDelayed)
	h.until = seen.At + int64(after)
	seen.Until = h.until
	w.say(seen)
	until := h.until
	h.timer = time.AfterFunc(after, func() { w.expire(h, until) })
}

// expire lets a delayed packet go, unless somebody did something else with it.
func (w *wireEngine) expire(h *heldFrame, until int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if slices.Contains(w.held, h) && h.until == until {
		w.release(h, FatePassed)
		w.rouse()
	}
}

// act acts on the wire for the program. What it did has been told when the answer
// goes out.
func (s *station) act(o *protocol.Order) protocol.Report {
	if s.wire == nil {
		return refusal("wire", unix.ENODEV)
	}
	if err := s.wire.act(WireVerb(o.Name), uint64(o.PID), time.Duration(o.Number)); err != nil {
		return refusal("wire", err)
	}
	s.wire.flush()
	return protocol.Report{}
}
