package netcore

import (
	"net/netip"
	"time"
)

// Snapshot is what the kernel showed at one moment, read from outside the
// workers: every process's descriptors and every socket of the lab.
type Snapshot struct {
	At        int64 // monotonic nanoseconds
	Processes []ProcessTable
	Sockets   []Socket
	// Counters are the networks' own counts of what went wrong, since the lab began. A
	// lab in the host's network has none: they would be the whole machine's.
	Counters []Counter
	// Wire is the wire's state, nil in a lab without one.
	Wire *WireState
	// Lost is how many packets the lab has seen and not recorded so far, for they
	// came faster than anybody could have looked at them.
	Lost uint64
	// Missing says what could not be read and why, in whole sentences.
	Missing []string
}

// Counter is one counter of a network, by its name in /proc/net/netstat or
// /proc/net/snmp: "ListenOverflows", "RetransSegs". CounterMeaning says what it counts.
type Counter struct {
	Network string
	Name    string
	Value   uint64
}

// ProcessTable is one process's descriptor table.
type ProcessTable struct {
	Name  string
	PID   int
	Alive bool
	FDs   []Descriptor
}

// Descriptor is one row of a descriptor table.
type Descriptor struct {
	FD     int
	Kind   string // "socket", "pipe", "file", "device", "anon"
	Target string // the kernel's link text, "socket:[4711]"
	Flags  []string
	Inode  uint64
	Cookie uint64 // the socket's kernel cookie, or 0
}

// Standard reports whether d is standard input, output or errors as a process was
// given it: a socket with such a number is the program's own.
func (d *Descriptor) Standard() bool { return d.FD < 3 && d.Kind != "socket" }

// Socket is one socket of the lab, also one nobody has a descriptor of.
type Socket struct {
	Network  string
	Cookie   uint64
	Domain   string // "AF_INET", "AF_INET6", "AF_UNIX"
	Type     string // "SOCK_STREAM", ...
	Protocol string // "TCP", "UDP", ""
	State    string // "LISTEN", "ESTABLISHED", "TIME_WAIT", "CLOSE", ...
	Bound    bool   // has a local address
	Local    netip.AddrPort
	Peer     netip.AddrPort
	Path     string // AF_UNIX: the name, cleaned of nothing
	PeerIno  uint64 // AF_UNIX: inode of the peer
	// RecvQ and SendQ are bytes; for a listener the connections waiting for
	// accept and the limit given to listen.
	RecvQ, SendQ uint32
	Inode        uint64 // 0 while no file belongs to it (waiting for accept, TIME_WAIT)
	UID          uint32
	Owners       []Owner
	Timer        Timer
	// Shutdown is in which directions nothing comes or goes any more, one of
	// ShutdownNone to ShutdownBoth: after shutdown(2) or close(2), and for receiving
	// after the peer's FIN too. It is "" where the kernel does not tell, as in TIME_WAIT.
	Shutdown string
	// TCPInfo is nil for other protocols, for a socket that is only bound, and in
	// SYN_RECV and TIME_WAIT, where the kernel keeps less than a whole socket.
	TCPInfo *TCPInfo
	// Congestion is the name of the TCP congestion control, "cubic".
	Congestion string
	Memory     *SocketMemory // nil where the kernel does not tell
	// Source names where the row was read: "sock_diag" or "getsockopt".
	Source string
}

// Owner is a descriptor that refers to a socket.
type Owner struct {
	Process string
	FD      int
}

// Timer is the kernel's timer of a socket.
type Timer struct {
	Kind    string // "", "on" (retransmit), "keepalive", "timewait", "persist"
	Expires time.Duration
	Retrans int
}
