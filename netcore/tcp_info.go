package netcore

import "time"

// TCPInfo is what the kernel knows of a TCP connection, struct tcp_info of tcp(7).
// Values the running kernel does not have yet are 0. Windows and sizes are bytes,
// the numbers of segments whole segments.
type TCPInfo struct {
	// RTT is the smoothed round-trip time and RTTVar its mean deviation, RFC 6298;
	// MinRTT is the shortest measured. Until one was, RTT and MinRTT are 0 and RTTVar
	// is what the first RTO is made of.
	RTT, RTTVar, MinRTT time.Duration
	// RTO is how long the kernel waits for an acknowledgement before it repeats, ATO
	// how long it may put off one of its own (0: no data has arrived).
	RTO, ATO time.Duration
	// CWnd is the congestion window in segments. SSThresh is where slow start ends,
	// 0 while nothing was lost and there is no such place.
	CWnd, SSThresh uint32
	// SendWindow is what the peer last advertised. ReceiveWindow is what was last
	// advertised to it (since Linux 6.2).
	SendWindow, ReceiveWindow uint32
	// ReceiveSpace is what a program is expected to read in one round trip, and
	// ReceiveLimit (rcv_ssthresh) the largest window the kernel would offer now.
	ReceiveSpace, ReceiveLimit uint32
	// MSS is the largest payload of a segment that is sent, ReceiveMSS the kernel's
	// guess at those that come, AdvertisedMSS what the peer was told. PMTU is of the path.
	MSS, ReceiveMSS, AdvertisedMSS, PMTU uint32
	// Unacked, Sacked, Lost and Retrans are segments on the way: all of them, those
	// acknowledged out of order, those taken for lost, those repeated. A listener,
	// where the kernel reuses two of the fields for its queue, has 0.
	Unacked, Sacked, Lost, Retrans uint32
	// TotalRetrans counts segments repeated since the connection began.
	TotalRetrans uint32
	// Retransmits are timeouts in a row without an answer, Probes questions about a
	// closed window or a silent peer, Backoff how often the RTO was doubled.
	Retransmits, Probes, Backoff uint8
	// BytesSent counts payload with what was repeated, BytesAcked the FIN too and,
	// at the end that called connect, the SYN; BytesReceived the peer's FIN.
	BytesSent, BytesAcked, BytesReceived, BytesRetrans uint64
	// NotSent is payload that waits in the send queue to be sent at all.
	NotSent                                                  uint32
	SegmentsOut, SegmentsIn, DataSegmentsOut, DataSegmentsIn uint32
	// The options both ends agreed on in their SYNs. ECNSeen reports that a packet came
	// that says it can carry a congestion mark.
	Timestamps, SACK, WindowScaling, ECN, ECNSeen bool
	// SendScale is by how many bits the peer's windows are shifted, ReceiveScale by how
	// many those advertised to it, RFC 7323.
	SendScale, ReceiveScale uint8
}

// SocketMemory is what a socket takes of the kernel's memory, in bytes with the
// kernel's own overhead: SK_MEMINFO of sock_diag(7).
type SocketMemory struct {
	// Receive is taken by what arrived, of at most ReceiveLimit (SO_RCVBUF).
	Receive, ReceiveLimit uint32
	// Send is taken by packets on their way, SendQueued by the send queue, of at most
	// SendLimit (SO_SNDBUF).
	Send, SendLimit, SendQueued uint32
	// Forward is set aside and not used, Option taken by options and filters.
	Forward, Option uint32
	// Backlog arrived while the socket was locked by a call.
	Backlog uint32
	// Drops counts packets thrown away for this socket; a number, not bytes.
	Drops uint32
}

// What Socket.Shutdown can be besides "", where the kernel does not tell.
const (
	ShutdownNone    = "none"
	ShutdownReceive = "receive"
	ShutdownSend    = "send"
	ShutdownBoth    = "both"
)
