package netcore

import (
	"slices"
	"strconv"
)

// Changes returns what differs between two looks at a lab: the sockets that are new
// or changed, those that are gone, every difference in words, and the counters that
// moved. A timer that merely ran on is no change, nor is what TCP measures and adjusts
// all the time, such as the round-trip time: a socket that changed otherwise has the
// new values along.
func Changes(was, now Snapshot) Sample {
	var s Sample
	for i := range now.Sockets {
		k := &now.Sockets[i]
		n := len(s.Changes)
		before := same(was.Sockets, k)
		if before == nil {
			s.change(k, "state", "", k.State)
		} else {
			s.compare(before, k)
		}
		if len(s.Changes) > n {
			s.Sockets = append(s.Sockets, *k)
		}
	}
	for i := range was.Sockets {
		if k := &was.Sockets[i]; same(now.Sockets, k) == nil {
			s.Gone = append(s.Gone, *k)
			s.change(k, "state", k.State, "")
		}
	}
	s.Counters = moved(was.Counters, now.Counters)
	return s
}

// moved are the counters that differ between two looks that both have them.
func moved(was, now []Counter) (all []CounterChange) {
	for _, c := range now {
		i := slices.IndexFunc(was, func(o Counter) bool { return o.Name == c.Name && o.Network == c.Network })
		if i >= 0 && was[i].Value != c.Value {
			all = append(all, CounterChange{Network: c.Network, Name: c.Name, From: was[i].Value, To: c.Value})
		}
	}
	return all
}

// same finds a socket by its network and cookie, nil when it is not there.
func same(all []Socket, k *Socket) *Socket {
	i := slices.IndexFunc(all, func(o Socket) bool { return o.Cookie == k.Cookie && o.Network == k.Network })
	if i < 0 {
		return nil
	}
	return &all[i]
}

func (s *Sample) change(k *Socket, what, from, to string) {
	c := SocketChange{Network: k.Network, Cookie: k.Cookie, What: what, From: from, To: to}
	if len(k.Owners) > 0 {
		c.Owner = k.Owners[0]
	}
	s.Changes = append(s.Changes, c)
}

// compare notes how one socket differs. The queues of one that has begun to listen
// mean something else than before. What was resent after a timeout is told as its
// retransmits, the rest as "resent". A direction is told to be shut down where the
// kernel told of it both times.
func (s *Sample) compare(a, b *Socket) {
	if a.State != b.State {
		s.change(b, "state", a.State, b.State)
	}
	if !slices.Equal(a.Owners, b.Owners) {
		s.change(b, "owner", ownersText(a), ownersText(b))
	}
	rx, tx := "recvq", "sendq"
	if b.State == "LISTEN" {
		rx, tx = "waiting", "limit"
	}
	if (a.State == "LISTEN") == (b.State == "LISTEN") {
		s.number(b, rx, a.RecvQ, b.RecvQ)
		s.number(b, tx, a.SendQ, b.SendQ)
	}
	s.number(b, "retransmits", uint32(a.Timer.Retrans), uint32(b.Timer.Retrans))
	if a.Timer.Retrans >= b.Timer.Retrans && a.TCPInfo != nil && b.TCPInfo != nil {
		s.number(b, "resent", a.TCPInfo.TotalRetrans, b.TCPInfo.TotalRetrans)
	}
	if a.Shutdown != "" && b.Shutdown != "" && a.Shutdown != b.Shutdown {
		s.change(b, "shutdown", a.Shutdown, b.Shutdown)
	}
}

func (s *Sample) number(k *Socket, what string, from, to uint32) {
	if from != to {
		s.change(k, what, strconv.FormatUint(uint64(from), 10), strconv.FormatUint(uint64(to), 10))
	}
}

// ownersText is who has a descriptor of a socket, "server 4", or "".
func ownersText(k *Socket) string {
	if len(k.Owners) == 0 {
		return ""
	}
	return k.Owners[0].Process + " " + strconv.Itoa(k.Owners[0].FD)
}
