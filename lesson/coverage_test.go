package lesson

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// covered says where the course shows what a statement of the text it began with is
// about.
type covered struct {
	id    string
	about string
	// by are the steps, "lesson:step-id", that really show it. A text that only
	// mentions it does not count.
	by []string
	// missing is what of it no step shows, empty for nothing.
	missing string
}

// coverage has the ten statements of the text as 1 to 10, and what is to be said of
// them, line by line, as S01 to S35.
var coverage = []covered{
	{"1", "headers to include", []string{"tcp:headers", "headers:port", "headers:bind"}, ""},
	{"2", "socket() returns a descriptor", []string{"tcp:socket", "socket:socket", "socket:reused"}, ""},
	{"3", "filling in struct sockaddr_in", []string{"tcp:family", "tcp:port", "tcp:address", "address:port", "byte-order:port"}, ""},
	{"4", "a server's bind() and listen()", []string{"tcp:bind", "tcp:listen", "bind:bind", "listen:listen"}, ""},
	{"5", "a client's connect()", []string{"tcp:connect", "connect:connect"}, ""},
	{"6", "accept() returns another descriptor", []string{"tcp:accept", "accept:first", "accept:third"}, ""},
	{"7", "send() and recv()", []string{"tcp:recv", "tcp:send", "tcp:reply", "tcp:read", "bytes:three"}, ""},
	{"8", "close()", []string{"tcp:close", "tcp:close-server", "ends:close"}, ""},
	{"9", "-1, and perror()", []string{"errors:bind", "errors:perror", "refused:why"}, ""},
	{"10", "wrappers in C++", []string{"cpp:net", "cpp:fd", "cpp:copy", "cpp:recv"}, ""},

	{"S01", "processes of one machine talk as well", []string{"addresses:near", "ipv6:six", "unix:connect", "unix:echo"}, ""},
	{"S02", "not only TCP and IP", []string{"ipv6:bind", "listen:udp", "socket:family", "unix:kernel", "unix:packet", "unix:protocol"}, ""},
	{"S03", "which header gives what", []string{"tcp:headers", "headers:port", "headers:ask", "headers:asked", "headers:bind"}, ""},
	{"S04", "a descriptor: the lowest free number, and 0 is one", []string{"tcp:socket", "socket:reused", "socket:zero", "errors:zero", "socket:cloexec"}, "a child process that inherits one: the engine has no fork()"},
	{"S05", "SOCK_STREAM, and a protocol of 0", []string{"socket:type", "socket:usual", "socket:protocol", "headers:type", "unix:protocol"}, ""},
	{"S06", "memory nobody has initialised", []string{"tcp:declare", "tcp:zero", "address:declare", "address:rest", "address:bind"}, ""},
	{"S07", "the family is in host order", []string{"tcp:family", "address:family", "address:family-swapped"}, ""},
	{"S08", "which ports there are to choose from", []string{"byte-order:port", "byte-order:cut", "bind:low", "bind:any"}, ""},
	{"S09", "htons(), and what comes of leaving it out", []string{"tcp:port", "byte-order:swapped", "byte-order:bind", "byte-order:listen", "byte-order:again", "address:bind-port"}, ""},
	{"S10", "INADDR_ constants without htonl()", []string{"address:swapped", "addresses:swapped", "addresses:unchecked"}, ""},
	{"S11", "INADDR_ANY is every IPv4 address", []string{"addresses:far", "addresses:any", "addresses:second"}, ""},
	{"S12", "INADDR_ANY given to connect()", []string{"connect:any", "connect:peer", "addresses:zero"}, ""},
	{"S13", "an address from text", []string{"address:short", "address:text", "byte-order:address", "errors:text", "names:list", "names:loop", "names:numeric"}, ""},
	{"S14", "bind() unchecked, then listen()", []string{"bind:busy", "bind:listen", "bind:name", "listen:taken", "listen:unbound", "addresses:listen"}, ""},
	{"S15", "the cast, and the length of the address", []string{"address:bind", "address:length"}, ""},
	{"S16", "SO_REUSEADDR", []string{"tcp:reuse", "restart:refused", "restart:late", "restart:right-again", "restart:rival", "unix:reuse"}, ""},
	{"S17", "bind() is not for servers alone, nor needed", []string{"connect:nobody", "connect:connect", "connect:choose", "listen:unbound"}, ""},
	{"S18", "what the backlog limits", []string{"tcp:listen", "listen:zero", "listen:more", "queue:second", "queue:third"}, ""},
	{"S19", "connect() returns before accept()", []string{"tcp:connect", "queue:first", "queue:early", "accept:quiet"}, ""},
	{"S20", "connect() on a listener, once more, after a failure", []string{"listen:call", "connect:twice", "refused:bound", "refused:again", "ways:twice"}, ""},
	{"S21", "the length given to accept()", []string{"accept:first", "accept:length", "accept:lost", "ipv6:small"}, ""},
	{"S22", "a new descriptor, the same port, in order", []string{"tcp:accept", "tcp:peer", "accept:second", "accept:third", "timeouts:flags"}, ""},
	{"S23", "send() and recv() on the listener", []string{"accept:listener", "accept:right", "accept:all"}, ""},
	{"S24", "sizeof as the length to send", []string{"bytes:sizeof", "bytes:look", "bytes:pointer", "bytes:strlen"}, ""},
	{"S25", "recv() says how much came, and ends no string", []string{"tcp:send", "tcp:rest", "bytes:ten", "bytes:close"}, ""},
	{"S26", "sends and recvs do not pair", []string{"tcp:read", "bytes:three", "bytes:words", "bytes:ten", "bytes:six"}, ""},
	{"S27", "what send() promises", []string{"tcp:reply", "lost:send", "lost:look", "ends:late", "timeouts:part", "timeouts:more"}, ""},
	{"S28", "SIGPIPE", []string{"accept:all", "ends:pipe"}, ""},
	{"S29", "closing all of it, FIN or RST, and half of it", []string{"accept:hang-up", "errors:full", "tcp:return-server", "ends:copy", "ends:close", "ends:shutdown", "ends:done", "ends:unread"}, ""},
	{"S30", "which calls return -1, and what else there is", []string{"listen:wrong", "listen:udp", "socket:recv", "socket:send", "errors:tidy", "errors:text", "ipv6:late", "interrupted:signal", "timeouts:recv", "timeouts:none", "lost:look", "names:hints", "names:service", "names:numeric"}, ""},
	{"S31", "errno is true right behind the call only", []string{"errors:perror", "errors:name", "errors:tidy", "errors:right", "headers:why", "names:hints"}, ""},
	{"S32", "C++ has no header of sockets", []string{"cpp:net"}, ""},
	{"S33", "std::iostream is no socket", []string{"cpp:stream"}, ""},
	{"S34", "wrappers make fewer mistakes", []string{"cpp:again", "cpp:fd", "cpp:close-copy", "cpp:copy", "cpp:recv"}, ""},
	{"S35", "what the text leaves out", []string{"ipv6:bind", "ipv6:mapped", "addresses:any", "interrupted:signal", "interrupted:restart-signal", "interrupted:timed-signal", "interrupted:poll-signal", "lost:lost-data", "timeouts:recv", "timeouts:slow-signal", "unix:bind", "names:list", "names:loop", "names:ask"}, "UDP, framing, waiting for many, Windows"},
}

// notCovered are the statements no step shows, and why.
var notCovered = map[string]string{}

// TestCoverage wants the table complete, in order, and true of the course as it is:
// a statement is covered by steps that there are, or said not to be.
func TestCoverage(t *testing.T) {
	course, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range coverage {
		ids = append(ids, c.id)
		reason, gap := notCovered[c.id]
		switch {
		case gap && len(c.by) > 0:
			t.Errorf("%s is said not to be covered (%s), and is by %q", c.id, reason, c.by)
		case !gap && len(c.by) == 0:
			t.Errorf("%s, %s: no step covers it, and notCovered does not say why", c.id, c.about)
		case gap:
			t.Logf("%s, %s: not covered: %s", c.id, c.about, reason)
		case c.missing != "":
			t.Logf("%s, %s: not shown: %s", c.id, c.about, c.missing)
		}
		c.check(t, course)
	}
	if want := statements(); !slices.Equal(ids, want) {
		t.Errorf("the table has %q, want %q", ids, want)
	}
	for id, reason := range notCovered {
		if !slices.Contains(ids, id) || reason == "" {
			t.Errorf("notCovered says %q of %s", reason, id)
		}
	}
}

// check wants the steps in the course, each once.
func (c covered) check(t *testing.T, course *Course) {
	for i, at := range c.by {
		name, id, _ := strings.Cut(at, ":")
		switch l := course.Lesson(name); {
		case l == nil:
			t.Errorf("%s, %s: no lesson %q", c.id, c.about, name)
		case l.StepIndex(id) < 0:
			t.Errorf("%s, %s: the lesson %s has no step %q", c.id, c.about, name, id)
		case slices.Contains(c.by[:i], at):
			t.Errorf("%s, %s: %s is named twice", c.id, c.about, at)
		}
	}
}

// statements are the ids the table has to have.
func statements() []string {
	var ids []string
	for n := 1; n <= 10; n++ {
		ids = append(ids, fmt.Sprint(n))
	}
	for n := 1; n <= 35; n++ {
		ids = append(ids, fmt.Sprintf("S%02d", n))
	}
	return ids
}
