//go:build !linux

package netcore

import "errors"

// Sockets fails: only Linux shows the sockets of a network this way.
func Sockets() ([]Socket, error) {
	return nil, errors.New("sockets are read with sock_diag, which Linux has")
}
