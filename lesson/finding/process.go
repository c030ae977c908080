package finding

import "net/netip"

// process is what is known of one process: its descriptors, as far as they are
// sockets whose making was seen.
type process struct {
	pid    int
	name   string
	family string // the name of the ancestor whose program it runs
	ended  int64  // when it ended, 0 while it lives

	fds    map[int]*descriptor
	closed map[int]closing // by number, where no socket was opened there since
	// closedBefore is the last close of each number.
	closedBefore map[int]mark
	threads      map[int]*thread
	signals      []signalled

	broken      *mark      // the last send that failed with EPIPE
	interrupted *interrupt // a call that failed with EINTR and was not made again
	refused     []refusal  // bind calls that failed because of a name
	lastAccept  int64      // when an accept was last entered that came to something, or waits
}

// descriptor is a number of a process that stands for a socket.
type descriptor struct {
	file      *file
	cloexec   bool
	inherited bool
	opened    mark
	copiedAt  int64 // when a child first got it by fork, or 0
	touched   mark  // the last call on it
}

// closing is a close of a socket.
type closing struct {
	mark
	// before is an earlier close of the number by the same thread, where the number
	// stood for another socket, which that thread did not touch.
	before *mark
}

// thread is what a thread did last.
type thread struct {
	unread mark   // the last receive that failed
	made   mark   // the last call that was to make a descriptor: socket, accept
	failed bool   // it failed
	fresh  int    // the descriptor socket() made that no call has named yet, or -1
	run    int    // how many closes of neighbouring numbers came in a row, all up or all down
	step   int    // 1 where they go up, -1 where they go down
	last   int    // the number it closed last
	double func() // a double close to be told unless a run of closes goes on
	spin   map[int]*spin
	waits  int // how often it has waited for sockets
	heard  int // how often it received something
}

// spin is a row of calls that found nothing to do.
type spin struct {
	count, quick int // quick are those that came at once
	first        mark
	since, last  int64
}

type signalled struct {
	name string
	at   int64
}

func (p *process) thread(tid int) *thread {
	t := p.threads[tid]
	if t == nil {
		t = &thread{fresh: -1, last: -10, spin: map[int]*spin{}}
		p.threads[tid] = t
	}
	return t
}

// file is one socket, whatever descriptors stand for it.
type file struct {
	domain, kind int // AF_*, SOCK_* without flags
	refs         int
	nonblock     bool
	reuse        bool // SO_REUSEADDR
	sendTimeout  bool // SO_SNDTIMEO
	lingers      bool // SO_LINGER

	bound                          bool
	local                          netip.AddrPort
	path                           string
	listening, connected, accepted bool
	refusedBind, refusedConnect    mark
	refusedListen                  mark

	from      *file // the listener it was accepted from
	peer      *file // the other end, where both are in the trace
	uncertain bool  // peer cannot be known
	calls     *file // the listener it has connected to
	joined    int64 // when
	takenAt   int64 // when accept returned it
	goneAt    int64 // when the last descriptor was closed

	sent, received int64
	bounds         []int64  // the ends of its sends in the stream
	uncounted      bool     // by a call whose bytes cannot be counted
	shutOut        bool     // by shutdown
	ended          mark     // the call that read the end of the stream
	reset          mark     // the call that failed with ECONNRESET
	lost           lost     // the first that failed so while the other end was open
	finished       mark     // shutdown(SHUT_RDWR)
	broken         int      // how many sends failed because it is over, see brokenSends
	breaking       breaking // the last of them
	zeros          int      // how many reads returned 0
	emptied        mark     // a read with length 0, where nothing was read or sent since
	unread         unread
	child          *process // that has it by fork, and received from it

	reading partRead
	writing partSend
	last    lastRead

	// Of a listener.
	acceptors   map[int]bool // threads that have accepted from it
	waiters     []*file      // connections that no accept has taken yet
	strays      []*file      // accepted sockets without a known other end
	closedFirst int64        // when a connection of it was closed by this side first
}

// end is the other end of a connection, nil where it is not certain.
func (f *file) end() *file {
	if f.peer == nil || f.uncertain || f.peer.uncertain {
		return nil
	}
	return f.peer
}

// stream reports whether it is a TCP or AF_UNIX stream.
func (f *file) stream() bool { return f.kind == sockStream }

func (f *file) inet() bool { return f.domain == afInet || f.domain == afInet6 }

func (f *file) over() bool { return f.ended.id != 0 || f.reset.id != 0 || f.finished.id != 0 }

// Linux's numbers; a traced program is always one of Linux.
const (
	afUnix, afInet, afInet6 = 1, 2, 10
	sockStream, sockDgram   = 1, 2
	sockTypeMask            = 0xf
	sockNonblock            = 0x800
	sockCloexec             = 0x80000
	msgPeek                 = 0x2
	msgDontwait, msgWaitall = 0x40, 0x100
	solSocket               = 1
	soReuseaddr             = 2
	soLinger                = 13
	soSndtimeo              = 21
	soSndtimeoNew           = 67
	fDupfd                  = 0
	fSetfd, fSetfl          = 2, 4
	fDupfdCloexec           = 1030
	fdCloexec               = 1
	fionbio                 = 0x5421
	shutRdwr                = 2
	closeRangeCloexec       = 4
)
