package netcore

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// straceString is how many bytes of a buffer strace shows when nothing else is
// asked for, and how many elements of an array.
const straceString = 32

// Strace returns the call as strace 6.1 prints it without options, as one line of
// printable ASCII, whatever bytes the call had.
//
// It prints what the program got. Where a signal interrupts a call strace prints
// the kernel's own restart codes ("? ERESTARTSYS"); here it is the EINTR that the
// program sees. Of a scope or an interface the number is printed, not the name.
// strace takes apart what it knows of netlink messages, socket filters, packet
// rings and io_uring's parameters; here they are bytes or addresses.
func Strace(c *Call) string { return StraceLimit(c, straceString) }

// StraceLimit is Strace with another limit for buffers in bytes; 0 shows them
// whole, as "strace -s" would with a large number.
func StraceLimit(c *Call, limit int) string {
	s := stracer{Call: c, limit: limit}
	return fmt.Sprintf("%-39s = %s", s.head(), s.result())
}

// head is the call without its result, as strace prints it.
func head(c *Call) string { return stracer{Call: c, limit: straceString}.head() }

func (s stracer) head() string {
	return plain(s.name()) + "(" + strings.Join(s.arguments(), ", ") + ")"
}

// stracer prints one call.
type stracer struct {
	*Call
	limit int
	brief bool // vectors and messages are their buffers alone
}

func (s stracer) name() string {
	if s.Syscall == "" {
		return s.Name
	}
	return s.Syscall
}

// arg returns the i-th argument; one that was not passed is 0.
func (s stracer) arg(i int) Arg {
	if i >= len(s.Args) {
		return Arg{}
	}
	return s.Args[i]
}

func (s stracer) number(i int) string   { return decimal(int32(s.arg(i).Value)) }
func (s stracer) unsigned(i int) string { return strconv.FormatUint(uint64(s.arg(i).Value), 10) }
func (s stracer) pointer(i int) string  { return pointerText(s.arg(i)) }

// done reports whether the call came back with success, so that what it wrote
// is there.
func (s stracer) done() bool { return s.Returned() && !s.Failed() }

// arguments are the texts of what stands between the parentheses.
func (s stracer) arguments() []string {
	if print, ok := straceCalls[s.name()]; ok {
		return print(s)
	}
	return s.plainArguments()
}

// plainArguments is for a call the table does not have.
func (s stracer) plainArguments() []string {
	texts := make([]string, len(s.Args))
	for i, a := range s.Args {
		texts[i] = hexNumber(uint64(a.Value))
	}
	return texts
}

// straceCalls prints the arguments of each call, by the kernel's name.
var straceCalls map[string]func(stracer) []string

func init() {
	straceCalls = map[string]func(stracer) []string{
		"socket":       stracer.socket,
		"bind":         stracer.address,
		"connect":      stracer.address,
		"listen":       func(s stracer) []string { return []string{s.number(0), s.number(1)} },
		"accept":       stracer.peer,
		"accept4":      stracer.accept4,
		"getsockname":  stracer.peer,
		"getpeername":  stracer.peer,
		"send":         stracer.send,
		"sendto":       stracer.sendto,
		"recv":         stracer.recv,
		"recvfrom":     stracer.recvfrom,
		"read":         stracer.read,
		"write":        stracer.write,
		"shutdown":     func(s stracer) []string { return []string{s.number(0), shutdownNames.text(s.arg(1).Value)} },
		"close":        func(s stracer) []string { return []string{s.number(0)} },
		"dup":          func(s stracer) []string { return []string{s.number(0)} },
		"setsockopt":   stracer.setsockopt,
		"getsockopt":   stracer.getsockopt,
		"fcntl":        stracer.fcntl,
		"ioctl":        stracer.ioctl,
		"poll":         stracer.poll,
		"ppoll":        stracer.ppoll,
		"socketpair":   stracer.socketpair,
		"setrlimit":    stracer.setrlimit,
		"prlimit64":    stracer.prlimit,
		"kill":         func(s stracer) []string { return []string{s.number(0), signalText(s.arg(1).Value)} },
		"sigaction":    stracer.sigaction,
		"rt_sigaction": stracer.rtSigaction,
		"unlink":       func(s stracer) []string { return []string{s.path(0)} },
		"unlinkat":     stracer.unlinkat,
	}
}

func (s stracer) socket() []string {
	return []string{familyNames.text(s.arg(0).Value), typeText(s.arg(1).Value), s.protocol()}
}

func typeText(value int64) string {
	n := int64(uint32(value))
	base, named := typeNames.lookup(n & 0xf)
	flags := n &^ 0xf
	switch {
	case !named:
		return typeFlagNames.flags(n)
	case flags == 0:
		return base
	}
	return base + "|" + typeFlagNames.flags(flags)
}

// protocol is the third argument of socket, which depends on the first.
func (s stracer) protocol() string {
	n := s.arg(2).Value
	switch int64(uint32(s.arg(0).Value)) {
	case SystemLayout.Inet, SystemLayout.Inet6:
		return protocolNames.text(n)
	}
	switch {
	case familyNames.text(s.arg(0).Value) == "AF_NETLINK":
		return netlinkNames.text(n)
	case familyNames.text(s.arg(0).Value) == "AF_PACKET" && n == 0:
		return "htons(0 /* ETH_P_??? */)"
	}
	return strconv.FormatUint(uint64(n), 10)
}

// address prints bind and connect.
func (s stracer) address() []string {
	return []string{s.number(0), s.sockaddr(1, 2), s.number(2)}
}

// sockaddr is an address the kernel reads.
func (s stracer) sockaddr(i, length int) string {
	return addressText(s.arg(i), s.arg(i).Before, int32(s.arg(length).Value))
}

func (s stracer) peer() []string {
	address, length := s.written(1, 2)
	return []string{s.number(0), address, length}
}

func (s stracer) accept4() []string {
	return append(s.peer(), typeFlagNames.flags(s.arg(3).Value))
}

// written prints an address the kernel wrote and its length, which is read and
// written.
func (s stracer) written(i, length int) (string, string) {
	a, l := s.arg(i), s.arg(length)
	before, ok := peek(l.Before, 4)
	if a.null() || l.null() || !ok {
		return pointerText(a), pointerText(l)
	}
	given := int32(binary.NativeEndian.Uint32(before))
	if !s.done() {
		return pointerText(a), "[" + decimal(given) + "]"
	}
	got := given
	if after, ok := peek(l.atReturn(), 4); ok {
		got = int32(binary.NativeEndian.Uint32(after))
	}
	return addressText(a, a.atReturn(), min(given, got)), changed(given, got)
}

// changed is a number in memory before and after the call.
func changed(before, after int32) string {
	if before == after {
		return "[" + decimal(before) + "]"
	}
	return "[" + decimal(before) + " => " + decimal(after) + "]"
}

func (s stracer) send() []string {
	return []string{s.number(0), s.buffer(1, s.arg(2).Value), s.unsigned(2), messageFlagNames.flags(s.arg(3).Value)}
}

// sendto also prints send, which in the kernel is sendto without an address.
func (s stracer) sendto() []string {
	if int32(s.arg(5).Value) == 0 && s.arg(4).null() {
		return append(s.send(), "NULL", "0")
	}
	return append(s.send(), s.sockaddr(4, 5), s.number(5))
}

// buffer is memory the kernel reads.
func (s stracer) buffer(i int, n int64) string {
	return bufferText(s.arg(i), s.arg(i).Before, uint64(n), s.limit)
}

// filled is memory the kernel wrote as many bytes to as it returned.
func (s stracer) filled(i, size int) string {
	if !s.done() {
		return s.pointer(i)
	}
	n := min(uint64(*s.Ret), uint64(s.arg(size).Value))
	return bufferText(s.arg(i), s.arg(i).atReturn(), n, s.limit)
}

func (s stracer) recv() []string {
	return []string{s.number(0), s.filled(1, 2), s.unsigned(2), messageFlagNames.flags(s.arg(3).Value)}
}

// recvfrom also prints recv, which in the kernel is recvfrom without an address.
func (s stracer) recvfrom() []string {
	address, length := s.written(4, 5)
	return append(s.recv(), address, length)
}

func (s stracer) read() []string {
	return []string{s.number(0), s.filled(1, 2), s.unsigned(2)}
}

func (s stracer) write() []string {
	return []string{s.number(0), s.buffer(1, s.arg(2).Value), s.unsigned(2)}
}

func (s stracer) option() []string {
	return []string{s.number(0), levelNames.text(s.arg(1).Value), s.optionName()}
}

func (s stracer) optionName() string {
	n := s.arg(2).Value
	if options := optionNames(s.arg(1).Value); options != nil {
		return options.text(n)
	}
	return strconv.FormatUint(uint64(uint32(n)), 10)
}

// optionNames returns the options of a level, nil where it is no level known.
func optionNames(level int64) *names {
	name, _ := levelNames.lookup(int64(uint32(level)))
	switch name {
	case "SOL_SOCKET":
		return socketOptionNames
	case "SOL_IP":
		return ipOptionNames
	case "SOL_TCP":
		return tcpOptionNames
	case "SOL_IPV6":
		return ipv6OptionNames
	}
	return nil
}

// isSocketOption reports whether the option is this one of SOL_SOCKET.
func (s stracer) isSocketOption(name string) bool {
	return optionNames(s.arg(1).Value) == socketOptionNames && s.optionName() == name
}

// isInt reports whether strace takes the value of an option of SOL_SOCKET for an
// int whatever its length.
func (s stracer) isInt() bool {
	return optionNames(s.arg(1).Value) == socketOptionNames && intOptions[s.optionName()]
}

var intOptions = func() map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Fields(`SO_DEBUG SO_REUSEADDR SO_DONTROUTE SO_BROADCAST SO_SNDBUF SO_RCVBUF SO_KEEPALIVE SO_OOBINLINE
		SO_NO_CHECK SO_PRIORITY SO_BSDCOMPAT SO_REUSEPORT SO_PASSCRED SO_RCVLOWAT SO_SNDLOWAT SO_DETACH_FILTER SO_TIMESTAMP_OLD
		SO_ACCEPTCONN SO_SNDBUFFORCE SO_RCVBUFFORCE SO_PASSSEC SO_TIMESTAMPNS_OLD SO_MARK SO_TIMESTAMPING_OLD SO_RXQ_OVFL
		SO_WIFI_STATUS SO_PEEK_OFF SO_NOFCS SO_LOCK_FILTER SO_SELECT_ERR_QUEUE SO_BUSY_POLL SO_INCOMING_CPU SO_CNX_ADVICE
		SO_INCOMING_NAPI_ID SO_ZEROCOPY SO_TIMESTAMP_NEW SO_TIMESTAMPNS_NEW SO_TIMESTAMPING_NEW SO_DETACH_REUSEPORT_BPF
		SO_PREFER_BUSY_POLL SO_BUSY_POLL_BUDGET`) {
		set[name] = true
	}
	return set
}()

func (s stracer) setsockopt() []string {
	return append(s.option(), s.optionSet(), s.number(4))
}

func (s stracer) optionSet() string {
	a, n := s.arg(3), int32(s.arg(4).Value)
	switch {
	case a.null():
		return "NULL"
	case s.isSocketOption("SO_LINGER"):
		if n < 8 {
			return pointerText(a)
		}
		return lingerText(a, a.Before, 8)
	case s.isInt():
		if n < 4 {
			return pointerText(a)
		}
		return intText(a, a.Before)
	case memberships[s.optionName()]:
		return membershipText(a, n, s.optionName())
	case n == 4:
		return intText(a, a.Before)
	}
	return s.buffer(3, int64(n))
}

// lingerText is a struct linger of which n bytes are there.
func lingerText(a Arg, memory []byte, n int32) string {
	return intsText(a, memory, n, "l_onoff", "l_linger")
}

// intsText is a structure of ints of which n bytes are there.
func intsText(a Arg, memory []byte, n int32, members ...string) string {
	b, ok := peek(memory, uint64(min(int(n), 4*len(members))))
	if !ok {
		return pointerText(a)
	}
	var texts []string
	for i, member := range members {
		switch rest := b[min(4*i, len(b)):]; {
		case len(rest) >= 4:
			texts = append(texts, member+"="+decimal(int32(binary.NativeEndian.Uint32(rest))))
		case len(rest) > 0:
			texts = append(texts, member+"="+hexBytes(rest))
		}
	}
	return "{" + strings.Join(texts, ", ") + "}"
}

func (s stracer) getsockopt() []string {
	a, l := s.arg(3), s.arg(4)
	before, ok := peek(l.Before, 4)
	if l.null() || !ok {
		return append(s.option(), pointerText(a), pointerText(l))
	}
	given := int32(binary.NativeEndian.Uint32(before))
	got := given
	if after, ok := peek(l.atReturn(), 4); ok && s.Returned() {
		got = int32(binary.NativeEndian.Uint32(after))
	}
	if !s.done() {
		return append(s.option(), pointerText(a), changed(given, got))
	}
	return append(s.option(), s.optionGot(a, given, got), changed(given, got))
}

func (s stracer) optionGot(a Arg, given, got int32) string {
	memory := a.atReturn()
	switch {
	case given <= 0 || got <= 0 || a.null():
		return pointerText(a)
	case s.isSocketOption("SO_LINGER"):
		return lingerText(a, memory, got)
	case s.isSocketOption("SO_PEERCRED"):
		return intsText(a, memory, got, "pid", "uid", "gid")
	case s.isSocketOption("SO_ERROR") && got >= 4:
		return errorText(a, memory)
	case (s.isInt() || s.isSocketOption("SO_ERROR")) && got < 4:
		return bytesText(a, memory, got)
	case s.isInt() || got == 4:
		return intText(a, memory)
	}
	return bufferText(a, memory, uint64(got), s.limit)
}

// errorText is the pending error of SO_ERROR.
func errorText(a Arg, memory []byte) string {
	b, ok := peek(memory, 4)
	if !ok {
		return pointerText(a)
	}
	n := Errno(binary.NativeEndian.Uint32(b))
	if n == 0 {
		return "[0]"
	}
	return "[" + n.Name() + "]"
}

// bytesText is memory in hexadecimal escapes.
func bytesText(a Arg, memory []byte, n int32) string {
	b, ok := peek(memory, uint64(n))
	if !ok {
		return pointerText(a)
	}
	return hexBytes(b)
}

func hexBytes(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		fmt.Fprintf(&s, `\x%02x`, c)
	}
	return `"` + s.String() + `"`
}

func (s stracer) command() string {
	name, _ := fcntlNames.lookup(int64(uint32(s.arg(1).Value)))
	return name
}

func (s stracer) fcntl() []string {
	head := []string{s.number(0), fcntlNames.text(s.arg(1).Value)}
	n := s.arg(2).Value
	switch s.command() {
	case "F_GETFD", "F_GETFL", "F_GETOWN", "F_GETPIPE_SZ", "F_GETSIG", "F_GETLEASE", "F_GET_SEALS":
		return head
	case "F_SETFD":
		return append(head, descriptorFlagNames.flags(n))
	case "F_SETFL":
		return append(head, openModeText(n))
	case "F_DUPFD", "F_DUPFD_CLOEXEC", "F_SETOWN", "F_SETPIPE_SZ":
		return append(head, decimal(int32(n)))
	case "F_SETSIG":
		return append(head, signalText(n))
	case "F_SETOWN_EX":
		return append(head, ownerText(s.arg(2), s.arg(2).Before))
	case "F_GETOWN_EX":
		if s.done() {
			return append(head, ownerText(s.arg(2), s.arg(2).atReturn()))
		}
	}
	return append(head, hexNumber(uint64(n)))
}

// ownerText is a struct f_owner_ex.
func ownerText(a Arg, memory []byte) string {
	if a.null() || len(memory) < 8 {
		return pointerText(a)
	}
	return "{type=" + ownerNames.text(int64(intAt(memory, 0))) + ", pid=" + decimal(intAt(memory, 4)) + "}"
}

// openModeText is the access mode and the flags of a descriptor.
func openModeText(n int64) string {
	bits := int64(uint32(n))
	access, _ := accessNames.lookup(bits & 3)
	if bits&^3 == 0 {
		return access
	}
	set, rest := openFlagNames.split(bits &^ 3)
	if rest != 0 {
		set = append(set, hexNumber(uint64(rest)))
	}
	return strings.Join(append([]string{access}, set...), "|")
}

func (s stracer) ioctl() []string {
	n := int64(uint32(s.arg(1).Value))
	name, ok := ioctlNames.lookup(n)
	if !ok {
		if texts, ok := s.ioctlRequest(); ok {
			return texts
		}
		return []string{s.number(0), ioctlText(uint32(n)), hexNumber(uint64(s.arg(2).Value))}
	}
	value := s.pointer(2)
	switch {
	case name == "FIONBIO":
		value = intText(s.arg(2), s.arg(2).Before)
	case s.done():
		value = intText(s.arg(2), s.arg(2).atReturn())
	}
	return []string{s.number(0), name, value}
}

// ioctlNames has FIONREAD and SIOCOUTQ under the names strace has for them.
var ioctlNames = newNames("", `FIONREAD TIOCOUTQ FIONBIO`)

// ioctlText takes the number of an unknown request apart.
func ioctlText(n uint32) string {
	direction := [...]string{"_IOC_NONE", "_IOC_WRITE", "_IOC_READ", "_IOC_READ|_IOC_WRITE"}[n>>30]
	return fmt.Sprintf("_IOC(%s, %s, %s, %s)", direction, hexNumber(uint64(n>>8&0xff)), hexNumber(uint64(n&0xff)), hexNumber(uint64(n>>16&0x3fff)))
}

func (s stracer) poll() []string {
	return []string{s.pollFDs(), strconv.FormatUint(uint64(uint32(s.arg(1).Value)), 10), s.number(2)}
}

// ownPoll tells the ppoll of C from the poll of a C library that has no other system
// call for it.
func (s stracer) ownPoll() bool { return len(s.Args) > 3 }

// ppoll prints both: in poll's the timeout in milliseconds becomes a struct timespec.
func (s stracer) ppoll() []string {
	if s.ownPoll() {
		return []string{s.pollFDs(), s.unsigned32(1), s.time(2, "nsec"), s.mask(3, 4), s.unsigned(4)}
	}
	timeout := "NULL"
	if ms := int32(s.arg(2).Value); ms >= 0 {
		timeout = fmt.Sprintf("{tv_sec=%d, tv_nsec=%d}", ms/1000, ms%1000*1000000)
	}
	return []string{s.pollFDs(), strconv.FormatUint(uint64(uint32(s.arg(1).Value)), 10), timeout, "NULL", "0"}
}

// pollFDSize is the size of a struct pollfd: an int and two shorts.
const pollFDSize = 8

func (s stracer) pollFDs() string {
	a, n := s.arg(0), uint32(s.arg(1).Value)
	switch {
	case a.null():
		return "NULL"
	case n == 0:
		return "[]"
	case len(a.Before) < pollFDSize:
		return pointerText(a)
	}
	var texts []string
	for i := 0; i < int(n); i++ {
		end := (i + 1) * pollFDSize
		if i == straceString {
			texts = append(texts, "...")
			break
		}
		if end > len(a.Before) {
			texts = append(texts, "... /* "+hexNumber(uint64(a.Value)+uint64(i*pollFDSize))+" */")
			break
		}
		texts = append(texts, pollFDText(a.Before[i*pollFDSize:end]))
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

func pollFDText(b []byte) string {
	fd := int32(binary.NativeEndian.Uint32(b))
	if fd < 0 {
		return "{fd=" + decimal(fd) + "}"
	}
	events := int64(binary.NativeEndian.Uint16(b[4:]))
	return "{fd=" + decimal(fd) + ", events=" + pollNames.flags(events) + "}"
}

// reported are the elements of poll's array that have something to report.
func (s stracer) reported() string {
	memory := s.arg(0).atReturn()
	var texts []string
	for i := 0; i < int(uint32(s.arg(1).Value)) && (i+1)*pollFDSize <= len(memory); i++ {
		b := memory[i*pollFDSize:]
		revents := int64(binary.NativeEndian.Uint16(b[6:]))
		if revents == 0 {
			continue
		}
		if len(texts) == straceString {
			texts = append(texts, "...")
			break
		}
		fd := decimal(int32(binary.NativeEndian.Uint32(b)))
		texts = append(texts, "{fd="+fd+", revents="+pollNames.flags(revents)+"}")
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

func (s stracer) socketpair() []string {
	pair := s.pointer(3)
	if b, ok := peek(s.arg(3).atReturn(), 8); ok && s.done() {
		pair = fmt.Sprintf("[%d, %d]", int32(binary.NativeEndian.Uint32(b)), int32(binary.NativeEndian.Uint32(b[4:])))
	}
	return []string{familyNames.text(s.arg(0).Value), typeText(s.arg(1).Value), s.unsigned(2), pair}
}

func (s stracer) setrlimit() []string {
	return []string{resourceNames.text(s.arg(0).Value), s.limits(1)}
}

// prlimit prints setrlimit, which in the kernel is prlimit64 of the own process.
func (s stracer) prlimit() []string {
	return []string{"0", resourceNames.text(s.arg(0).Value), s.limits(1), "NULL"}
}

func (s stracer) limits(i int) string {
	b, ok := peek(s.arg(i).Before, 16)
	if !ok || s.arg(i).null() {
		return s.pointer(i)
	}
	return fmt.Sprintf("{rlim_cur=%s, rlim_max=%s}", limitText(binary.NativeEndian.Uint64(b)), limitText(binary.NativeEndian.Uint64(b[8:])))
}

func limitText(n uint64) string {
	switch {
	case n == 1<<64-1:
		return "RLIM64_INFINITY"
	case n > 1024 && n%1024 == 0:
		return strconv.FormatUint(n/1024, 10) + "*1024"
	}
	return strconv.FormatUint(n, 10)
}

func (s stracer) sigaction() []string {
	old := s.pointer(2)
	if s.done() {
		old = actionText(s.arg(2), s.arg(2).atReturn())
	}
	return []string{signalText(s.arg(0).Value), actionText(s.arg(1), s.arg(1).Before), old}
}

// rtSigaction adds the size of a signal set in the kernel, which C does not pass.
func (s stracer) rtSigaction() []string { return append(s.sigaction(), "8") }

// Sizes of struct sigaction: the kernel's has the flags before a mask of 8 bytes,
// the C library's a mask of 128 bytes before the flags.
const (
	kernelActionSize = 32
	cActionSize      = 152
)

// actionText prints a struct sigaction of either layout, told apart by its size.
func actionText(a Arg, b []byte) string {
	if a.null() || len(b) < kernelActionSize {
		return pointerText(a)
	}
	handler, flags := binary.NativeEndian.Uint64(b), binary.NativeEndian.Uint64(b[8:])
	restorer, mask := binary.NativeEndian.Uint64(b[16:]), binary.NativeEndian.Uint64(b[24:])
	if len(b) >= cActionSize {
		mask = flags
		flags = uint64(binary.NativeEndian.Uint32(b[136:]))
		restorer = binary.NativeEndian.Uint64(b[144:])
	}
	text := fmt.Sprintf("{sa_handler=%s, sa_mask=%s, sa_flags=%s", handlerText(handler), maskText(mask), actionFlagNames.flags(int64(flags)))
	if flags&0x4000000 != 0 {
		text += ", sa_restorer=" + addressOrNull(restorer)
	}
	return text + "}"
}

func addressOrNull(n uint64) string {
	if n == 0 {
		return "NULL"
	}
	return hexNumber(n)
}

func handlerText(n uint64) string {
	switch n {
	case 0:
		return "SIG_DFL"
	case 1:
		return "SIG_IGN"
	case 1<<64 - 1:
		return "SIG_ERR"
	}
	return hexNumber(n)
}

// maskText is a set of signals; of one with two thirds of them, those that lack.
func maskText(mask uint64) string {
	sign := ""
	if bits.OnesCount64(mask) >= 64*2/3 {
		sign, mask = "~", ^mask
	}
	var set []string
	for n := int64(1); n <= 64; n++ {
		if mask&(1<<(n-1)) != 0 {
			set = append(set, strings.TrimPrefix(signalText(n), "SIG"))
		}
	}
	return sign + "[" + strings.Join(set, " ") + "]"
}

// pathMax is the longest path the kernel reads, with its null byte.
const pathMax = 4096

func (s stracer) path(i int) string {
	a := s.arg(i)
	b := a.Before[:min(len(a.Before), pathMax)]
	path := cString(b)
	switch {
	case a.null() || len(path) == len(b) && len(b) < pathMax:
		return pointerText(a)
	case len(path) == len(b):
		return quote(path[:pathMax-1]) + "..."
	}
	return quote(path)
}

// unlinkat prints the unlink of an architecture that has no other.
func (s stracer) unlinkat() []string { return []string{"AT_FDCWD", s.path(0), "0"} }

// result is what stands behind the equals sign.
func (s stracer) result() string {
	switch {
	case !s.Returned():
		return "?"
	case s.Failed() && s.Errno.Name() == strconv.Itoa(int(s.Errno)):
		return fmt.Sprintf("-1 (errno %d)", s.Errno)
	case s.Failed():
		return "-1 " + s.Errno.Name() + " (" + s.Errno.Text() + ")"
	}
	return s.success(*s.Ret)
}

func (s stracer) success(ret int64) string {
	switch s.name() {
	case "poll":
		return waited(ret, s.reported())
	case "ppoll":
		if reported := s.reported(); s.ownPoll() && !s.arg(2).null() {
			return waited(ret, reported+", "+s.left(2, "nsec"))
		}
		return waited(ret, s.reported())
	case "select", "pselect6":
		return waited(ret, s.selected(ret))
	case "recvmmsg":
		if s.arg(4).null() && ret != 0 {
			break
		}
		return waited(ret, s.left(4, "nsec"))
	case "fcntl":
		return s.fcntlResult(ret)
	}
	return strconv.FormatInt(ret, 10)
}

func (s stracer) fcntlResult(ret int64) string {
	switch s.command() {
	case "F_GETFL":
		return hexNumber(uint64(ret)) + " (flags " + openModeText(ret) + ")"
	case "F_GETFD":
		if ret != 0 {
			return hexNumber(uint64(ret)) + " (flags " + descriptorFlagNames.flags(ret) + ")"
		}
	}
	return strconv.FormatInt(ret, 10)
}
