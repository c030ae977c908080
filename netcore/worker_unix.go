//go:build unix

package netcore

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/netcore/protocol"
)

const (
	// channelFD is the worker's end of its channel: its only plumbing.
	channelFD = 40
	// pageFD is the page shared with the program; mapped at the start and closed.
	pageFD = 39
	// firstFD is the first descriptor a program gets from the kernel, behind
	// standard input, output and error.
	firstFD = 3
)

// errEndOfChannel says that the other side has gone.
var errEndOfChannel = errors.New("the other side is gone")

// rawFD reads and writes a descriptor without Go's poller, whose own descriptors
// and calls have no place in a worker.
type rawFD int

func (fd rawFD) Read(p []byte) (int, error) {
	for {
		n, err := unix.Read(int(fd), p)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return 0, os.NewSyscallError("read", err)
		case n == 0 && len(p) > 0:
			return 0, errEndOfChannel
		default:
			return n, nil
		}
	}
}

func (fd rawFD) Write(p []byte) (int, error) {
	for done := 0; done < len(p); {
		n, err := unix.Write(int(fd), p[done:])
		switch {
		case err == unix.EINTR:
		case err != nil:
			return done, os.NewSyscallError("write", err)
		default:
			done += n
		}
	}
	return len(p), nil
}

// worker makes system calls for the program, one after the other, on the main
// thread.
type worker struct {
	channel rawFD
	page    *page
	arenas  [protocol.MaxArgs]arena
}

// greet tells the program that the worker is ready.
func (w *worker) greet(lack []string) error {
	h := protocol.Hello{Version: protocol.Version, PID: os.Getpid(), TID: mainThread(), Own: openFrom(channelFD), Lack: lack}
	return w.send(h.Append(protocol.Room(256)))
}

func (w *worker) send(frame []byte) error {
	frame, err := protocol.Seal(frame)
	if err != nil {
		return err
	}
	_, err = w.channel.Write(frame)
	return err
}

// serve answers requests until the program is gone.
func (w *worker) serve() error {
	in := bufio.NewReaderSize(w.channel, 64<<10)
	var buf []byte
	for {
		body, err := protocol.Read(in, buf)
		if err != nil {
			return err
		}
		buf = body
		req, err := protocol.DecodeRequest(body)
		if err != nil {
			return err
		}
		res, err := w.perform(&req)
		if err != nil {
			return err
		}
		if err := w.send(res.Append(protocol.Room(res.Size()))); err != nil {
			return err
		}
	}
}

// perform makes the call. Between the two readings of the clock, which are no
// system calls, there is only the call.
func (w *worker) perform(req *protocol.Request) (*protocol.Result, error) {
	withHandler(req)
	var a [protocol.MaxArgs]uintptr
	for i, arg := range req.Args {
		a[i] = uintptr(arg.Number)
		if arg.Memory {
			p, err := w.arenas[i].place(arg.Bytes)
			if err != nil {
				return nil, err
			}
			a[i] = p
		}
	}
	w.page.claim(req.ID, &a)
	enter := Now()
	w.page.entered(enter)
	r, _, errno := unix.Syscall6(uintptr(req.Number), a[0], a[1], a[2], a[3], a[4], a[5])
	w.page.release() // before the time of the return: who sees it calling knows that it returns later
	exit := Now()
	res := &protocol.Result{ID: req.ID, Ret: int64(r), Errno: uint32(errno), Enter: enter, Exit: exit}
	if errno != 0 {
		res.Ret = -1
	}
	w.collect(req, res, &a)
	return res, nil
}

// collect adds the registers and the memory the call changed.
func (w *worker) collect(req *protocol.Request, res *protocol.Result, a *[protocol.MaxArgs]uintptr) {
	for i, arg := range req.Args {
		res.Registers = append(res.Registers, uint64(a[i]))
		if !arg.Memory {
			continue
		}
		if now := w.arenas[i].tail(len(arg.Bytes)); !bytes.Equal(now, arg.Bytes) {
			res.Memory = append(res.Memory, protocol.Change{Arg: i, Bytes: now})
		}
	}
}

// arena is the memory of one argument, with a page behind it that cannot be
// touched.
type arena struct {
	mem  []byte
	size int // of the usable part
}

// place copies b so that it ends where the arena ends, and returns its address.
func (a *arena) place(b []byte) (uintptr, error) {
	if err := a.reserve(len(b)); err != nil {
		return 0, err
	}
	copy(a.tail(len(b)), b)
	return uintptr(unsafe.Pointer(unsafe.SliceData(a.mem))) + uintptr(a.size-len(b)), nil
}

// tail returns the last n bytes in front of the guarding page.
func (a *arena) tail(n int) []byte { return a.mem[a.size-n : a.size : a.size] }

// reserve makes room for n bytes. An arena only grows.
func (a *arena) reserve(n int) error {
	if a.mem != nil && n <= a.size {
		return nil
	}
	if a.mem != nil {
		if err := unix.Munmap(a.mem); err != nil {
			return fmt.Errorf("unmap memory: %w", err)
		}
		a.mem = nil
	}
	guard := os.Getpagesize()
	size := (max(n, 1<<16) + guard - 1) / guard * guard
	mem, err := unix.Mmap(-1, 0, size+guard, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return fmt.Errorf("map %d bytes of memory: %w", size, err)
	}
	if err := unix.Mprotect(mem[size:], unix.PROT_NONE); err != nil {
		return fmt.Errorf("guard memory: %w", err)
	}
	a.mem, a.size = mem, size
	return nil
}

// openFrom returns the open descriptors from low up to where this program's own
// can be.
func openFrom(low int) []int {
	var open []int
	for fd := low; fd < low+24; fd++ {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil {
			open = append(open, fd)
		}
	}
	return open
}

// closeLow frees the descriptors that were kept for the program.
func closeLow() {
	for fd := firstFD; fd < channelFD; fd++ {
		_ = unix.Close(fd)
	}
}
