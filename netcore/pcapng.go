package netcore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// PcapWriter writes packets as a section of a pcapng file, draft-ietf-opsawg-pcapng.
// A file may hold several sections one behind the other. Packets begin with their IP
// header; their time stamps are in nanoseconds of the clock of the day. Each network
// they were seen in is an interface with its name: the two ends of a wire are two.
type PcapWriter struct {
	w          io.Writer
	offset     int64 // from the clock of the events to that of the day
	interfaces map[string]uint32
	err        error
}

// Blocks and options of the format.
const (
	pcapSection   = 0x0a0d0d0a
	pcapInterface = 1
	pcapPacket    = 6

	pcapOrder   = 0x1a2b3c4d
	pcapUnknown = 0xffffffffffffffff // the length of a section that grows
	pcapLinkRaw = 101                // LINKTYPE_RAW

	pcapComment    = 1
	pcapHardware   = 2
	pcapSystem     = 3
	pcapProgram    = 4
	pcapName       = 2
	pcapResolution = 9
)

// NewPcapWriter begins a section in w for the lab whose record begins with h. Each
// block is one Write.
func NewPcapWriter(w io.Writer, h Header) (*PcapWriter, error) {
	p := &PcapWriter{w: w, offset: h.RealtimeOffset, interfaces: map[string]uint32{}}
	le := binary.LittleEndian
	b := le.AppendUint64(le.AppendUint16(le.AppendUint16(le.AppendUint32(nil, pcapOrder), 1), 0), pcapUnknown)
	b = pcapOption(b, pcapHardware, h.Arch)
	b = pcapOption(b, pcapSystem, strings.TrimSpace(h.OS+" "+h.Kernel))
	b = pcapOption(b, pcapProgram, h.Program)
	p.block(pcapSection, b)
	return p, p.err
}

// on is the number of a network's interface, which is described before its first
// packet.
func (p *PcapWriter) on(network string) uint32 {
	if n, ok := p.interfaces[network]; ok {
		return n
	}
	n := uint32(len(p.interfaces))
	p.interfaces[network] = n
	le := binary.LittleEndian
	b := le.AppendUint32(le.AppendUint16(le.AppendUint16(nil, pcapLinkRaw), 0), SnapLength)
	b = pcapOption(b, pcapName, network)
	p.block(pcapInterface, pcapOption(b, pcapResolution, "\x09"))
	return n
}

// pcapOption appends an option; an empty one is left out.
func pcapOption(b []byte, code uint16, text string) []byte {
	if text == "" {
		return b
	}
	text = text[:min(len(text), 0xfffc)]
	b = binary.LittleEndian.AppendUint16(b, code)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(text)))
	return pcapPad(append(b, text...))
}

// pcapPad fills up to a multiple of four bytes.
func pcapPad(b []byte) []byte { return append(b, make([]byte, -len(b)&3)...) }

// block ends a body's options and writes it; its length stands at both ends.
func (p *PcapWriter) block(kind uint32, body []byte) {
	if p.err != nil {
		return
	}
	le := binary.LittleEndian
	n := uint32(len(body) + 16)
	b := append(le.AppendUint32(le.AppendUint32(nil, kind), n), body...)
	_, p.err = p.w.Write(le.AppendUint32(append(b, 0, 0, 0, 0), n))
}

// WritePacket writes the packet of an event, with a comment unless that is empty. An
// error stays: nothing is written behind it.
func (p *PcapWriter) WritePacket(e Event, comment string) error {
	if e.Packet == nil {
		return fmt.Errorf("event %d is no packet", e.ID)
	}
	le := binary.LittleEndian
	at, raw := uint64(e.At+p.offset), e.Packet.Raw
	b := le.AppendUint32(nil, p.on(e.Packet.Network))
	b = le.AppendUint32(le.AppendUint32(b, uint32(at>>32)), uint32(at))
	b = le.AppendUint32(le.AppendUint32(b, uint32(len(raw))), max(e.Packet.Len, uint32(len(raw))))
	b = pcapPad(append(b, raw...))
	p.block(pcapPacket, pcapOption(b, pcapComment, strings.ToValidUTF8(comment, string(utf8.RuneError))))
	return p.err
}

// WritePcap writes the packets of a whole record, each with a comment that names the
// call it belongs to.
func WritePcap(w io.Writer, t *Timeline) error {
	r, err := NewPcapRecord(w, t)
	if err != nil {
		return err
	}
	return r.Extend()
}

// PcapRecord writes the packets of a record that grows. One goroutine uses it.
type PcapRecord struct {
	w      *PcapWriter
	t      *Timeline
	read   int           // events gone through
	inside map[ID]string // calls that were seen blocked, as they are written in C
	told   map[ID]bool   // packets and calls of which more may be known later
	stale  bool
}

// NewPcapRecord begins a section in w; Extend fills it.
func NewPcapRecord(w io.Writer, t *Timeline) (*PcapRecord, error) {
	h := t.At(0).Header
	if h == nil {
		return nil, errors.New("a record without a header")
	}
	p, err := NewPcapWriter(w, *h)
	return &PcapRecord{w: p, t: t, inside: map[ID]string{}, told: map[ID]bool{}}, err
}

// Stale reports whether more has become known of what was written: what became of a
// packet that was held, what a call returned. A section written anew tells it.
func (r *PcapRecord) Stale() bool { return r.stale }

// Extend writes the packets that have come since the last time. Each has a comment:
// the call it belongs to, as it is written in C, or why the kernel sent it by itself;
// of one on the wire also what has become of it by now.
func (r *PcapRecord) Extend() error {
	fresh := r.t.Since(r.read)
	fates := map[ID]Fate{}
	for _, e := range fresh {
		switch {
		case e.Blocked != nil:
			r.inside[e.Blocked.Call] = e.Blocked.Process + ": " + e.Blocked.Text + ", which has not returned"
		case e.Packet != nil && e.Packet.Of != 0:
			fates[e.Packet.Of] = e.Packet.Fate
			r.stale = r.stale || r.told[e.Packet.Of]
		case e.Call != nil:
			r.stale = r.stale || r.told[e.ID]
		}
	}
	r.read += len(fresh)
	for _, e := range fresh {
		if e.Packet == nil || e.Packet.Of != 0 && e.Packet.Fate != FateDuplicated {
			continue // the second sighting of one packet
		}
		if err := r.w.WritePacket(e, r.comment(e.ID, e.Packet, fates[e.ID])); err != nil {
			return err
		}
	}
	return nil
}

func (r *PcapRecord) comment(id ID, p *Packet, later Fate) string {
	text := "the kernel's own: " + p.Own.String()
	if p.Call != 0 {
		text = r.call(p.Call)
	}
	if p.Of == 0 && p.Fate == FateHeld {
		r.told[id] = true
	}
	if p.Fate == FateHeld && later != FateNone {
		text += "; held on the wire, then " + later.String()
	} else if p.Fate != FateNone {
		text += "; " + p.Fate.String() + " on the wire"
	}
	return text
}

// call is a call as it is written in C, also one that has not returned.
func (r *PcapRecord) call(id ID) string {
	if e, ok := r.t.Get(id); ok && e.Call != nil {
		return e.Call.Process + ": " + Short(e.Call)
	}
	r.told[id] = true
	if text := r.inside[id]; text != "" {
		return text
	}
	return fmt.Sprintf("call %d", id)
}
