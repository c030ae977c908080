package netcore

// traced describes the calls that only a tracer sees: netcore makes none of them.
// Parameters are the kernel's.
var traced = []Spec{
	{
		Name: "sendmsg", Returns: "how many bytes were taken into the send buffer", Manual: "sendmsg(2)", Waits: "room in the send buffer",
		Params: []Param{paramFD, param("msg", KindMessageIn), paramFlags},
	},
	{
		Name: "recvmsg", Returns: "how many bytes were received; 0 is the end of the stream", Manual: "recvmsg(2)", Waits: "data, or the end of the stream",
		Params: []Param{paramFD, param("msg", KindMessageOut), paramFlags},
	},
	{
		Name: "sendmmsg", Returns: "how many messages were taken", Manual: "sendmmsg(2)", Waits: "room in the send buffer",
		Params: []Param{paramFD, sized("msgvec", KindMessagesIn, 2), param("vlen", KindUnsigned), paramFlags},
	},
	{
		Name: "recvmmsg", Returns: "how many messages were received", Manual: "recvmmsg(2)", Waits: "messages, or the timeout",
		Params: []Param{paramFD, sized("msgvec", KindMessagesOut, 2), param("vlen", KindUnsigned), paramFlags, param("timeout", KindTimespec)},
	},
	{
		Name: "readv", Returns: "how many bytes were read into the buffers; 0 is the end", Manual: "readv(2)", Waits: "data, or the end",
		Params: []Param{param("fd", KindFD), sized("iov", KindVectorOut, 2), param("iovcnt", KindSize)},
	},
	{
		Name: "writev", Returns: "how many bytes of the buffers were taken", Manual: "writev(2)", Waits: "room in the send buffer",
		Params: []Param{param("fd", KindFD), sized("iov", KindVectorIn, 2), param("iovcnt", KindSize)},
	},
	{
		Name: "preadv2", Returns: "how many bytes were read into the buffers; 0 is the end", Manual: "preadv2(2)", Waits: "data, or the end",
		Params: []Param{param("fd", KindFD), sized("iov", KindVectorOut, 2), param("iovcnt", KindSize), param("offset", KindLong), param("offset_high", KindLong), param("flags", KindRWFlags)},
	},
	{
		Name: "pwritev2", Returns: "how many bytes of the buffers were taken", Manual: "pwritev2(2)", Waits: "room in the send buffer",
		Params: []Param{param("fd", KindFD), sized("iov", KindVectorIn, 2), param("iovcnt", KindSize), param("offset", KindLong), param("offset_high", KindLong), param("flags", KindRWFlags)},
	},
	{
		Name: "sendfile", Returns: "how many bytes were taken", Manual: "sendfile(2)", Waits: "room in the send buffer",
		Params: []Param{param("out_fd", KindFD), param("in_fd", KindFD), param("offset", KindOffset), param("count", KindSize)},
	},
	{
		Name: "splice", Returns: "how many bytes were moved; 0 is the end", Manual: "splice(2)", Waits: "data to move, or room for it",
		Params: []Param{param("fd_in", KindFD), param("off_in", KindOffset), param("fd_out", KindFD), param("off_out", KindOffset), param("len", KindSize), param("flags", KindSpliceFlags)},
	},
	{
		Name: "dup2", Returns: "the second descriptor, newfd", Manual: "dup2(2)",
		Params: []Param{param("oldfd", KindFD), param("newfd", KindFD)},
	},
	{
		Name: "dup3", Returns: "the second descriptor, newfd", Manual: "dup3(2)",
		Params: []Param{param("oldfd", KindFD), param("newfd", KindFD), param("flags", KindFDFlags)},
	},
	{
		Name: "close_range", Returns: "0", Manual: "close_range(2)",
		Params: []Param{param("first", KindUnsigned), param("last", KindUnsigned), param("flags", KindRangeFlags)},
	},
	{
		Name: "ppoll", Returns: "how many of the descriptors have something to report; 0 is the timeout", Manual: "ppoll(2)", Waits: "an event on one of the descriptors, or the timeout",
		Params: []Param{sized("fds", KindPollFDs, 1), param("nfds", KindCount), param("tmo_p", KindTimespec), sized("sigmask", KindSigset, 4), param("sigsetsize", KindSize)},
	},
	{
		Name: "select", Returns: "how many of the descriptors are ready; 0 is the timeout", Manual: "select(2)", Waits: "a descriptor that is ready, or the timeout",
		Params: []Param{param("nfds", KindInt), sized("readfds", KindFDSet, 0), sized("writefds", KindFDSet, 0), sized("exceptfds", KindFDSet, 0), param("timeout", KindTimeval)},
	},
	{
		Name: "pselect", Syscall: "pselect6", Returns: "how many of the descriptors are ready; 0 is the timeout", Manual: "pselect(2)", Waits: "a descriptor that is ready, or the timeout",
		Params: []Param{param("nfds", KindInt), sized("readfds", KindFDSet, 0), sized("writefds", KindFDSet, 0), sized("exceptfds", KindFDSet, 0), param("timeout", KindTimespec), param("sigmask", KindSigsetSized)},
	},
	{
		Name: "epoll_create", Returns: "a descriptor of a new epoll instance", Manual: "epoll_create(2)",
		Params: []Param{param("size", KindInt)},
	},
	{
		Name: "epoll_create1", Returns: "a descriptor of a new epoll instance", Manual: "epoll_create1(2)",
		Params: []Param{param("flags", KindEpollFlags)},
	},
	{
		Name: "epoll_ctl", Returns: "0", Manual: "epoll_ctl(2)",
		Params: []Param{param("epfd", KindFD), param("op", KindEpollOp), param("fd", KindFD), param("event", KindEpollIn)},
	},
	{
		Name: "epoll_wait", Returns: "how many events were written; 0 is the timeout", Manual: "epoll_wait(2)", Waits: "an event on one of the descriptors, or the timeout",
		Params: []Param{param("epfd", KindFD), sized("events", KindEpollOut, 2), param("maxevents", KindInt), param("timeout", KindTimeout)},
	},
	{
		Name: "epoll_pwait", Returns: "how many events were written; 0 is the timeout", Manual: "epoll_pwait(2)", Waits: "an event on one of the descriptors, or the timeout",
		Params: []Param{param("epfd", KindFD), sized("events", KindEpollOut, 2), param("maxevents", KindInt), param("timeout", KindTimeout), sized("sigmask", KindSigset, 5), param("sigsetsize", KindSize)},
	},
	{
		Name: "epoll_pwait2", Returns: "how many events were written; 0 is the timeout", Manual: "epoll_pwait2(2)", Waits: "an event on one of the descriptors, or the timeout",
		Params: []Param{param("epfd", KindFD), sized("events", KindEpollOut, 2), param("maxevents", KindInt), param("timeout", KindTimespecIn), sized("sigmask", KindSigset, 5), param("sigsetsize", KindSize)},
	},
	{
		Name: "pidfd_getfd", Returns: "a second descriptor for what the other process has", Manual: "pidfd_getfd(2)",
		Params: []Param{param("pidfd", KindFD), param("targetfd", KindFD), param("flags", KindUnsigned)},
	},
	{
		Name: "io_uring_setup", Returns: "a descriptor of the rings, through which calls are made that no tracer sees", Manual: "io_uring_setup(2)",
		Params: []Param{param("entries", KindUnsigned), param("p", KindPointer)},
	},
	{
		Name: "io_uring_enter", Returns: "how many calls were taken from the ring", Manual: "io_uring_enter(2)", Waits: "the completion of calls in the ring",
		Params: []Param{param("fd", KindFD), param("to_submit", KindUnsigned), param("min_complete", KindUnsigned), param("flags", KindUnsigned), param("arg", KindPointer), param("argsz", KindSize)},
	},
}

var tracedSpecs = func() map[string]Spec {
	byName := make(map[string]Spec, len(traced))
	for _, s := range traced {
		if s.Syscall == "" {
			s.Syscall = s.Name
		}
		byName[s.Name] = s
	}
	return byName
}()

// Describe returns the description of any call a Call may hold, by its C name: those
// of Lookup, and those that a tracer sees and netcore does not make.
func Describe(name string) (Spec, bool) {
	if s, ok := Lookup(name); ok {
		return s, true
	}
	s, ok := tracedSpecs[name]
	return s, ok
}
