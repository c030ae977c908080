package netcore

import (
	"net/netip"
	"strings"
	"sync"
)

// acquaintance remembers the addresses of the lab's sockets where the network is
// the host's: a socket in TIME_WAIT, or one that waits for accept, has no owner
// to know it by.
type acquaintance struct {
	mu        sync.Mutex
	listeners map[netip.AddrPort]bool
	pairs     map[[2]netip.AddrPort]bool
}

func newAcquaintance() *acquaintance {
	return &acquaintance{listeners: map[netip.AddrPort]bool{}, pairs: map[[2]netip.AddrPort]bool{}}
}

// ours returns the lab's sockets out of those of the whole machine. folder is
// the lab's for Unix sockets.
func (a *acquaintance) ours(all []Socket, folder string) []Socket {
	a.mu.Lock()
	defer a.mu.Unlock()
	peers := map[uint64]bool{}
	for _, s := range all {
		if len(s.Owners) > 0 {
			a.meet(&s)
			peers[s.PeerIno] = s.PeerIno != 0
		}
	}
	var ours []Socket
	for _, s := range all {
		if len(s.Owners) > 0 || a.orphan(&s) || peers[s.Inode] || inFolder(s.Path, folder) {
			ours = append(ours, s)
		}
	}
	return ours
}

func (a *acquaintance) meet(s *Socket) {
	switch {
	case s.Domain == "AF_UNIX" || !s.Bound:
	case s.State == "LISTEN":
		a.listeners[s.Local] = true
	case s.Peer.IsValid():
		a.pairs[[2]netip.AddrPort{s.Local, s.Peer}] = true
	}
}

// orphan reports whether a socket without a file is of a connection of ours, or
// was made by a listener of ours.
func (a *acquaintance) orphan(s *Socket) bool {
	if s.Inode != 0 || !s.Peer.IsValid() {
		return false
	}
	if a.pairs[[2]netip.AddrPort{s.Local, s.Peer}] || a.pairs[[2]netip.AddrPort{s.Peer, s.Local}] {
		return true
	}
	return a.listeners[s.Local]
}

func inFolder(path, folder string) bool {
	return folder != "" && strings.HasPrefix(path, folder+"/")
}
