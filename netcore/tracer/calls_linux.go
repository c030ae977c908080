//go:build amd64 || arm64

package tracer

import "sockstep/netcore"

// description says how a system call is read.
type description struct {
	name   string // C's, "pselect"; see called
	kernel string // "pselect6"
	number uint64
	params []netcore.Param
	plans  []plan // how each of params is read
	plain  plainCall
	// descriptor tells that the first argument is a descriptor of anything; only on a
	// socket is the call told.
	descriptor bool
	// several tells that it is one to tell when any descriptor it names is a socket.
	several bool
	way     Direction
}

// watch is a system call the filter stops at.
type watch struct {
	number uint64
	// descriptor tells that the call is no socket call by nature and its first argument
	// a descriptor.
	descriptor bool
}

// descriptions are the calls that are watched.
var descriptions = []description{
	{kernel: "socket"},
	{kernel: "socketpair"},
	{kernel: "bind"},
	{kernel: "listen"},
	{kernel: "accept"},
	{kernel: "accept4"},
	{kernel: "connect"},
	{kernel: "sendto", way: Out},
	{kernel: "recvfrom", way: In},
	{kernel: "sendmsg", way: Out},
	{kernel: "recvmsg", way: In},
	{kernel: "sendmmsg", way: Out},
	{kernel: "recvmmsg", way: In},
	{kernel: "shutdown"},
	{kernel: "setsockopt"},
	{kernel: "getsockopt"},
	{kernel: "getsockname"},
	{kernel: "getpeername"},
	{kernel: "read", descriptor: true, way: In},
	{kernel: "write", descriptor: true, way: Out},
	{kernel: "readv", descriptor: true, way: In},
	{kernel: "writev", descriptor: true, way: Out},
	{kernel: "preadv2", descriptor: true, way: In},
	{kernel: "pwritev2", descriptor: true, way: Out},
	{kernel: "sendfile", descriptor: true, way: Out},
	{kernel: "splice", descriptor: true},
	{kernel: "close", descriptor: true},
	{kernel: "close_range"},
	{kernel: "dup", descriptor: true},
	{kernel: "dup2", descriptor: true},
	{kernel: "dup3", descriptor: true},
	{kernel: "fcntl", descriptor: true},
	{kernel: "ioctl", descriptor: true},
	{kernel: "poll"},
	{kernel: "ppoll"},
	{kernel: "select"},
	{name: "pselect", kernel: "pselect6"},
	{kernel: "epoll_create"},
	{kernel: "epoll_create1"},
	{kernel: "epoll_ctl"},
	{kernel: "epoll_wait"},
	{kernel: "epoll_pwait"},
	{kernel: "epoll_pwait2"},
	{kernel: "pidfd_getfd"},
	{kernel: "io_uring_setup"},
	{kernel: "io_uring_enter"},
}

// byNumber holds the descriptions of the calls this architecture has.
var byNumber = func() map[uint64]*description {
	calls := map[uint64]*description{}
	for i := range descriptions {
		d := &descriptions[i]
		number, ok := numbers[d.kernel]
		if !ok {
			continue
		}
		if d.name == "" {
			d.name = d.kernel
		}
		spec, _ := netcore.Describe(d.name)
		d.number, d.params = number, spec.Params
		d.plain, d.several = plainCalls[d.kernel], severalDescriptors[d.kernel]
		calls[number] = d
	}
	return calls
}()

// described returns the description of a system call, nil for one that is not
// watched.
func described(number uint64) *description { return byNumber[number] }

// watched returns what the filter has to stop at.
func watched() []watch {
	var calls []watch
	for i := range descriptions {
		if d := &descriptions[i]; d.params != nil {
			calls = append(calls, watch{d.number, d.descriptor})
		}
	}
	return calls
}

// direction is which way the bytes of the call go, 0 for a call that moves none or
// may move them either way.
func (d *description) direction() Direction { return d.way }

// plainCall is a function of C with fewer arguments than the kernel's call.
type plainCall struct {
	name  string // "" is none
	arity int
}

// plainCalls are functions of C without the last arguments of the kernel's calls they
// make, which are 0: sendto and recvfrom without an address, and pselect6 without a
// set of signals, whose timeout is a struct timespec all the same.
var plainCalls = map[string]plainCall{
	"sendto":   {"send", 4},
	"recvfrom": {"recv", 4},
	"pselect6": {"select", 5},
}

// called is the C name of the call with these arguments of enter.
func (d *description) called(args []netcore.Arg) string {
	if len(args) < len(d.params) {
		return d.plain.name
	}
	return d.name
}

// arity is how many arguments the call has in C.
func (d *description) arity(registers *[6]uint64) int {
	if d.plain.name == "" {
		return len(d.params)
	}
	for _, r := range registers[d.plain.arity:] {
		if r != 0 {
			return len(d.params)
		}
	}
	return d.plain.arity
}

// mostDescriptors bounds the descriptors of a close_range.
const mostDescriptors = 4096

// descriptors returns every descriptor the call names: of select those in its sets, of
// a close_range the first mostDescriptors.
func (d *description) descriptors(args []netcore.Arg) []int {
	if d.name == "close_range" {
		return numbersBetween(uint32(args[0].Value), uint32(args[1].Value))
	}
	var all []int
	for i, p := range d.params[:min(len(d.params), len(args))] {
		switch p.Kind {
		case netcore.KindFD:
			all = append(all, int(args[i].Value))
		case netcore.KindPollFDs:
			all = append(all, polled(args[i].Before)...)
		case netcore.KindFDSet:
			all = append(all, selected(args[i].Before, int(args[p.Len].Value))...)
		}
	}
	return all
}

func numbersBetween(first, last uint32) []int {
	var all []int
	for n := uint64(first); n <= uint64(last) && len(all) < mostDescriptors; n++ {
		all = append(all, int(n))
	}
	return all
}

// polled are the descriptors in an array of struct pollfd.
func polled(memory []byte) []int {
	var all []int
	for ; len(memory) >= pollSize; memory = memory[pollSize:] {
		all = append(all, int(int32(order.Uint32(memory))))
	}
	return all
}

// selected are the descriptors below n in an fd_set.
func selected(memory []byte, n int) []int {
	var all []int
	for fd := range min(n, 8*len(memory)) {
		if memory[fd/8]&(1<<(fd%8)) != 0 {
			all = append(all, fd)
		}
	}
	return all
}
