package lesson

import (
	"fmt"
	"net/netip"
	"strings"

	"sockstep/netcore"
)

// The words the texts of causes share. They name what was read, by its values.

// whose is a socket by the descriptors that refer to it: "descriptor 3 of server".
func whose(k netcore.Socket) string {
	if len(k.Owners) == 0 {
		if k.State == "TIME_WAIT" {
			return "a connection in TIME_WAIT, which no descriptor refers to"
		}
		return "a socket no descriptor refers to"
	}
	names := make([]string, len(k.Owners))
	for i, o := range k.Owners {
		names[i] = fmt.Sprintf("descriptor %d of %s", o.FD, o.Process)
	}
	return strings.Join(names, " and ")
}

// bound says what a socket is bound to: "bound to 127.0.0.1:7777" or "bound to nothing".
func bound(k netcore.Socket) string {
	switch {
	case k.Path != "":
		return "bound to " + k.Path
	case k.Local.IsValid() && k.Local.Port() != 0:
		return "bound to " + AddrText(k.Local)
	}
	return "not bound"
}

// connectedTo says whom a socket is connected with.
func connectedTo(k netcore.Socket) string {
	if k.Peer.IsValid() && k.Peer.Port() != 0 {
		return "connected with " + AddrText(k.Peer)
	}
	return "connected"
}

// place is where a call stands in the programs, " at server.c:26"; empty for one
// that was typed.
func place(c *netcore.Call) string {
	if c.Line == "" || c.Line == "typed" {
		return ""
	}
	return " at " + c.Line
}

// sockaddrLength is how long a family's address structure is, 0 for another family.
func sockaddrLength(family string) int {
	switch family {
	case "AF_INET":
		return len(netcore.Sockaddr(netip.AddrPortFrom(netip.IPv4Unspecified(), 0)))
	case "AF_INET6":
		return len(netcore.Sockaddr(netip.AddrPortFrom(netip.IPv6Unspecified(), 0)))
	}
	return 0
}

// structureOf is the C structure of a family's addresses.
func structureOf(family string) string {
	return "struct " + map[string]string{"AF_INET": "sockaddr_in", "AF_INET6": "sockaddr_in6", "AF_UNIX": "sockaddr_un"}[family]
}

// exchangedPort is a port with its two bytes exchanged.
func exchangedPort(port uint16) uint16 { return port<<8 | port>>8 }

// hostOf is an address without its port.
func hostOf(a netip.AddrPort) string { return a.Addr().Unmap().String() }

// covers reports whether a prefix as a setting has it contains an address.
func covers(prefix string, a netip.Addr) bool {
	for _, word := range strings.Fields(prefix) {
		if p, err := netip.ParsePrefix(word); err == nil && p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}
