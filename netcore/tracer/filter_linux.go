//go:build linux && (amd64 || arm64)

package tracer

import (
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Offsets in struct seccomp_data, in bytes.
const (
	dataNumber = 0
	dataArch   = 4
)

// filter is the seccomp program: the calls watched stop for the tracer, all others
// run on at full speed. Calls of another architecture are let through; whoever
// starts such a program is told that it is not seen.
func filter(watched []watch) []unix.SockFilter {
	const (
		load   = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		equal  = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		answer = unix.BPF_RET | unix.BPF_K
	)
	program := []unix.SockFilter{
		{Code: load, K: dataArch},
		{Code: equal, Jt: 1, K: nativeArch},
		{Code: answer, K: unix.SECCOMP_RET_ALLOW},
		{Code: load, K: dataNumber},
	}
	// A poll that a signal interrupted goes on as this call.
	watched = append(slices.Clip(watched), watch{number: unix.SYS_RESTART_SYSCALL})
	// A jump is at most 255 long: each number has its answer behind it.
	for _, w := range watched {
		program = append(program,
			unix.SockFilter{Code: equal, Jf: 1, K: uint32(w.number)},
			unix.SockFilter{Code: answer, K: unix.SECCOMP_RET_TRACE})
	}
	return append(program, unix.SockFilter{Code: answer, K: unix.SECCOMP_RET_ALLOW})
}

// install puts the filter on the calling thread, for ever: it and all it starts.
// It takes no privilege once nothing can be gained any more (no_new_privs).
func install(program []unix.SockFilter) error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	p := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	_, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&p)))
	if errno != 0 {
		return errno
	}
	return nil
}
