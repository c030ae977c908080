package check

import "net"

// HasIPv6 reports whether ::1 can be used where the programs run.
func HasIPv6() bool {
	c, err := net.ListenPacket("udp6", "[::1]:0")
	if err == nil {
		_ = c.Close()
	}
	return err == nil
}
