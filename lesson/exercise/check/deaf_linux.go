package check

import (
	"errors"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// deaf makes a listener whose queue is full; see listen(2).
func deaf() (port int, end func(), err error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, nil, err
	}
	var fill []net.Conn
	end = func() {
		for _, c := range fill {
			_ = c.Close()
		}
		_ = unix.Close(fd)
	}
	if err = errors.Join(unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), unix.Listen(fd, 0)); err != nil {
		end()
		return 0, nil, err
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		end()
		return 0, nil, err
	}
	at := name.(*unix.SockaddrInet4)
	address := (&net.TCPAddr{IP: net.IP(at.Addr[:]), Port: at.Port}).String()
	const most = 8
	for range most {
		c, err := net.DialTimeout("tcp", address, 150*time.Millisecond)
		var slow net.Error
		if errors.As(err, &slow) && slow.Timeout() {
			if len(fill) > 0 { // the queue has room for one, whatever the machine is busy with
				return at.Port, end, nil
			}
			continue
		}
		if err != nil {
			end()
			return 0, nil, err
		}
		fill = append(fill, c)
	}
	end()
	return 0, nil, errors.New("the queue of a listener does not fill")
}
