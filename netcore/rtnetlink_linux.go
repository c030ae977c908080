package netcore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// netlinkSocket asks the kernel for one thing at a time, netlink(7). It belongs to
// the network namespace of the thread that opened it.
type netlinkSocket struct {
	fd  int
	seq uint32
}

// openNetlink opens a socket for NETLINK_ROUTE or NETLINK_SOCK_DIAG.
func openNetlink(protocol int) (*netlinkSocket, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, protocol)
	if err != nil {
		return nil, fmt.Errorf("open netlink: %w", err)
	}
	limit := unix.NsecToTimeval(int64(time.Second))
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &limit); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("netlink: %w", err)
	}
	return &netlinkSocket{fd: fd}, nil
}

func (s *netlinkSocket) close() { _ = unix.Close(s.fd) }

// ask sends a request and returns the bodies of the answers. Flags say whether it
// ends with an acknowledgement (NLM_F_ACK) or a whole list (NLM_F_DUMP).
func (s *netlinkSocket) ask(kind, flags uint16, body []byte) (answers [][]byte, err error) {
	s.seq++
	if err := unix.Sendto(s.fd, netlinkMessage(kind, flags|unix.NLM_F_REQUEST, s.seq, body), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return nil, fmt.Errorf("ask netlink: %w", err)
	}
	buf := make([]byte, 1<<15)
	for last := false; !last; {
		n, _, err := unix.Recvfrom(s.fd, buf, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return answers, fmt.Errorf("hear netlink: %w", err)
		}
		if answers, last, err = s.take(answers, buf[:n]); err != nil {
			return answers, err
		}
	}
	return answers, nil
}

// take adds the answers in b, and reports whether that was all.
func (s *netlinkSocket) take(answers [][]byte, b []byte) (_ [][]byte, last bool, err error) {
	for len(b) > 0 {
		kind, body, whole, rest, err := nextMessage(b)
		if err != nil {
			return answers, true, err
		}
		b = rest
		switch {
		case binary.NativeEndian.Uint32(whole[8:]) != s.seq:
		case kind == unix.NLMSG_DONE:
			return answers, true, nil
		case kind == unix.NLMSG_ERROR:
			return answers, true, messageErrno(body)
		default:
			answers = append(answers, bytes.Clone(body))
		}
	}
	return answers, false, nil
}

func netlinkMessage(kind, flags uint16, seq uint32, body []byte) []byte {
	ne := binary.NativeEndian
	b := ne.AppendUint32(nil, uint32(unix.SizeofNlMsghdr+len(body)))
	b = ne.AppendUint16(ne.AppendUint16(b, kind), flags)
	return append(ne.AppendUint32(ne.AppendUint32(b, seq), 0), body...)
}

// putAttribute adds struct nlattr and its value, padded to four bytes.
func putAttribute(b []byte, kind uint16, value []byte) []byte {
	ne := binary.NativeEndian
	b = ne.AppendUint16(ne.AppendUint16(b, uint16(unix.SizeofNlAttr+len(value))), kind)
	b = append(b, value...)
	return append(b, make([]byte, -len(value)&3)...)
}

func nativeUint32(v uint32) []byte { return binary.NativeEndian.AppendUint32(nil, v) }

func addressFamily(a netip.Addr) uint8 {
	if a.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

// addAddress gives an interface one more address, rtnetlink(7) RTM_NEWADDR. One
// that it has stays.
func (s *netlinkSocket) addAddress(index uint32, p netip.Prefix) error {
	body := []byte{addressFamily(p.Addr()), uint8(p.Bits()), unix.IFA_F_NODAD, unix.RT_SCOPE_UNIVERSE}
	body = append(body, nativeUint32(index)...)
	body = putAttribute(body, unix.IFA_LOCAL, p.Addr().AsSlice())
	body = putAttribute(body, unix.IFA_ADDRESS, p.Addr().AsSlice())
	_, err := s.ask(unix.RTM_NEWADDR, unix.NLM_F_ACK|unix.NLM_F_CREATE|unix.NLM_F_REPLACE, body)
	if err != nil {
		return fmt.Errorf("RTM_NEWADDR: %w", err)
	}
	return nil
}

// hasAddress reports whether an interface has an address.
func (s *netlinkSocket) hasAddress(index uint32, a netip.Addr) (bool, error) {
	answers, err := s.ask(unix.RTM_GETADDR, unix.NLM_F_DUMP, []byte{addressFamily(a), 0, 0, 0, 0, 0, 0, 0})
	for _, b := range answers {
		if len(b) < unix.SizeofIfAddrmsg || binary.NativeEndian.Uint32(b[4:]) != index {
			continue
		}
		found := false
		_ = eachAttribute(b[unix.SizeofIfAddrmsg:], func(kind uint16, v []byte) {
			found = found || (kind == unix.IFA_LOCAL || kind == unix.IFA_ADDRESS) && bytes.Equal(v, a.AsSlice())
		})
		if found {
			return true, nil
		}
	}
	return false, err
}

// delivers reports whether a packet to an address is delivered to this machine,
// rtnetlink(7) RTM_GETROUTE. The kernel makes that route of an IPv6 address a little
// after the address; until then connect(2) to it is ENETUNREACH.
func (s *netlinkSocket) delivers(a netip.Addr) (bool, error) {
	body := make([]byte, unix.SizeofRtMsg)
	body[0], body[1] = addressFamily(a), uint8(a.BitLen())
	answers, err := s.ask(unix.RTM_GETROUTE, unix.NLM_F_ACK, putAttribute(body, unix.RTA_DST, a.AsSlice()))
	if errors.Is(err, unix.ENETUNREACH) || errors.Is(err, unix.EHOSTUNREACH) {
		return false, nil
	}
	for _, b := range answers {
		if len(b) >= unix.SizeofRtMsg && b[7] == unix.RTN_LOCAL {
			return true, nil
		}
	}
	return false, err
}

// deliveryPatience is how long the route of an address may take.
const deliveryPatience = time.Second

// waitDelivers waits until an address of this machine can be connected to.
func (s *netlinkSocket) waitDelivers(a netip.Addr) error {
	for end := time.Now().Add(deliveryPatience); ; time.Sleep(200 * time.Microsecond) {
		ready, err := s.delivers(a)
		if ready || err != nil {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("no route to %s: %w", a, unix.ENETUNREACH)
		}
	}
}

// routeTypes are the kinds of routes by the word of the setting; a packet that
// goes to the loopback and is nobody's there is never heard of again.
var routeTypes = map[string]uint8{
	"swallow": unix.RTN_UNICAST, "unreachable": unix.RTN_UNREACHABLE, "prohibit": unix.RTN_PROHIBIT, "blackhole": unix.RTN_BLACKHOLE,
}

// loopbackIndex is lo's in every network namespace.
const loopbackIndex = 1

// setRoute makes a route of the main table, in the place of an earlier one.
func (s *netlinkSocket) setRoute(p netip.Prefix, how string) error {
	body := make([]byte, unix.SizeofRtMsg)
	body[0], body[1], body[4], body[5], body[7] = addressFamily(p.Addr()), uint8(p.Bits()), unix.RT_TABLE_MAIN, unix.RTPROT_STATIC, routeTypes[how]
	body = putAttribute(body, unix.RTA_DST, p.Addr().AsSlice())
	if how == "swallow" {
		body[6] = unix.RT_SCOPE_LINK
		body = putAttribute(body, unix.RTA_OIF, nativeUint32(loopbackIndex))
	}
	_, err := s.ask(unix.RTM_NEWROUTE, unix.NLM_F_ACK|unix.NLM_F_CREATE|unix.NLM_F_REPLACE, body)
	if err != nil {
		return fmt.Errorf("RTM_NEWROUTE: %w", err)
	}
	return nil
}

// route returns the word of the main table's route for exactly this prefix, ""
// without one.
func (s *netlinkSocket) route(p netip.Prefix) (string, error) {
	request := make([]byte, unix.SizeofRtMsg)
	request[0] = addressFamily(p.Addr())
	answers, err := s.ask(unix.RTM_GETROUTE, unix.NLM_F_DUMP, request)
	for _, b := range answers {
		if word := routeWord(b, p); word != "" {
			return word, nil
		}
	}
	return "", err
}

// routeWord decodes struct rtmsg; "" for another route.
func routeWord(b []byte, p netip.Prefix) string {
	if len(b) < unix.SizeofRtMsg || int(b[1]) != p.Bits() || b[4] != unix.RT_TABLE_MAIN {
		return ""
	}
	var to []byte
	var out uint32
	_ = eachAttribute(b[unix.SizeofRtMsg:], func(kind uint16, v []byte) {
		switch {
		case kind == unix.RTA_DST:
			to = v
		case kind == unix.RTA_OIF && len(v) == 4:
			out = binary.NativeEndian.Uint32(v)
		}
	})
	if !bytes.Equal(to, p.Addr().AsSlice()) {
		return ""
	}
	for word, kind := range routeTypes {
		if kind == b[7] && (kind != unix.RTN_UNICAST || out == loopbackIndex) {
			return word
		}
	}
	return "delivered"
}
