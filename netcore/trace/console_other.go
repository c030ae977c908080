//go:build !unix

package trace

import (
	"errors"
	"os"
	"time"
)

var past = time.Unix(1, 0)

func openConsole(*Size) (near, far *os.File, err error) {
	return nil, nil, errors.New("there are no terminals to give on this system")
}
