package netcore

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/netcore/protocol"
)

// change is what a setting was and what it is now, both as the kernel has it.
type change struct{ value, was string }

// set makes a stage setting. It runs on the main thread.
func (s *station) set(o *protocol.Order) protocol.Report {
	setting, err := ParseSetting(o.Name)
	if err != nil {
		return protocol.Report{Errno: uint32(unix.EINVAL), Text: err.Error()}
	}
	c, err := s.stage(setting, o.PID)
	if err != nil {
		r := refusal("", err)
		r.Text = err.Error()
		return r
	}
	return protocol.Report{Text: c.value, Texts: []string{c.was}}
}

func (s *station) stage(t StageSetting, pid int) (change, error) {
	switch t.Kind {
	case SettingSysctl:
		return s.stageEach(t.Process, func(*territory) (change, error) { return stageSysctl(t.Name, t.Value) })
	case SettingAddress:
		return s.stageAddress(t)
	case SettingRoute:
		return s.stageEach(t.Process, func(*territory) (change, error) { return stageRoute(t.Name, t.Value) })
	case SettingDeaf, SettingHeal:
		return s.stageSocket(pid, t.FD, func(fd int) (change, error) { return stageFilter(fd, t.Kind == SettingDeaf) })
	case SettingBuffer:
		return s.stageSocket(pid, t.FD, func(fd int) (change, error) { return stageBuffer(fd, t.Value) })
	case SettingRlimit:
		return s.stageLimit(pid, t.Name, t.Value)
	case SettingDestroy:
		return s.stageEach("", func(n *territory) (change, error) { return n.destroyTimeWait() })
	}
	return s.stageWire(t.Value)
}

// errNoEnd is what a setting for an end is answered in a lab without a wire.
var errNoEnd = fmt.Errorf("there is no wire here, and so no end called so: %w", unix.ENODEV)

// stageEach makes a setting in one end's network, or with "" in every one.
func (s *station) stageEach(end string, f func(t *territory) (change, error)) (change, error) {
	var cs []change
	var names []string
	for _, t := range s.networks {
		if end != "" && t.name() != end {
			continue
		}
		var c change
		err := s.inside(t, func() (err error) { c, err = f(t); return err })
		if err != nil {
			return change{}, err
		}
		cs, names = append(cs, c), append(names, t.name())
	}
	if len(cs) == 0 {
		return change{}, errNoEnd
	}
	return joinChanges(names, cs), nil
}

// joinChanges is one change where all are equal, and else names each.
func joinChanges(names []string, cs []change) change {
	value, was := make([]string, len(cs)), make([]string, len(cs))
	for i, c := range cs {
		value[i], was[i] = c.value, c.was
	}
	return change{value: joinValues(names, value), was: joinValues(names, was)}
}

func joinValues(names, values []string) string {
	same := true
	each := make([]string, len(values))
	for i, v := range values {
		same = same && v == values[0]
		each[i] = names[i] + " " + v
	}
	if same {
		return values[0]
	}
	return strings.Join(each, ", ")
}

// stageSysctl writes below /proc/sys, and reads before and after.
func stageSysctl(name, value string) (c change, err error) {
	path := strings.ReplaceAll(name, ".", "/")
	if c.was, err = readSetting(path); err != nil {
		return c, err
	}
	if err := writeSetting(path, value); err != nil {
		return c, fmt.Errorf("write /proc/sys/%s: %w", path, err)
	}
	c.value, err = readSetting(path)
	return c, err
}

// readSetting reads below /proc/sys, in the calling thread's namespace, with one
// space between values.
func readSetting(name string) (string, error) {
	b, err := readSmall("/proc/sys/" + name)
	if err != nil {
		return "", err
	}
	return strings.Join(strings.Fields(string(b)), " "), nil
}

// stageAddress gives the network one more address. On the wire that is an end's.
func (s *station) stageAddress(t StageSetting) (change, error) {
	if t.Process == "" && len(s.networks) > 1 {
		return change{}, fmt.Errorf("on the wire an address belongs to one end, write: address server %s: %w", t.Name, unix.EINVAL)
	}
	a, err := netip.ParseAddr(t.Name)
	if err != nil {
		return change{}, err
	}
	return s.stageEach(t.Process, func(n *territory) (change, error) { return n.address(a) })
}

func (t *territory) address(a netip.Addr) (c change, err error) {
	index, err := interfaceIndex(t.link)
	if err != nil {
		return c, err
	}
	nl, err := openNetlink(unix.NETLINK_ROUTE)
	if err != nil {
		return c, err
	}
	defer nl.close()
	read := func() string {
		has, found := nl.hasAddress(index, a)
		err = errors.Join(err, found)
		if has {
			return t.link
		}
		return ""
	}
	c.was = read()
	if err := nl.addAddress(index, netip.PrefixFrom(a, a.BitLen())); err != nil {
		return c, err
	}
	c.value = read()
	return c, errors.Join(err, nl.waitDelivers(a))
}

// interfaceIndex wraps netdevice(7)'s SIOCGIFINDEX.
func interfaceIndex(name string) (uint32, error) {
	ifr, err := onInterface(name, unix.SIOCGIFINDEX, nil)
	if err != nil {
		return 0, fmt.Errorf("index of %s: %w", name, err)
	}
	return ifr.Uint32(), nil
}

// onInterface makes one request of netdevice(7) about an interface of the calling
// thread's network.
func onInterface(name string, request uint, fill func(*unix.Ifreq)) (*unix.Ifreq, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	defer unix.Close(fd)
	ifr, err := unix.NewIfreq(name)
	if err != nil {
		return nil, err
	}
	if fill != nil {
		fill(ifr)
	}
	return ifr, unix.IoctlIfreq(fd, request, ifr)
}

func stageRoute(prefix, how string) (c change, err error) {
	p, err := netip.ParsePrefix(prefix)
	if err != nil {
		return c, err
	}
	nl, err := openNetlink(unix.NETLINK_ROUTE)
	if err != nil {
		return c, err
	}
	defer nl.close()
	if c.was, err = nl.route(p); err != nil {
		return c, err
	}
	if err := nl.setRoute(p, how); err != nil {
		return c, err
	}
	c.value, err = nl.route(p)
	return c, err
}

// stageSocket lends f a duplicate of a worker's descriptor and lets go of it at
// once. A worker that is idle is kept from entering a call meanwhile; one that
// waits in a call is not disturbed.
func (s *station) stageSocket(pid, fd int, f func(fd int) (change, error)) (change, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.workers[pid]
	if r == nil {
		return change{}, unix.ESRCH
	}
	if r.page.hold() {
		defer r.page.letGo()
	}
	dup, err := unix.PidfdGetfd(r.pidfd, fd, 0)
	if err != nil {
		return change{}, fmt.Errorf("descriptor %d: %w", fd, err)
	}
	defer unix.Close(dup)
	return f(dup)
}

// stageFilter has a socket drop all that arrives, with a program of one
// instruction, "return 0 bytes of it", or takes that back; socket(7)
// SO_ATTACH_FILTER.
func stageFilter(fd int, deaf bool) (c change, err error) {
	domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	if err != nil {
		return c, fmt.Errorf("SO_DOMAIN: %w", err)
	}
	if domain != unix.AF_INET && domain != unix.AF_INET6 {
		return c, fmt.Errorf("only sockets of the internet can be deaf, this is %s: %w", domainName(uint32(domain)), unix.EOPNOTSUPP)
	}
	if c.was, err = hearing(fd); err != nil {
		return c, err
	}
	drop := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: 0}
	if deaf {
		err = unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &drop})
	} else if c.was != hears {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0)
	}
	if err != nil {
		return c, fmt.Errorf("socket filter: %w", err)
	}
	c.value, err = hearing(fd)
	return c, err
}

const hears = "hears"

// hearing reads how many instructions a socket's filter has, SO_GET_FILTER.
func hearing(fd int) (string, error) {
	var n uint32 // in: room for none; out: how many there are
	_, _, errno := unix.RawSyscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.SOL_SOCKET, unix.SO_GET_FILTER, 0, uintptr(unsafe.Pointer(&n)), 0)
	switch {
	case errno != 0:
		return "", fmt.Errorf("SO_GET_FILTER: %w", errno)
	case n == 0:
		return hears, nil
	case n == 1:
		return "deaf", nil
	}
	return fmt.Sprintf("a filter of %d instructions", n), nil
}

// stageBuffer sets SO_SNDBUF and SO_RCVBUF, socket(7). The kernel doubles what it
// is given, to have room for its own bookkeeping, and keeps to limits; what is
// read is what counts.
func stageBuffer(fd int, value string) (c change, err error) {
	if c.was, err = buffers(fd); err != nil {
		return c, err
	}
	for i, word := range strings.Fields(value) {
		size, err := strconv.Atoi(word)
		if err != nil {
			return c, err
		}
		option := [...]int{unix.SO_SNDBUF, unix.SO_RCVBUF}[i]
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, option, (size+1)/2); err != nil {
			return c, fmt.Errorf("set the buffer: %w", err)
		}
	}
	c.value, err = buffers(fd)
	return c, err
}

func buffers(fd int) (string, error) {
	send, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF)
	if err != nil {
		return "", fmt.Errorf("SO_SNDBUF: %w", err)
	}
	receive, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF)
	if err != nil {
		return "", fmt.Errorf("SO_RCVBUF: %w", err)
	}
	return fmt.Sprintf("%d %d", send, receive), nil
}

var resources = map[string]int{"nofile": unix.RLIMIT_NOFILE, "memlock": unix.RLIMIT_MEMLOCK}

// stageLimit sets a worker's soft limit, prlimit(2).
func (s *station) stageLimit(pid int, name, value string) (c change, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.workers[pid] == nil {
		return c, unix.ESRCH
	}
	var limit unix.Rlimit
	if err := unix.Prlimit(pid, resources[name], nil, &limit); err != nil {
		return c, fmt.Errorf("prlimit: %w", err)
	}
	c.was = rlimitText(limit.Cur)
	if limit.Cur, err = strconv.ParseUint(value, 10, 64); err != nil {
		return c, err
	}
	if limit.Cur > limit.Max {
		return c, fmt.Errorf("the hard limit is %s: %w", rlimitText(limit.Max), unix.EPERM)
	}
	if err := unix.Prlimit(pid, resources[name], &limit, nil); err != nil {
		return c, fmt.Errorf("prlimit: %w", err)
	}
	if err := unix.Prlimit(pid, resources[name], nil, &limit); err != nil {
		return c, fmt.Errorf("prlimit: %w", err)
	}
	c.value = rlimitText(limit.Cur)
	return c, nil
}

func rlimitText(n uint64) string {
	if n == unix.RLIM_INFINITY {
		return "unlimited"
	}
	return strconv.FormatUint(n, 10)
}

const (
	sockDestroy   = 21 // SOCK_DESTROY, linux/sock_diag.h
	timeWaitState = 6  // TCP_TIME_WAIT, net/tcp_states.h
)

// destroyTimeWait removes the network's sockets in TIME_WAIT. The values are how
// many there are.
func (t *territory) destroyTimeWait() (c change, err error) {
	rows, err := t.timeWaits()
	if err != nil {
		return c, err
	}
	nl, err := openNetlink(unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return c, err
	}
	defer nl.close()
	for _, row := range rows {
		_, err := nl.ask(sockDestroy, unix.NLM_F_ACK, destroyRequest(row))
		if err != nil && !errors.Is(err, unix.ENOENT) { // it went by itself
			return c, fmt.Errorf("SOCK_DESTROY: %w", err)
		}
	}
	left, err := t.timeWaits()
	return change{value: strconv.Itoa(len(left)), was: strconv.Itoa(len(rows))}, err
}

// timeWaits returns the struct inet_diag_msg of each socket in TIME_WAIT.
func (t *territory) timeWaits() (rows [][]byte, err error) {
	if t.diag == nil {
		return nil, fmt.Errorf("the socket tables cannot be read: %w", unix.EOPNOTSUPP)
	}
	for _, q := range questions {
		if q.protocol != unix.IPPROTO_TCP {
			continue
		}
		b, err := t.diag.dump(q)
		if err != nil {
			return nil, err
		}
		_ = eachMessage(b, func(body []byte) error {
			if len(body) >= inetMessageSize && body[1] == timeWaitState {
				rows = append(rows, body)
			}
			return nil
		})
	}
	return rows, nil
}

// destroyRequest is struct inet_diag_req_v2 for the socket of a row: addresses,
// ports, interface and cookie stand in both in the same order.
func destroyRequest(row []byte) []byte {
	b := make([]byte, inetRequestSize)
	b[0], b[1] = row[0], unix.IPPROTO_TCP
	copy(b[4:], nativeUint32(1<<timeWaitState))
	copy(b[8:], row[4:4+inetRequestSize-8])
	return b
}

// stageWire holds what comes by on the wire, or lets it flow; with "" it says only
// which it is.
func (s *station) stageWire(word string) (c change, err error) {
	if s.wire == nil {
		return c, fmt.Errorf("%w: %w", ErrNoWire, unix.ENODEV)
	}
	c.was = holdingWord(s.wire.flush())
	if word != "" {
		err = s.wire.act(WireVerb(word), 0, 0)
	}
	c.value = holdingWord(s.wire.flush())
	return c, err
}

func holdingWord(holding bool) string {
	if holding {
		return string(WireHold)
	}
	return string(WireFlow)
}
