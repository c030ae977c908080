package lesson

import (
	"fmt"
	"slices"

	"sockstep/netcore"
)

const (
	tryUnix  = `int s = socket(AF_UNIX, SOCK_STREAM, 0)`
	tryPath  = `struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "door" }`
	tryKnock = "connect(s, (struct sockaddr *)&a, sizeof a)"
)

// unixCauses are those of bind and connect with a path.
var unixCauses = []Cause{
	{
		Name: "path-length", Calls: []string{"bind", "connect"}, Errno: "EINVAL",
		Brief: "the path is longer than sun_path",
		Try:   []string{"server: " + tryUnix, "server: char a[111] = { AF_UNIX }", "server: bind(s, (struct sockaddr *)a, sizeof a)"},
		when:  func(s *scene) bool { return s.socket().Domain == "AF_UNIX" && s.number("addrlen") > 110 },
		text: func(s *scene) string {
			return fmt.Sprintf("the length passed is %d, and struct sockaddr_un has 110 bytes: 2 for the family and 108 for the path", s.number("addrlen"))
		},
		change: always("pass sizeof(struct sockaddr_un), and take a path shorter than 108 bytes"),
	},
	{
		Name: "path-taken", Calls: []string{"bind"}, Errno: "EADDRINUSE",
		Brief: "the file is there already",
		Try:   []string{"server: " + tryUnix, "server: " + tryPath, "server: " + tryBind, "server: close(s)", "server: int t = socket(AF_UNIX, SOCK_STREAM, 0)", "server: bind(t, (struct sockaddr *)&a, sizeof a)"},
		when:  func(s *scene) bool { return s.path() != "" },
		text: func(s *scene) string {
			if k, ok := s.atPath(); ok {
				return fmt.Sprintf("the file %s is there, and %s is bound to it", s.path(), whose(k))
			}
			return fmt.Sprintf("the file %s is there, and no socket of the lab is bound to it any more: close() does not remove the file", s.path())
		},
		change: func(s *scene) string { return fmt.Sprintf("call unlink(%q) before bind()", s.path()) },
	},
	{
		Name: "path-missing", Calls: []string{"connect", "sendto"}, Errno: "ENOENT",
		Brief: "there is no file of that name",
		Try:   []string{"client: " + tryUnix, "client: " + tryPath, "client: " + tryKnock},
		when:  func(s *scene) bool { return s.path() != "" },
		text: func(s *scene) string {
			return fmt.Sprintf("there is no file %s: no socket has been bound to that path, or it was removed", s.path())
		},
		change: always("bind the server's socket to the path first, and write the path the same on both sides"),
	},
	{
		Name: "path-no-file", Calls: []string{"unlink"}, Errno: "ENOENT",
		Brief:  "there is no file to remove",
		Try:    []string{`server: unlink("door")`},
		when:   only,
		text:   func(s *scene) string { return "there is no file " + s.written("pathname") },
		change: always("nothing needs to be done where unlink() only clears the way for bind()"),
	},
	{
		Name: "path-type", Calls: []string{"connect", "sendto"}, Errno: "EPROTOTYPE",
		Brief: "the socket at the path is of another type",
		Try:   []string{"server: int s = socket(AF_UNIX, SOCK_DGRAM, 0)", "server: " + tryPath, "server: " + tryBind, "client: " + tryUnix, "client: " + tryPath, "client: " + tryKnock},
		when:  func(s *scene) bool { return s.path() != "" },
		text: func(s *scene) string {
			k, _ := s.atPath()
			return fmt.Sprintf("%s is bound to %s as %s, and descriptor %d is %s", whose(k), s.path(), k.Type, s.fd(), s.socket().Type)
		},
		change: always("make both sockets with the same type"),
	},
	{
		Name: "path-refused", Calls: []string{"connect", "sendto"}, Errno: "ECONNREFUSED",
		Brief: "nobody listens at the path",
		Try:   []string{"server: " + tryUnix, "server: " + tryPath, "server: " + tryBind, "client: " + tryUnix, "client: " + tryPath, "client: " + tryKnock},
		when:  func(s *scene) bool { return s.path() != "" },
		text: func(s *scene) string {
			if k, ok := s.atPath(); ok {
				return fmt.Sprintf("%s is bound to %s and does not listen (%s)", whose(k), s.path(), k.State)
			}
			return fmt.Sprintf("the file %s is there, and no socket is bound to it any more: it was left behind", s.path())
		},
		change: func(s *scene) string {
			if k, ok := s.atPath(); ok && len(k.Owners) > 0 {
				return fmt.Sprintf("call listen(%d, 5) in %s", k.Owners[0].FD, k.Owners[0].Process)
			}
			return "start the server again; it has to unlink() the path before bind()"
		},
	},
	{
		Name: "path-permission", Calls: []string{"connect", "bind", "sendto", "unlink"}, Errno: "EACCES",
		Brief:  "the file's mode forbids it",
		Unseen: "all programs of a lab run as the same user, and the course has no chmod(): who may not write to a socket's file is refused by connect()",
	},
}

// atPath is the socket bound to the path in the call.
func (s *scene) atPath() (netcore.Socket, bool) {
	i := slices.IndexFunc(s.now.Sockets, func(k netcore.Socket) bool {
		return k.Domain == "AF_UNIX" && k.Path == s.path() && !k.Peer.IsValid() && k.State != "ESTABLISHED"
	})
	if i < 0 {
		return netcore.Socket{}, false
	}
	return s.now.Sockets[i], true
}
