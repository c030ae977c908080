package protocol

// The networks of a lab, by number.
const (
	NetworkLab    = iota // the lab's only one, or the host's
	NetworkServer        // the left end of the wire
	NetworkClient        // the right end
	NetworkWire          // its middle
)

// Batch is what the capture saw since the last one, in the order in which it saw
// it.
type Batch struct {
	// Lost is how many packets more there were that nobody could keep up with.
	Lost   uint64
	Frames []Frame
}

// Frame is one packet.
type Frame struct {
	Network uint8
	// Serial counts the packets on the wire up from 1; 0 elsewhere.
	Serial uint64
	// Of is set for the second sighting of a packet on the wire: its Serial. Such a
	// frame repeats no bytes.
	Of   uint64
	Fate uint8 // as netcore.Fate counts
	From uint8 // on the wire: the network it came from
	// At and Until are monotonic nanoseconds.
	At, Until int64
	Len       uint32 // of the whole IP packet in bytes
	Bytes     []byte // from the IP header on, perhaps cut
}

// Append encodes t behind b.
func (t *Batch) Append(b []byte) []byte {
	b = putU32(putU64(b, t.Lost), uint32(len(t.Frames)))
	for i := range t.Frames {
		f := &t.Frames[i]
		b = putU64(putU64(putU8(b, f.Network), f.Serial), f.Of)
		b = putI64(putI64(putU8(putU8(b, f.Fate), f.From), f.At), f.Until)
		b = putBytes(putU32(b, f.Len), f.Bytes)
	}
	return b
}

// DecodeBatch decodes a batch. Its bytes are part of body.
func DecodeBatch(body []byte) (Batch, error) {
	f := fields{rest: body}
	t := Batch{Lost: f.u64()}
	for range f.count(43) {
		p := Frame{Network: f.u8(), Serial: f.u64(), Of: f.u64()}
		p.Fate, p.From, p.At, p.Until = f.u8(), f.u8(), f.i64(), f.i64()
		p.Len, p.Bytes = f.u32(), f.bytes()
		t.Frames = append(t.Frames, p)
	}
	return t, f.done("batch")
}
