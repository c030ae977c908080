package netcore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A question to NETLINK_SOCK_DIAG, sock_diag(7): every socket of a family and
// protocol.
type question struct {
	family   uint8
	protocol uint8
}

var questions = []question{
	{unix.AF_INET, unix.IPPROTO_TCP},
	{unix.AF_INET6, unix.IPPROTO_TCP},
	{unix.AF_INET, unix.IPPROTO_UDP},
	{unix.AF_INET6, unix.IPPROTO_UDP},
	{unix.AF_UNIX, 0},
}

func (q question) String() string {
	family := map[uint8]string{unix.AF_INET: "IPv4", unix.AF_INET6: "IPv6", unix.AF_UNIX: "Unix"}[q.family]
	protocol := map[uint8]string{unix.IPPROTO_TCP: " TCP", unix.IPPROTO_UDP: " UDP"}[q.protocol]
	return family + protocol
}

const (
	// sockDiagByFamily is the type of the message, linux/sock_diag.h.
	sockDiagByFamily = 20
	// tcpStates asks for every TCP state, with bit 13 (since Linux 6.8) for
	// sockets that are bound and nothing else.
	tcpStates = 0x3ffe
	// inetShow asks for attributes of inet_diag, linux/inet_diag.h.
	inetShow = 1<<(inetDiagInfo-1) | 1<<(inetDiagCong-1) | 1<<(inetDiagMemory-1) | 1<<(inetDiagShutdown-1)
	// unixShow asks for name, peer, queues, memory and owner, linux/unix_diag.h.
	// Shutdown comes unasked.
	unixShow = 1<<0 | 1<<2 | 1<<4 | 1<<5 | 1<<6

	inetDiagInfo     = 2 // INET_DIAG_INFO: struct tcp_info
	inetDiagCong     = 4 // INET_DIAG_CONG: a text
	inetDiagMemory   = 7 // INET_DIAG_SKMEMINFO
	inetDiagShutdown = 8 // INET_DIAG_SHUTDOWN: a byte

	inetRequestSize = 56 // struct inet_diag_req_v2
	inetMessageSize = 72 // struct inet_diag_msg
	unixRequestSize = 24 // struct unix_diag_req
	unixMessageSize = 16 // struct unix_diag_msg
)

// request returns the netlink message of a question.
func (q question) request(seq uint32) []byte {
	size := inetRequestSize
	if q.family == unix.AF_UNIX {
		size = unixRequestSize
	}
	b := make([]byte, unix.SizeofNlMsghdr+size)
	ne := binary.NativeEndian
	ne.PutUint32(b[0:], uint32(len(b)))
	ne.PutUint16(b[4:], sockDiagByFamily)
	ne.PutUint16(b[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	ne.PutUint32(b[8:], seq)
	body := b[unix.SizeofNlMsghdr:]
	body[0], body[1] = q.family, q.protocol
	if q.family == unix.AF_UNIX {
		ne.PutUint32(body[4:], 0xffffffff)
		ne.PutUint32(body[12:], unixShow)
	} else {
		body[2] = inetShow
		ne.PutUint32(body[4:], tcpStates)
	}
	return b
}

// diagSocket is a netlink socket for dumps. It belongs to the network namespace
// of the thread that opened it, and to one goroutine at a time.
type diagSocket struct {
	fd  int
	seq uint32
	buf []byte
}

func openDiag() (*diagSocket, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, fmt.Errorf("open sock_diag: %w", err)
	}
	limit := unix.NsecToTimeval(int64(time.Second))
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &limit); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("sock_diag: %w", err)
	}
	return &diagSocket{fd: fd, buf: make([]byte, 1<<16)}, nil
}

// dump asks one question and returns the messages of the answer, one behind the
// other, without the closing one.
func (d *diagSocket) dump(q question) ([]byte, error) {
	d.seq++
	if err := unix.Sendto(d.fd, q.request(d.seq), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return nil, fmt.Errorf("ask sock_diag: %w", err)
	}
	var out []byte
	for {
		n, _, err := unix.Recvfrom(d.fd, d.buf, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return out, fmt.Errorf("hear sock_diag: %w", err)
		}
		messages, last, err := gather(d.buf[:n], d.seq)
		out = append(out, messages...)
		if last || err != nil {
			return out, err
		}
	}
}

// errNetlink says that a netlink answer does not hold together.
var errNetlink = errors.New("malformed netlink message")

// gather returns those of the messages in b that answer request seq, and whether
// the answer is complete.
func gather(b []byte, seq uint32) (messages []byte, last bool, err error) {
	for len(b) > 0 {
		kind, body, whole, rest, err := nextMessage(b)
		if err != nil {
			return messages, true, err
		}
		b = rest
		if binary.NativeEndian.Uint32(whole[8:]) != seq {
			continue
		}
		switch kind {
		case unix.NLMSG_DONE:
			return messages, true, nil
		case unix.NLMSG_ERROR:
			return messages, true, messageErrno(body)
		case sockDiagByFamily:
			messages = append(messages, whole...)
		}
	}
	return messages, false, nil
}

// nextMessage splits the first netlink message off b. whole is padded to four
// bytes.
func nextMessage(b []byte) (kind uint16, body, whole, rest []byte, err error) {
	if len(b) < unix.SizeofNlMsghdr {
		return 0, nil, nil, nil, errNetlink
	}
	size := int(binary.NativeEndian.Uint32(b))
	if size < unix.SizeofNlMsghdr || size > len(b) {
		return 0, nil, nil, nil, errNetlink
	}
	padded := min((size+3)&^3, len(b))
	return binary.NativeEndian.Uint16(b[4:]), b[unix.SizeofNlMsghdr:size], b[:padded], b[padded:], nil
}

func messageErrno(body []byte) error {
	if len(body) < 4 {
		return errNetlink
	}
	if n := -int32(binary.NativeEndian.Uint32(body)); n > 0 {
		return syscall.Errno(n)
	}
	return nil
}

// eachMessage calls f with the body of every message of a dump.
func eachMessage(b []byte, f func(body []byte) error) error {
	for len(b) > 0 {
		kind, body, _, rest, err := nextMessage(b)
		if err != nil {
			return err
		}
		if kind == sockDiagByFamily {
			if err := f(body); err != nil {
				return err
			}
		}
		b = rest
	}
	return nil
}

// messageInode returns the inode of an inet or a unix answer, 0 if it has none.
func messageInode(family uint8, body []byte) uint64 {
	switch {
	case family == unix.AF_UNIX && len(body) >= unixMessageSize:
		return uint64(binary.NativeEndian.Uint32(body[4:]))
	case family != unix.AF_UNIX && len(body) >= inetMessageSize:
		return uint64(binary.NativeEndian.Uint32(body[68:]))
	}
	return 0
}

// tcpStateNames are the states by number, net/tcp_states.h. UDP and Unix sockets
// use some of the numbers with the meaning of the name.
var tcpStateNames = [...]string{
	1: "ESTABLISHED", 2: "SYN_SENT", 3: "SYN_RECV", 4: "FIN_WAIT1", 5: "FIN_WAIT2", 6: "TIME_WAIT",
	7: "CLOSE", 8: "CLOSE_WAIT", 9: "LAST_ACK", 10: "LISTEN", 11: "CLOSING", 12: "SYN_RECV", 13: "CLOSE",
}

func tcpStateName(n uint8) string {
	if int(n) < len(tcpStateNames) && tcpStateNames[n] != "" {
		return tcpStateNames[n]
	}
	return fmt.Sprintf("state %d", n)
}

var timerKinds = [...]string{1: "on", 2: "keepalive", 3: "timewait", 4: "persist"}

// inetSocket decodes struct inet_diag_msg and its attributes.
func inetSocket(protocol uint8, b []byte) (Socket, error) {
	if len(b) < inetMessageSize {
		return Socket{}, fmt.Errorf("%w: %d bytes of inet_diag_msg", errNetlink, len(b))
	}
	ne := binary.NativeEndian
	s := Socket{
		Domain: domainName(uint32(b[0])), Type: "SOCK_STREAM", Protocol: "TCP", State: tcpStateName(b[1]),
		Local: diagAddr(b[0], b[8:24], b[4:6]), Peer: diagAddr(b[0], b[24:40], b[6:8]),
		Cookie: uint64(ne.Uint32(b[44:])) | uint64(ne.Uint32(b[48:]))<<32,
		RecvQ:  ne.Uint32(b[56:]), SendQ: ne.Uint32(b[60:]), UID: ne.Uint32(b[64:]),
		Inode: uint64(ne.Uint32(b[68:])), Source: "sock_diag",
	}
	if protocol == unix.IPPROTO_UDP {
		s.Type, s.Protocol = "SOCK_DGRAM", "UDP"
	}
	s.Bound = s.Local.Port() != 0
	if s.Peer.Port() == 0 && s.Peer.Addr().IsUnspecified() {
		s.Peer = netip.AddrPort{}
	}
	if kind := int(b[2]); kind > 0 && kind < len(timerKinds) {
		s.Timer = Timer{Kind: timerKinds[kind], Expires: time.Duration(ne.Uint32(b[52:])) * time.Millisecond, Retrans: int(b[3])}
	}
	err := eachAttribute(b[inetMessageSize:], func(kind uint16, v []byte) { s.inetAttribute(kind, v) })
	return s, err
}

// inetAttribute takes over one attribute of a TCP or UDP socket.
func (s *Socket) inetAttribute(kind uint16, v []byte) {
	switch {
	case kind == inetDiagInfo && s.Protocol == "TCP":
		s.TCPInfo = tcpInfo(v)
	case kind == inetDiagCong:
		s.Congestion = unix.ByteSliceToString(v)
	case kind == inetDiagMemory:
		s.Memory = socketMemory(v)
	case kind == inetDiagShutdown && len(v) > 0:
		s.Shutdown = shutdownName(v[0])
	}
}

// diagAddr decodes an address and a port, both in network byte order.
func diagAddr(family uint8, addr, port []byte) netip.AddrPort {
	p := binary.BigEndian.Uint16(port)
	if family == unix.AF_INET {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(addr[:4])), p)
	}
	return netip.AddrPortFrom(netip.AddrFrom16([16]byte(addr[:16])), p)
}

// unixSocket decodes struct unix_diag_msg and its attributes.
func unixSocket(b []byte) (Socket, error) {
	if len(b) < unixMessageSize {
		return Socket{}, fmt.Errorf("%w: %d bytes of unix_diag_msg", errNetlink, len(b))
	}
	ne := binary.NativeEndian
	s := Socket{
		Domain: "AF_UNIX", Type: typeName(uint32(b[1])), State: tcpStateName(b[2]), Inode: uint64(ne.Uint32(b[4:])),
		Cookie: uint64(ne.Uint32(b[8:])) | uint64(ne.Uint32(b[12:]))<<32, Source: "sock_diag",
	}
	err := eachAttribute(b[unixMessageSize:], func(kind uint16, v []byte) { s.attribute(kind, v) })
	return s, err
}

// attribute takes over one attribute of a Unix socket, linux/unix_diag.h.
func (s *Socket) attribute(kind uint16, v []byte) {
	ne := binary.NativeEndian
	switch {
	case kind == 0:
		s.Path, s.Bound = unixName(v), len(v) > 0
	case kind == 2 && len(v) >= 4:
		s.PeerIno = uint64(ne.Uint32(v))
	case kind == 4 && len(v) >= 8:
		s.RecvQ, s.SendQ = ne.Uint32(v), ne.Uint32(v[4:])
	case kind == 5:
		s.Memory = socketMemory(v)
	case kind == 6 && len(v) > 0:
		s.Shutdown = shutdownName(v[0])
	case kind == 7 && len(v) >= 4:
		s.UID = ne.Uint32(v)
	}
}

// unixName is the name of a Unix socket: a path without the null byte that ends
// it, or an abstract name, which starts with one and may hold more.
func unixName(b []byte) string {
	if len(b) > 0 && b[0] != 0 {
		b = bytes.TrimRight(b, "\x00")
	}
	return string(b)
}

func eachAttribute(b []byte, f func(kind uint16, value []byte)) error {
	for len(b) >= unix.SizeofNlAttr {
		size := int(binary.NativeEndian.Uint16(b))
		if size < unix.SizeofNlAttr || size > len(b) {
			return fmt.Errorf("%w: attribute of %d bytes", errNetlink, size)
		}
		f(binary.NativeEndian.Uint16(b[2:])&^unix.NLA_F_NESTED, b[unix.SizeofNlAttr:size])
		b = b[min((size+3)&^3, len(b)):]
	}
	return nil
}

func domainName(n uint32) string {
	switch n {
	case unix.AF_INET:
		return "AF_INET"
	case unix.AF_INET6:
		return "AF_INET6"
	case unix.AF_UNIX:
		return "AF_UNIX"
	case unix.AF_NETLINK:
		return "AF_NETLINK"
	case unix.AF_PACKET:
		return "AF_PACKET"
	}
	return fmt.Sprintf("AF_%d", n)
}

func typeName(n uint32) string {
	switch n {
	case unix.SOCK_STREAM:
		return "SOCK_STREAM"
	case unix.SOCK_DGRAM:
		return "SOCK_DGRAM"
	case unix.SOCK_RAW:
		return "SOCK_RAW"
	case unix.SOCK_SEQPACKET:
		return "SOCK_SEQPACKET"
	}
	return fmt.Sprintf("type %d", n)
}

func protocolName(domain, n uint32) string {
	if domain != unix.AF_INET && domain != unix.AF_INET6 {
		return ""
	}
	switch n {
	case unix.IPPROTO_TCP:
		return "TCP"
	case unix.IPPROTO_UDP:
		return "UDP"
	case unix.IPPROTO_ICMP:
		return "ICMP"
	}
	return fmt.Sprintf("protocol %d", n)
}
