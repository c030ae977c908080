package tracer

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/netcore/tracer/source"
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

// interruptedResult is what a call will have returned for the program when the
// signal handler is over at whose beginning the thread stands: x0 in the struct
// rt_sigframe at the top of the stack.
func interruptedResult(tid int) (int64, bool) {
	const x0At = 128 + 176 + 8 // siginfo, in ucontext uc_mcontext, behind fault_address
	var r syscall.PtraceRegs
	if readRegisters(tid, &r) != 0 {
		return 0, false
	}
	return space(tid).number(r.Sp + x0At)
}

// sourceRegisters are those a search for the source begins with.
func sourceRegisters(r *syscall.PtraceRegs) source.Registers {
	return source.Registers{PC: r.Pc, SP: r.Sp, FP: r.Regs[29], LR: r.Regs[30]}
}
