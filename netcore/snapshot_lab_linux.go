package netcore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/netcore/protocol"
)

// looker reads the kernel's view of the lab for the lab process. It stays on the
// main thread.
type looker struct {
	tables map[int]cachedTable
	probes map[probeKey]protocol.Probe
}

// cachedTable is a worker's table as it was while the worker was idle after its
// call number call. Only its own calls change it.
type cachedTable struct {
	call uint64
	fds  []protocol.FD
}

type probeKey struct {
	pid   int
	inode uint64
}

func newLooker() *looker {
	return &looker{tables: map[int]cachedTable{}, probes: map[probeKey]protocol.Probe{}}
}

// openTables readies the reading of a network's socket tables, from inside it.
// Without them a look goes by what getsockopt tells.
func (t *territory) openTables() (err error) {
	t.diag, err = openDiag()
	return err
}

// sight reads tables and sockets of all workers, and of the guests named. Packets that came before the
// moment it is of are brought before it is reported.
func (s *station) sight(o *protocol.Order) protocol.Report {
	guests, err := protocol.DecodeNumbers(o.Bytes)
	if err != nil {
		return refusal("look", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out protocol.Sighting
	for _, pid := range guests {
		out.Tables = append(out.Tables, protocol.Table{PID: pid, FDs: readTable(pid)})
	}
	for _, r := range s.workers {
		out.Tables = append(out.Tables, s.looker.table(r))
	}
	slices.SortFunc(out.Tables, func(a, b protocol.Table) int { return a.PID - b.PID })
	s.looker.forget(s.workers)
	listed := map[uint64]bool{}
	for _, t := range s.networks {
		t.dumps(&out, listed)
		t.count(&out)
	}
	for i := range out.Tables {
		s.looker.probeUnlisted(out.Tables[i].PID, s.workers[out.Tables[i].PID], &out.Tables[i], listed, &out)
	}
	out.At = Now()
	if s.capture != nil {
		s.capture.flush()
	}
	if s.wire != nil {
		out.Holding = s.wire.flush()
	}
	return protocol.Report{Bytes: out.Append(nil)}
}

// forget drops what is kept of workers that are gone.
func (l *looker) forget(alive map[int]*resident) {
	for pid := range l.tables {
		if alive[pid] == nil {
			delete(l.tables, pid)
		}
	}
	for key := range l.probes {
		if alive[key.pid] == nil {
			delete(l.probes, key)
		}
	}
}

// dumps asks every question about a network and notes the inodes that come up.
func (t *territory) dumps(out *protocol.Sighting, listed map[uint64]bool) {
	if t.diag == nil {
		return
	}
	for _, q := range questions {
		b, err := t.diag.dump(q)
		if err != nil {
			out.Missing = append(out.Missing, fmt.Sprintf("The kernel's table of %v sockets could not be read: %v.", q, err))
		}
		out.Dumps = append(out.Dumps, protocol.Dump{Network: t.number, Family: q.family, Protocol: q.protocol, Messages: b})
		_ = eachMessage(b, func(body []byte) error {
			listed[messageInode(q.family, body)] = true
			return nil
		})
	}
}

// count reads a network's counters.
func (t *territory) count(out *protocol.Sighting) {
	if t.counts == nil {
		return
	}
	all, err := t.counts.read(t.number)
	if err != nil {
		out.Missing = append(out.Missing, fmt.Sprintf("The counters of the network %s could not be read: %v.", t.name(), err))
	}
	out.Counters = append(out.Counters, all...)
}

// table reads /proc/PID/fd and fdinfo, proc_pid_fd(5).
func (l *looker) table(r *resident) protocol.Table {
	idle, call := r.page.state.Load() == pageIdle, r.page.call.Load()
	if c, ok := l.tables[r.pid]; ok && idle && c.call == call {
		return protocol.Table{PID: r.pid, FDs: slices.Clone(c.fds)}
	}
	fds := readTable(r.pid)
	if idle && r.page.state.Load() == pageIdle && r.page.call.Load() == call {
		l.tables[r.pid] = cachedTable{call: call, fds: slices.Clone(fds)}
	} else {
		delete(l.tables, r.pid)
	}
	return protocol.Table{PID: r.pid, FDs: fds}
}

func readTable(pid int) []protocol.FD {
	dir := "/proc/" + strconv.Itoa(pid)
	var fds []protocol.FD
	for _, n := range listNumbers(dir + "/fd") {
		fd := protocol.FD{Number: n, Target: readLink(dir + "/fd/" + strconv.Itoa(n))}
		if fd.Target == "" {
			continue
		}
		fd.Flags = fileFlags(dir + "/fdinfo/" + strconv.Itoa(n))
		fds = append(fds, fd)
	}
	slices.SortFunc(fds, func(a, b protocol.FD) int { return a.Number - b.Number })
	return fds
}

// listNumbers returns the entries of a folder that are numbers.
func listNumbers(dir string) []int {
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	var numbers []int
	buf := make([]byte, 4096)
	for {
		n, err := unix.ReadDirent(fd, buf)
		if err != nil || n <= 0 {
			return numbers
		}
		_, _, names := unix.ParseDirent(buf[:n], -1, nil)
		for _, name := range names {
			if v, err := strconv.Atoi(name); err == nil {
				numbers = append(numbers, v)
			}
		}
	}
}

func readLink(name string) string {
	var buf [512]byte
	n, err := unix.Readlink(name, buf[:])
	if err != nil {
		return ""
	}
	return string(buf[:n])
}

// fileFlags reads the line "flags:" of fdinfo, which is octal.
func fileFlags(name string) uint64 {
	text, err := readSmall(name)
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(text) {
		if v, ok := strings.CutPrefix(string(line), "flags:"); ok {
			flags, _ := strconv.ParseUint(strings.TrimSpace(v), 8, 64)
			return flags
		}
	}
	return 0
}

// probeUnlisted looks into the sockets that came up in no dump: never bound, or
// closed by the other side.
func (l *looker) probeUnlisted(pid int, r *resident, t *protocol.Table, listed map[uint64]bool, out *protocol.Sighting) {
	for i := range t.FDs {
		fd := &t.FDs[i]
		inode, ok := socketInode(fd.Target)
		if !ok || listed[inode] || r != nil && fd.Number == channelFD {
			continue
		}
		fd.Probe = l.probe(pid, r, fd.Number, inode, out)
	}
}

// socketInode parses a link text such as "socket:[4711]".
func socketInode(target string) (uint64, bool) {
	v, ok := strings.CutPrefix(target, "socket:[")
	if !ok {
		return 0, false
	}
	inode, err := strconv.ParseUint(strings.TrimSuffix(v, "]"), 10, 64)
	return inode, err == nil
}

// probe looks into one socket while the worker is kept from entering a call, so
// that the duplicate is never the last to close it. A worker that is in a call
// is not disturbed; what was seen before stands.
func (l *looker) probe(pid int, r *resident, fd int, inode uint64, out *protocol.Sighting) *protocol.Probe {
	if r == nil {
		return probeGuest(pid, fd)
	}
	key := probeKey{r.pid, inode}
	if !r.page.hold() {
		if p, ok := l.probes[key]; ok {
			p.Stale = true
			return &p
		}
		return nil
	}
	dup, err := unix.PidfdGetfd(r.pidfd, fd, 0)
	if err != nil {
		r.page.letGo()
		out.Missing = append(out.Missing, fmt.Sprintf("A socket without an address could not be looked into: pidfd_getfd: %v.", err))
		return nil
	}
	p := examine(dup)
	_ = unix.Close(dup)
	r.page.letGo()
	l.probes[key] = p
	return &p
}

// probeGuest looks into a socket of a process that nobody can keep from a call. It
// came up in no table, so it is not connected, and whoever closes it last sends
// nothing.
func probeGuest(pid, fd int) *protocol.Probe {
	pidfd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(pidfd)
	dup, err := unix.PidfdGetfd(pidfd, fd, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(dup)
	p := examine(dup)
	return &p
}

// examine asks a socket about itself, socket(7).
func examine(fd int) protocol.Probe {
	option := func(name int) uint32 {
		v, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, name)
		if err != nil {
			return 0
		}
		return uint32(v)
	}
	p := protocol.Probe{Domain: option(unix.SO_DOMAIN), Type: option(unix.SO_TYPE), Protocol: option(unix.SO_PROTOCOL)}
	p.Cookie, _ = unix.GetsockoptUint64(fd, unix.SOL_SOCKET, unix.SO_COOKIE)
	p.Local, p.Peer = rawName(unix.SYS_GETSOCKNAME, fd), rawName(unix.SYS_GETPEERNAME, fd)
	var st unix.Stat_t
	if unix.Fstat(fd, &st) == nil {
		p.UID = st.Uid
	}
	p.Memory = optionBytes(fd, unix.SOL_SOCKET, unix.SO_MEMINFO)
	if p.Protocol == unix.IPPROTO_TCP && p.Domain != unix.AF_UNIX {
		p.Info = optionBytes(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
		if len(p.Info) > 0 {
			p.State = p.Info[0]
		}
		p.Congestion = optionBytes(fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION)
		p.RecvQ, p.SendQ = queued(fd, unix.SIOCINQ), queued(fd, unix.SIOCOUTQ)
	}
	return p
}

// optionBytes returns a socket option as it lies in memory, nil when there is none.
func optionBytes(fd, level, name int) []byte {
	var buf [512]byte
	size := uint32(len(buf))
	_, _, errno := unix.RawSyscall6(unix.SYS_GETSOCKOPT, uintptr(fd), uintptr(level), uintptr(name),
		uintptr(unsafe.Pointer(&buf[0])), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 {
		return nil
	}
	return bytes.Clone(buf[:min(int(size), len(buf))])
}

func queued(fd int, request uint) uint32 {
	n, err := unix.IoctlGetInt(fd, request)
	if err != nil || n < 0 {
		return 0
	}
	return uint32(n)
}

// rawName returns the bytes of getsockname or getpeername, nil when there are
// none.
func rawName(nr uintptr, fd int) []byte {
	buf := make([]byte, 128)
	size := uint32(len(buf))
	_, _, errno := unix.RawSyscall(nr, uintptr(fd), uintptr(unsafe.Pointer(&buf[0])), uintptr(unsafe.Pointer(&size)))
	if errno != 0 {
		return nil
	}
	return buf[:min(int(size), len(buf))]
}

// peek returns getsockname of a worker's descriptor.
func (s *station) peek(pid, fd int) protocol.Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.workers[pid]
	if r == nil {
		return refusal("getsockname", unix.ESRCH)
	}
	if !r.page.hold() {
		return refusal("getsockname", unix.EBUSY)
	}
	defer r.page.letGo()
	dup, err := unix.PidfdGetfd(r.pidfd, fd, 0)
	if err != nil {
		return refusal("pidfd_getfd", err)
	}
	defer unix.Close(dup)
	return protocol.Report{Bytes: rawName(unix.SYS_GETSOCKNAME, dup)}
}

// sockaddrAddrPort decodes an address of the internet families.
func sockaddrAddrPort(b []byte) (family uint16, addr [16]byte, port uint16) {
	if len(b) < 8 {
		return 0, addr, 0
	}
	family, port = binary.NativeEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	if family == unix.AF_INET {
		copy(addr[:], b[4:8])
	} else if len(b) >= 24 {
		copy(addr[:], b[8:24])
	}
	return family, addr, port
}
