package tracer

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

const nativeArch = unix.AUDIT_ARCH_AARCH64

// registerOf is the register of a system call's argument, from 0; syscall(2).
func registerOf(r *syscall.PtraceRegs, i int) *uint64 { return &r.Regs[i] }

// noteSystemCall is NT_ARM_SYSTEM_CALL, the number of the call being made.
const noteSystemCall = 0x404

// skip has the call not be made: its number becomes one that is none.
func skip(tid int, _ *syscall.PtraceRegs) syscall.Errno {
	number := int32(-1)
	v := unix.Iovec{Base: (*byte)(unsafe.Pointer(&number))}
	v.SetLen(4)
	return ptrace(unix.PTRACE_SETREGSET, tid, noteSystemCall, uintptr(unsafe.Pointer(&v)))
}

// setResult is what the program sees the call return.
func setResult(r *syscall.PtraceRegs, value int64) { r.Regs[0] = uint64(value) }

// restoreArgument gives a register back its value when the call has returned; the
// first holds the result by then.
func restoreArgument(r *syscall.PtraceRegs, i int, value uint64) {
	if i > 0 {
		*registerOf(r, i) = value
	}
}
