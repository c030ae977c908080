package protocol

// Sighting is what the lab process read of the kernel at one moment, as it came.
type Sighting struct {
	At     int64 // monotonic nanoseconds
	Dumps  []Dump
	Tables []Table
	// Counters are the networks', by their names in /proc/net/netstat and snmp.
	Counters []Counter
	// Holding reports whether the wire, if there is one, stops what comes.
	Holding bool
	// Missing says what could not be read, in whole sentences.
	Missing []string
}

// Counter is one counter of a network.
type Counter struct {
	Network uint8
	Name    string
	Value   uint64
}

// Dump is the answer of NETLINK_SOCK_DIAG to one question, its netlink messages
// one after the other.
type Dump struct {
	Network  uint8 // see Batch
	Family   uint8
	Protocol uint8
	Messages []byte
}

// Table is the descriptor table of one worker.
type Table struct {
	PID int
	FDs []FD
}

// FD is one descriptor. Flags are the file's status flags and O_CLOEXEC.
type FD struct {
	Number int
	Target string
	Flags  uint64
	Probe  *Probe
}

// Probe is what getsockopt says of a socket that is in no table of the kernel.
type Probe struct {
	Domain, Type, Protocol uint32
	Cookie                 uint64
	State                  uint8 // the kernel's number of TCP's state, 0 when there is none
	RecvQ, SendQ           uint32
	UID                    uint32
	Local, Peer            []byte // struct sockaddr; empty when there is none
	// Info is struct tcp_info, Congestion TCP_CONGESTION, Memory SO_MEMINFO, all as
	// getsockopt gave them and empty when there is none.
	Info, Congestion, Memory []byte
	// Stale marks values of an earlier look: the worker is inside a call.
	Stale bool
}

// Append encodes s behind b.
func (s *Sighting) Append(b []byte) []byte {
	b = putTexts(putI64(b, s.At), s.Missing)
	b = putU32(b, uint32(len(s.Dumps)))
	for _, d := range s.Dumps {
		b = putBytes(putU8(putU8(putU8(b, d.Network), d.Family), d.Protocol), d.Messages)
	}
	b = putU32(b, uint32(len(s.Counters)))
	for _, c := range s.Counters {
		b = putU64(putText(putU8(b, c.Network), c.Name), c.Value)
	}
	b = putU8(b, flag(s.Holding))
	b = putU32(b, uint32(len(s.Tables)))
	for _, t := range s.Tables {
		b = putU32(putInt(b, t.PID), uint32(len(t.FDs)))
		for _, fd := range t.FDs {
			b = fd.append(b)
		}
	}
	return b
}

func (fd *FD) append(b []byte) []byte {
	b = putU64(putText(putU32(b, uint32(fd.Number)), fd.Target), fd.Flags)
	if fd.Probe == nil {
		return putU8(b, 0)
	}
	p := fd.Probe
	b = putU64(putU32(putU32(putU32(putU8(b, 1), p.Domain), p.Type), p.Protocol), p.Cookie)
	b = putU32(putU32(putU32(putU8(b, p.State), p.RecvQ), p.SendQ), p.UID)
	for _, v := range [][]byte{p.Local, p.Peer, p.Info, p.Congestion, p.Memory} {
		b = putBytes(b, v)
	}
	return putU8(b, flag(p.Stale))
}

func flag(on bool) uint8 {
	if on {
		return 1
	}
	return 0
}

// flag reads what flag wrote: 0 or 1 and nothing else.
func (f *fields) flag() bool {
	v := f.u8()
	f.bad = f.bad || v > 1
	return v == 1
}

// DecodeSighting decodes a sighting. Its bytes are part of body.
func DecodeSighting(body []byte) (Sighting, error) {
	f := fields{rest: body}
	s := Sighting{At: f.i64(), Missing: f.texts()}
	for range f.count(7) {
		s.Dumps = append(s.Dumps, Dump{Network: f.u8(), Family: f.u8(), Protocol: f.u8(), Messages: f.bytes()})
	}
	for range f.count(13) {
		s.Counters = append(s.Counters, Counter{Network: f.u8(), Name: f.text(), Value: f.u64()})
	}
	s.Holding = f.flag()
	for range f.count(12) {
		t := Table{PID: f.int()}
		for range f.count(17) {
			t.FDs = append(t.FDs, f.fd())
		}
		s.Tables = append(s.Tables, t)
	}
	return s, f.done("sighting")
}

func (f *fields) fd() FD {
	fd := FD{Number: int(f.u32()), Target: f.text(), Flags: f.u64()}
	if !f.flag() {
		return fd
	}
	p := &Probe{Domain: f.u32(), Type: f.u32(), Protocol: f.u32(), Cookie: f.u64()}
	p.State, p.RecvQ, p.SendQ, p.UID = f.u8(), f.u32(), f.u32(), f.u32()
	for _, v := range []*[]byte{&p.Local, &p.Peer, &p.Info, &p.Congestion, &p.Memory} {
		*v = f.bytes()
	}
	p.Stale = f.flag()
	fd.Probe = p
	return fd
}
