package netcore

import "golang.org/x/sys/unix"

// Sockets reads every socket of the network this process is in, sock_diag(7), without
// owners: who holds one shows in /proc/PID/fd by its Inode. It takes no privilege and,
// in a network with many sockets, some milliseconds.
func Sockets() ([]Socket, error) {
	d, err := openDiag()
	if err != nil {
		return nil, err
	}
	defer unix.Close(d.fd)
	var all []Socket
	for _, q := range questions {
		b, err := d.dump(q)
		if err != nil {
			return nil, err
		}
		err = eachMessage(b, func(body []byte) error {
			s, err := q.socket(body)
			all = append(all, s)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// socket decodes one message of the answer to a question.
func (q question) socket(body []byte) (Socket, error) {
	if q.family == unix.AF_UNIX {
		return unixSocket(body)
	}
	return inetSocket(q.protocol, body)
}
