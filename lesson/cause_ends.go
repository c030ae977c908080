package lesson

import (
	"net/netip"
	"strconv"

	"sockstep/netcore"
)

// ends are the addresses of the call's connection, as they were while it had them:
// a socket that was reset has lost its own.
func (s *scene) ends() (local, peer netip.AddrPort) {
	k := s.before()
	if k.Local.Port() != 0 && k.Peer.IsValid() && k.Peer.Port() != 0 {
		return k.Local, k.Peer
	}
	for i := s.record.Len() - 1; i >= 0; i-- {
		sample := s.record.At(i).Sample
		if sample == nil {
			continue
		}
		for _, list := range [][]netcore.Socket{sample.Sockets, sample.Gone} {
			for _, o := range list {
				if o.Cookie == k.Cookie && o.Network == k.Network && o.Peer.IsValid() && o.Peer.Port() != 0 {
					return o.Local, o.Peer
				}
			}
		}
	}
	return k.Local, k.Peer
}

// unreadAt is how many bytes the socket between two addresses had unread when it
// was last seen open.
func (s *scene) unreadAt(local, peer netip.AddrPort) int {
	for i := s.record.Len() - 1; i >= 0; i-- {
		sample := s.record.At(i).Sample
		if sample == nil {
			continue
		}
		for _, o := range sample.Gone {
			if o.Local == local && o.Peer == peer && o.RecvQ > 0 {
				return int(o.RecvQ)
			}
		}
		for _, c := range sample.Changes {
			if n, err := strconv.Atoi(c.From); err == nil && c.What == "recvq" && n > 0 && cookieOf(sample, c.Cookie, local) {
				return n
			}
		}
	}
	return 0
}

// cookieOf reports whether a sample's socket with a cookie has a local address.
func cookieOf(sample *netcore.Sample, cookie uint64, local netip.AddrPort) bool {
	for _, o := range sample.Sockets {
		if o.Cookie == cookie && o.Local == local {
			return true
		}
	}
	return false
}
