package netcore

import (
	"encoding/binary"
	"time"
)

// structBytes is a structure as a kernel gave it: an older one's is shorter, a newer
// one's longer. What it lacks reads as 0.
type structBytes []byte

func (b structBytes) u8(at int) uint8 {
	if at >= len(b) {
		return 0
	}
	return b[at]
}

func (b structBytes) u32(at int) uint32 {
	if at+4 > len(b) {
		return 0
	}
	return binary.NativeEndian.Uint32(b[at:])
}

func (b structBytes) u64(at int) uint64 {
	if at+8 > len(b) {
		return 0
	}
	return binary.NativeEndian.Uint64(b[at:])
}

// time reads a time in microseconds.
func (b structBytes) time(at int) time.Duration {
	return time.Duration(b.u32(at)) * time.Microsecond
}

// noThreshold is TCP_INFINITE_SSTHRESH.
const noThreshold = 0x7fffffff

// tcpInfo decodes struct tcp_info of linux/tcp.h; nil when b is not even that of Linux 2.4.
func tcpInfo(b structBytes) *TCPInfo {
	const smallest = 88
	if len(b) < smallest {
		return nil
	}
	t := &TCPInfo{
		RTO: b.time(8), ATO: b.time(12), RTT: b.time(68), RTTVar: b.time(72), MinRTT: b.time(148),
		MSS: b.u32(16), ReceiveMSS: b.u32(20), PMTU: b.u32(60), AdvertisedMSS: b.u32(84),
		CWnd: b.u32(80), SSThresh: b.u32(76), ReceiveLimit: b.u32(64), ReceiveSpace: b.u32(96),
		Unacked: b.u32(24), Sacked: b.u32(28), Lost: b.u32(32), Retrans: b.u32(36), TotalRetrans: b.u32(100),
		Retransmits: b.u8(2), Probes: b.u8(3), Backoff: b.u8(4),
		BytesAcked: b.u64(120), BytesReceived: b.u64(128), BytesSent: b.u64(200), BytesRetrans: b.u64(208),
		SegmentsOut: b.u32(136), SegmentsIn: b.u32(140), DataSegmentsIn: b.u32(152), DataSegmentsOut: b.u32(156),
		NotSent: b.u32(144), SendWindow: b.u32(228), ReceiveWindow: b.u32(232),
	}
	t.readOptions(b.u8(5), b.u8(6))
	if t.SSThresh == noThreshold {
		t.SSThresh = 0
	}
	if t.MinRTT == noRTT {
		t.MinRTT = 0
	}
	if tcpStateName(b[0]) == "LISTEN" {
		t.Unacked, t.Sacked = 0, 0
	}
	return t
}

// noRTT is the shortest round trip while none was measured: ~0 microseconds.
const noRTT = time.Duration(1<<32-1) * time.Microsecond

// readOptions takes over the TCPI_OPT bits, and the two bit fields for the scales,
// the first of which lies where the compiler of this machine puts it.
func (t *TCPInfo) readOptions(bits, scales uint8) {
	on := func(bit int) bool { return bits&(1<<bit) != 0 }
	t.Timestamps, t.SACK, t.WindowScaling, t.ECN, t.ECNSeen = on(0), on(1), on(2), on(3), on(4)
	t.SendScale, t.ReceiveScale = scales&15, scales>>4
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.SendScale, t.ReceiveScale = t.ReceiveScale, t.SendScale
	}
}

// socketMemory decodes the SK_MEMINFO_VARS of linux/sock_diag.h, of which older
// kernels have fewer.
func socketMemory(b structBytes) *SocketMemory {
	return &SocketMemory{
		Receive: b.u32(0), ReceiveLimit: b.u32(4), Send: b.u32(8), SendLimit: b.u32(12), Forward: b.u32(16),
		SendQueued: b.u32(20), Option: b.u32(24), Backlog: b.u32(28), Drops: b.u32(32),
	}
}

// shutdownName names the bits RCV_SHUTDOWN and SEND_SHUTDOWN.
func shutdownName(bits uint8) string {
	return [...]string{ShutdownNone, ShutdownReceive, ShutdownSend, ShutdownBoth}[bits&3]
}
