package command

import (
	"encoding/binary"
	"fmt"
	"strings"

	"sockstep/netcore"
	"sockstep/ui/printable"
)

// pageProcess is a process with its descriptors of sockets, as its calls tell.
type pageProcess struct {
	name    string
	program *pageProgram
	table   map[int]*pageDescriptor
}

type pageDescriptor struct {
	socket  *pageSocket
	cloexec bool
}

// pageSocket is a socket a program had.
type pageSocket struct {
	fd          int    // its first number
	kind        string // "TCP", "UDP", "AF_UNIX SOCK_STREAM"
	stream      bool
	role        string // "listened", "connected", "accepted", "pair"; empty: none of them
	local, peer string
	in, out     int64
	accepted    int
	references  int
	ended       bool     // the peer's end of data was read
	how         []string // how it ended
	left        bool     // it was open when the last process that had it ended
}

// Numbers of Linux, which alone is traced, also where a record is read elsewhere.
const (
	linuxUnix     = 1
	linuxInet     = 2
	linuxInet6    = 10
	linuxCloexec  = 0o2000000
	linuxPeek     = 2
	linuxDup      = 0    // F_DUPFD
	linuxSetFD    = 2    // F_SETFD
	linuxDupExec  = 1030 // F_DUPFD_CLOEXEC
	linuxRangeExe = 4    // CLOSE_RANGE_CLOEXEC
	mmsghdrSize   = 64
	mmsghdrLength = 56
)

// inherit gives a child its parent's descriptors.
func (q *pageProcess) inherit(child *pageProcess) {
	for fd, d := range q.table {
		own := *d
		child.table[fd] = &own
		d.socket.references++
	}
}

// exec closes what is closed when a process becomes another program.
func (q *pageProcess) exec() {
	for fd, d := range q.table {
		if d.cloexec {
			q.drop(fd, "closed by exec")
		}
	}
}

// end is the end of a process, at which the kernel closes what it had.
func (q *pageProcess) end() {
	for fd, d := range q.table {
		if d.socket.references == 1 {
			d.socket.left = true
		}
		q.drop(fd, "open to the end of the process")
	}
}

func (q *pageProcess) drop(fd int, how string) {
	d := q.table[fd]
	if d == nil {
		return
	}
	delete(q.table, fd)
	if d.socket.references--; d.socket.references == 0 {
		d.socket.how = append(d.socket.how, how)
	}
}

// put files a socket under a number.
func (q *pageProcess) put(fd int, s *pageSocket, cloexec bool) {
	q.drop(fd, "closed")
	s.references++
	q.table[fd] = &pageDescriptor{s, cloexec}
}

// made files a new socket.
func (q *pageProcess) made(fd int, s *pageSocket, cloexec bool) {
	s.fd = fd
	q.put(fd, s, cloexec)
	if len(q.program.sockets) >= mostSockets {
		q.program.unlisted++
		return
	}
	q.program.sockets = append(q.program.sockets, s)
}

func number(c *netcore.Call, i int) int64 {
	if i >= len(c.Args) {
		return 0
	}
	return c.Args[i].Value
}

func memoryAfter(c *netcore.Call, i int) []byte {
	if i >= len(c.Args) {
		return nil
	}
	if a := c.Args[i].After; a != nil {
		return a
	}
	return c.Args[i].Before
}

// call follows what a call did to its process's sockets.
func (q *pageProcess) call(c *netcore.Call) {
	if !c.Returned() {
		return
	}
	fd := int(int32(number(c, 0)))
	var s *pageSocket
	if d := q.table[fd]; d != nil {
		s = d.socket
	}
	if c.Name == "close" && !c.Failed() {
		q.drop(fd, "closed")
		return
	}
	if q.makes(c) || s == nil {
		return
	}
	if c.Failed() {
		s.failed(c)
		return
	}
	q.transfers(s, c)
	s.did(c)
}

// makes deals with calls that make, copy or close several descriptors, and reports
// whether it was one.
func (q *pageProcess) makes(c *netcore.Call) bool {
	switch c.Name {
	case "socket", "socketpair", "accept", "accept4", "dup", "dup2", "dup3", "close_range":
	case "fcntl":
		if command := number(c, 1); command != linuxDup && command != linuxDupExec && command != linuxSetFD {
			return true
		}
	default:
		return false
	}
	if c.Failed() {
		return true
	}
	fd, got := int(int32(number(c, 0))), int(*c.Ret)
	switch c.Name {
	case "socket":
		q.made(got, newPageSocket(number(c, 0), number(c, 1)), number(c, 1)&linuxCloexec != 0)
	case "socketpair":
		q.pair(c)
	case "accept", "accept4":
		q.accepts(c, fd, got)
	case "close_range":
		q.closeRange(c)
	case "fcntl":
		d := q.table[fd]
		switch {
		case d == nil:
		case number(c, 1) == linuxSetFD:
			d.cloexec = number(c, 2)&1 != 0
		default:
			q.put(got, d.socket, number(c, 1) == linuxDupExec)
		}
	default:
		q.copies(fd, got, c.Name == "dup3" && number(c, 2)&linuxCloexec != 0)
	}
	return true
}

func (q *pageProcess) copies(from, to int, cloexec bool) {
	d := q.table[from]
	switch {
	case from == to:
	case d == nil:
		q.drop(to, "closed by dup2")
	default:
		q.put(to, d.socket, cloexec)
	}
}

func (q *pageProcess) pair(c *netcore.Call) {
	b := memoryAfter(c, 3)
	if len(b) < 8 {
		return
	}
	for i := range 2 {
		s := newPageSocket(number(c, 0), number(c, 1))
		s.role = "pair"
		q.made(int(binary.LittleEndian.Uint32(b[4*i:])), s, number(c, 1)&linuxCloexec != 0)
	}
}

func (q *pageProcess) accepts(c *netcore.Call, listener, fd int) {
	s := &pageSocket{kind: "socket", stream: true}
	if d := q.table[listener]; d != nil {
		d.socket.accepted++
		s.kind, s.stream, s.local = d.socket.kind, d.socket.stream, d.socket.local
	}
	s.role, s.peer = "accepted", addressText(memoryAfter(c, 1))
	q.made(fd, s, c.Name == "accept4" && number(c, 3)&linuxCloexec != 0)
}

func (q *pageProcess) closeRange(c *netcore.Call) {
	first, last := uint32(number(c, 0)), uint32(number(c, 1))
	for fd, d := range q.table {
		switch {
		case uint32(fd) < first || uint32(fd) > last:
		case number(c, 2)&linuxRangeExe != 0:
			d.cloexec = true
		default:
			q.drop(fd, "closed")
		}
	}
}

// transfers counts bytes.
func (q *pageProcess) transfers(s *pageSocket, c *netcore.Call) {
	n := *c.Ret
	switch c.Name {
	case "recv", "recvfrom", "recvmsg":
		flags := number(c, 3)
		if c.Name == "recvmsg" {
			flags = number(c, 2)
		}
		if flags&linuxPeek != 0 {
			return
		}
		q.received(s, n)
	case "read", "readv", "preadv2":
		q.received(s, n)
	case "recvmmsg":
		q.received(s, messageBytes(c))
	case "send", "sendto", "sendmsg", "write", "writev", "pwritev2", "sendfile":
		q.sent(s, n)
	case "sendmmsg":
		q.sent(s, messageBytes(c))
	case "splice":
		q.received(s, n)
		if d := q.table[int(int32(number(c, 2)))]; d != nil {
			q.sent(d.socket, n)
		}
	}
}

// messageBytes adds up the lengths the kernel wrote into an array of struct mmsghdr.
func messageBytes(c *netcore.Call) (n int64) {
	b := memoryAfter(c, 1)
	for i := range int(*c.Ret) {
		if at := i*mmsghdrSize + mmsghdrLength; at+4 <= len(b) {
			n += int64(binary.LittleEndian.Uint32(b[at:]))
		}
	}
	return n
}

func (q *pageProcess) received(s *pageSocket, n int64) {
	s.in += n
	q.program.in += n
	if n == 0 && s.stream && !s.ended {
		s.ended = true
		s.how = append(s.how, "the peer ended its sending")
	}
}

func (q *pageProcess) sent(s *pageSocket, n int64) {
	s.out += n
	q.program.out += n
}

func newPageSocket(domain, kind int64) *pageSocket {
	base := kind & 0xf
	s := &pageSocket{stream: base == 1 || base == 5}
	types := map[int64]string{1: "SOCK_STREAM", 2: "SOCK_DGRAM", 3: "SOCK_RAW", 5: "SOCK_SEQPACKET"}
	inet := int32(domain) == linuxInet || int32(domain) == linuxInet6
	switch {
	case inet && base == 1:
		s.kind = "TCP"
	case inet && base == 2:
		s.kind = "UDP"
	case inet:
		s.kind = "IP " + types[base]
	case int32(domain) == linuxUnix:
		s.kind = "Unix " + types[base]
	default:
		s.kind = fmt.Sprintf("domain %d %s", int32(domain), types[base])
	}
	return s
}

// did notes what a call that succeeded says of a socket.
func (s *pageSocket) did(c *netcore.Call) {
	switch c.Name {
	case "bind":
		s.local = addressText(memoryAfter(c, 1))
	case "listen":
		s.role = "listened"
	case "connect":
		s.role, s.peer = "connected", addressText(memoryAfter(c, 1))
	case "getsockname":
		s.local = addressText(memoryAfter(c, 1))
	case "getpeername":
		s.peer = addressText(memoryAfter(c, 1))
	case "shutdown":
		directions := []string{"receiving", "sending", "both directions"}
		if how := number(c, 1); how >= 0 && int(how) < len(directions) {
			s.how = append(s.how, "shut down for "+directions[how])
		}
	}
}

// failed notes an error that says something of a connection.
func (s *pageSocket) failed(c *netcore.Call) {
	name := c.Errno.Name()
	switch {
	case c.Name == "connect":
		s.peer = addressText(memoryAfter(c, 1))
		if name == "EINPROGRESS" {
			s.role = "connected"
			return
		}
		s.how = append(s.how, "connect: "+name)
	case name == "ECONNRESET" || name == "EPIPE" || name == "ETIMEDOUT":
		if text := c.Name + ": " + name; len(s.how) == 0 || s.how[len(s.how)-1] != text {
			s.how = append(s.how, text)
		}
	}
}

// sampled takes the addresses the kernel shows.
func (s *pageSocket) sampled(k *netcore.Socket) {
	if k.Bound && k.Local.IsValid() {
		s.local = k.Local.String()
	}
	if s.peer == "" && k.Peer.IsValid() && k.Peer.Port() != 0 {
		s.peer = k.Peer.String()
	}
}

// mostEnds is how many words of its end a socket has.
const mostEnds = 6

func (s *pageSocket) text() string {
	text := fmt.Sprintf("%d %s", s.fd, s.kind)
	switch {
	case s.role == "listened":
		text += fmt.Sprintf(", listened on %s, %d accepted", orUnknown(s.local), s.accepted)
	case s.role == "pair":
		text += ", one of a pair"
	case s.peer != "" && s.local != "":
		text += ", " + s.local + " → " + s.peer
	case s.peer != "":
		text += ", → " + s.peer
	case s.local != "":
		text += ", " + s.local
	}
	if s.role != "listened" {
		text += fmt.Sprintf(", %d received, %d sent", s.in, s.out)
	}
	how := s.how
	if len(how) > mostEnds {
		how = append(append([]string{}, how[:mostEnds-1]...), how[len(how)-1])
	}
	if len(how) > 0 {
		text += "; " + strings.Join(how, ", ")
	}
	return text
}

func orUnknown(address string) string {
	if address == "" {
		return "a port the kernel chose"
	}
	return address
}

// addressText is a struct sockaddr in words, empty where there is none.
func addressText(b []byte) string {
	if a, ok := netcore.AddrPort(b); ok {
		return a.String()
	}
	if len(b) > 2 && binary.LittleEndian.Uint16(b) == linuxUnix {
		path := b[2:]
		if path[0] == 0 {
			return "@" + printable.Bytes(path[1:])
		}
		name, _, _ := strings.Cut(string(path), "\x00")
		return printable.Clean(name)
	}
	return ""
}
