package check

import "sockstep/netcore"

// Queue is what waits in front of accept at the program's port, summed up over all
// sockets that listen there.
type Queue struct {
	// Waiting are the connections that wait for accept, Room how many listen was told
	// may do so; see listen(2).
	Waiting, Room int
	// Drops is how many SYNs and finished handshakes the kernel has thrown away.
	Drops int
}

// Queue reads the queue at the program's port, from the kernel's table and without
// looking at the program itself. Where nothing listens it is empty.
func (p *Program) Queue() (q Queue) {
	all, err := netcore.Sockets()
	if err != nil {
		p.t.Unseen("the kernel's table of sockets cannot be read: %v", err)
	}
	for _, s := range all {
		if s.State != "LISTEN" || s.Protocol != "TCP" || !p.mine(s) {
			continue
		}
		q.Waiting += int(s.RecvQ)
		q.Room += int(s.SendQ)
		if s.Memory != nil {
			q.Drops += int(s.Memory.Drops)
		}
	}
	return q
}
