package finding

import (
	"os"
	"slices"
	"strings"
	"testing"

	"sockstep/lesson"
	"sockstep/netcore"
)

// listening is a server that listens at 7777, and talking one with a client on 4.
const (
	listening = `
server: socket(AF_INET, SOCK_STREAM, 0) = 3
server: setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
server: bind(3, :7777, 16) = 0
server: listen(3, 5) = 0
`
	connecting = `
client: socket(AF_INET, SOCK_STREAM, 0) = 3
client: connect(3, 127.0.0.1:7777, 16) = 0
`
	talking = listening + connecting + `
server: accept(3, NULL, NULL) = 4
`
)

// relayed is a message that comes from another client than the one on 4, who has gone.
const relayed = `
server: recv(5, "x", 64, 0) = 1
server: send(4, "x", 1, MSG_NOSIGNAL) = -1 EPIPE
`

// cutOff is a server that answers before it has read all, as strace tells it.
const cutOff = `
100 1.000000 socket(AF_INET, SOCK_STREAM, 0) = 3
100 1.000100 bind(3, {sa_family=AF_INET, sin_port=htons(7777), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
100 1.000200 listen(3, 5) = 0
200 1.000300 socket(AF_INET, SOCK_STREAM, 0) = 3
200 1.000400 connect(3, {sa_family=AF_INET, sin_port=htons(7777), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
100 1.000500 accept(3, NULL, NULL) = 4
200 1.000600 sendto(3, "one", 3, 0, NULL, 0) = 3
200 1.000700 sendto(3, "two", 3, 0, NULL, 0) = 3
100 1.000800 recvfrom(4, "one", 3, 0, NULL, NULL) = 3
100 1.000900 sendto(4, "answer", 6, 0, NULL, 0) = 6
`

// example is a program that does something wrong, and one that does it right.
type example struct {
	name, kind   string
	wrong, right string
	options      Options
}

// cases are programs that do something wrong, each beside one that does it right.
var cases = []example{
	{
		name: "socket unchecked", kind: Unchecked,
		wrong: `server: socket(AF_INET, SOCK_STREAM, 0) = -1 EMFILE
			server: bind(-1, :7777, 16) = -1 EBADF
			server: listen(-1, 5) = -1 EBADF
			server: accept(-1, NULL, NULL) = -1 EBADF
			server exits 0`,
		right: `server: socket(AF_INET, SOCK_STREAM, 0) = -1 EMFILE
			server: close(-1) = -1 EBADF
			server exits 1`,
	},
	{
		name: "accept unchecked", kind: Unchecked,
		wrong: listening + `server: accept(3, NULL, NULL) = -1 EMFILE
			server: recv(-1, "", 64, 0) = -1 EBADF`,
		right: listening + `server: accept(3, NULL, NULL) = -1 EMFILE
			server: accept(3, NULL, NULL) = 4`,
	},
	{
		name: "bind unchecked", kind: Unchecked,
		wrong: `server: socket(AF_INET, SOCK_STREAM, 0) = 3
			server: bind(3, :80, 16) = -1 EACCES
			server: listen(3, 5) = 0
			server killed SIGTERM`,
		right: `server: socket(AF_INET, SOCK_STREAM, 0) = 3
			server: bind(3, :80, 16) = -1 EACCES
			server: bind(3, :8080, 16) = 0
			server: listen(3, 5) = 0
			server killed SIGTERM`,
	},
	{
		name: "bind of a datagram socket unchecked", kind: Unchecked,
		wrong: `server: socket(AF_INET, SOCK_DGRAM, 0) = 3
			server: bind(3, :80, 16) = -1 EACCES
			server: recvfrom(3, "", 64, 0, NULL, NULL) = ?
			server killed SIGTERM`,
		right: `server: socket(AF_INET, SOCK_DGRAM, 0) = 3
			server: bind(3, :80, 16) = -1 EACCES
			server: sendto(3, "x", 1, 0, 127.0.0.1:53, 16) = 1
			server: recvfrom(3, "y", 64, 0, NULL, NULL) = 1
			server exits 0`,
	},
	{
		name: "connect unchecked", kind: Unchecked,
		wrong: `client: socket(AF_INET, SOCK_STREAM, 0) = 3
			client: connect(3, 127.0.0.1:7777, 16) = -1 ECONNREFUSED
			client: send(3, "hello", 5, 0) = -1 EPIPE
			client killed SIGPIPE`,
		right: `client: socket(AF_INET, SOCK_STREAM, 0) = 3
			client: connect(3, 127.0.0.1:7777, 16) = -1 ECONNREFUSED
			client: close(3) = 0
			client exits 1`,
	},
	{
		name: "connect unchecked, then recv", kind: Unchecked,
		wrong: `client: socket(AF_INET, SOCK_STREAM, 0) = 3
			client: connect(3, 127.0.0.1:7777, 16) = -1 ETIMEDOUT
			client: recv(3, "", 5, 0) = -1 ENOTCONN`,
		right: `client: socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK, 0) = 3
			client: connect(3, 127.0.0.1:7777, 16) = -1 EINPROGRESS
			client: poll(NULL, 1, 1000) = 1
			client: getsockopt(3, SOL_SOCKET, SO_ERROR, [111], [4]) = 0
			client: shutdown(3, SHUT_RDWR) = -1 ENOTCONN
			client: close(3) = 0`,
	},
	{
		name: "listen unchecked", kind: Unchecked,
		wrong: listening + `other: socket(AF_INET, SOCK_STREAM, 0) = 3
			other: listen(3, 5) = -1 EADDRINUSE
			other: accept(3, NULL, NULL) = -1 EINVAL`,
		right: listening + `server: shutdown(3, SHUT_RDWR) = 0
			server: accept(3, NULL, NULL) = -1 EINVAL
			server: close(3) = 0`,
	},
	{
		name: "-1 as a length", kind: Unchecked,
		wrong: talking + `server: recv(4, "", 64, 0) = -1 ECONNRESET
			server: send(4, "", -1, 0) = -1 EFAULT`,
		right: talking + `server: recv(4, "", 64, 0) = -1 ECONNRESET
			server: close(4) = 0`,
	},
	{
		name: "assignment in parentheses", kind: Precedence,
		wrong: `server: socket(AF_INET, SOCK_STREAM, 0) = 3
			server: bind(0, :7777, 16) = -1 ENOTSOCK
			server: listen(0, 5) = -1 ENOTSOCK`,
		right: `server: getsockname(0, NULL, NULL) = -1 ENOTSOCK
			server: socket(AF_INET, SOCK_STREAM, 0) = 3
			server: bind(3, :7777, 16) = 0`,
	},
	{
		name: "htons, by PORT", kind: HtonsMissing, options: Options{Port: 7777},
		wrong: `server: socket(AF_INET, SOCK_STREAM, 0) = 3
			server: bind(3, :24862, 16) = 0
			server: listen(3, 5) = 0`,
		right: `server: socket(AF_INET, SOCK_STREAM, 0) = 3
			server: bind(3, :7777, 16) = 0
			server: listen(3, 5) = 0`,
	},
	{
		name: "htons, both wrong", kind: HtonsMissing, options: Options{Port: 7777},
		wrong: `client: socket(AF_INET, SOCK_STREAM, 0) = 3
			client: connect(3, 127.0.0.1:24862, 16) = 0`,
		right: connecting,
	},
	{
		name: "htons, by the other program", kind: HtonsMissing,
		wrong: `server: socket(AF_INET, SOCK_STREAM, 0) = 3
			server: bind(3, :24862, 16) = 0
			server: listen(3, 5) = 0
			client: socket(AF_INET, SOCK_STREAM, 0) = 3
			client: connect(3, 127.0.0.1:7777, 16) = -1 ECONNREFUSED
			client: close(3) = 0`,
		right: `server: socket(AF_INET, SOCK_STREAM, 0) = 3
			server: bind(3, :24862, 16) = 0
			server: listen(3, 5) = 0
			client: socket(AF_INET, SOCK_STREAM, 0) = 3
			client: connect(3, 127.0.0.1:7778, 16) = -1 ECONNREFUSED
			client: close(3) = 0`,
	},
	{
		name: "htonl", kind: HtonlMissing,
		wrong: `server: socket(AF_INET, SOCK_STREAM, 0) = 3
			server: bind(3, 1.0.0.127:7777, 16) = -1 EADDRNOTAVAIL
			server exits 1`,
		right: `server: socket(AF_INET, SOCK_STREAM, 0) = 3
			server: bind(3, 192.0.2.1:7777, 16) = -1 EADDRNOTAVAIL
			server exits 1`,
	},
	{
		name: "htons around the family", kind: FamilySwapped,
		wrong: `server: socket(AF_INET, SOCK_STREAM, 0) = 3
			server: bind(3, raw:512, 16) = -1 EAFNOSUPPORT`,
		right: `server: socket(AF_INET, SOCK_STREAM, 0) = 3
			server: bind(3, raw:10, 16) = -1 EAFNOSUPPORT`,
	},
	{
		name: "htons around the family of IPv6", kind: FamilySwapped,
		wrong: `server: socket(AF_INET6, SOCK_STREAM, 0) = 3
			server: bind(3, raw:2560, 28) = -1 EAFNOSUPPORT`,
		right: `server: socket(AF_INET6, SOCK_STREAM, 0) = 3
			server: bind(3, raw:2, 16) = -1 EAFNOSUPPORT`,
	},
	{
		name: "sizeof a pointer", kind: AddressLength,
		wrong: `server: socket(AF_INET, SOCK_STREAM, 0) = 3
			server: bind(3, :7777, 8) = -1 EINVAL`,
		right: `server: socket(AF_INET, SOCK_STREAM, 0) = 3
			server: bind(3, :7777, 16) = 0
			server: bind(3, :7778, 16) = -1 EINVAL`,
	},
	{
		name: "TIME_WAIT", kind: NoReuseAddr,
		wrong: `server: socket(AF_INET, SOCK_STREAM, 0) = 3
			server: bind(3, :7777, 16) = 0
			server: listen(3, 5) = 0
			` + connecting + `
			server: accept(3, NULL, NULL) = 4
			server: close(4) = 0
			server: close(3) = 0
			server exits 0
			client: recv(3, "", 64, 0) = 0
			client: close(3) = 0
			again: socket(AF_INET, SOCK_STREAM, 0) = 3
			again: bind(3, :7777, 16) = -1 EADDRINUSE
			again exits 1`,
		right: `server: socket(AF_INET, SOCK_STREAM, 0) = 3
			server: bind(3, :7777, 16) = 0
			server: listen(3, 5) = 0
			` + connecting + `
			server: accept(3, NULL, NULL) = 4
			server: close(4) = 0
			server: close(3) = 0
			server exits 0
			client: recv(3, "", 64, 0) = 0
			client: close(3) = 0
			again: socket(AF_INET, SOCK_STREAM, 0) = 3
			again: bind(3, :7777, 16) = -1 EADDRINUSE
			again: setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
			again: bind(3, :7777, 16) = 0
			again exits 1`,
	},
	{
		name: "TIME_WAIT, but somebody listens", kind: "",
		right: talking + `server: close(4) = 0
			again: socket(AF_INET, SOCK_STREAM, 0) = 3
			again: bind(3, :7777, 16) = -1 EADDRINUSE
			again exits 1`,
	},
	{
		name: "a path that was left", kind: PathLeft,
		wrong: `server: socket(AF_UNIX, SOCK_STREAM, 0) = 3
			server: bind(3, unix:/tmp/s, 110) = 0
			server: listen(3, 5) = 0
			server exits 0
			again: socket(AF_UNIX, SOCK_STREAM, 0) = 3
			again: bind(3, unix:/tmp/s, 110) = -1 EADDRINUSE
			again exits 1`,
		right: `server: socket(AF_UNIX, SOCK_STREAM, 0) = 3
			server: bind(3, unix:/tmp/s, 110) = 0
			server: listen(3, 5) = 0
			server exits 0
			again: socket(AF_UNIX, SOCK_STREAM, 0) = 3
			again: bind(3, unix:/tmp/s, 110) = -1 EADDRINUSE
			again: unlink("/tmp/s") = 0
			again: bind(3, unix:/tmp/s, 110) = 0
			again exits 0`,
	},
	{
		name: "accept without listen", kind: NotListening,
		wrong: `server: socket(AF_INET, SOCK_STREAM, 0) = 3
			server: bind(3, :7777, 16) = 0
			server: accept(3, NULL, NULL) = -1 EINVAL`,
		right: talking,
	},
	{
		name: "accept on a connection", kind: WrongDescriptor,
		wrong: talking + `server: accept(4, NULL, NULL) = -1 EINVAL`,
		right: talking,
	},
	{
		name: "recv on the listener", kind: WrongDescriptor,
		wrong: talking + `server: recv(3, "", 64, 0) = -1 ENOTCONN`,
		right: talking + `server: recv(4, "", 64, 0) = 0`,
	},
	{
		name: "recv on the listener of a path", kind: WrongDescriptor,
		wrong: `server: socket(AF_UNIX, SOCK_STREAM, 0) = 3
			server: bind(3, unix:/tmp/s, 110) = 0
			server: listen(3, 5) = 0
			server: recv(3, "", 64, 0) = -1 EINVAL`,
		right: `server: socket(AF_UNIX, SOCK_STREAM, 0) = 3
			server: bind(3, unix:/tmp/s, 110) = 0
			server: recv(3, "", 64, 0) = -1 EINVAL`,
	},
	{
		name: "accept with a length of -1", kind: AcceptLength,
		wrong: listening + `server: accept(3, "", [-1]) = -1 EINVAL`,
		right: listening + `server: accept(3, :40000, [16]) = 4`,
	},
	{
		name: "accept with a length of 0", kind: AcceptLength,
		wrong: listening + `server: accept(3, :0, [0->16]) = 4`,
		right: listening + `server: accept(3, NULL, NULL) = 4`,
	},
	{
		name: "a length used before it is complete", kind: ShortRead,
		wrong: talking + `server: recv(4, "\0\1", 4, 0) = 2
			server: recv(4, "\0\5hello", 65536, 0) = 7`,
		right: talking + `server: recv(4, "\0\1", 4, 0) = 2
			server: recv(4, "\0\5", 2, 0) = 2
			server: recv(4, "hello", 65541, 0) = 5`,
	},
	{
		name: "half a length, little end first", kind: ShortRead,
		wrong: talking + `server: recv(4, "\54", 2, 0) = 1
			server: recv(4, "\1abc", 44, 0) = 4`,
		right: talking + `server: recv(4, "\54", 2, 0) = 1
			server: recv(4, "\1", 1, 0) = 1
			server: recv(4, "abc", 300, 0) = 3`,
	},
	{
		name: "a part taken for the message", kind: ShortRead,
		wrong: talking + `client: send(3, "0123456789", 10, 0) = 10
			server: recv(4, "012", 64, 0) = 3
			server: send(4, "OK", 2, 0) = 2
			server: close(4) = 0
			client: recv(3, "", 64, 0) = -1 ECONNRESET`,
		right: talking + `client: send(3, "0123456789", 10, 0) = 10
			server: recv(4, "012", 64, 0) = 3
			server: recv(4, "3456789", 61, 0) = 7
			server: send(4, "OK", 2, 0) = 2
			server: close(4) = 0
			client: recv(3, "OK", 64, 0) = 2
			client: recv(3, "", 64, 0) = -1 ECONNRESET`,
	},
	{
		name: "a send that took a part", kind: ShortSend,
		wrong: talking + `server: send(4, "0123456789"@100, 10, 0) = 3
			server: send(4, "next"@200, 4, 0) = 4`,
		right: talking + `server: send(4, "0123456789"@100, 10, 0) = 3
			server: send(4, "3456789"@103, 7, 0) = -1 EAGAIN
			server: poll(NULL, 1, -1) = 1
			server: send(4, "3456789 and more"@300, 16, 0) = 16
			server: send(4, "next"@200, 4, 0) = 4`,
	},
	{
		name: "a send that took a part, and close", kind: ShortSend,
		wrong: talking + `server: send(4, "0123456789", 10, 0) = 3
			server: close(4) = 0`,
		right: talking + `server: send(4, "0123456789", 10, 0) = 3
			server signal SIGTERM
			server: close(4) = 0`,
	},
	{
		name: "the whole buffer", kind: WholeBuffer,
		wrong: talking + `server: recv(4, "hello"@100, 16, 0) = 5
			server: send(4, "hello\1\2\3\4\5\6\7\10\11\12\13"@100, 16, 0) = 16`,
		right: talking + `server: recv(4, "hello"@100, 16, 0) = 5
			server: send(4, "hello"@100, 5, 0) = 5
			server: recv(4, "0123456789abcdef"@100, 16, 0) = 16
			server: send(4, "0123456789abcdef"@100, 16, 0) = 16`,
	},
	{
		name: "the whole buffer, with what an earlier message left", kind: WholeBuffer,
		wrong: talking + `server: recv(4, "longer", 16, 0) = 6
			server: send(4, "longer", 6, 0) = 6
			server: recv(4, "hey", 16, 0) = 3
			server: send(4, "heyger\0\0\0\0\0\0\0\0\0\0", 16, 0) = 16`,
		right: talking + `server: recv(4, "hey", 16, 0) = 3
			server: send(4, "hey, how are you", 16, 0) = 16`,
	},
	{
		name: "no room taken for the end", kind: ZeroLength,
		wrong: talking + `client: send(3, "hello, world", 12, 0) = 12
			server: recv(4, "hello", 5, 0) = 5
			server: recv(4, "", 0, 0) = 0
			server: close(4) = 0`,
		right: talking + `client: send(3, "hello, world", 12, 0) = 12
			server: recv(4, "hello", 5, 0) = 5
			server: recv(4, "", 0, 0) = 0
			server: recv(4, ", world", 64, 0) = 7
			server: close(4) = 0`,
	},
	{
		name: "no room left by a loop that reads a number of bytes", kind: "",
		right: talking + `client: send(3, "hello", 5, 0) = 5
			server: read(4, "hello", 5) = 5
			server: read(4, "", 0) = 0
			server: close(4) = 0`,
	},
	{
		name: "no room left, and an answer", kind: "",
		right: talking + `client: send(3, "hello, world", 12, 0) = 12
			server: read(4, "hello", 5) = 5
			server: read(4, "", 0) = 0
			server: send(4, "no", 2, 0) = 2
			server: close(4) = 0`,
	},
	{
		name: "the end, read again and again", kind: EndIgnored,
		wrong: talking + strings.Repeat("server: recv(4, \"\", 64, 0) = 0\n", 5),
		right: talking + `server: recv(4, "", 64, 0) = 0
			server: send(4, "answer", 6, 0) = 6
			server: recv(4, "", 64, 0) = 0
			server: close(4) = 0`,
	},
	{
		name: "closed unread, and the answer lost", kind: ClosedUnread,
		wrong: talking + `client: send(3, "one", 3, 0) = 3
			client: send(3, "two", 3, 0) = 3
			server: recv(4, "one", 3, 0) = 3
			server: send(4, "answer", 6, 0) = 6
			server: close(4) = 0
			client: recv(3, "", 64, 0) = -1 ECONNRESET`,
		right: talking + `client: send(3, "one", 3, 0) = 3
			client: send(3, "two", 3, 0) = 3
			server: recv(4, "one", 3, 0) = 3
			server: send(4, "answer", 6, 0) = 6
			client: recv(3, "answer", 64, 0) = 6
			server: close(4) = 0
			client: recv(3, "", 64, 0) = -1 ECONNRESET`,
	},
	{
		name: "closed unread, and the reset is told before the close", kind: ClosedUnread,
		wrong: cutOff + `100 2.000000 close(4 <unfinished ...>
			200 2.001000 recvfrom(3, "", 64, 0, NULL, NULL) = -1 ECONNRESET (Connection reset by peer) <0.000010>
			100 2.002000 <... close resumed>) = 0 <0.002000>`,
		right: cutOff + `200 2.001000 recvfrom(3, "", 64, 0, NULL, NULL) = -1 ECONNRESET (Connection reset by peer) <0.000010>
			100 2.001500 close(4 <unfinished ...>
			100 2.002000 <... close resumed>) = 0 <0.000500>`,
	},
	{
		name: "writing on after the end", kind: WriteAfterEnd,
		wrong: talking + strings.Repeat("server: send(4, \"x\", 1, MSG_NOSIGNAL) = -1 EPIPE\n", 4),
		right: talking + `server: send(4, "x", 1, MSG_NOSIGNAL) = -1 EPIPE
			server: send(4, "x", 1, MSG_NOSIGNAL) = -1 EPIPE
			server: close(4) = 0`,
	},
	{
		name: "writing on after the end, once for each of many messages", kind: WriteAfterEnd,
		wrong: talking + strings.Repeat("server: poll(NULL, 1, -1) = 1\n"+relayed, 3),
		right: talking + "server: poll(NULL, 1, -1) = 1\n" + strings.Repeat(relayed, 4) + `
			server: recv(4, "", 64, 0) = 0
			server: close(4) = 0`,
	},
	{
		name: "SIGPIPE", kind: KilledBySIGPIPE,
		wrong: talking + `server: write(4, "x", 1) = -1 EPIPE
			server signal SIGPIPE
			server killed SIGPIPE`,
		right: talking + `server: write(4, "x", 1) = -1 EPIPE
			server signal SIGPIPE
			server: close(4) = 0
			server exits 0`,
	},
	{
		name: "never closed", kind: LeakedDescriptor,
		wrong: talking + `client: close(3) = 0
			server: recv(4, "", 64, 0) = 0
			server: accept(3, NULL, NULL) = 5
			server: recv(5, "", 64, 0) = 0
			server: accept(3, NULL, NULL) = ?
			server killed SIGTERM`,
		right: talking + `client: close(3) = 0
			server: recv(4, "", 64, 0) = 0
			server: close(4) = 0
			server: accept(3, NULL, NULL) = 4
			server: recv(4, "", 64, 0) = 0
			server exits 0`,
	},
	{
		name: "an answer that takes its time", kind: "",
		right: talking + `client: shutdown(3, SHUT_WR) = 0
			server: recv(4, "", 64, 0) = 0
			server: accept(3, NULL, NULL) = 5
			server killed SIGTERM`,
	},
	{
		name: "shutdown and no close", kind: LeakedDescriptor,
		wrong: talking + `client: close(3) = 0
			server: shutdown(4, SHUT_RDWR) = 0
			server: accept(3, NULL, NULL) = 5
			server: shutdown(5, SHUT_RDWR) = 0
			server exits 0`,
		right: talking + `client: close(3) = 0
			server: shutdown(4, SHUT_RDWR) = 0
			server: close(4) = 0
			server: accept(3, NULL, NULL) = 4
			server: shutdown(4, SHUT_RDWR) = 0
			server exits 0`,
	},
	{
		name: "the parent's copy", kind: LeakedDescriptor,
		wrong: talking + `server forks child
			child: close(3) = 0
			child: recv(4, "hello", 64, 0) = 5
			child exits 0
			server: accept(3, NULL, NULL) = 5
			server killed SIGTERM`,
		right: talking + `server forks child
			server: close(4) = 0
			child: close(3) = 0
			child: recv(4, "hello", 64, 0) = 5
			child exits 0
			server: accept(3, NULL, NULL) = 4
			server killed SIGTERM`,
	},
	{
		name: "closed twice", kind: DoubleClose,
		wrong: talking + `server: close(4) = 0
			server: close(4) = -1 EBADF
			server: accept(3, NULL, NULL) = 4`,
		right: talking + `server: close(4) = 0
			server: close(3) = 0
			server: close(3) = -1 EBADF
			server: close(4) = -1 EBADF
			server: close(5) = -1 EBADF
			server: close(6) = -1 EBADF
			server exits 0`,
	},
	{
		name: "closed twice, up and down", kind: DoubleClose,
		wrong: talking + `server: close(4) = 0
			server: close(3) = 0
			server: close(4) = -1 EBADF
			server exits 0`,
		right: talking + `server: close(4) = 0
			server: close(3) = 0
			server: close(4) = -1 EBADF
			server: close(5) = -1 EBADF
			server: close(6) = -1 EBADF
			server exits 0`,
	},
	{
		name: "closed what is another's", kind: DoubleClose,
		wrong: talking + `server/1: recv(4, "", 64, 0) = 0
			server/1: close(4) = 0
			server: accept(3, NULL, NULL) = 4
			server/1: close(4) = 0
			server: recv(4, "", 64, 0) = -1 EBADF`,
		right: talking + `server/1: recv(4, "", 64, 0) = 0
			server/1: close(4) = 0
			server: accept(3, NULL, NULL) = 4
			server/1: recv(4, "", 64, 0) = 0
			server/1: close(4) = 0
			server: accept(3, NULL, NULL) = 4`,
	},
	{
		name: "used after close", kind: UsedAfterClose,
		wrong: talking + `server: close(4) = 0
			server: send(4, "bye", 3, 0) = -1 EBADF`,
		right: talking + `server: close(4) = 0
			server: getsockname(4, NULL, NULL) = -1 EBADF`,
	},
	{
		name: "others wait", kind: Starved,
		wrong: talking + `other: socket(AF_INET, SOCK_STREAM, 0) = 3
			other: connect(3, 127.0.0.1:7777, 16) = 0
			server: recv(4, "hello", 64, 0) = 5 <2.5>
			server: accept(3, NULL, NULL) = 5`,
		right: talking + `server: recv(4, "hello", 64, 0) = 5 <2.5>
			other: socket(AF_INET, SOCK_STREAM, 0) = 3
			other: connect(3, 127.0.0.1:7777, 16) = 0
			server: accept(3, NULL, NULL) = 5`,
	},
	{
		name: "others wait for another thread", kind: "",
		right: talking + `other: socket(AF_INET, SOCK_STREAM, 0) = 3
			other: connect(3, 127.0.0.1:7777, 16) = 0
			server/1: recv(4, "hello", 64, 0) = 5 <2.5>`,
	},
	{
		name: "EAGAIN without a wait", kind: BusyLoop,
		wrong: talking + strings.Repeat("server: recv(4, \"\", 64, MSG_DONTWAIT) = -1 EAGAIN\n", 250),
		right: talking + strings.Repeat("server: recv(4, \"\", 64, MSG_DONTWAIT) = -1 EAGAIN\nserver: poll(NULL, 1, 1) = 0\n", 250),
	},
	{
		name: "EAGAIN with a sleep", kind: "",
		right: talking + strings.Repeat("server: recv(4, \"\", 64, MSG_DONTWAIT) = -1 EAGAIN\n+2\n", 250),
	},
	{
		name: "EINTR", kind: Interrupted,
		wrong: listening + `server: accept(3, NULL, NULL) = -1 EINTR
			server signal SIGCHLD
			server exits 1`,
		right: listening + `server: accept(3, NULL, NULL) = -1 EINTR
			server signal SIGTERM
			server exits 1`,
	},
	{
		name: "EINTR of a fault, and close", kind: Interrupted, options: Options{Interrupts: true},
		wrong: talking + `server: recv(4, "", 64, 0) = -1 EINTR
			server: close(4) = 0`,
		right: talking + `server: recv(4, "", 64, 0) = -1 EINTR
			server: recv(4, "", 64, 0) = 0
			server: close(4) = 0`,
	},
}

func TestFindings(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.wrong != "" {
				checkWrong(t, parse(t, c.wrong), c.options, c.kind)
			}
			for _, f := range watched(parse(t, c.right), c.options) {
				t.Errorf("the right program: %s: %s", f.Kind, f.What)
			}
		})
	}
}

// checkWrong checks that the events show a kind of finding and no other.
func checkWrong(t *testing.T, events []netcore.Event, o Options, kind string) {
	t.Helper()
	found := watched(events, o)
	if len(found) != 1 || found[0].Kind != kind {
		t.Errorf("%d findings, want one, %s", len(found), kind)
	}
	for _, f := range found {
		t.Logf("%s at %d %v\n  %s\n  %s\n  %s", f.Kind, f.Call, f.Others, f.What, f.Why, f.Fix)
		checkText(t, f)
		for _, id := range append([]netcore.ID{f.Call}, f.Others...) {
			if id == 0 || int(id) > len(events) || events[id-1].Call == nil {
				t.Errorf("%s rests on event %d, which is no call", f.Kind, id)
			}
		}
		if f.Call != 0 && events[f.Call-1].Call.Process != f.Process {
			t.Errorf("%s is said of %s, and its call is of %s", f.Kind, f.Process, events[f.Call-1].Call.Process)
		}
	}
}

// checkText checks that the texts are whole sentences.
func checkText(t *testing.T, f Finding) {
	t.Helper()
	for _, text := range []string{f.What, f.Why, f.Fix} {
		if text == "" || !strings.ContainsAny(text[len(text)-1:], ".)") || strings.Contains(text, "%!") || strings.Contains(text, "  ") {
			t.Errorf("%s: no whole sentence: %q", f.Kind, text)
		}
	}
}

// Every kind has a case that raises it and a real program too, and names a belief and a
// step that exist.
func TestKinds(t *testing.T) {
	real := map[string]bool{}
	for _, c := range servers {
		real[c.kind] = true
	}
	for _, c := range mistakes {
		real[c.kind] = true
	}
	for _, kind := range Kinds() {
		if !slices.ContainsFunc(cases, func(c example) bool { return c.kind == kind }) {
			t.Errorf("no case raises %s", kind)
		}
		if !real[kind] {
			t.Errorf("no real program raises %s", kind)
		}
		teaches(t, kind, teachings[kind].belief, teachings[kind].lesson)
	}
}

// teaches checks that a belief and a step exist; either may be empty.
func teaches(t *testing.T, kind, belief, step string) {
	t.Helper()
	if _, ok := lesson.BeliefOf(belief); belief != "" && !ok {
		t.Errorf("%s: no belief %s", kind, belief)
	}
	if step == "" {
		return
	}
	name, id, _ := strings.Cut(step, "#")
	text, err := os.ReadFile("../course/" + name + "/lesson.md")
	if err != nil || !strings.Contains(string(text), "{#"+id+"}") {
		t.Errorf("%s: no step %s", kind, step)
	}
}

// What is once said of a line is not said again.
func TestOnce(t *testing.T) {
	text := talking
	for range 5 {
		text += "server: close(4) = 0\nserver: close(4) = -1 EBADF\nserver: accept(3, NULL, NULL) = 4\n"
	}
	if found := watched(parse(t, text), Options{}); len(found) != 1 {
		t.Errorf("%d findings, want one", len(found))
	}
}

// Only calls of traced programs are looked at.
func TestTracedOnly(t *testing.T) {
	events := parse(t, cases[0].wrong)
	for _, e := range events {
		if e.Call != nil {
			e.Call.Origin = netcore.FromLine
		}
	}
	if found := watched(events, Options{}); len(found) != 0 {
		t.Errorf("findings of a lesson's own program: %v", found)
	}
}
