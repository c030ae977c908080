//go:build amd64 || arm64

package tracer

import (
	"golang.org/x/sys/unix"

	"sockstep/netcore"
)

// requests are the sizes of what the requests of ioctl point to that sockets know. The
// third argument of others is taken for a number.
var requests = map[int64]int{
	unix.TIOCINQ:  4,
	unix.TIOCOUTQ: 4,
	fionbio:       4,
	fioasync:      4,
}

// Requests x/sys/unix lacks, see ioctl(2).
const (
	fionbio  = 0x5421
	fioasync = 0x5452
)

func (a *argReader) enterRequest() []byte {
	size, ok := requests[a.args[1].Value]
	if !ok {
		a.Pointer = netcore.NumberValue
		return nil
	}
	return a.take(a.address(), size)
}

func (a *argReader) leaveRequest() { a.After = a.take(a.address(), len(a.Before)) }
