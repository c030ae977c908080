package tracer

import (
	"syscall"

	"golang.org/x/sys/unix"

	"sockstep/netcore/tracer/source"
)

const nativeArch = unix.AUDIT_ARCH_X86_64

// registerOf is the register of a system call's argument, from 0; syscall(2).
func registerOf(r *syscall.PtraceRegs, i int) *uint64 {
	return [...]*uint64{&r.Rdi, &r.Rsi, &r.Rdx, &r.R10, &r.R8, &r.R9}[i]
}

// skip has the call not be made: its number becomes one that is none.
func skip(tid int, r *syscall.PtraceRegs) syscall.Errno {
	r.Orig_rax = ^uint64(0)
	return writeRegisters(tid, r)
}

// setResult is what the program sees the call return.
func setResult(r *syscall.PtraceRegs, value int64) { r.Rax = uint64(value) }

// restoreArgument gives a register back its value when the call has returned.
func restoreArgument(r *syscall.PtraceRegs, i int, value uint64) { *registerOf(r, i) = value }

// interruptedResult is what a call will have returned for the program when the
// signal handler is over at whose beginning the thread stands: rax in the struct
// ucontext that is the handler's third argument.
func interruptedResult(tid int) (int64, bool) {
	const raxAt = 40 + 13*8 // uc_mcontext, and in it REG_RAX
	var r syscall.PtraceRegs
	if readRegisters(tid, &r) != 0 {
		return 0, false
	}
	return space(tid).number(r.Rdx + raxAt)
}

// sourceRegisters are those a search for the source begins with.
func sourceRegisters(r *syscall.PtraceRegs) source.Registers {
	return source.Registers{PC: r.Rip, SP: r.Rsp, FP: r.Rbp}
}
