package source

import (
	"testing"

	"golang.org/x/sys/unix"
)

func registers(t testing.TB, tid int) (call uint64, r Registers) {
	t.Helper()
	var regs unix.PtraceRegs
	if err := unix.PtraceGetRegs(tid, &regs); err != nil {
		t.Fatal(err)
	}
	return regs.Orig_rax, Registers{PC: regs.Rip, SP: regs.Rsp, FP: regs.Rbp}
}
