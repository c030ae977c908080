package lesson

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"sockstep/lesson/cprog"
	"sockstep/netcore"
)

// observe reads what an Observable names, as text; empty when there is nothing.
func (s *Session) observe(o Observable, st *Step) string {
	words := strings.Fields(string(o))
	if len(words) == 0 {
		return ""
	}
	if of, ok := worldFacts[words[0]]; ok {
		return of(s, word(words, 1))
	}
	if words[0] == "argument" {
		return s.arguments(word(words, 1), word(words, 2))
	}
	role := s.roleOf(words, st)
	sd, err := s.side(role)
	if err != nil {
		return ""
	}
	switch words[0] {
	case "result":
		return sd.result(words, st)
	case "call":
		return s.callFact(role, word(words, 2))
	case "failed":
		return s.failures(role)
	case "bytes":
		return memoryHex(sd.machine, word(words, 2))
	case "value":
		return memoryValue(sd.machine, word(words, 2))
	case "descriptors":
		return s.descriptors(role)
	}
	fd, err := strconv.Atoi(word(words, 2))
	if err != nil {
		return ""
	}
	return socketFact(s.snapshot, role, fd, words[0])
}

func word(words []string, i int) string {
	if i < len(words) {
		return words[i]
	}
	return ""
}

func (s *Session) roleOf(words []string, st *Step) string {
	if len(words) > 1 {
		return words[1]
	}
	if st != nil && st.Run != nil {
		return st.Run.Role
	}
	return ""
}

// result is what the last call at a label returned: the one named, or that of the
// line the step runs. Where that line makes no call, it is the side's last one.
func (sd *side) result(words []string, st *Step) string {
	if label := word(words, 2); label != "" {
		return sd.results[label]
	}
	if st != nil && st.Run != nil && st.Run.Role == sd.role.Name {
		if own, ok := sd.results[st.Run.Label]; ok {
			return own
		}
	}
	return sd.last
}

// timeWait names the role whose end of a connection is in TIME_WAIT.
func (s *Session) timeWait() string {
	for _, k := range s.snapshot.Sockets {
		if k.State != "TIME_WAIT" {
			continue
		}
		for _, sd := range s.sides {
			if port, _, ok := sd.program.Port(); ok && int(k.Local.Port()) == port && sd.listened() {
				return sd.role.Name
			}
		}
		return s.connector()
	}
	return "none"
}

// listened reports whether the side's program has called listen.
func (sd *side) listened() bool { return sd.did["listen"] }

// connector is the first role that called connect.
func (s *Session) connector() string {
	for _, sd := range s.sides {
		if sd.did["connect"] {
			return sd.role.Name
		}
	}
	return "none"
}

func (s *Session) descriptors(role string) string {
	var out []string
	for _, p := range s.snapshot.Processes {
		if p.Name != role || !p.Alive {
			continue
		}
		for _, d := range p.FDs {
			if d.FD > 2 {
				out = append(out, strconv.Itoa(d.FD))
			}
		}
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, " ")
}

// socketFact reads one fact about the socket behind a descriptor.
func socketFact(n netcore.Snapshot, role string, fd int, fact string) string {
	k, ok := SocketOf(n, role, fd)
	if !ok {
		return ""
	}
	switch fact {
	case "state":
		return k.State
	case "local":
		return addrText(k.Local.IsValid(), k.Local.String())
	case "peer":
		return addrText(k.Peer.IsValid(), k.Peer.String())
	case "waiting":
		if k.State == "LISTEN" && k.Source == "getsockopt" {
			return "" // a listener's queue is not among a socket's options
		}
		return strconv.Itoa(int(k.RecvQ))
	case "recvq":
		return strconv.Itoa(int(k.RecvQ))
	case "sendq":
		return strconv.Itoa(int(k.SendQ))
	case "retrans":
		return strconv.Itoa(k.Timer.Retrans)
	case "timer":
		return cmp.Or(k.Timer.Kind, "none")
	}
	return ""
}

func addrText(valid bool, text string) string {
	if !valid {
		return "none"
	}
	return text
}

// SocketOf finds the socket behind a process's descriptor in a snapshot.
func SocketOf(n netcore.Snapshot, process string, fd int) (netcore.Socket, bool) {
	for _, k := range n.Sockets {
		for _, o := range k.Owners {
			if o.Process == process && o.FD == fd {
				return k, true
			}
		}
	}
	return netcore.Socket{}, false
}

// memoryHex shows the bytes of a variable or member, "--" for those never written.
func memoryHex(m *cprog.Machine, path string) string {
	v, ok := m.Lookup(path)
	if !ok {
		return ""
	}
	out := make([]string, len(v.Bytes))
	for i, b := range v.Bytes {
		out[i] = fmt.Sprintf("%02x", b)
		if i < len(v.Written) && !v.Written[i] {
			out[i] = "--"
		}
	}
	return strings.Join(out, " ")
}

func memoryValue(m *cprog.Machine, path string) string {
	v, ok := m.Lookup(path)
	if !ok {
		return ""
	}
	return v.Value
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}
