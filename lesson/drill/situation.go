package drill

import (
	"fmt"
	"math/rand/v2"
)

// lines writes lines that do not vary but in the kind of the socket, for which %s
// stands in the first.
func lines(kinds []string, code ...string) func(*rand.Rand, *script) {
	return func(rng *rand.Rand, s *script) {
		s.run(server, "%s", fmt.Sprintf("int s = socket(AF_INET, %s, 0);", one(rng, kinds...)))
		for _, c := range code {
			s.run(server, "%s", c)
		}
	}
}

var (
	stream   = []string{"SOCK_STREAM"}
	datagram = []string{"SOCK_DGRAM"}
	either   = []string{"SOCK_STREAM", "SOCK_DGRAM"}
)

const (
	bindS    = "bind(s, (struct sockaddr *)&a, sizeof a);"
	connectS = "connect(s, (struct sockaddr *)&a, sizeof a);"
)

// situations are what errnos asks about.
var situations = []situation{
	{lines(stream, connectS), "ECONNREFUSED", "Nobody listens at that port, and the kernel there says so.", []string{"ETIMEDOUT", "ENOTCONN"}},
	{lines(stream, bindS, connectS), "0", "The socket has bound the port and connects to it: to itself. TCP allows that.", []string{"ECONNREFUSED", "EINVAL"}},
	{lines(datagram, connectS), "0", "connect() on a datagram socket only notes the address; nobody is asked.", []string{"ECONNREFUSED", "EOPNOTSUPP"}},
	{lines(either, bindS, bindS), "EINVAL", "A socket that has an address cannot be given another.", []string{"EADDRINUSE", "EISCONN"}},
	{second(bindS), "EADDRINUSE", "Another socket has that address and port.", []string{"EINVAL", "EACCES"}},
	{second("close(s);"), "0", "The socket that had the port is closed, so the port is free.", []string{"EADDRINUSE", "EBADF"}},
	{lines(datagram, bindS, "listen(s, 5);"), "EOPNOTSUPP", "Only sockets of connections can listen.", []string{"EINVAL", "ENOTCONN"}},
	{lines(stream, "listen(s, 5);"), "0", "listen() on a socket without an address gives it a port of the kernel's choice.", []string{"EINVAL", "EDESTADDRREQ"}},
	{lines(stream, bindS, "listen(s, 5);", "listen(s, 1);"), "0", "A second listen() only changes the limit of the queue.", []string{"EINVAL", "EADDRINUSE"}},
	{lines(stream, bindS, "accept(s, NULL, NULL);"), "EINVAL", "accept() wants a socket that listens.", []string{"EOPNOTSUPP", "blocks"}},
	{lines(stream, bindS, "listen(s, 5);", "accept(s, NULL, NULL);"), "blocks", "No connection waits, so accept() does.", []string{"EAGAIN", "EINVAL"}},
	{lines(stream, bindS, "listen(s, 5);", "fcntl(s, F_SETFL, O_NONBLOCK);", "accept(s, NULL, NULL);"), "EAGAIN", "No connection waits, and with O_NONBLOCK accept() does not wait either.", []string{"blocks", "EINVAL"}},
	{lines(stream, bindS, "listen(s, 5);", connectS), "EISCONN", "A listening socket cannot become a client.", []string{"EINVAL", "ECONNREFUSED"}},
	{lines(stream, "fcntl(s, F_SETFL, O_NONBLOCK);", "recv(s, &a, sizeof a, 0);"), "ENOTCONN", "There is no connection to receive from.", []string{"EAGAIN", "EINVAL"}},
	{lines(stream, "recv(s, &a, sizeof a, 0);"), "ENOTCONN", "There is no connection to receive from.", []string{"blocks", "EINVAL"}},
	{lines(datagram, bindS, "recv(s, &a, sizeof a, 0);"), "blocks", "A datagram may come from anyone, so recv() waits for one.", []string{"ENOTCONN", "EAGAIN"}},
	{lines(datagram, bindS, "recv(s, &a, sizeof a, MSG_DONTWAIT);"), "EAGAIN", "Nothing is there, and MSG_DONTWAIT does not wait.", []string{"ENOTCONN", "blocks"}},
	{lines(datagram, `send(s, "x", 1, 0);`), "EDESTADDRREQ", "The socket has not been told whom to send to.", []string{"ENOTCONN", "EPIPE"}},
	{lines(datagram, connectS, `send(s, "x", 1, 0);`, `send(s, "x", 1, 0);`), "ECONNREFUSED", "The first datagram went out and was answered: no such port. The next call is told.", []string{"EPIPE", "1"}},
	{lines(stream, `send(s, "x", 1, MSG_NOSIGNAL);`), "EPIPE", "A stream without a connection can take nothing; without MSG_NOSIGNAL the process would die.", []string{"ENOTCONN", "EDESTADDRREQ"}},
	{lines(stream, "shutdown(s, SHUT_WR);"), "ENOTCONN", "There is no connection whose direction could be shut.", []string{"EPIPE", "EINVAL"}},
	{lines(either, "close(s);", "close(s);"), "EBADF", "The number stands for nothing any more.", []string{"ENOTSOCK", "EINVAL"}},
	{lines(either, "close(s);", bindS), "EBADF", "The number stands for nothing any more.", []string{"ENOTSOCK", "EINVAL"}},
	{lines(either, "bind(0, (struct sockaddr *)&a, sizeof a);"), "ENOTSOCK", "Descriptor 0 is open, and is no socket.", []string{"EBADF", "EINVAL"}},
	{lines(either, "bind(s, (struct sockaddr *)&a, 8);"), "EINVAL", "The length is less than that of a struct sockaddr_in.", []string{"EFAULT", "EAFNOSUPPORT"}},
	{lines(either, "a.sin_family = AF_INET6;", bindS), "EAFNOSUPPORT", "The address is of another family than the socket.", []string{"EINVAL", "EADDRNOTAVAIL"}},
	{lines(either, "a.sin_port = 0;", bindS), "0", "Port 0 asks the kernel to choose one.", []string{"EINVAL", "EADDRNOTAVAIL"}},
	{lines(either, `inet_pton(AF_INET, "192.0.2.1", &a.sin_addr);`, bindS), "EADDRNOTAVAIL", "No interface of this machine has that address.", []string{"EADDRINUSE", "ENETUNREACH"}},
	{lines(either, "a.sin_port = htons(80);", bindS), "EACCES", "Ports below 1024 take a privilege, which the process does not have.", []string{"EPERM", "EADDRINUSE"}},
	{connected(connectS), "EISCONN", "The socket has its connection, and can have one only.", []string{"EALREADY", "EADDRINUSE"}},
	{connected("recv(s, &a, sizeof a, 0);"), "blocks", "There is a connection, and nothing has come over it.", []string{"ENOTCONN", "EAGAIN"}},
	{connected("recv(s, &a, sizeof a, MSG_DONTWAIT);"), "EAGAIN", "There is a connection, nothing has come over it, and MSG_DONTWAIT does not wait.", []string{"ENOTCONN", "blocks"}},
	{connected("shutdown(s, SHUT_WR);", `send(s, "x", 1, MSG_NOSIGNAL);`), "EPIPE", "This side has said that it sends no more.", []string{"ENOTCONN", "EBADF"}},
	{connected("fcntl(s, F_SETFL, O_NONBLOCK);", "accept(l, NULL, NULL);", "accept(l, NULL, NULL);"), "blocks", "The first accept() took the only connection. O_NONBLOCK was set on another socket.", []string{"EAGAIN", "EINVAL"}},
}

// second has another socket bind where s is bound, after one more line.
func second(code string) func(*rand.Rand, *script) {
	return func(rng *rand.Rand, s *script) {
		kind := one(rng, either...)
		s.run(server, "int s = socket(AF_INET, %s, 0);", kind)
		s.run(server, bindS)
		s.run(server, "int t = socket(AF_INET, %s, 0);", kind)
		if code != bindS {
			s.run(server, "%s", code)
		}
		s.run(server, "bind(t, (struct sockaddr *)&a, sizeof a);")
	}
}

// connected has s connect to a socket of the same program, which has not accepted
// the connection, before the lines.
func connected(code ...string) func(*rand.Rand, *script) {
	return func(_ *rand.Rand, s *script) {
		s.run(server, "int l = socket(AF_INET, SOCK_STREAM, 0);")
		s.run(server, "bind(l, (struct sockaddr *)&a, sizeof a);")
		s.run(server, "listen(l, 5);")
		s.run(server, "int s = socket(AF_INET, SOCK_STREAM, 0);")
		s.run(server, connectS)
		for _, c := range code {
			s.run(server, "%s", c)
		}
	}
}
