package protocol

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Version is the version of everything in this package. All sides are the same
// program, so a difference means that the file was replaced while it ran.
const Version = 3

// MaxFrame is the largest body in bytes. A frame that announces more is refused
// before anything is reserved for it.
const MaxFrame = 256 << 20

// headerSize is the length in front of each body: 4 bytes, little endian.
const headerSize = 4

// ErrMalformed is what every decoder of this package wraps.
var ErrMalformed = errors.New("malformed frame")

// Seal puts the header in front of a body that was built behind Room, and returns
// the whole frame.
func Seal(frame []byte) ([]byte, error) {
	body := len(frame) - headerSize
	if body > MaxFrame {
		return nil, fmt.Errorf("frame of %d bytes: at most %d fit", body, MaxFrame)
	}
	binary.LittleEndian.PutUint32(frame, uint32(body))
	return frame, nil
}

// Room returns a frame with room for the header and for size bytes of body.
func Room(size int) []byte { return make([]byte, headerSize, headerSize+size) }

// Read reads the body of one frame. It returns io.EOF when the stream ends
// between two frames, and io.ErrUnexpectedEOF when it ends inside one. The body
// is the caller's; buf is used for it when it is large enough.
func Read(r io.Reader, buf []byte) ([]byte, error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return nil, err
	}
	return readBody(r, binary.LittleEndian.Uint32(header[:]), buf)
}

// readBody grows its buffer with what arrives, so that a false length alone
// reserves little.
func readBody(r io.Reader, size uint32, buf []byte) ([]byte, error) {
	if size > MaxFrame {
		return nil, fmt.Errorf("%w: %d bytes announced", ErrMalformed, size)
	}
	const step = 1 << 20
	buf = buf[:0]
	for len(buf) < int(size) {
		n := min(int(size)-len(buf), max(step, cap(buf)-len(buf)))
		buf = grow(buf, n)
		if _, err := io.ReadFull(r, buf[len(buf)-n:]); err != nil {
			return nil, inside(err)
		}
	}
	return buf, nil
}

// grow makes buf n bytes longer; what the new bytes hold is not defined.
func grow(buf []byte, n int) []byte {
	if cap(buf)-len(buf) >= n {
		return buf[:len(buf)+n]
	}
	larger := make([]byte, len(buf)+n, max(2*cap(buf), len(buf)+n))
	copy(larger, buf)
	return larger
}

func inside(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
