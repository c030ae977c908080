//go:build unix

package trace

import (
	"errors"
	"os"

	"github.com/creack/pty"
)

// openConsole makes a terminal: near is the side of whoever shows it, far the
// program's.
func openConsole(s *Size) (near, far *os.File, err error) {
	near, far, err = pty.Open()
	if err != nil {
		return nil, nil, err
	}
	err = pty.Setsize(near, &pty.Winsize{Cols: s.Columns, Rows: s.Rows})
	if s.Silent {
		err = errors.Join(err, silence(near))
	}
	if err != nil {
		_, _ = near.Close(), far.Close()
		return nil, nil, err
	}
	return near, far, nil
}
