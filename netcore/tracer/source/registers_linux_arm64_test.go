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
	return regs.Regs[8], Registers{PC: regs.Pc, SP: regs.Sp, FP: regs.Regs[29], LR: regs.Regs[30]}
}
