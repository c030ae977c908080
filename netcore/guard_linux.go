package netcore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/netcore/protocol"
)

// ReadTermios returns the terminal's settings for Saved, wraps TCGETS of
// ioctl_tty(2).
func ReadTermios(f *os.File) ([]byte, error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("read the terminal's settings: %w", err)
	}
	var t *unix.Termios
	var asked error
	err = raw.Control(func(fd uintptr) { t, asked = unix.IoctlGetTermios(int(fd), unix.TCGETS) })
	if err = errors.Join(err, asked); err != nil {
		return nil, fmt.Errorf("read the terminal's settings: %w", err)
	}
	return slices.Clone(termiosBytes(t)), nil
}

func termiosBytes(t *unix.Termios) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(t)), unsafe.Sizeof(*t))
}

func (g *linuxGround) guard(ctx context.Context, s Saved) error {
	o := &protocol.Order{Kind: protocol.GuardOrder, Name: string(s.Sequence), Bytes: s.Termios}
	raw, err := s.File.SyscallConn()
	if err != nil {
		return err
	}
	var asked error
	err = raw.Control(func(fd uintptr) { _, asked = g.ask(ctx, o, int(fd)) })
	if err != nil {
		return err
	}
	return asked
}

func (g *linuxGround) unguard(ctx context.Context) error {
	_, err := g.ask(ctx, &protocol.Order{Kind: protocol.UnguardOrder})
	return err
}

// guarded is a terminal in the care of the lab process.
type guarded struct {
	fd       int
	termios  unix.Termios
	sequence []byte
}

// restorePatience bounds how long a terminal that takes no output is tried.
const restorePatience = 300 * time.Millisecond

// restore gives the terminal back. The lab process is in the background there:
// it ignores SIGTTOU, or the terminal would stop it.
func (t *guarded) restore() {
	_ = unix.IoctlSetTermios(t.fd, unix.TCSETS, &t.termios)
	done := make(chan struct{})
	go func() {
		_, _ = rawFD(t.fd).Write(t.sequence)
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(restorePatience):
	}
}

func (s *station) guard(o *protocol.Order, fds []int) protocol.Report {
	t := &guarded{sequence: bytes.Clone([]byte(o.Name))}
	if len(fds) != 1 || copy(termiosBytes(&t.termios), o.Bytes) != len(termiosBytes(&t.termios)) {
		closeAll(fds)
		return refusal("guard: want a terminal and its settings", unix.EINVAL)
	}
	t.fd = fds[0]
	s.dropGuard()
	s.guarded = t
	return protocol.Report{}
}

func (s *station) unguard() protocol.Report {
	s.dropGuard()
	return protocol.Report{}
}

func (s *station) dropGuard() {
	if s.guarded != nil {
		_ = unix.Close(s.guarded.fd)
		s.guarded = nil
	}
}
