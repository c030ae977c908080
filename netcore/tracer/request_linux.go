//go:build amd64 || arm64

package tracer

import (
	"golang.org/x/sys/unix"

	"sockstep/netcore"
)

// Sizes of what the third argument of ioctl and fcntl points to.
const (
	intSize        = 4
	interfaceSize  = 40 // struct ifreq
	interfacesSize = 16 // struct ifconf
	ownerSize      = 8  // struct f_owner_ex
)

// Requests and commands x/sys/unix lacks, see ioctl(2) and fcntl(2).
const (
	fionbio    = 0x5421
	fioasync   = 0x5452
	fiosetown  = 0x8901
	fiogetown  = 0x8903
	siocatmark = 0x8905
	outqnsd    = 0x894b
	setOwner   = 15
	getOwner   = 16
)

// requests are the sizes of what the requests of ioctl that sockets know point to; 0 is
// a pointer that is not followed. The third argument of others is taken for a number.
var requests = map[int64]int{
	unix.TIOCINQ: intSize, unix.TIOCOUTQ: intSize, outqnsd: intSize, fionbio: intSize, fioasync: intSize,
	fiosetown: intSize, unix.SIOCSPGRP: intSize, fiogetown: intSize, unix.SIOCGPGRP: intSize, siocatmark: intSize,
	unix.SIOCGIFNAME: interfaceSize, unix.SIOCGIFFLAGS: interfaceSize, unix.SIOCGIFADDR: interfaceSize,
	unix.SIOCGIFDSTADDR: interfaceSize, unix.SIOCGIFBRDADDR: interfaceSize, unix.SIOCGIFNETMASK: interfaceSize,
	unix.SIOCGIFMETRIC: interfaceSize, unix.SIOCGIFMTU: interfaceSize, unix.SIOCGIFHWADDR: interfaceSize,
	unix.SIOCGIFINDEX: interfaceSize, unix.SIOCGIFTXQLEN: interfaceSize, unix.SIOCGIFCONF: interfacesSize,
	unix.TCGETS: 0, unix.TIOCGWINSZ: 0, unix.SIOCETHTOOL: 0,
}

func (a *argReader) isRequest() bool {
	_, ok := requests[a.args[1].Value]
	return ok
}

func (a *argReader) enterRequest() []byte {
	memory := a.take(a.address(), requests[a.args[1].Value])
	if buffer := uint64At(memory, 8); a.args[1].Value == unix.SIOCGIFCONF && buffer != 0 {
		a.Parts = []netcore.Part{{Offset: 8, Value: int64(buffer)}}
	}
	return memory
}

func (a *argReader) leaveRequest() {
	a.After = a.take(a.address(), len(a.Before))
	for i := range a.Parts {
		a.Parts[i].After = a.take(uint64(a.Parts[i].Value), int(int32At(a.After, 0)))
	}
}

// isOwner reports whether the third argument of fcntl points to a struct f_owner_ex.
func (a *argReader) isOwner() bool {
	return a.args[1].Value == setOwner || a.args[1].Value == getOwner
}
