package netcore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/netcore/protocol"
)

// capture reads the packets of the lab's network in the lab process, packet(7):
// each once, on its way in, with the kernel's own time stamp.
type capture struct {
	fd    int
	bring func(*protocol.Batch)

	mu     sync.Mutex // one reader at a time, so that packets stay in order
	buf    [SnapLength]byte
	oob    []byte
	budget budget
}

// budget bounds how many packets are kept. A lesson never comes near it; of a
// flood the rest is counted only.
type budget struct {
	left int
	last time.Time
}

const (
	// packetBurst is how many packets may come at once, packetRate how many a
	// second on the long run.
	packetBurst = 4096
	packetRate  = 2000
	// floodPause is how long a flood is left to the kernel, which counts what it
	// drops, before the next look.
	floodPause = 20 * time.Millisecond
	// batchSize is about how many bytes of packets make a batch.
	batchSize = 256 << 10
	// captureBuffer is the size in bytes of the kernel's buffer for packets.
	captureBuffer = 4 << 20
)

// spend takes one packet out of the budget; false when there is none left.
func (b *budget) spend() bool {
	if b.left > 0 {
		b.left--
		return true
	}
	now := time.Now()
	b.left = min(packetBurst, int(now.Sub(b.last).Seconds()*packetRate))
	if b.last.IsZero() {
		b.left = packetBurst
	}
	if b.left <= 0 {
		return false
	}
	b.last, b.left = now, b.left-1
	return true
}

// openCapture opens a packet socket on lo in the calling thread's network. Every
// batch it reads goes to bring, one after the other.
func openCapture(bring func(*protocol.Batch)) (*capture, error) {
	fd, err := packetSocket("lo")
	if err != nil {
		return nil, err
	}
	c := &capture{fd: fd, bring: bring, oob: make([]byte, 128)}
	go c.listen()
	return c, nil
}

// packetSocket opens a socket for the IP packets that arrive at an interface of
// the calling thread's network, without their link header.
func packetSocket(name string) (int, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, fmt.Errorf("packet socket: %w", err)
	}
	if err := readyPacketSocket(fd, name); err != nil {
		_ = unix.Close(fd)
		return -1, fmt.Errorf("packet socket on %s: %w", name, err)
	}
	return fd, nil
}

func readyPacketSocket(fd int, name string) error {
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err != nil {
		return err
	}
	// Before Linux 4.20 every packet of lo comes twice, and take leaves one out.
	_ = unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1)
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, captureBuffer)
	index, err := interfaceIndex(name)
	if err != nil {
		return err
	}
	return unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: bigEndian16(unix.ETH_P_ALL), Ifindex: int(index)})
}

// bigEndian16 is a number as network byte order has it in memory.
func bigEndian16(v uint16) uint16 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], v)
	return binary.NativeEndian.Uint16(b[:])
}

// listen reads packets when they come, until the process ends.
func (c *capture) listen() {
	for {
		fds := []unix.PollFd{{Fd: int32(c.fd), Events: unix.POLLIN}}
		if _, err := unix.Poll(fds, -1); err != nil && err != unix.EINTR {
			return
		}
		if c.flush() {
			time.Sleep(floodPause)
		}
	}
}

// flush brings every packet that has arrived so far, and reports whether there
// were more than can be kept.
func (c *capture) flush() (flood bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		b, more := c.read()
		if b.Lost += c.dropped(); b.Lost > 0 || len(b.Frames) > 0 {
			c.bring(&b)
		}
		flood = flood || b.Lost > 0
		if !more {
			return flood
		}
	}
}

// read reads one batch. What the packets hold is copied. More is false when there
// is nothing left to read.
func (c *capture) read() (b protocol.Batch, more bool) {
	offset, size := RealtimeOffset(), 0
	for size < batchSize {
		f, err := c.next(offset)
		switch {
		case errors.Is(err, errNotShown):
			continue
		case err != nil:
			return b, false
		case !c.budget.spend():
			b.Lost++
			if b.Lost > packetBurst {
				return b, false
			}
			continue
		}
		f.Bytes = append([]byte(nil), f.Bytes...)
		size += len(f.Bytes)
		b.Frames = append(b.Frames, f)
	}
	return b, true
}

// errNotShown is what next says of a frame that is no packet to show.
var errNotShown = errors.New("not an IP packet on its way in")

// next reads one packet, which stands in buf until the next call.
func (c *capture) next(offset int64) (protocol.Frame, error) {
	n, oobn, from, err := receivePacket(c.fd, c.buf[:], c.oob)
	if err != nil {
		return protocol.Frame{}, err
	}
	if !shown(from) {
		return protocol.Frame{}, errNotShown
	}
	return protocol.Frame{
		At: stampOf(c.oob[:oobn]) - offset, Len: uint32(n), Bytes: c.buf[:min(n, len(c.buf))],
	}, nil
}

// shown reports whether a frame is an IP packet that is not on its way out: those
// of lo come in too.
func shown(from *unix.RawSockaddrLinklayer) bool {
	if from.Pkttype == unix.PACKET_OUTGOING {
		return false
	}
	p := bigEndian16(from.Protocol)
	return p == unix.ETH_P_IP || p == unix.ETH_P_IPV6
}

// receivePacket wraps recvmsg(2) with MSG_TRUNC: n is the packet's whole length.
func receivePacket(fd int, buf, oob []byte) (n, oobn int, from *unix.RawSockaddrLinklayer, err error) {
	var sa unix.RawSockaddrLinklayer
	iov := unix.Iovec{Base: unsafe.SliceData(buf)}
	iov.SetLen(len(buf))
	msg := unix.Msghdr{Name: (*byte)(unsafe.Pointer(&sa)), Namelen: uint32(unsafe.Sizeof(sa)), Iov: &iov, Control: unsafe.SliceData(oob)}
	msg.SetIovlen(1)
	msg.SetControllen(len(oob))
	for {
		r, _, errno := unix.Syscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&msg)), unix.MSG_TRUNC|unix.MSG_DONTWAIT)
		if errno == unix.EINTR {
			continue
		}
		if errno != 0 {
			return 0, 0, nil, errno
		}
		return int(r), int(msg.Controllen), &sa, nil
	}
}

// stampOf returns the kernel's time stamp, CLOCK_REALTIME in nanoseconds; now when
// there is none.
func stampOf(oob []byte) int64 {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err == nil {
		for _, m := range messages {
			if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) >= int(unsafe.Sizeof(unix.Timespec{})) {
				return (*unix.Timespec)(unsafe.Pointer(unsafe.SliceData(m.Data))).Nano()
			}
		}
	}
	return time.Now().UnixNano()
}

// dropped returns how many packets the kernel dropped since it was asked last,
// because its buffer was full.
func (c *capture) dropped() uint64 {
	stats, err := unix.GetsockoptTpacketStats(c.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return 0
	}
	return uint64(stats.Drops)
}

// bring reports packets to the program. It does not answer an order.
func (s *station) bring(b *protocol.Batch) {
	_ = s.report(protocol.Report{Kind: protocol.PacketsReport, Bytes: b.Append(nil)})
}
