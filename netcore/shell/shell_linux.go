package shell

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/netcore"
)

// assignment is the shell on its way to the companion; its files go beside it.
type assignment struct {
	Path      string
	Args, Env []string
	Dir       string
	// Group is the process group to join; 0 is one of its own, which gets the
	// terminal.
	Group int
	// Ignored are the signals the shell is started to ignore.
	Ignored []int
}

// news is what the companion answers: first the shell's number, then how it ended.
type news struct {
	PID    int
	Ended  bool
	Status int // as a shell reports it
	Error  string
}

// endPatience is how long the companion may take to end what runs when it is told to.
const endPatience = 3 * time.Second

// Run has the companion at the other end of channel start a shell, and waits until
// it has ended. It returns the exit status: 128 and the number of the signal where one
// ended it. When ctx ends, the shell is hung up. A process in the background stops, as
// shells do, until it is in the foreground.
func Run(ctx context.Context, channel *os.File, p Program) (int, error) {
	c, err := net.FileConn(channel)
	_ = channel.Close()
	if err != nil {
		return 0, fmt.Errorf("the shell's channel: %w", err)
	}
	conn, ok := c.(*net.UnixConn)
	if !ok {
		return 0, errors.Join(errors.New("the shell's channel is no Unix socket"), c.Close())
	}
	defer conn.Close()
	t := takeTerminal(p.Files[0])
	defer t.back()
	if err := send(conn, &p, t); err != nil {
		return 0, err
	}
	stop := context.AfterFunc(ctx, func() {
		_ = conn.CloseWrite()
		_ = conn.SetReadDeadline(time.Now().Add(endPatience))
	})
	defer stop()
	return follow(conn, t)
}

// follow takes the companion's news until the shell has ended.
func follow(conn *net.UnixConn, t *terminal) (int, error) {
	in := gob.NewDecoder(conn)
	for {
		var n news
		switch err := in.Decode(&n); {
		case err != nil:
			return 0, errors.New("the process that started the shell is gone")
		case n.Error != "":
			return 0, errors.New(n.Error)
		case n.Ended:
			return n.Status, nil
		}
		if err := t.give(n.PID); err != nil {
			return 0, err
		}
		if _, err := conn.Write([]byte{1}); err != nil {
			return 0, fmt.Errorf("the shell's channel: %w", err)
		}
	}
}

func send(conn *net.UnixConn, p *Program, t *terminal) error {
	a := assignment{Path: p.Path, Args: p.Args, Env: p.Env, Dir: p.Dir, Ignored: netcore.IgnoredSignals()}
	if t == nil {
		a.Group = unix.Getpgrp()
	}
	var b bytes.Buffer
	b.Write(make([]byte, 4))
	if err := gob.NewEncoder(&b).Encode(&a); err != nil {
		return err
	}
	n := b.Len() - 4
	copy(b.Bytes(), []byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)})
	var fds []int
	for _, f := range p.Files {
		fds = append(fds, int(f.Fd()))
	}
	sent, _, err := conn.WriteMsgUnix(b.Bytes(), unix.UnixRights(fds...), nil)
	if err == nil && sent < b.Len() {
		_, err = conn.Write(b.Bytes()[sent:])
	}
	if err != nil {
		return fmt.Errorf("the shell's channel: %w", err)
	}
	return nil
}

// terminal is the controlling terminal while this process may give it away.
type terminal struct {
	fd    int
	saved *unix.Termios
}

// takeTerminal is the terminal, if f is it: nil otherwise. It returns when this process
// is in the foreground.
func takeTerminal(f *os.File) *terminal {
	fd := int(f.Fd())
	for {
		group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
		if err != nil {
			return nil
		}
		if group == unix.Getpgrp() {
			break
		}
		if unix.Kill(0, unix.SIGTTIN) != nil {
			return nil
		}
	}
	saved, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return nil
	}
	return &terminal{fd, saved}
}

// give puts a process group into the foreground.
func (t *terminal) give(group int) error {
	if t == nil {
		return nil
	}
	// Taking the terminal back from the background would stop this process.
	signal.Ignore(unix.SIGTTOU)
	if err := unix.IoctlSetPointerInt(t.fd, unix.TIOCSPGRP, group); err != nil {
		return fmt.Errorf("give the shell the terminal: %w", err)
	}
	return nil
}

// back takes the terminal back, and sets it as it was.
func (t *terminal) back() {
	if t == nil {
		return
	}
	_ = unix.IoctlSetPointerInt(t.fd, unix.TIOCSPGRP, unix.Getpgrp())
	_ = unix.IoctlSetTermios(t.fd, unix.TCSETSW, t.saved)
	signal.Reset(unix.SIGTTOU)
}

// receive reads an assignment and the files beside it.
func receive(conn *net.UnixConn) (a assignment, fds []int, err error) {
	var size [4]byte
	control := make([]byte, unix.CmsgSpace(3*4))
	n, oob, _, _, err := conn.ReadMsgUnix(size[:], control)
	if err != nil || n == 0 {
		return a, nil, errors.Join(io.ErrUnexpectedEOF, err)
	}
	messages, err := unix.ParseSocketControlMessage(control[:oob])
	if err != nil {
		return a, nil, err
	}
	for i := range messages {
		if got, err := unix.ParseUnixRights(&messages[i]); err == nil {
			fds = append(fds, got...)
		}
	}
	if len(fds) != 3 {
		return a, nil, fmt.Errorf("%d descriptors came for the shell", len(fds))
	}
	if _, err := io.ReadFull(conn, size[n:]); err != nil {
		return a, nil, err
	}
	b := make([]byte, int(size[0])|int(size[1])<<8|int(size[2])<<16|int(size[3])<<24)
	if _, err := io.ReadFull(conn, b); err != nil {
		return a, nil, err
	}
	return a, fds, gob.NewDecoder(bytes.NewReader(b)).Decode(&a)
}
