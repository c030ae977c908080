package netcore

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"sockstep/netcore/protocol"
)

// snapshot has the lab process look, and joins what it saw.
func (g *linuxGround) snapshot(ctx context.Context, ps []*Process, known *acquaintance) (Snapshot, error) {
	r, err := g.ask(ctx, &protocol.Order{Kind: protocol.SightOrder, Bytes: protocol.AppendNumbers(nil, guests(ps))})
	if err != nil {
		return Snapshot{}, err
	}
	seen, err := protocol.DecodeSighting(r.Bytes)
	if err != nil {
		return Snapshot{}, err
	}
	j := join{cast: ps, seen: &seen, network: networkName(g.level), owners: map[uint64][]Owner{}}
	s := j.snapshot()
	if g.wire {
		s.Wire = &WireState{Holding: seen.Holding}
	}
	s.Missing = append(s.Missing, g.lack...)
	if !g.level.Private() {
		s.Sockets = known.ours(s.Sockets, g.temp)
	}
	return s, nil
}

// join brings together the descriptor tables and the socket tables.
type join struct {
	cast    []*Process
	seen    *protocol.Sighting
	network string
	owners  map[uint64][]Owner // by inode
	sockets []Socket
	missing []string
}

func (j *join) snapshot() Snapshot {
	s := Snapshot{At: j.seen.At}
	for _, p := range j.cast {
		s.Processes = append(s.Processes, j.table(p))
	}
	j.listed()
	for _, c := range j.seen.Counters {
		s.Counters = append(s.Counters, Counter{Network: j.networkOf(c.Network), Name: c.Name, Value: c.Value})
	}
	cookies := map[uint64]uint64{}
	for i := range j.sockets {
		o := &j.sockets[i]
		o.Owners = j.owners[o.Inode]
		if o.Inode != 0 {
			cookies[o.Inode] = o.Cookie
		}
	}
	for i := range s.Processes {
		for k := range s.Processes[i].FDs {
			d := &s.Processes[i].FDs[k]
			d.Cookie = cookies[d.Inode]
		}
	}
	slices.SortStableFunc(j.sockets, func(a, b Socket) int { return cmp.Compare(a.Cookie, b.Cookie) })
	s.Sockets = j.sockets
	s.Missing = append(j.missing, j.seen.Missing...)
	return s
}

// table returns a process's descriptors, without those of the worker's own
// machinery, and notes whose sockets they are.
func (j *join) table(p *Process) ProcessTable {
	t := ProcessTable{Name: p.name, PID: p.PID(), Alive: p.Alive()}
	i := slices.IndexFunc(j.seen.Tables, func(t protocol.Table) bool { return t.PID == p.PID() })
	if i < 0 || !t.Alive {
		return t
	}
	for _, fd := range j.seen.Tables[i].FDs {
		if p.owns(fd.Number) {
			continue
		}
		d := descriptorOf(fd)
		if d.Kind == "socket" {
			j.own(p, &d, fd.Probe)
		}
		t.FDs = append(t.FDs, d)
	}
	return t
}

// own notes the owner of a socket, and the socket itself when only a probe knows
// it.
func (j *join) own(p *Process, d *Descriptor, probe *protocol.Probe) {
	j.owners[d.Inode] = append(j.owners[d.Inode], Owner{Process: p.name, FD: d.FD})
	if probe == nil || slices.ContainsFunc(j.sockets, func(s Socket) bool { return s.Inode == d.Inode }) {
		return
	}
	s := probedSocket(probe)
	s.Inode, s.Network = d.Inode, p.Network()
	j.sockets = append(j.sockets, s)
}

// listed adds the sockets of the dumps.
func (j *join) listed() {
	for _, d := range j.seen.Dumps {
		err := eachMessage(d.Messages, func(body []byte) error {
			s, err := decodeSocket(d, body)
			if err == nil {
				s.Network = j.networkOf(d.Network)
				j.sockets = append(j.sockets, s)
			}
			return err
		})
		if err != nil {
			q := question{d.Family, d.Protocol}
			j.missing = append(j.missing, fmt.Sprintf("The table of %v sockets is incomplete: %v.", q, err))
		}
	}
}

// networkOf names a network by its number; the lab's only one may be the host's.
func (j *join) networkOf(number uint8) string {
	if number == protocol.NetworkLab || int(number) >= len(networkNames) {
		return j.network
	}
	return networkNames[number]
}

func decodeSocket(d protocol.Dump, body []byte) (Socket, error) {
	if d.Family == unix.AF_UNIX {
		return unixSocket(body)
	}
	return inetSocket(d.Protocol, body)
}

// descriptorOf describes one row of /proc/PID/fd.
func descriptorOf(fd protocol.FD) Descriptor {
	d := Descriptor{FD: fd.Number, Target: fd.Target, Flags: flagNames(fd.Flags), Kind: kindOf(fd.Target)}
	if inode, ok := socketInode(fd.Target); ok {
		d.Inode = inode
	}
	return d
}

func kindOf(target string) string {
	switch {
	case strings.HasPrefix(target, "socket:"):
		return "socket"
	case strings.HasPrefix(target, "pipe:"):
		return "pipe"
	case strings.HasPrefix(target, "anon_inode:"):
		return "anon"
	case strings.HasPrefix(target, "/dev/"):
		return "device"
	}
	return "file"
}

// flagNames names the flags a program can have asked for.
func flagNames(flags uint64) []string {
	names := []string{[]string{"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"}[flags&unix.O_ACCMODE]}
	for _, f := range []struct {
		bit  uint64
		name string
	}{
		{unix.O_APPEND, "O_APPEND"}, {unix.O_NONBLOCK, "O_NONBLOCK"}, {unix.O_ASYNC, "O_ASYNC"}, {unix.O_CLOEXEC, "O_CLOEXEC"},
	} {
		if flags&f.bit != 0 {
			names = append(names, f.name)
		}
	}
	return names
}

// probedSocket is a socket as getsockopt describes it.
func probedSocket(p *protocol.Probe) Socket {
	s := Socket{
		Cookie: p.Cookie, Domain: domainName(p.Domain), Type: typeName(p.Type), Protocol: protocolName(p.Domain, p.Protocol),
		State: "CLOSE", RecvQ: p.RecvQ, SendQ: p.SendQ, UID: p.UID, Source: "getsockopt",
		Local: addrPortOf(p.Local), Peer: addrPortOf(p.Peer),
	}
	if p.State != 0 {
		s.State = tcpStateName(p.State)
	}
	s.TCPInfo, s.Congestion = tcpInfo(p.Info), unix.ByteSliceToString(p.Congestion)
	if len(p.Memory) > 0 {
		s.Memory = socketMemory(p.Memory)
	}
	s.Bound = s.Local.Port() != 0
	return s
}

func addrPortOf(b []byte) netip.AddrPort {
	family, addr, port := sockaddrAddrPort(b)
	switch family {
	case unix.AF_INET:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(addr[:4])), port)
	case unix.AF_INET6:
		return netip.AddrPortFrom(netip.AddrFrom16(addr), port)
	}
	return netip.AddrPort{}
}
