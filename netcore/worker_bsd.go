//go:build unix && !linux

package netcore

import (
	"errors"
	"fmt"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/netcore/protocol"
)

// cancelSignal does not exist here: Go's handlers restart the call.
const cancelSignal = -1 << 31

// sideFD is a second channel: its end tells the worker that the program is gone,
// also while a call waits, and looks at the worker's descriptors come through it.
const sideFD = 41

func mainThread() int { return os.Getpid() }

func runHelper(role string, args []string) {
	if role != workerRole || len(args) != 1 {
		return
	}
	if err := runWorker(args[0]); err == nil || errors.Is(err, errEndOfChannel) {
		os.Exit(0)
	}
}

// runWorker is the life of a worker in the lab's folder.
func runWorker(folder string) error {
	time.Sleep(1) // the Go runtime opens its poller while low descriptors are taken
	w := &worker{channel: channelFD}
	unix.CloseOnExec(channelFD)
	unix.CloseOnExec(sideFD)
	closeLow()
	if err := w.greet(nil); err != nil {
		return err
	}
	go watch(folder)
	return w.serve()
}

// watch answers looks until the program is gone, then ends the process whatever
// it waits for.
func watch(folder string) {
	side := rawFD(sideFD)
	for {
		if _, err := protocol.Read(side, nil); err != nil {
			_ = os.RemoveAll(folder)
			os.Exit(0)
		}
		s := protocol.Sighting{At: Now(), Tables: []protocol.Table{{PID: os.Getpid(), FDs: ownTable()}}}
		if frame, err := protocol.Seal(s.Append(protocol.Room(4096))); err == nil {
			_, _ = side.Write(frame)
		}
	}
}

// ownTable asks about every descriptor a program can have.
func ownTable() []protocol.FD {
	var fds []protocol.FD
	for n := 0; n < channelFD; n++ {
		var st unix.Stat_t
		if unix.Fstat(n, &st) != nil {
			continue
		}
		fd := protocol.FD{Number: n, Target: fmt.Sprintf("%s:[%d]", statKind(uint32(st.Mode)), st.Ino)}
		if flags, err := unix.FcntlInt(uintptr(n), unix.F_GETFL, 0); err == nil {
			fd.Flags = uint64(flags)
		}
		if statKind(uint32(st.Mode)) == "socket" {
			fd.Probe = examine(n)
		}
		fds = append(fds, fd)
	}
	return fds
}

func statKind(mode uint32) string {
	switch mode & unix.S_IFMT {
	case unix.S_IFSOCK:
		return "socket"
	case unix.S_IFIFO:
		return "pipe"
	case unix.S_IFCHR:
		return "device"
	}
	return "file"
}

// fionread asks how many bytes wait to be received, sys/filio.h.
const fionread = 0x4004667f

// examine asks a socket about itself.
func examine(fd int) *protocol.Probe {
	p := &protocol.Probe{Local: rawName(unix.SYS_GETSOCKNAME, fd), Peer: rawName(unix.SYS_GETPEERNAME, fd)}
	if len(p.Local) > 1 {
		p.Domain = uint32(p.Local[1])
	}
	if v, err := unix.IoctlGetInt(fd, fionread); err == nil {
		p.RecvQ = uint32(v)
	}
	if v, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE); err == nil {
		p.Type = uint32(v)
	}
	var info [512]byte
	size := uint32(len(info))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.IPPROTO_TCP, tcpInfoOption,
		uintptr(unsafe.Pointer(&info[0])), uintptr(unsafe.Pointer(&size)), 0)
	if errno == 0 && size > 0 && p.Type == unix.SOCK_STREAM && p.Domain != unix.AF_UNIX {
		p.Protocol, p.State = unix.IPPROTO_TCP, info[0]+1
	}
	return p
}

func rawName(nr uintptr, fd int) []byte {
	buf := make([]byte, 128)
	size := uint32(len(buf))
	_, _, errno := unix.Syscall(nr, uintptr(fd), uintptr(unsafe.Pointer(&buf[0])), uintptr(unsafe.Pointer(&size)))
	if errno != 0 {
		return nil
	}
	return buf[:min(int(size), len(buf))]
}

// withHandler: no program has a handler here, see canHandle.
func withHandler(*protocol.Request) {}
