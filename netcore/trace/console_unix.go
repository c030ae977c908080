//go:build unix

package trace

import (
	"os"
	"time"

	"github.com/creack/pty"
)

// past is a deadline that has passed.
var past = time.Unix(1, 0)

// openConsole makes a terminal: near is the side of whoever shows it, far the
// program's.
func openConsole(s *Size) (near, far *os.File, err error) {
	near, far, err = pty.Open()
	if err != nil {
		return nil, nil, err
	}
	return near, far, pty.Setsize(near, &pty.Winsize{Cols: s.Columns, Rows: s.Rows})
}
