package netcore

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// carrierPatience is how long the kernel may take to put an interface into use.
const carrierPatience = 2 * time.Second

// awaitCarrier waits until an interface of the calling thread's network sends. One that
// has come up drops what it is given, without an error, until a worker of the kernel has
// noticed the carrier and given it a queue.
func awaitCarrier(name string) error {
	nl, err := openNetlink(unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer nl.close()
	index, err := interfaceIndex(name)
	if err != nil {
		return err
	}
	for end := time.Now().Add(carrierPatience); ; {
		queue, err := nl.queueOf(index)
		if err != nil || queue != "noop" {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("interface %s: %w", name, errNoCarrier)
		}
		time.Sleep(200 * time.Microsecond)
	}
}

var errNoCarrier = errors.New("it did not begin to send")

// queueOf is the name of an interface's queueing discipline, IFLA_QDISC of
// rtnetlink(7).
func (s *netlinkSocket) queueOf(index uint32) (name string, err error) {
	body := make([]byte, unix.SizeofIfInfomsg)
	copy(body[4:], nativeUint32(index))
	answers, err := s.ask(unix.RTM_GETLINK, unix.NLM_F_ACK, body)
	if err != nil {
		return "", fmt.Errorf("RTM_GETLINK: %w", err)
	}
	for _, b := range answers {
		if len(b) < unix.SizeofIfInfomsg {
			continue
		}
		_ = eachAttribute(b[unix.SizeofIfInfomsg:], func(kind uint16, v []byte) {
			if kind == unix.IFLA_QDISC {
				name = strings.TrimRight(string(v), "\x00")
			}
		})
	}
	return name, nil
}
