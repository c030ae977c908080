package netcore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// receiveHeader reads the first 4 bytes of a frame and the descriptors that came
// with them. It returns errEndOfChannel when the other side is gone.
func receiveHeader(fd int) (io.Reader, []int, error) {
	header := make([]byte, 4)
	oob := make([]byte, unix.CmsgSpace(4*4))
	for {
		n, oobn, _, _, err := unix.Recvmsg(fd, header, oob, unix.MSG_CMSG_CLOEXEC)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return nil, nil, os.NewSyscallError("recvmsg", err)
		case n == 0:
			return nil, nil, errEndOfChannel
		}
		fds, err := passedFDs(oob[:oobn])
		return bytes.NewReader(header[:n]), fds, err
	}
}

func passedFDs(oob []byte) ([]int, error) {
	if len(oob) == 0 {
		return nil, nil
	}
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return nil, fmt.Errorf("descriptors of an order: %w", err)
	}
	var fds []int
	for i := range messages {
		more, err := unix.ParseUnixRights(&messages[i])
		if err != nil {
			return fds, fmt.Errorf("descriptors of an order: %w", err)
		}
		fds = append(fds, more...)
	}
	return fds, nil
}

// sendFrame writes a frame with descriptors beside its first byte. A reader that
// is gone is an error and no SIGPIPE, which the program takes as its own end.
func sendFrame(to *os.File, frame []byte, fds []int) error {
	raw, err := to.SyscallConn()
	if err != nil {
		return err
	}
	oob := []byte(nil)
	if len(fds) > 0 {
		oob = unix.UnixRights(fds...)
	}
	var sent error
	err = raw.Write(func(fd uintptr) bool {
		for sent = nil; len(frame) > 0 && (sent == nil || sent == unix.EINTR); {
			var n int
			if n, sent = unix.SendmsgN(int(fd), frame, oob, nil, unix.MSG_NOSIGNAL); sent == nil {
				frame, oob = frame[n:], nil
			}
		}
		return sent != unix.EAGAIN
	})
	return errors.Join(err, os.NewSyscallError("sendmsg", sent))
}
