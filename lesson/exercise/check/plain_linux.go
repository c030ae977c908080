package check

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"sockstep/netcore"
)

// plain is an examiner in this process's own network.
type plain struct {
	channel *os.File
	process *os.Process
}

// Plain starts an examiner as a child of this process, in its network: for machines
// without a private one. Ports are free ones there.
func Plain() (Examiner, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("socketpair: %w", err)
	}
	near, far := os.NewFile(uintptr(pair[0]), "examiner"), os.NewFile(uintptr(pair[1]), "examiner")
	defer far.Close()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		_ = near.Close()
		return nil, err
	}
	defer null.Close()
	errors := null
	if os.Getenv("SOCKSTEP_DEBUG") != "" {
		errors = os.Stderr
	}
	process, err := os.StartProcess("/proc/self/exe", netcore.HelperCommand(role), &os.ProcAttr{
		Files: []*os.File{null, null, errors, far}, Env: os.Environ(),
		Sys: &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		_ = near.Close()
		return nil, fmt.Errorf("start the examiner: %w", err)
	}
	return &plain{near, process}, nil
}

func (p *plain) Channel() *os.File { return p.channel }
func (p *plain) Private() bool     { return false }

// Close ends the examiner: it sees the channel close, and what it traces ends with it.
func (p *plain) Close() error {
	_ = p.channel.Close()
	_ = p.process.Kill()
	_, _ = p.process.Wait()
	return nil
}
