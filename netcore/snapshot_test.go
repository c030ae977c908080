//go:build linux

package netcore

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func snapshot(t testing.TB, l *Lab) Snapshot {
	t.Helper()
	s, err := l.Snapshot(deadline(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Missing) > 0 {
		t.Errorf("missing: %q", s.Missing)
	}
	return s
}

// manyStates brings the lab into a state with a socket of nearly every kind.
func manyStates(t *testing.T, l *Lab) {
	server, client := start(t, l, "server"), start(t, l, "client")
	port := listening(t, server, 5)
	fresh := func(p *Process, domain, kind int64) int64 {
		return *do(t, p, "socket", Number(domain), Number(kind), Number(0)).Ret
	}
	connect := func() int64 {
		fd := fresh(client, 2, 1)
		want(t, client, 0, "connect", Number(fd), Memory(inet4(port)), Number(16))
		return fd
	}
	accept := func() int64 { return *do(t, server, "accept", Number(3), Null(), Null()).Ret }

	// Established, with bytes that nobody has read.
	a := connect()
	accept()
	want(t, client, 5, "send", Number(a), Memory([]byte("hello")), Number(5), Number(0))
	// Closed by both, the client first: TIME_WAIT.
	a = connect()
	b := accept()
	want(t, client, 0, "close", Number(a))
	want(t, server, 0, "close", Number(b))
	// Closed by one: FIN_WAIT2 and CLOSE_WAIT.
	a = connect()
	accept()
	want(t, client, 0, "shutdown", Number(a), Number(1))
	// With a keepalive timer.
	a = connect()
	accept()
	want(t, client, 0, "setsockopt", Number(a), Number(1), Number(9), Memory(int32Bytes(1)), Number(4))
	// Waiting for accept.
	connect()
	connect()
	// A listener of IPv6, and its connection.
	six := fresh(server, 10, 1)
	any6 := append(binary.NativeEndian.AppendUint16(nil, 10), 0x1b, 0x58, 0, 0, 0, 0)
	any6 = append(any6, make([]byte, 20)...)
	want(t, server, 0, "bind", Number(six), Memory(any6), Number(28))
	want(t, server, 0, "listen", Number(six), Number(0))
	// Full, so that the next connection stays in SYN_SENT.
	for {
		fd := fresh(client, 2, 1)
		c := begin(t, client, "connect", Number(fd), Memory(inet4(7000)), Number(16))
		if state, err := c.Settle(deadline(t)); err != nil {
			t.Fatal(err)
		} else if state == StateBlocked {
			break
		}
	}
	// Bound and nothing else, not bound, UDP, Unix.
	fd := fresh(server, 2, 1)
	want(t, server, 0, "bind", Number(fd), Memory(inet4(7001)), Number(16))
	fresh(server, 2, 1)
	fresh(server, 2, 2)
	fd = fresh(server, 2, 2)
	want(t, server, 0, "bind", Number(fd), Memory(inet4(7002)), Number(16))
	fd = fresh(server, 1, 1)
	path := unixAddr("/unix.sock")
	want(t, server, 0, "bind", Number(fd), Memory(path), Number(int64(len(path))))
}

func TestSnapshotAsSS(t *testing.T) {
	for _, tool := range []string{"ss", "nsenter"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("no", tool, "to compare with:", err)
		}
	}
	l := openLab(t, Options{})
	if !l.Tier().Private() {
		t.Skip("no private network here:", l.Missing())
	}
	manyStates(t, l)
	snap, rows, late := quietMoment(t, l)
	seen := map[string]int{}
	matched := map[uint64]bool{}
	for _, row := range rows {
		i := slices.IndexFunc(snap.Sockets, func(s Socket) bool { return s.Cookie == row.cookie })
		if i < 0 {
			t.Errorf("not in the snapshot: %+v", row)
			continue
		}
		row.compare(t, &snap.Sockets[i], late)
		matched[row.cookie] = true
		seen[row.state]++
	}
	for _, s := range snap.Sockets {
		if s.Protocol == "TCP" && !matched[s.Cookie] && s.State != "CLOSE" {
			t.Errorf("not in ss: %+v", s)
		}
	}
	t.Log(seen)
	for _, state := range []string{"LISTEN", "ESTAB", "TIME-WAIT", "FIN-WAIT-2", "CLOSE-WAIT", "SYN-SENT"} {
		if seen[state] == 0 {
			t.Errorf("no row in state %s was compared", state)
		}
	}
}

// quietMoment takes a snapshot and the rows of ss at a time when the kernel does
// nothing by itself between them, such as a delayed acknowledgement.
func quietMoment(t *testing.T, l *Lab) (snap Snapshot, rows []ssRow, late time.Duration) {
	t.Helper()
	ctx := deadline(t)
	for ctx.Err() == nil {
		begun := Now() // the snapshot's own time is that of its end
		snap = snapshot(t, l)
		rows = runSS(t, l)
		late = time.Duration(Now() - begun)
		if sameButTime(snap.Sockets, snapshot(t, l).Sockets) {
			return snap, rows, late
		}
	}
	t.Fatal("the sockets never stood still")
	return snap, rows, late
}

func sameButTime(a, b []Socket) bool {
	return slices.EqualFunc(a, b, func(x, y Socket) bool {
		x.Timer.Expires, y.Timer.Expires = 0, 0
		return reflect.DeepEqual(x, y)
	})
}

func TestSnapshotBeyondSS(t *testing.T) {
	l := openLab(t, Options{})
	manyStates(t, l)
	snap := snapshot(t, l)
	find := func(what string, f func(s *Socket) bool) *Socket {
		t.Helper()
		i := slices.IndexFunc(snap.Sockets, func(s Socket) bool { return f(&s) })
		if i < 0 {
			t.Fatalf("no socket is %s: %+v", what, snap.Sockets)
		}
		return &snap.Sockets[i]
	}
	s := find("only bound", func(s *Socket) bool { return s.Local.Port() == 7001 })
	if s.State != "CLOSE" || !s.Bound || len(s.Owners) != 1 {
		t.Errorf("only bound: %+v", s)
	}
	s = find("fresh", func(s *Socket) bool { return s.Source == "getsockopt" && s.Protocol == "TCP" })
	if s.State != "CLOSE" || s.Bound || s.Cookie == 0 || s.Type != "SOCK_STREAM" || s.Domain != "AF_INET" || s.UID != uint32(os.Getuid()) {
		t.Errorf("fresh: %+v", s)
	}
	s = find("UDP", func(s *Socket) bool { return s.Local.Port() == 7002 })
	if s.Protocol != "UDP" || s.Type != "SOCK_DGRAM" || s.State != "CLOSE" {
		t.Errorf("UDP: %+v", s)
	}
	s = find("Unix", func(s *Socket) bool { return s.Domain == "AF_UNIX" })
	if s.Path != "/unix.sock" || !s.Bound {
		t.Errorf("Unix: %+v", s)
	}
	unaccepted := 0
	for _, s := range snap.Sockets {
		if s.State == "ESTABLISHED" && s.Inode == 0 && len(s.Owners) == 0 {
			unaccepted++
		}
		if s.Network != "lab" {
			t.Errorf("network %q", s.Network)
		}
	}
	if unaccepted < 2 {
		t.Errorf("%d connections wait for accept, want at least 2", unaccepted)
	}
	for _, p := range snap.Processes {
		for i, d := range p.FDs {
			if d.FD != i || d.FD > 2 && (d.Kind != "socket" || d.Cookie == 0) || d.FD <= 2 && d.Target != "/dev/null" {
				t.Errorf("%s: row %d is %+v", p.Name, i, d)
			}
		}
	}
}

func TestSnapshotDescriptors(t *testing.T) {
	l := openLab(t, Options{})
	p := start(t, l, "server")
	want(t, p, 3, "socket", Number(2), Number(1|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC), Number(0))
	want(t, p, 4, "dup", Number(3))
	flags := func(fd int) []string { return snapshot(t, l).Processes[0].FDs[fd].Flags }
	if got := flags(3); !slices.Equal(got, []string{"O_RDWR", "O_NONBLOCK", "O_CLOEXEC"}) {
		t.Errorf("flags of 3: %v", got)
	}
	if got := flags(4); !slices.Equal(got, []string{"O_RDWR", "O_NONBLOCK"}) {
		t.Errorf("flags of 4: %v", got)
	}
	want(t, p, 0, "fcntl", Number(3), Number(unix.F_SETFL), Number(unix.O_RDWR))
	if got := flags(4); !slices.Equal(got, []string{"O_RDWR"}) {
		t.Errorf("flags of 4 after F_SETFL: %v", got)
	}
	s := snapshot(t, l)
	if len(s.Sockets) != 1 || len(s.Sockets[0].Owners) != 2 {
		t.Errorf("sockets: %+v", s.Sockets)
	}
	want(t, p, 0, "close", Number(3))
	want(t, p, 0, "close", Number(4))
	if s := snapshot(t, l); len(s.Sockets) != 0 || len(s.Processes[0].FDs) != 3 {
		t.Errorf("after close: %+v", s)
	}
}

// TestSnapshotHoldsNothing closes sockets while snapshots are taken all the time:
// the peer must see the end of the stream when close has returned.
func TestSnapshotHoldsNothing(t *testing.T) {
	l := openLab(t, Options{})
	server, client := connected(t, l)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				_, _ = l.Snapshot(t.Context())
			}
		}
	}()
	want(t, server, 0, "close", Number(4))
	want(t, client, 0, "close", Number(3))
	port := binary.BigEndian.Uint16(want(t, server, 0, "getsockname", Number(3), Memory(make([]byte, 16)), Memory(int32Bytes(16))).Args[1].After[2:])
	for range 100 {
		want(t, client, 3, "socket", Number(2), Number(1), Number(0))
		want(t, client, 0, "connect", Number(3), Memory(inet4(port)), Number(16))
		want(t, server, 4, "accept", Number(3), Null(), Null())
		want(t, client, 0, "close", Number(3))
		want(t, server, 0, "recv", Number(4), Memory(make([]byte, 4)), Number(4), Number(0x40))
		want(t, server, 0, "close", Number(4))
	}
	close(stop)
	<-done
}

// ssRow is a line of ss -tanoe.
type ssRow struct {
	state         string
	recvQ, sendQ  uint32
	local, peer   string
	timer         string
	expires       time.Duration
	coarse        time.Duration // what the text leaves out
	retrans       int
	uid           uint32
	inode, cookie uint64
}

func runSS(t *testing.T, l *Lab) []ssRow {
	t.Helper()
	args := []string{"-t", strconv.Itoa(l.PID()), "-n"}
	if os.Getuid() != 0 {
		args = append(args, "-U", "--preserve-credentials")
	}
	out, err := exec.CommandContext(t.Context(), "nsenter", append(args, "ss", "-tanoeH")...).CombinedOutput()
	if err != nil {
		t.Fatalf("ss: %v\n%s", err, out)
	}
	var rows []ssRow
	for line := range strings.Lines(string(out)) {
		rows = append(rows, parseSS(t, line))
	}
	return rows
}

func parseSS(t *testing.T, line string) ssRow {
	t.Helper()
	f := strings.Fields(line)
	if len(f) < 6 {
		t.Fatalf("ss printed %q", line)
	}
	r := ssRow{state: f[0], local: f[3], peer: f[4]}
	_, _ = fmt.Sscan(f[1], &r.recvQ)
	_, _ = fmt.Sscan(f[2], &r.sendQ)
	for _, field := range f[5:] {
		name, value, _ := strings.Cut(field, ":")
		switch name {
		case "uid":
			_, _ = fmt.Sscan(value, &r.uid)
		case "ino":
			_, _ = fmt.Sscan(value, &r.inode)
		case "sk":
			r.cookie, _ = strconv.ParseUint(value, 16, 64)
		case "timer":
			r.parseTimer(strings.Split(strings.Trim(value, "()"), ","))
		}
	}
	return r
}

// parseTimer reads "on,1.200ms,3", which is 1.2 seconds, and "keepalive,119min,0".
func (r *ssRow) parseTimer(f []string) {
	r.timer = f[0]
	r.retrans, _ = strconv.Atoi(f[2])
	text := f[1]
	if m, rest, ok := strings.Cut(text, "min"); ok {
		n, _ := strconv.Atoi(m)
		r.expires, text = time.Duration(n)*time.Minute, rest
		r.coarse = time.Minute
	}
	if s, ok := strings.CutSuffix(text, "sec"); ok {
		n, _ := strconv.Atoi(s)
		r.expires += time.Duration(n) * time.Second
		r.coarse = max(r.coarse, time.Second)
		return
	}
	if s, ok := strings.CutSuffix(text, "ms"); ok {
		whole, part, both := strings.Cut(s, ".")
		if !both {
			whole, part = "0", s
		}
		secs, _ := strconv.Atoi(whole)
		ms, _ := strconv.Atoi(part)
		r.expires += time.Duration(secs)*time.Second + time.Duration(ms)*time.Millisecond
	}
}

// compare checks a row of the snapshot against one of ss, which was read at most
// late afterwards.
func (r *ssRow) compare(t *testing.T, s *Socket, late time.Duration) {
	t.Helper()
	states := map[string]string{
		"ESTABLISHED": "ESTAB", "TIME_WAIT": "TIME-WAIT", "FIN_WAIT2": "FIN-WAIT-2", "FIN_WAIT1": "FIN-WAIT-1",
		"CLOSE_WAIT": "CLOSE-WAIT", "SYN_SENT": "SYN-SENT", "SYN_RECV": "SYN-RECV", "LISTEN": "LISTEN",
	}
	got := ssRow{
		state: states[s.State], recvQ: s.RecvQ, sendQ: s.SendQ, local: ssAddr(s.Local, s.Domain), peer: ssAddr(s.Peer, s.Domain),
		timer: s.Timer.Kind, retrans: s.Timer.Retrans, uid: s.UID, inode: s.Inode, cookie: s.Cookie,
	}
	want := *r
	want.expires, want.coarse = 0, 0
	if got != want {
		t.Errorf("snapshot %+v\nss       %+v", got, want)
	}
	tolerance := 50*time.Millisecond + late + r.coarse
	if diff := s.Timer.Expires - r.expires; diff < -50*time.Millisecond || diff > tolerance {
		t.Errorf("timer of %+v: %v, ss says %v", got, s.Timer.Expires, r.expires)
	}
}

// ssAddr writes an address as ss does.
func ssAddr(a netip.AddrPort, domain string) string {
	host, port := "0.0.0.0", "*"
	if domain == "AF_INET6" {
		host = "[::]"
	}
	if a.IsValid() {
		host, port = a.Addr().String(), strconv.Itoa(int(a.Port()))
		if a.Addr().Is6() {
			host = "[" + host + "]"
		}
	}
	if host == "[::]" {
		host = "*"
	}
	return host + ":" + port
}
