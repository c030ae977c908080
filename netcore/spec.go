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
