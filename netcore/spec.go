package netcore

// ParamKind says how an argument of a call is read and shown.
type ParamKind string

// The kinds of parameters. Those ending in In are read by the kernel, in Out
// written, in InOut both.
const (
	KindInt        ParamKind = "int"
	KindFD         ParamKind = "fd"
	KindDomain     ParamKind = "domain"     // AF_*
	KindSocketType ParamKind = "type"       // SOCK_* with SOCK_CLOEXEC, SOCK_NONBLOCK
	KindProtocol   ParamKind = "protocol"   // IPPROTO_*
	KindSize       ParamKind = "size"       // size_t
	KindSockLen    ParamKind = "socklen"    // socklen_t
	KindMsgFlags   ParamKind = "msgflags"   // MSG_*
	KindHow        ParamKind = "how"        // SHUT_*
	KindLevel      ParamKind = "level"      // SOL_*, IPPROTO_*
	KindOption     ParamKind = "option"     // SO_*, TCP_*, IP_*, IPV6_* by level
	KindFcntl      ParamKind = "fcntl"      // F_*
	KindFcntlArg   ParamKind = "fcntlarg"   // by command
	KindIoctl      ParamKind = "ioctl"      // FIONREAD, SIOCOUTQ
	KindSignal     ParamKind = "signal"     // SIG*
	KindResource   ParamKind = "resource"   // RLIMIT_*
	KindPID        ParamKind = "pid"        //
	KindTimeout    ParamKind = "timeout"    // milliseconds
	KindCount      ParamKind = "count"      // nfds_t
	KindSockaddrIn ParamKind = "sockaddr"   // struct sockaddr, read
	KindAddrOut    ParamKind = "sockaddr*"  // struct sockaddr, written
	KindLenInOut   ParamKind = "socklen*"   // socklen_t, value-result
	KindBufIn      ParamKind = "buffer"     // bytes, read
	KindBufOut     ParamKind = "buffer*"    // bytes, written
	KindOptIn      ParamKind = "optval"     // option value, read
	KindOptOut     ParamKind = "optval*"    // option value, written
	KindIntOut     ParamKind = "int*"       // one int, written
	KindPollFDs    ParamKind = "pollfd*"    // struct pollfd array, read and written
	KindFDPair     ParamKind = "int[2]"     // two descriptors, written
	KindRlimit     ParamKind = "rlimit"     // struct rlimit, read
	KindSigaction  ParamKind = "sigaction"  // struct sigaction, read
	KindSigOut     ParamKind = "sigaction*" // struct sigaction, written
	KindPath       ParamKind = "path"       // text ending in a null byte, read
)

// The kinds of the calls that only a tracer sees. A vector is an array of struct
// iovec; its Param.Len gives the number of elements.
const (
	KindVectorIn    ParamKind = "iovec"        // buffers, read
	KindVectorOut   ParamKind = "iovec*"       // buffers, written
	KindMessageIn   ParamKind = "msghdr"       // struct msghdr and what it leads to, read
	KindMessageOut  ParamKind = "msghdr*"      // the same, written
	KindMessagesIn  ParamKind = "mmsghdr"      // struct mmsghdr array, read; the lengths written
	KindMessagesOut ParamKind = "mmsghdr*"     // the same, written
	KindFDSet       ParamKind = "fd_set*"      // fd_set, read and written; Param.Len is nfds
	KindTimeval     ParamKind = "timeval*"     // struct timeval, read, what is left of it written
	KindTimespec    ParamKind = "timespec*"    // struct timespec, the same
	KindTimespecIn  ParamKind = "timespec"     // struct timespec, read
	KindSigset      ParamKind = "sigset"       // the kernel's sigset_t, read; Param.Len is its size in bytes
	KindSigsetSized ParamKind = "sigset+size"  // pointer to a sigset_t and its size, read: pselect6
	KindEpollOp     ParamKind = "epollop"      // EPOLL_CTL_*
	KindEpollIn     ParamKind = "epoll_event"  // struct epoll_event, read
	KindEpollOut    ParamKind = "epoll_event*" // struct epoll_event array, written
	KindEpollFlags  ParamKind = "epollflags"   // EPOLL_CLOEXEC
	KindOffset      ParamKind = "loff_t*"      // a file offset, read and written
	KindFDFlags     ParamKind = "fdflags"      // O_CLOEXEC, in dup3
	KindRangeFlags  ParamKind = "rangeflags"   // CLOSE_RANGE_*
	KindSpliceFlags ParamKind = "spliceflags"  // SPLICE_F_*
	KindRWFlags     ParamKind = "rwflags"      // RWF_*
	KindUnsigned    ParamKind = "unsigned"     // unsigned int
	KindLong        ParamKind = "long"         // a number of the register's width
	KindPointer     ParamKind = "pointer"      // an address whose memory is not looked at
)

// Param describes one parameter of a call.
type Param struct {
	Name string
	Kind ParamKind
	// Len is the index of the parameter that gives the length of this buffer in
	// bytes (KindLenInOut: the pointed-to value; KindCount: elements), or -1.
	Len int
}

// Spec describes one call of the C interface.
type Spec struct {
	Name    string // the C name, "send"
	Syscall string // the kernel's name on this machine, "sendto"
	Params  []Param
	// Waits says what a blocking call of this kind waits for, "a connection to
	// accept", or is empty when it does not block.
	Waits   string
	Returns string // what success returns
	Manual  string // "send(2)"
}
