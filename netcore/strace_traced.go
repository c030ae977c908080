package netcore

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"runtime"
	"strconv"
	"strings"
)

// This file prints the calls that only a tracer sees.

func init() {
	for name, print := range map[string]func(stracer) []string{
		"sendmsg":  stracer.sendmsg,
		"recvmsg":  stracer.recvmsg,
		"sendmmsg": stracer.sendmmsg,
		"recvmmsg": stracer.recvmmsg,
		"readv":    stracer.readv,
		"writev":   stracer.writev,
		"preadv2":  func(s stracer) []string { return append(s.readv(), s.long(3), rwNames.flags(s.arg(5).Value)) },
		"pwritev2": func(s stracer) []string { return append(s.writev(), s.long(3), rwNames.flags(s.arg(5).Value)) },
		"sendfile": stracer.sendfile,
		"splice":   stracer.splice,
		"dup2":     func(s stracer) []string { return []string{s.number(0), s.number(1)} },
		"dup3": func(s stracer) []string {
			return []string{s.number(0), s.number(1), openFlagNames.flags(s.arg(2).Value)}
		},
		"close_range": func(s stracer) []string {
			return []string{s.unsigned32(0), s.unsigned32(1), rangeNames.flags(s.arg(2).Value)}
		},
		"select":        stracer.selectCall,
		"pselect6":      func(s stracer) []string { return append(s.selectCall(), s.sizedMask(5)) },
		"epoll_create":  func(s stracer) []string { return []string{s.number(0)} },
		"epoll_create1": func(s stracer) []string { return []string{epollFlagNames.flags(s.arg(0).Value)} },
		"epoll_ctl":     stracer.epollCtl,
		"epoll_wait":    func(s stracer) []string { return append(s.epollWait(), s.number(3)) },
		"epoll_pwait":   func(s stracer) []string { return append(s.epollWait(), s.number(3), s.mask(4, 5), s.unsigned(5)) },
		"epoll_pwait2":  func(s stracer) []string { return append(s.epollWait(), s.time(3, "nsec"), s.mask(4, 5), s.unsigned(5)) },
		"pidfd_getfd": func(s stracer) []string {
			return []string{s.number(0), s.number(1), hexNumber(uint64(uint32(s.arg(2).Value)))}
		},
		"io_uring_setup": func(s stracer) []string { return []string{s.unsigned32(0), s.pointer(1)} },
		"io_uring_enter": stracer.uringEnter,
	} {
		straceCalls[name] = print
	}
}

var (
	epollNames = newNames("EPOLL???", `EPOLLIN=0x1 EPOLLPRI=0x2 EPOLLOUT=0x4 EPOLLERR=0x8 EPOLLHUP=0x10 EPOLLNVAL=0x20 EPOLLRDNORM=0x40
		EPOLLRDBAND=0x80 EPOLLWRNORM=0x100 EPOLLWRBAND=0x200 EPOLLMSG=0x400 EPOLLRDHUP=0x2000 EPOLLEXCLUSIVE=0x10000000
		EPOLLWAKEUP=0x20000000 EPOLLONESHOT=0x40000000 EPOLLET=0x80000000`)
	epollOpNames      = newNames("EPOLL_CTL_???", `EPOLL_CTL_ADD=1 EPOLL_CTL_DEL=2 EPOLL_CTL_MOD=3`)
	epollFlagNames    = newNames("EPOLL_???", `EPOLL_CLOEXEC=0x80000`)
	rangeNames        = newNames("CLOSE_RANGE_???", `CLOSE_RANGE_UNSHARE=2 CLOSE_RANGE_CLOEXEC=4`)
	spliceNames       = newNames("SPLICE_F_???", `SPLICE_F_MOVE=1 SPLICE_F_NONBLOCK=2 SPLICE_F_MORE=4 SPLICE_F_GIFT=8`)
	rwNames           = newNames("RWF_???", `RWF_HIPRI=1 RWF_DSYNC=2 RWF_SYNC=4 RWF_NOWAIT=8 RWF_APPEND=0x10`)
	uringNames        = newNames("IORING_ENTER_???", `IORING_ENTER_GETEVENTS=1 IORING_ENTER_SQ_WAKEUP=2 IORING_ENTER_SQ_WAIT=4 IORING_ENTER_EXT_ARG=8 IORING_ENTER_REGISTERED_RING=16`)
	controlNames      = newNames("SCM_???", `SCM_RIGHTS=1 SCM_CREDENTIALS=2 SCM_SECURITY=3 SO_WIFI_STATUS=41 SO_TXTIME=61 SO_TIMESTAMP_OLD=29 SO_TIMESTAMPNS_OLD=35 SO_TIMESTAMPING_OLD=37 SO_TIMESTAMP_NEW=63 SO_TIMESTAMPNS_NEW=64 SO_TIMESTAMPING_NEW=65 SCM_TIMESTAMPING_OPT_STATS=0x36 SCM_TIMESTAMPING_PKTINFO=0x3a`)
	controlIPNames    = newNames("IP_???", `IP_TOS=1 IP_TTL=2 IP_RECVOPTS=6 IP_RETOPTS=7 IP_PKTINFO=8 IP_RECVERR=11 IP_ORIGDSTADDR=20 IP_CHECKSUM=23 SCM_SECURITY=3`)
	controlLevelNames = newNames("SOL_???", levelNames.list)
)

func (s stracer) long(i int) string       { return strconv.FormatInt(s.arg(i).Value, 10) }
func (s stracer) unsigned32(i int) string { return decimalUnsigned(uint32(s.arg(i).Value)) }

func decimalUnsigned(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// inner is what the pointer at an offset in memory leads to.
func inner(parts []Part, memory []byte, at int) Arg {
	for _, p := range parts {
		if p.Offset == at {
			return Arg{Value: p.Value, Pointer: AddressValue, Before: p.Before, After: p.After, Parts: p.Parts}
		}
	}
	return Arg{Value: int64(wordAt(memory, at))}
}

// wordAt and intAt are numbers in memory, 0 where it ends before.
func wordAt(memory []byte, at int) uint64 {
	if len(memory) < at+8 {
		return 0
	}
	return binary.NativeEndian.Uint64(memory[at:])
}

func intAt(memory []byte, at int) int32 {
	if len(memory) < at+4 {
		return 0
	}
	return int32(binary.NativeEndian.Uint32(memory[at:]))
}

// arrayText is an array of n elements of a size in bytes.
func arrayText(a Arg, memory []byte, n uint64, size int, element func(at int) string) string {
	high, bytes := bits.Mul64(n, uint64(size))
	switch {
	case a.null():
		return "NULL"
	case n == 0:
		return "[]"
	case high != 0 || uint64(a.Value)+bytes < uint64(a.Value) || len(memory) < size:
		return pointerText(a)
	}
	var texts []string
	for i := 0; uint64(i) < n; i++ {
		at := i * size
		if at+size > len(memory) {
			texts = append(texts, "... /* "+hexNumber(uint64(a.Value)+uint64(at))+" */")
			break
		}
		if i == straceString {
			texts = append(texts, "...")
			break
		}
		texts = append(texts, element(at))
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// vectorSize is the size of a struct iovec.
const vectorSize = 16

// unlimited is the size of what a vector holds where the lengths in it say that alone.
const unlimited = 1<<64 - 1

// vector is an array of n struct iovec, of whose buffers size bytes hold data; text
// prints a buffer.
func (s stracer) vector(a Arg, n, size uint64, text func(buffer Arg, n uint64) string) string {
	return arrayText(a, a.Before, n, vectorSize, func(at int) string {
		length := wordAt(a.Before, at+8)
		shown := min(length, size)
		if size != unlimited {
			size -= shown
		}
		buffer := inner(a.Parts, a.Before, at)
		if s.brief {
			return text(buffer, shown)
		}
		return "{iov_base=" + text(buffer, shown) + ", iov_len=" + strconv.FormatUint(length, 10) + "}"
	})
}

func (s stracer) sent(buffer Arg, n uint64) string {
	return bufferText(buffer, buffer.Before, n, s.limit)
}

func (s stracer) received(buffer Arg, n uint64) string {
	return bufferText(buffer, buffer.atReturn(), n, s.limit)
}

func (s stracer) writev() []string {
	return []string{s.number(0), s.vector(s.arg(1), uint64(s.arg(2).Value), unlimited, s.sent), s.unsigned(2)}
}

func (s stracer) readv() []string {
	size, text := uint64(unlimited), func(buffer Arg, _ uint64) string { return pointerText(buffer) }
	if s.done() {
		size, text = uint64(*s.Ret), s.received
	}
	return []string{s.number(0), s.vector(s.arg(1), uint64(s.arg(2).Value), size, text), s.unsigned(2)}
}

// Sizes of a struct msghdr and a struct mmsghdr, and the offsets of their members.
const (
	messageSize       = 56
	messageNameLen    = 8
	messageVector     = 16
	messageVectorLen  = 24
	messageControl    = 32
	messageControlLen = 40
	messageFlags      = 48
	manySize          = 64
	manyLen           = 56
)

// message is the struct msghdr at an offset in memory. Of a received one, size bytes
// of the buffers hold data, and given is the length of the name before the call.
func (s stracer) message(a Arg, memory []byte, at int, given *int32, size uint64) string {
	text := s.sent
	if given != nil {
		text = s.received
	}
	nameLen := intAt(memory, at+messageNameLen)
	room, lengths := nameLen, decimal(nameLen)
	if given != nil {
		room = min(nameLen, *given)
		if *given != nameLen {
			lengths = decimal(*given) + " => " + lengths
		}
	}
	name, vector, control := inner(a.Parts, memory, at), inner(a.Parts, memory, at+messageVector), inner(a.Parts, memory, at+messageControl)
	elements, controlLen := wordAt(memory, at+messageVectorLen), wordAt(memory, at+messageControlLen)
	if s.brief {
		return s.briefMessage(shortAddress(name, name.atReturn(), room), s.vector(vector, elements, size, text), controlLen)
	}
	fields := []string{
		"msg_name=" + addressText(name, name.atReturn(), room),
		"msg_namelen=" + lengths,
		"msg_iov=" + s.vector(vector, elements, size, text),
		"msg_iovlen=" + strconv.FormatUint(elements, 10),
	}
	if controlLen != 0 {
		fields = append(fields, "msg_control="+controlText(control, control.atReturn(), controlLen))
	}
	fields = append(fields, "msg_controllen="+strconv.FormatUint(controlLen, 10),
		"msg_flags="+messageFlagNames.flags(int64(intAt(memory, at+messageFlags))))
	return "{" + strings.Join(fields, ", ") + "}"
}

// briefMessage is a message on a narrow screen: to whom or from whom, its buffers, and
// how much goes along with them.
func (s stracer) briefMessage(name, vector string, control uint64) string {
	text := "{"
	if name != "NULL" {
		text += name + ", "
	}
	text += vector
	if control != 0 {
		text += ", control " + strconv.FormatUint(control, 10)
	}
	return text + "}"
}

func (s stracer) sendmsg() []string {
	a := s.arg(1)
	text := pointerText(a)
	if len(a.Before) >= messageSize {
		text = s.message(a, a.Before, 0, nil, unlimited)
	}
	return []string{s.number(0), text, messageFlagNames.flags(s.arg(2).Value)}
}

func (s stracer) recvmsg() []string {
	a := s.arg(1)
	given := intAt(a.Before, messageNameLen)
	text := pointerText(a)
	switch {
	case len(a.Before) < messageSize || !s.Returned():
	case s.Failed():
		text = "{msg_namelen=" + decimal(given) + "}"
	case len(a.After) >= messageSize:
		text = s.message(a, a.After, 0, &given, uint64(*s.Ret))
	}
	return []string{s.number(0), text, messageFlagNames.flags(s.arg(2).Value)}
}

func (s stracer) sendmmsg() []string {
	a := s.arg(1)
	memory := a.atReturn()
	sent := 0
	if s.done() {
		sent = int(*s.Ret)
	}
	text := arrayText(a, memory, uint64(uint32(s.arg(2).Value)), manySize, func(at int) string {
		message := "{msg_hdr=" + s.message(a, memory, at, nil, unlimited)
		if at/manySize < sent {
			message += ", msg_len=" + decimalUnsigned(uint32(intAt(memory, at+manyLen)))
		}
		return message + "}"
	})
	return []string{s.number(0), text, s.unsigned32(2), messageFlagNames.flags(s.arg(3).Value)}
}

func (s stracer) recvmmsg() []string {
	a := s.arg(1)
	text := pointerText(a)
	if s.done() {
		text = arrayText(a, a.After, uint64(*s.Ret), manySize, func(at int) string {
			given, size := intAt(a.Before, at+messageNameLen), uint32(intAt(a.After, at+manyLen))
			return "{msg_hdr=" + s.message(a, a.After, at, &given, uint64(size)) + ", msg_len=" + decimalUnsigned(size) + "}"
		})
	}
	return []string{s.number(0), text, s.unsigned32(2), messageFlagNames.flags(s.arg(3).Value), s.time(4, "nsec")}
}

// controlSize is the size of a struct cmsghdr.
const controlSize = 16

// controlText is the control data of a message: n bytes of struct cmsghdr with what
// follows each.
func controlText(a Arg, memory []byte, n uint64) string {
	b, ok := peek(memory, n)
	if !ok && len(memory) >= memoryLimit {
		b, ok = memory, true
	}
	if !ok || n < controlSize || a.null() {
		return pointerText(a)
	}
	var texts []string
	rest := b
	for len(rest) >= controlSize {
		length := wordAt(rest, 0)
		here := min(length, uint64(len(rest)))
		texts = append(texts, controlMessage(rest, length, rest[controlSize:max(controlSize, int(here))]))
		if here < controlSize {
			rest = rest[controlSize:]
			break
		}
		padded := (length + 7) &^ 7
		if padded >= uint64(len(rest)) || padded < length {
			rest = nil
			break
		}
		rest = rest[padded:]
	}
	if len(rest) > 0 {
		texts = append(texts, "... /* "+hexNumber(uint64(a.Value)+uint64(len(b)-len(rest)))+" */")
	} else if uint64(len(b)) < n {
		texts = append(texts, "...")
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

func controlMessage(head []byte, length uint64, data []byte) string {
	level, kind := intAt(head, 8), intAt(head, 12)
	text := "{cmsg_len=" + strconv.FormatUint(length, 10) + ", cmsg_level=" + controlLevelNames.text(int64(level)) + ", cmsg_type="
	types, printers := controlNames, controlPrinters
	switch level {
	case 0:
		types, printers = controlIPNames, controlIPPrinters
	case 1:
	default:
		return text + hexNumber(uint64(uint32(kind))) + "}"
	}
	name := types.text(int64(kind))
	text += name
	if p, ok := printers[name]; ok && len(data) >= p.least {
		text += ", cmsg_data=" + p.print(data)
	}
	return text + "}"
}

// controlPrinter prints the data of a control message of at least so many bytes.
type controlPrinter struct {
	least int
	print func([]byte) string
}

var controlPrinters = map[string]controlPrinter{
	"SCM_RIGHTS":          {4, func(b []byte) string { return listText(b, 4, func(b []byte) string { return decimal(intAt(b, 0)) }) }},
	"SCM_CREDENTIALS":     {12, func(b []byte) string { return intsText(Arg{Value: 1}, b, 12, "pid", "uid", "gid") }},
	"SCM_SECURITY":        {1, quote},
	"SO_TIMESTAMP_OLD":    {1, func(b []byte) string { return timeText(b, "usec") }},
	"SO_TIMESTAMP_NEW":    {1, func(b []byte) string { return timeText(b, "usec") }},
	"SO_TIMESTAMPNS_OLD":  {1, func(b []byte) string { return timeText(b, "nsec") }},
	"SO_TIMESTAMPNS_NEW":  {1, func(b []byte) string { return timeText(b, "nsec") }},
	"SO_TIMESTAMPING_OLD": {48, timesText},
	"SO_TIMESTAMPING_NEW": {48, timesText},
}

var controlIPPrinters = map[string]controlPrinter{
	"IP_PKTINFO": {12, func(b []byte) string {
		return fmt.Sprintf(`{ipi_ifindex=%d, ipi_spec_dst=inet_addr("%s"), ipi_addr=inet_addr("%s")}`, uint32(intAt(b, 0)), inetText(SystemLayout, b[4:8]), inetText(SystemLayout, b[8:12]))
	}},
	"IP_TTL":         {4, unsignedList},
	"IP_CHECKSUM":    {4, unsignedList},
	"IP_TOS":         {1, hexList},
	"IP_RECVOPTS":    {1, hexList},
	"IP_RETOPTS":     {1, hexList},
	"IP_RECVERR":     {32, receiveErrorText},
	"IP_ORIGDSTADDR": {16, func(b []byte) string { return straceAddress(b[:min(len(b), 128)]) }},
	"SCM_SECURITY":   {1, quote},
}

// listText is an array whose elements have a size in bytes.
func listText(b []byte, size int, element func([]byte) string) string {
	var texts []string
	for ; len(b) >= size; b = b[size:] {
		if len(texts) == straceString {
			texts = append(texts, "...")
			break
		}
		texts = append(texts, element(b))
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

func unsignedList(b []byte) string {
	return listText(b, 4, func(b []byte) string { return decimalUnsigned(uint32(intAt(b, 0))) })
}

func hexList(b []byte) string {
	return listText(b, 1, func(b []byte) string { return hexNumber(uint64(b[0])) })
}

func timesText(b []byte) string {
	return listText(b[:48], 16, func(b []byte) string { return timeText(b, "nsec") })
}

// receiveErrorText is a struct sock_extended_err with the address behind it.
func receiveErrorText(b []byte) string {
	return fmt.Sprintf("{ee_errno=%d, ee_origin=%d, ee_type=%d, ee_code=%d, ee_info=%d, ee_data=%d, offender=%s}",
		uint32(intAt(b, 0)), b[4], b[5], b[6], uint32(intAt(b, 8)), uint32(intAt(b, 12)), straceAddress(b[16:32]))
}

// timeText is a struct timeval or timespec, which differ in the unit of the second
// member.
func timeText(b []byte, unit string) string {
	if len(b) < 16 {
		return "?"
	}
	second := strconv.FormatUint(wordAt(b, 8), 10)
	if unit == "nsec" {
		second = strconv.FormatInt(int64(wordAt(b, 8)), 10)
	}
	return fmt.Sprintf("{tv_sec=%d, tv_%s=%s}", int64(wordAt(b, 0)), unit, second)
}

// time is a timeout as it was given.
func (s stracer) time(i int, unit string) string { return timeOf(s.arg(i), s.arg(i).Before, unit) }

// left is what the kernel left of a timeout.
func (s stracer) left(i int, unit string) string {
	return "left " + timeOf(s.arg(i), s.arg(i).atReturn(), unit)
}

func timeOf(a Arg, memory []byte, unit string) string {
	if a.null() || len(memory) < 16 {
		return pointerText(a)
	}
	return timeText(memory, unit)
}

func (s stracer) sendfile() []string {
	offset := s.offset(2)
	if a := s.arg(2); s.done() && *s.Ret != 0 && len(a.Before) >= 8 {
		offset += " => [" + strconv.FormatUint(wordAt(a.atReturn(), 0), 10) + "]"
	}
	return []string{s.number(0), s.number(1), offset, s.unsigned(3)}
}

// offset is a file's offset in memory at entry.
func (s stracer) offset(i int) string {
	a := s.arg(i)
	if a.null() || len(a.Before) < 8 {
		return pointerText(a)
	}
	return "[" + strconv.FormatInt(int64(wordAt(a.Before, 0)), 10) + "]"
}

func (s stracer) splice() []string {
	return []string{s.number(0), s.offset(1), s.number(2), s.offset(3), s.unsigned(4), spliceNames.flags(s.arg(5).Value)}
}

// timeUnit is the unit of the timeout of select and its like.
func (s stracer) timeUnit() string {
	if s.name() == "select" {
		return "usec"
	}
	return "nsec"
}

func (s stracer) selectCall() []string {
	texts := []string{s.number(0)}
	for i := 1; i <= 3; i++ {
		a := s.arg(i)
		if n := s.setLimit(); a.null() || n == 0 || 8*len(a.Before) < n {
			texts = append(texts, pointerText(a))
		} else {
			texts = append(texts, "["+strings.Join(setMembers(a.Before, n), " ")+"]")
		}
	}
	return append(texts, s.time(4, s.timeUnit()))
}

// setLimit is how many descriptors select looks at.
func (s stracer) setLimit() int { return int(max(0, min(int32(s.arg(0).Value), 1<<20))) }

func setMembers(set []byte, n int) []string {
	var members []string
	for fd := range min(n, 8*len(set)) {
		if set[fd/8]&(1<<(fd%8)) != 0 {
			members = append(members, strconv.Itoa(fd))
		}
	}
	return members
}

// selected is what select left in its sets and of its timeout.
func (s stracer) selected(ready int64) string {
	var texts []string
	for i, name := range []string{"in", "out", "except"} {
		a := s.arg(i + 1)
		if a.null() || ready <= 0 {
			continue
		}
		members := setMembers(a.atReturn(), s.setLimit())
		members = members[:min(int64(len(members)), ready)]
		ready -= int64(len(members))
		if len(members) > 0 {
			texts = append(texts, name+" ["+strings.Join(members, " ")+"]")
		}
	}
	if !s.arg(4).null() {
		texts = append(texts, s.left(4, s.timeUnit()))
	}
	return strings.Join(texts, ", ")
}

// mask is a set of signals whose size another argument gives.
func (s stracer) mask(i, size int) string {
	return maskOf(s.arg(i), uint64(s.arg(size).Value))
}

func maskOf(a Arg, size uint64) string {
	if a.null() || size != 8 || len(a.Before) < 8 {
		return pointerText(a)
	}
	return maskText(wordAt(a.Before, 0))
}

// sizedMask is pselect6's pair of a set of signals and its size.
func (s stracer) sizedMask(i int) string {
	a := s.arg(i)
	if a.null() || len(a.Before) < 16 {
		return pointerText(a)
	}
	size := wordAt(a.Before, 8)
	return "{sigmask=" + maskOf(inner(a.Parts, a.Before, 0), size) + ", sigsetsize=" + strconv.FormatUint(size, 10) + "}"
}

// epollSize is the size of a struct epoll_event, which is packed on amd64 alone.
var epollSize = map[bool]int{true: 12, false: 16}[runtime.GOARCH == "amd64"]

// epollText is a struct epoll_event. What data holds only the program knows, so
// strace prints both the number of 32 bits and the one of 64.
func epollText(b []byte) string {
	data := b[epollSize-8:]
	return fmt.Sprintf("{events=%s, data={u32=%d, u64=%d}}", epollNames.flags(int64(intAt(b, 0))), uint32(intAt(data, 0)), wordAt(data, 0))
}

func (s stracer) epollCtl() []string {
	a := s.arg(3)
	event := pointerText(a)
	if op, _ := epollOpNames.lookup(int64(uint32(s.arg(1).Value))); op != "EPOLL_CTL_DEL" && len(a.Before) >= epollSize {
		event = epollText(a.Before)
	}
	return []string{s.number(0), epollOpNames.text(s.arg(1).Value), s.number(2), event}
}

// epollWait is what the three calls of this kind begin with.
func (s stracer) epollWait() []string {
	a := s.arg(1)
	events := pointerText(a)
	if s.done() {
		events = arrayText(a, a.After, uint64(*s.Ret), epollSize, func(at int) string { return epollText(a.After[at:]) })
	}
	return []string{s.number(0), events, s.number(2)}
}

func (s stracer) uringEnter() []string {
	return []string{s.number(0), s.unsigned32(1), s.unsigned32(2), uringNames.flags(s.arg(3).Value), s.pointer(4), s.unsigned(5)}
}

// waited is the result of a call that a timeout may end: what was reported, or that
// nothing was.
func waited(ret int64, reported string) string {
	text := strconv.FormatInt(ret, 10)
	switch {
	case ret == 0:
		return text + " (Timeout)"
	case reported == "":
		return text
	}
	return text + " (" + reported + ")"
}

// membershipText is a struct ip_mreq, ipv6_mreq or group_req, by its size. Of an
// interface the number is printed, not the name.
func membershipText(a Arg, n int32, option string) string {
	size := map[string]int{"IP_": 8, "IPV": 20, "MCA": 136}[option[:3]]
	b, ok := peek(a.Before, uint64(size))
	if int(n) < size || !ok {
		return pointerText(a)
	}
	switch size {
	case 8:
		return fmt.Sprintf(`{imr_multiaddr=inet_addr("%s"), imr_interface=inet_addr("%s")}`, inetText(SystemLayout, b[:4]), inetText(SystemLayout, b[4:8]))
	case 20:
		return fmt.Sprintf(`{inet_pton(AF_INET6, "%s", &ipv6mr_multiaddr), ipv6mr_interface=%d}`, inet6Text([16]byte(b[:16])), uint32(intAt(b, 16)))
	}
	return fmt.Sprintf("{gr_interface=%d, gr_group=%s}", uint32(intAt(b, 0)), straceAddress(b[8:]))
}

// memberships are the options whose value is a group and an interface.
var memberships = map[string]bool{
	"IP_ADD_MEMBERSHIP": true, "IP_DROP_MEMBERSHIP": true, "IPV6_ADD_MEMBERSHIP": true, "IPV6_DROP_MEMBERSHIP": true,
	"IPV6_JOIN_ANYCAST": true, "IPV6_LEAVE_ANYCAST": true, "MCAST_JOIN_GROUP": true, "MCAST_LEAVE_GROUP": true,
}

// linuxNames are names that have these values on Linux alone.
func linuxNames(list string) string {
	if runtime.GOOS != "linux" {
		return ""
	}
	return " " + list
}
