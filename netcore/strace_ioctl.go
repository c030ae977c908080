package netcore

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"strconv"
	"strings"
)

// Sizes of a struct ifreq and a struct ifconf.
const (
	interfaceSize  = 40
	interfacesSize = 16
)

// request prints what a request of ioctl points to.
type request struct {
	name  string
	print func(s stracer, a Arg) string // nil: the request has no argument
}

// requests are the requests a program may make of a socket besides those of the
// course, by Linux's numbers.
var requests = map[uint32]request{
	0x5401: {"TCGETS", stracer.address1}, // isatty(3) asks
	0x5413: {"TIOCGWINSZ", stracer.address1},
	0x5450: {"FIONCLEX", nil},
	0x5451: {"FIOCLEX", nil},
	0x5452: {"FIOASYNC", stracer.given},
	0x8901: {"FIOSETOWN", stracer.given},
	0x8902: {"SIOCSPGRP", stracer.given},
	0x8903: {"FIOGETOWN", stracer.answered},
	0x8904: {"SIOCGPGRP", stracer.answered},
	0x8905: {"SIOCATMARK", stracer.answered},
	0x8910: {"SIOCGIFNAME", stracer.interfaceName},
	0x8912: {"SIOCGIFCONF", stracer.interfaces},
	0x8913: {"SIOCGIFFLAGS", interfaceOf("ifr_flags", func(b []byte) string { return interfaceFlagNames.flags(int64(binary.NativeEndian.Uint16(b))) })},
	0x8915: {"SIOCGIFADDR", interfaceOf("ifr_addr", socketAddress)},
	0x8917: {"SIOCGIFDSTADDR", interfaceOf("ifr_dstaddr", socketAddress)},
	0x8919: {"SIOCGIFBRDADDR", interfaceOf("ifr_broadaddr", socketAddress)},
	0x891b: {"SIOCGIFNETMASK", interfaceOf("ifr_netmask", socketAddress)},
	0x891d: {"SIOCGIFMETRIC", interfaceOf("ifr_metric", plainInt)},
	0x8921: {"SIOCGIFMTU", interfaceOf("ifr_mtu", plainInt)},
	0x8927: {"SIOCGIFHWADDR", interfaceOf("ifr_hwaddr", hardwareAddress)},
	0x8933: {"SIOCGIFINDEX", interfaceOf("ifr_ifindex", plainInt)},
	0x8942: {"SIOCGIFTXQLEN", interfaceOf("ifr_qlen", plainInt)},
	0x8946: {"SIOCETHTOOL", stracer.address1},
	0x894b: {"SIOCOUTQNSD", stracer.answered},
}

var (
	interfaceFlagNames = newNames("IFF_???", `IFF_UP=1 IFF_BROADCAST=2 IFF_DEBUG=4 IFF_LOOPBACK=8 IFF_POINTOPOINT=0x10 IFF_NOTRAILERS=0x20
		IFF_RUNNING=0x40 IFF_NOARP=0x80 IFF_PROMISC=0x100 IFF_ALLMULTI=0x200 IFF_MASTER=0x400 IFF_SLAVE=0x800 IFF_MULTICAST=0x1000
		IFF_PORTSEL=0x2000 IFF_AUTOMEDIA=0x4000 IFF_DYNAMIC=0x8000`)
	hardwareNames = newNames("ARPHRD_???", `ARPHRD_NETROM=0 ARPHRD_ETHER=1 ARPHRD_PPP=512 ARPHRD_TUNNEL=768 ARPHRD_TUNNEL6=769 ARPHRD_LOOPBACK=772
		ARPHRD_SIT=776 ARPHRD_IPGRE=778 ARPHRD_NONE=0xfffe`)
)

// ioctlRequest prints a request of the table above.
func (s stracer) ioctlRequest() ([]string, bool) {
	r, ok := requests[uint32(s.arg(1).Value)]
	if !ok || runtime.GOOS != "linux" {
		return nil, false
	}
	texts := []string{s.number(0), r.name}
	if r.print != nil {
		texts = append(texts, r.print(s, s.arg(2)))
	}
	return texts, true
}

func (s stracer) address1(a Arg) string { return pointerText(a) }

// given is an int the kernel reads, answered one it writes.
func (s stracer) given(a Arg) string { return intText(a, a.Before) }

func (s stracer) answered(a Arg) string {
	if !s.done() {
		return pointerText(a)
	}
	return intText(a, a.atReturn())
}

// interfaceOf prints a struct ifreq that has a name and is given another member.
func interfaceOf(member string, text func([]byte) string) func(stracer, Arg) string {
	return func(s stracer, a Arg) string {
		if a.null() || len(a.Before) < interfaceSize {
			return pointerText(a)
		}
		fields := []string{"ifr_name=" + interfaceText(a.Before)}
		if s.done() {
			fields = append(fields, member+"="+text(a.atReturn()[16:]))
		}
		return "{" + strings.Join(fields, ", ") + "}"
	}
}

// interfaceText is the name a struct ifreq begins with.
func interfaceText(b []byte) string { return quoteString(b[:16]) }

// interfaceName prints a struct ifreq that has a number and is given a name.
func (s stracer) interfaceName(a Arg) string {
	if a.null() || len(a.Before) < interfaceSize {
		return pointerText(a)
	}
	text := "{ifr_ifindex=" + decimal(intAt(a.Before, 16))
	if s.done() {
		text += ", ifr_name=" + interfaceText(a.atReturn())
	}
	return text + "}"
}

func plainInt(b []byte) string { return decimal(intAt(b, 0)) }

func socketAddress(b []byte) string { return straceAddress(b[:16]) }

func hardwareAddress(b []byte) string {
	kind := int64(binary.NativeEndian.Uint16(b))
	n := 14
	if kind == 1 || kind == 772 {
		n = 6
	}
	bytes := make([]string, n)
	for i := range bytes {
		bytes[i] = fmt.Sprintf("%02x", b[2+i])
	}
	return "{sa_family=" + hardwareNames.text(kind) + ", sa_data=" + strings.Join(bytes, ":") + "}"
}

// interfaces prints a struct ifconf: a length and a buffer for struct ifreq.
func (s stracer) interfaces(a Arg) string {
	if a.null() || len(a.Before) < interfacesSize {
		return pointerText(a)
	}
	after := a.atReturn()
	buffer, given, got := inner(a.Parts, a.Before, 8), intAt(a.Before, 0), intAt(after, 0)
	text := "{ifc_len="
	if !buffer.null() {
		text += lengthText(given)
		if given != got {
			text += " => "
		}
	}
	if buffer.null() || given != got {
		text += lengthText(got)
	}
	if buffer.null() || !s.done() {
		return text + ", ifc_buf=" + pointerText(buffer) + "}"
	}
	list := arrayText(buffer, buffer.After, uint64(max(got, 0)/interfaceSize), interfaceSize, func(at int) string {
		b := buffer.After[at:]
		return "{ifr_name=" + interfaceText(b) + ", ifr_addr=" + socketAddress(b[16:]) + "}"
	})
	return text + ", ifc_buf=" + list + "}"
}

func lengthText(n int32) string {
	text := decimal(n)
	if n > 0 && n%interfaceSize == 0 {
		text += " /* " + strconv.Itoa(int(n)/interfaceSize) + " * sizeof(struct ifreq) */"
	}
	return text
}
