package netcore

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"sockstep/netcore/protocol"
)

// canHandle reports whether a program can have a handler for a signal: for those the
// Go runtime does nothing about.
func canHandle(sig int) bool {
	return sig == int(unix.SIGUSR1) || sig == int(unix.SIGUSR2)
}

// idleAction has the Go runtime's handler, which does nothing about those, and the
// flags it needs: a stack of its own.
var idleAction kernelAction

// withHandler puts that handler in place of the function that a program names in
// rt_sigaction(2), which is code no worker has. The program's flags, SA_RESTART among
// them, stay.
func withHandler(req *protocol.Request) {
	if req.Number != unix.SYS_RT_SIGACTION || !req.Args[1].Memory || !canHandle(int(int32(req.Args[0].Number))) {
		return
	}
	b := req.Args[1].Bytes
	if binary.NativeEndian.Uint64(b) <= 1 { // SIG_DFL, SIG_IGN
		return
	}
	flags := binary.NativeEndian.Uint64(b[8:])
	binary.NativeEndian.PutUint64(b, uint64(idleAction.handler))
	binary.NativeEndian.PutUint64(b[8:], flags|idleAction.flags)
	binary.NativeEndian.PutUint64(b[16:], uint64(idleAction.restorer))
}
