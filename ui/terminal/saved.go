//go:build unix

package terminal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// Saved is what puts a terminal back after the program that holds it is gone without a word. It is plain data, for
// another process of the same binary on the same machine.
type Saved struct {
	FD       int    // the descriptor it was taken from, in the process that took it
	Termios  []byte // the line discipline to go back to, struct termios as the kernel has it; empty: nothing is held
	Raw      []byte // the one that was set instead
	Sequence []byte // the bytes to write
}

// Held reports whether there is anything to put back.
func (s Saved) Held() bool { return len(s.Termios) > 0 }

// Restore puts the terminal behind fd back, unless someone else has already taken it over: then its line discipline is
// no longer the one the program had set. It must not be called in the process that runs the program. The caller may
// be in the background of the terminal.
func (s Saved) Restore(fd int) error {
	if !s.Held() {
		return nil
	}
	now, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return os.NewSyscallError("tcgetattr", err)
	}
	if !bytes.Equal(pack(now), s.Raw) {
		return nil
	}
	cooked, err := unpack(s.Termios)
	if err != nil {
		return err
	}
	signal.Ignore(unix.SIGTTOU)
	if err := unix.IoctlSetTermios(fd, setTermios, cooked); err != nil {
		return os.NewSyscallError("tcsetattr", err)
	}
	_, err = unix.Write(fd, s.Sequence)
	return os.NewSyscallError("write", err)
}

func (t *tty) savedFor(d dialect) Saved {
	return Saved{FD: t.in, Termios: pack(t.cooked), Raw: pack(t.raw), Sequence: everything(d)}
}

func pack(t *unix.Termios) []byte {
	b, err := binary.Append(nil, binary.NativeEndian, t)
	if err != nil {
		panic(fmt.Sprintf("struct termios: %v", err)) // its fields are of fixed size on every system we build for
	}
	return b
}

func unpack(b []byte) (*unix.Termios, error) {
	t := new(unix.Termios)
	if _, err := binary.Decode(b, binary.NativeEndian, t); err != nil {
		return nil, fmt.Errorf("saved line discipline: %w", err)
	}
	return t, nil
}
