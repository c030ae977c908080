//go:build linux && (amd64 || arm64)

package tracer

import (
	"encoding/binary"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What ptrace(2) names and golang.org/x/sys does not.
const (
	requestSyscallInfo = 0x420e // PTRACE_GET_SYSCALL_INFO

	opEntry   = 1 // PTRACE_SYSCALL_INFO_ENTRY
	opExit    = 2
	opSeccomp = 3

	eventStop = 128 // PTRACE_EVENT_STOP
	// syscallStop is the signal of a stop at a system call (PTRACE_O_TRACESYSGOOD).
	syscallStop = syscall.SIGTRAP | 0x80

	follow = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_TRACEFORK |
		unix.PTRACE_O_TRACEVFORK | unix.PTRACE_O_TRACEEXEC | unix.PTRACE_O_TRACESECCOMP
)

// syscallInfo is struct ptrace_syscall_info: at an exit, Words[0] is the result
// and the low byte of Words[1] tells an error.
type syscallInfo struct {
	Op    uint8
	_     [3]uint8
	Arch  uint32
	IP    uint64
	SP    uint64
	Words [8]uint64 // number and six arguments at an entry
}

func (i *syscallInfo) result() (value int64, failed bool) {
	return int64(i.Words[0]), byte(i.Words[1]) != 0
}

func ptrace(request, tid int, address, data uintptr) syscall.Errno {
	_, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, uintptr(request), uintptr(tid), address, data, 0, 0)
	return errno
}

func readInfo(tid int, info *syscallInfo) syscall.Errno {
	return ptrace(requestSyscallInfo, tid, unsafe.Sizeof(*info), uintptr(unsafe.Pointer(info)))
}

func eventMessage(tid int) int {
	var message uint64
	ptrace(unix.PTRACE_GETEVENTMSG, tid, 0, uintptr(unsafe.Pointer(&message)))
	return int(message)
}

// registers reads the general registers, writeRegisters sets them; NT_PRSTATUS of
// ptrace(2)'s PTRACE_GETREGSET.
func readRegisters(tid int, r *syscall.PtraceRegs) syscall.Errno {
	v := unix.Iovec{Base: (*byte)(unsafe.Pointer(r))}
	v.SetLen(int(unsafe.Sizeof(*r)))
	return ptrace(unix.PTRACE_GETREGSET, tid, noteStatus, uintptr(unsafe.Pointer(&v)))
}

func writeRegisters(tid int, r *syscall.PtraceRegs) syscall.Errno {
	v := unix.Iovec{Base: (*byte)(unsafe.Pointer(r))}
	v.SetLen(int(unsafe.Sizeof(*r)))
	return ptrace(unix.PTRACE_SETREGSET, tid, noteStatus, uintptr(unsafe.Pointer(&v)))
}

const noteStatus = 1 // NT_PRSTATUS

// space is the memory of a traced process, by one of its threads.
type space int

// pageSize is what memory is read in where it ends somewhere inside.
const pageSize = 4096

// read returns as many of n bytes at an address as can be read; process_vm_readv(2).
func (s space) read(address uint64, n int) []byte {
	if n <= 0 || address == 0 {
		return nil
	}
	b := make([]byte, n)
	if got := s.transfer(unix.SYS_PROCESS_VM_READV, address, b); got == n {
		return b
	}
	got := 0
	for got < n {
		at := address + uint64(got)
		step := min(n-got, pageSize-int(at%pageSize))
		k := s.transfer(unix.SYS_PROCESS_VM_READV, at, b[got:got+step])
		got += max(k, 0)
		if k < step {
			break
		}
	}
	return b[:got:got]
}

// number reads a 64-bit number.
func (s space) number(address uint64) (int64, bool) {
	b := s.read(address, 8)
	if len(b) < 8 {
		return 0, false
	}
	return int64(binary.NativeEndian.Uint64(b)), true
}

// write sets memory; it reports whether all of it was.
func (s space) write(address uint64, b []byte) bool {
	return len(b) > 0 && s.transfer(unix.SYS_PROCESS_VM_WRITEV, address, b) == len(b)
}

func (s space) transfer(number uintptr, address uint64, b []byte) int {
	local := unix.Iovec{Base: &b[0]}
	local.SetLen(len(b))
	remote := unix.RemoteIovec{Base: uintptr(address), Len: len(b)}
	n, _, errno := unix.RawSyscall6(number, uintptr(s), uintptr(unsafe.Pointer(&local)), 1, uintptr(unsafe.Pointer(&remote)), 1, 0)
	if errno != 0 {
		return -1
	}
	return int(n)
}

// readLink is readlink(2) without an allocation: path ends in a null byte.
func readLink(path, into []byte) []byte {
	at := unix.AT_FDCWD
	n, _, errno := unix.RawSyscall6(unix.SYS_READLINKAT, uintptr(at), uintptr(unsafe.Pointer(&path[0])), uintptr(unsafe.Pointer(&into[0])), uintptr(len(into)), 0, 0)
	if errno != 0 {
		return nil
	}
	return into[:n]
}
