package netcore

import "slices"

// The table describes every call netcore makes, in the order in which a
// connection needs them. Parameters are those of the C function; a wrapper of the
// C library that adds or reorders arguments says so in the worker, not here.
var table = []Spec{
	{
		Name: "socket", Returns: "a new descriptor, the lowest free number", Manual: "socket(2)",
		Params: []Param{param("domain", KindDomain), param("type", KindSocketType), param("protocol", KindProtocol)},
	},
	{
		Name: "bind", Returns: "0", Manual: "bind(2)",
		Params: []Param{paramFD, sized("addr", KindSockaddrIn, 2), paramLen},
	},
	{
		Name: "listen", Returns: "0", Manual: "listen(2)",
		Params: []Param{paramFD, param("backlog", KindInt)},
	},
	{
		Name: "connect", Returns: "0", Manual: "connect(2)", Waits: "the other side's answer to the handshake",
		Params: []Param{paramFD, sized("addr", KindSockaddrIn, 2), paramLen},
	},
	{
		Name: "accept", Returns: "a new descriptor for the connection taken from the queue", Manual: "accept(2)", Waits: "a connection to accept",
		Params: []Param{paramFD, sized("addr", KindAddrOut, 2), param("addrlen", KindLenInOut)},
	},
	{
		Name: "accept4", Returns: "a new descriptor for the connection taken from the queue", Manual: "accept4(2)", Waits: "a connection to accept",
		Params: []Param{paramFD, sized("addr", KindAddrOut, 2), param("addrlen", KindLenInOut), param("flags", KindSocketType)},
	},
	{
		Name: "send", Returns: "how many bytes were taken into the send buffer", Manual: "send(2)", Waits: "room in the send buffer",
		Params: []Param{paramFD, sized("buf", KindBufIn, 2), param("len", KindSize), paramFlags},
	},
	{
		Name: "sendto", Returns: "how many bytes were taken into the send buffer", Manual: "sendto(2)", Waits: "room in the send buffer",
		Params: []Param{paramFD, sized("buf", KindBufIn, 2), param("len", KindSize), paramFlags, sized("dest_addr", KindSockaddrIn, 5), paramLen},
	},
	{
		Name: "recv", Returns: "how many bytes were received; 0 is the end of the stream", Manual: "recv(2)", Waits: "data, or the end of the stream",
		Params: []Param{paramFD, sized("buf", KindBufOut, 2), param("len", KindSize), paramFlags},
	},
	{
		Name: "recvfrom", Returns: "how many bytes were received; 0 is the end of the stream", Manual: "recvfrom(2)", Waits: "data, or the end of the stream",
		Params: []Param{paramFD, sized("buf", KindBufOut, 2), param("len", KindSize), paramFlags, sized("src_addr", KindAddrOut, 5), param("addrlen", KindLenInOut)},
	},
	{
		Name: "read", Returns: "how many bytes were read; 0 is the end", Manual: "read(2)", Waits: "data, or the end",
		Params: []Param{param("fd", KindFD), sized("buf", KindBufOut, 2), param("count", KindSize)},
	},
	{
		Name: "write", Returns: "how many bytes were taken", Manual: "write(2)", Waits: "room in the send buffer",
		Params: []Param{param("fd", KindFD), sized("buf", KindBufIn, 2), param("count", KindSize)},
	},
	{
		Name: "shutdown", Returns: "0", Manual: "shutdown(2)",
		Params: []Param{paramFD, param("how", KindHow)},
	},
	{
		Name: "close", Returns: "0", Manual: "close(2)", Waits: "the acknowledgement of what was sent, for as long as SO_LINGER says",
		Params: []Param{param("fd", KindFD)},
	},
	{
		Name: "getsockname", Returns: "0", Manual: "getsockname(2)",
		Params: []Param{paramFD, sized("addr", KindAddrOut, 2), param("addrlen", KindLenInOut)},
	},
	{
		Name: "getpeername", Returns: "0", Manual: "getpeername(2)",
		Params: []Param{paramFD, sized("addr", KindAddrOut, 2), param("addrlen", KindLenInOut)},
	},
	{
		Name: "setsockopt", Returns: "0", Manual: "setsockopt(2)",
		Params: []Param{paramFD, param("level", KindLevel), param("optname", KindOption), sized("optval", KindOptIn, 4), param("optlen", KindSockLen)},
	},
	{
		Name: "getsockopt", Returns: "0", Manual: "getsockopt(2)",
		Params: []Param{paramFD, param("level", KindLevel), param("optname", KindOption), sized("optval", KindOptOut, 4), param("optlen", KindLenInOut)},
	},
	{
		Name: "fcntl", Returns: "what the command asks for: flags, a new descriptor, or 0", Manual: "fcntl(2)",
		Params: []Param{param("fd", KindFD), param("cmd", KindFcntl), param("arg", KindFcntlArg)},
	},
	{
		Name: "ioctl", Returns: "0", Manual: "ioctl(2)",
		Params: []Param{param("fd", KindFD), param("request", KindIoctl), param("arg", KindIntOut)},
	},
	{
		Name: "dup", Returns: "a second descriptor for the same thing, the lowest free number", Manual: "dup(2)",
		Params: []Param{param("oldfd", KindFD)},
	},
	{
		Name: "poll", Returns: "how many of the descriptors have something to report; 0 is the timeout", Manual: "poll(2)", Waits: "an event on one of the descriptors, or the timeout",
		Params: []Param{sized("fds", KindPollFDs, 1), param("nfds", KindCount), param("timeout", KindTimeout)},
	},
	{
		Name: "socketpair", Returns: "0, with two connected descriptors in sv", Manual: "socketpair(2)",
		Params: []Param{param("domain", KindDomain), param("type", KindSocketType), param("protocol", KindProtocol), param("sv", KindFDPair)},
	},
	{
		Name: "setrlimit", Returns: "0", Manual: "setrlimit(2)",
		Params: []Param{param("resource", KindResource), param("rlim", KindRlimit)},
	},
	{
		Name: "kill", Returns: "0", Manual: "kill(2)",
		Params: []Param{param("pid", KindPID), param("sig", KindSignal)},
	},
	{
		Name: "sigaction", Returns: "0", Manual: "sigaction(2)",
		Params: []Param{param("signum", KindSignal), param("act", KindSigaction), param("oldact", KindSigOut)},
	},
	{
		Name: "unlink", Returns: "0", Manual: "unlink(2)",
		Params: []Param{param("pathname", KindPath)},
	},
}

// Parameters that many calls share.
var (
	paramFD    = param("sockfd", KindFD)
	paramLen   = param("addrlen", KindSockLen)
	paramFlags = param("flags", KindMsgFlags)
)

// param is a parameter without a length of its own.
func param(name string, kind ParamKind) Param { return Param{Name: name, Kind: kind, Len: -1} }

// sized is a pointer whose length is in the parameter with the index length.
func sized(name string, kind ParamKind, length int) Param {
	return Param{Name: name, Kind: kind, Len: length}
}

// specs is the table by name, with the kernel's names of this machine.
var specs = func() map[string]Spec {
	byName := make(map[string]Spec, len(table))
	for i, s := range table {
		table[i].Syscall = kernelName(s.Name)
		byName[s.Name] = table[i]
	}
	return byName
}()

func kernelName(name string) string {
	if kernel, ok := kernelNames[name]; ok {
		return kernel
	}
	return name
}

// Lookup returns the description of a call by its C name.
func Lookup(name string) (Spec, bool) {
	s, ok := specs[name]
	return s, ok
}

// Specs returns the descriptions of all calls, in the order in which a connection
// needs them.
func Specs() []Spec { return slices.Clone(table) }

// MayBlock reports whether the call can wait on a descriptor with these flags, as
// a Descriptor has them: with O_NONBLOCK only poll and its like wait, and close,
// which lingers all the same.
func (s Spec) MayBlock(flags []string) bool {
	switch s.Name {
	case "close", "poll", "ppoll", "select", "pselect", "epoll_wait", "epoll_pwait", "epoll_pwait2", "io_uring_enter":
		return true
	}
	return s.Waits != "" && !slices.Contains(flags, "O_NONBLOCK")
}
