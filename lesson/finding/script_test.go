package finding

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"sockstep/netcore"
)

// script makes events from a text, one a line. It takes what strace -f -ttt -T writes,
// and a shorter form of it:
//
//	server: socket(AF_INET, SOCK_STREAM, 0) = 3
//	server/2: recv(4, "hello"@100, 64, 0) = 5     thread 2, buffer at address 100
//	server: bind(3, :7777, 16) = -1 EADDRINUSE    an address may be shortened
//	server: recv(4, "", 64, 0) = 0 <2.5>          takes 2.5 seconds, and is seen asleep
//	server: recv(4, "", 64, 0) = ?                never returned
//	server forks child
//	server exits 1, server killed SIGPIPE, server signal SIGCHLD
//	+1500                                         milliseconds pass
type script struct {
	t          *testing.T
	events     []netcore.Event
	now        int64
	pids       map[string]int
	owner      map[int]string // name of a process, by pid
	leader     map[int]int    // of a thread of a recording
	unfinished map[string]string
	parents    map[int]int // of the processes of a recording
	nextBuffer int64
	resumed    bool // the line is the end of a call that was begun before
}

func parse(t *testing.T, text string) []netcore.Event {
	t.Helper()
	s := &script{
		t: t, now: 1e9, pids: map[string]int{}, owner: map[int]string{}, leader: map[int]int{},
		unfinished: map[string]string{}, parents: map[int]int{}, nextBuffer: 1 << 20,
	}
	s.families(text)
	for number, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := s.line(line); err != nil {
			t.Fatalf("line %d: %s: %v", number+1, line, err)
		}
	}
	return s.events
}

func (s *script) add(e netcore.Event) {
	e.ID, e.At = netcore.ID(len(s.events)+1), s.now
	if e.Call != nil {
		e.Type, e.Call.ID = netcore.CallEvent, e.ID
	}
	s.events = append(s.events, e)
}

var (
	recordedLine = regexp.MustCompile(`^(\d+) +(\d+)\.(\d{6}) (.*)$`)
	scriptedLine = regexp.MustCompile(`^([a-z0-9]+)(?:/(\d+))?: (.*)$`)
	eventLine    = regexp.MustCompile(`^([a-z0-9]+) (forks|exits|killed|signal|execs) ?(\S*)$`)
	callLine     = regexp.MustCompile(`^([a-z0-9_]+)\((.*)\) += (-?\d+|0x[0-9a-f]+|\?)(?: +([A-Z][A-Z0-9_]+))?(?: \([^<]*\))?(?: <([\d.]+)>)?$`)
	resumedLine  = regexp.MustCompile(`^<\.\.\. ([a-z0-9_]+) resumed>(.*)$`)
)

func (s *script) line(line string) error {
	if ms, ok := strings.CutPrefix(line, "+"); ok && !strings.HasPrefix(line, "+++") {
		n, err := strconv.Atoi(ms)
		s.now += int64(n) * 1e6
		return err
	}
	if m := eventLine.FindStringSubmatch(line); m != nil {
		return s.event(m[1], m[2], m[3])
	}
	if m := scriptedLine.FindStringSubmatch(line); m != nil {
		pid := s.pid(m[1])
		tid := pid
		if m[2] != "" {
			n, _ := strconv.Atoi(m[2])
			tid = pid + n
		}
		s.now += 1e5
		return s.call(pid, tid, m[3])
	}
	if m := recordedLine.FindStringSubmatch(line); m != nil {
		seconds, _ := strconv.ParseInt(m[2], 10, 64)
		micros, _ := strconv.ParseInt(m[3], 10, 64)
		return s.recorded(m[1], seconds*1e9+micros*1e3, m[4])
	}
	return fmt.Errorf("not understood")
}

// pid is the process of a name; a new one starts.
func (s *script) pid(name string) int {
	if _, ok := s.pids[name]; !ok {
		s.start(name, 1000*(len(s.pids)+1), 1)
	}
	return s.pids[name]
}

func (s *script) start(name string, pid, parent int) {
	s.pids[name], s.owner[pid] = pid, name
	s.add(netcore.Event{Type: netcore.ProcessEvent, Process: &netcore.ProcessChange{Name: name, PID: pid, Parent: parent, Change: "start"}})
}

func (s *script) event(name, what, arg string) error {
	pid := s.pid(name)
	change := &netcore.ProcessChange{Name: name, PID: pid, Change: "end"}
	s.now += 1e5
	switch what {
	case "forks":
		s.start(arg, 1000*(len(s.pids)+1), pid)
		return nil
	case "execs":
		change.Change = "exec"
	case "exits":
		change.Status, _ = strconv.Atoi(arg)
	case "killed":
		change.Signal = arg
	case "signal":
		s.add(netcore.Event{Type: netcore.SignalEvent, Signal: &netcore.Signal{Process: name, Name: arg}})
		return nil
	}
	s.add(netcore.Event{Type: netcore.ProcessEvent, Process: change})
	return nil
}

var cloneLine = regexp.MustCompile(`^(\d+) +\S+ (?:(?:clone3?|fork|vfork)\((.*)\)|<\.\.\. (?:clone3?|fork|vfork) resumed>.*) += (\d+)`)

// families reads from a recording who started whom: a child's first call may stand in
// front of the return of the call that made it.
func (s *script) families(text string) {
	threads := map[int]int{}
	begun := map[string]string{}
	for _, line := range strings.Split(text, "\n") {
		if strings.HasSuffix(line, "<unfinished ...>") && strings.Contains(line, " clone") {
			begun[strings.Fields(line)[0]] = line
		}
		m := cloneLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		by, _ := strconv.Atoi(m[1])
		child, _ := strconv.Atoi(m[3])
		if leader, ok := threads[by]; ok {
			by = leader
		}
		if strings.Contains(m[2]+begun[m[1]], "CLONE_THREAD") {
			threads[child] = by
			s.leader[child] = by
		} else {
			s.parents[child] = by
		}
		delete(begun, m[1])
	}
}

// recorded is a line of strace's.
func (s *script) recorded(thread string, at int64, text string) error {
	tid, _ := strconv.Atoi(thread)
	pid, ok := s.leader[tid]
	if !ok {
		pid = tid
		s.leader[tid] = tid
	}
	name := "p" + strconv.Itoa(pid)
	if _, ok := s.pids[name]; !ok {
		s.start(name, pid, s.parents[pid])
	}
	s.now = max(s.now, at)
	if rest, ok := strings.CutPrefix(text, "+++ exited with "); ok {
		if tid != pid {
			return nil
		}
		return s.event(name, "exits", strings.TrimSuffix(rest, " +++"))
	}
	if rest, ok := strings.CutPrefix(text, "+++ killed by "); ok {
		if tid != pid {
			return nil
		}
		return s.event(name, "killed", strings.Fields(rest)[0])
	}
	if rest, ok := strings.CutPrefix(text, "--- "); ok {
		return s.event(name, "signal", strings.Fields(rest)[0])
	}
	if head, ok := strings.CutSuffix(text, " <unfinished ...>"); ok {
		s.unfinished[thread] = head
		return nil
	}
	if m := resumedLine.FindStringSubmatch(text); m != nil {
		text = s.unfinished[thread] + m[2]
		s.resumed = true
		delete(s.unfinished, thread)
	}
	if strings.HasSuffix(text, "<unfinished ...>)") || strings.Contains(text, " <unfinished ...>) = ?") {
		text = strings.Replace(text, " <unfinished ...>", "", 1)
	}
	return s.call(pid, tid, text)
}

func (s *script) call(pid, tid int, text string) error {
	m := callLine.FindStringSubmatch(text)
	if m == nil {
		return fmt.Errorf("no call")
	}
	name, errno := m[1], netcore.Errno(0)
	took := 1e-6
	if m[5] != "" {
		took, _ = strconv.ParseFloat(m[5], 64)
	}
	if m[4] != "" && m[3] != "?" {
		var ok bool
		if errno, ok = netcore.ErrnoByName(m[4]); !ok && !strings.HasPrefix(m[4], "ERESTART") {
			if m[3] == "-1" {
				return fmt.Errorf("no such error: %s", m[4])
			}
		}
	}
	var ret *int64
	if n, err := strconv.ParseInt(m[3], 0, 64); err == nil {
		ret = &n
	}
	switch name {
	case "clone", "clone3", "fork", "vfork":
		if ret != nil && *ret > 0 && s.leader[int(*ret)] == 0 {
			s.child(int(*ret))
		}
		return nil
	case "execve":
		if ret != nil && *ret == 0 {
			return s.event(s.owner[pid], "execs", "")
		}
		return nil
	}
	if _, ok := verbs[name]; !ok {
		return nil
	}
	c := &netcore.Call{
		Process: s.owner[pid], PID: pid, TID: tid, Origin: netcore.FromTraced, Name: name, Syscall: name,
		Errno: errno, Ret: ret, Args: s.args(name, m[2]), Enter: s.now,
	}
	if strings.HasPrefix(name, "recv") || strings.HasPrefix(name, "send") || name == "accept" {
		if took >= 0.5 {
			s.add(netcore.Event{Type: netcore.BlockedEvent, Blocked: &netcore.Blocked{Call: netcore.ID(len(s.events) + 2), Process: c.Process, Since: c.Enter}})
		}
	}
	if len(s.leader) == 0 {
		s.now += int64(took * 1e9)
	} else if s.resumed {
		c.Enter -= int64(took * 1e9)
	}
	s.resumed = false
	c.Exit = s.now
	if ret == nil {
		c.Exit = 0
	}
	s.add(netcore.Event{Call: c})
	return nil
}

// child starts a process of a recording.
func (s *script) child(pid int) {
	s.leader[pid] = pid
	if name := "p" + strconv.Itoa(pid); s.pids[name] == 0 {
		s.start(name, pid, s.parents[pid])
	}
}

// args reads the arguments of a call by their look.
func (s *script) args(name, text string) []netcore.Arg {
	var args []netcore.Arg
	for i, word := range splitArgs(text) {
		args = append(args, s.arg(name, i, word))
	}
	return args
}

// splitArgs cuts at the commas outside brackets and strings.
func splitArgs(text string) []string {
	var words []string
	depth, quoted, start := 0, false, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case strings.IndexByte("{[(", c) >= 0:
			depth++
		case strings.IndexByte("}])", c) >= 0:
			depth--
		case c == ',' && depth == 0:
			words = append(words, strings.TrimSpace(text[start:i]))
			start = i + 1
		}
	}
	if last := strings.TrimSpace(text[start:]); last != "" {
		words = append(words, last)
	}
	return words
}

var (
	bufferWord = regexp.MustCompile(`^("(?:[^"\\]|\\.)*")(?:\.\.\.)?(?:@(\d+))?$`)
	lengthWord = regexp.MustCompile(`^\[(-?\d+)(?:\]?(?: =>|->) ?\[?(-?\d+))?\]$`)
	pairWord   = regexp.MustCompile(`^\[(\d+), (\d+)\]$`)
	inetWord   = regexp.MustCompile(`sin6?_port=htons\((\d+)\).*?"([0-9a-fA-F.:]+)"`)
	unixWord   = regexp.MustCompile(`(?:sun_path=|^unix:)"?([^"}]+)"?`)
	shortWord  = regexp.MustCompile(`^([\d.]*):(\d+)$`)
)

func (s *script) arg(name string, i int, word string) netcore.Arg {
	a := netcore.Arg{Pointer: netcore.MemoryValue}
	memory := func(b []byte) netcore.Arg {
		if a.Value == 0 {
			s.nextBuffer += 4096
			a.Value = s.nextBuffer
		}
		a.Before, a.After = b, b
		return a
	}
	if m := bufferWord.FindStringSubmatch(word); m != nil {
		a.Value, _ = strconv.ParseInt(m[2], 10, 64)
		return memory(unquote(m[1]))
	}
	if m := pairWord.FindStringSubmatch(word); m != nil && name == "socketpair" {
		return memory(append(hostInt(m[1]), hostInt(m[2])...))
	}
	if m := lengthWord.FindStringSubmatch(word); m != nil {
		a = memory(hostInt(m[1]))
		if m[2] != "" {
			a.After = hostInt(m[2])
		}
		return a
	}
	if raw := address(word); raw != nil {
		return memory(raw)
	}
	a.Pointer = netcore.NumberValue
	if word == "NULL" {
		a.Pointer = netcore.NullValue
		return a
	}
	a.Value = number(word)
	return a
}

// number is the sum of the constants and numbers in a word, 0 for what is none.
func number(word string) (n int64) {
	for _, part := range strings.Split(word, "|") {
		switch part {
		case "O_NONBLOCK", "SOCK_NONBLOCK":
			n |= sockNonblock
		case "SOCK_CLOEXEC", "O_CLOEXEC":
			n |= sockCloexec
		case "FD_CLOEXEC":
			n |= fdCloexec
		case "F_DUPFD_CLOEXEC":
			n |= fDupfdCloexec
		case "SO_SNDTIMEO_OLD":
			n |= soSndtimeo
		case "FIONBIO":
			n |= fionbio
		default:
			if v, ok := netcore.Constant(part); ok {
				n |= v
			} else if v, err := strconv.ParseInt(part, 0, 64); err == nil {
				n |= v
			} else if v, err := strconv.ParseUint(part, 0, 64); err == nil {
				n |= int64(v)
			}
		}
	}
	return n
}

func hostInt(text string) []byte {
	n, _ := strconv.ParseInt(text, 10, 64)
	return binary.NativeEndian.AppendUint32(nil, uint32(n))
}

// address is a socket address as Linux has it in memory.
func address(word string) []byte {
	if m := shortWord.FindStringSubmatch(word); m != nil {
		host := m[1]
		if host == "" {
			host = "0.0.0.0"
		}
		return inetAddress(host, m[2])
	}
	if raw, ok := strings.CutPrefix(word, "raw:"); ok {
		family, _ := strconv.Atoi(raw)
		b := inetAddress("127.0.0.1", "7777")
		binary.NativeEndian.PutUint16(b, uint16(family))
		return b
	}
	if m := inetWord.FindStringSubmatch(word); m != nil {
		return inetAddress(m[2], m[1])
	}
	if strings.HasPrefix(word, "unix:") || strings.HasPrefix(word, "{sa_family=AF_UNIX") {
		b := binary.NativeEndian.AppendUint16(nil, afUnix)
		if m := unixWord.FindStringSubmatch(word); m != nil {
			b = append(append(b, m[1]...), 0)
		}
		return b
	}
	return nil
}

func inetAddress(host, port string) []byte {
	p, _ := strconv.ParseUint(port, 10, 16)
	return netcore.LinuxLayout.Sockaddr(netip.AddrPortFrom(netip.MustParseAddr(host), uint16(p)))
}

// unquote is a string as strace writes it, with octal escapes of one to three digits.
func unquote(text string) []byte {
	text = text[1 : len(text)-1]
	var out []byte
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			out = append(out, text[i])
			continue
		}
		i++
		if text[i] >= '0' && text[i] <= '7' {
			n := 0
			for j := 0; j < 3 && i < len(text) && text[i] >= '0' && text[i] <= '7'; j++ {
				n = n*8 + int(text[i]-'0')
				i++
			}
			i--
			out = append(out, byte(n))
			continue
		}
		known := map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'v': '\v', 'f': '\f'}
		if b, ok := known[text[i]]; ok {
			out = append(out, b)
		} else {
			out = append(out, text[i])
		}
	}
	return out
}

// watched are the findings of the events.
func watched(events []netcore.Event, o Options) []Finding {
	w := New(o)
	var all []Finding
	for _, e := range events {
		all = append(all, w.Add(e)...)
	}
	return append(all, w.End()...)
}
