//go:build linux

package netcore

import (
	"encoding/binary"
	"errors"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// privateLab opens a lab with a network of its own, or skips where the machine has
// none to give.
func privateLab(t testing.TB, o Options) *Lab {
	t.Helper()
	l := openLab(t, Options{})
	if !l.Tier().Private() {
		t.Skip("no private network here:", l.Missing())
	}
	if reflect.DeepEqual(o, Options{}) {
		return l
	}
	_ = l.Close()
	return openLab(t, o)
}

// stage makes a setting and returns what was recorded of it.
func stage(t testing.TB, l *Lab, text string) Setting {
	t.Helper()
	s, err := ParseSetting(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Apply(deadline(t), s); err != nil {
		t.Fatal(err)
	}
	es := events(l, SettingEvent)
	return *es[len(es)-1].Setting
}

// stageErr makes a setting that must be refused.
func stageErr(t testing.TB, l *Lab, text string) error {
	t.Helper()
	s, err := ParseSetting(text)
	if err != nil {
		t.Fatal(err)
	}
	before := len(events(l, SettingEvent))
	err = l.Apply(deadline(t), s)
	if err == nil {
		t.Fatalf("%s: was not refused", text)
	}
	if len(events(l, SettingEvent)) != before {
		t.Errorf("%s: was refused and recorded", text)
	}
	return err
}

func wantSetting(t testing.TB, got, want Setting) {
	t.Helper()
	if got != want {
		t.Errorf("recorded %+v, want %+v", got, want)
	}
}

// state waits until the socket of a descriptor is in a state.
func state(t testing.TB, l *Lab, process string, fd int, state string) {
	t.Helper()
	ctx := deadline(t)
	for {
		s, err := l.Snapshot(ctx)
		if err != nil {
			t.Fatalf("%s %d is not %s: %v", process, fd, state, err)
		}
		if slices.ContainsFunc(s.Sockets, func(s Socket) bool {
			return s.State == state && slices.Contains(s.Owners, Owner{process, fd})
		}) {
			return
		}
	}
}

// returned waits until a call has returned.
func returned(t testing.TB, c *Pending) Call {
	t.Helper()
	select {
	case <-c.Done():
	case <-deadline(t).Done():
		t.Fatalf("never returned: %+v", c.Call())
	}
	if c.Call().Ret == nil {
		t.Fatalf("never returned: %+v", c.Call())
	}
	return c.Call()
}

func tcp(t testing.TB, p *Process) int64 {
	t.Helper()
	return *do(t, p, "socket", Number(2), Number(1), Number(0)).Ret
}

func TestStageSysctl(t *testing.T) {
	l := privateLab(t, Options{})
	server := start(t, l, "server")
	wantSetting(t, stage(t, l, "sysctl net.core.somaxconn 2"), Setting{Kind: "sysctl", Name: "net.core.somaxconn", Value: "2", Was: "4096"})
	listening(t, server, 100)
	s := snapshot(t, l)
	if i := slices.IndexFunc(s.Sockets, func(s Socket) bool { return s.State == "LISTEN" }); i < 0 || s.Sockets[i].SendQ != 2 {
		t.Errorf("the limit of listen(100) is not 2: %+v", s.Sockets)
	}
	fd := tcp(t, server)
	wantErrno(t, server, "EACCES", "bind", Number(fd), Memory(inet4(80)), Number(16))
	stage(t, l, "sysctl net.ipv4.ip_unprivileged_port_start 80")
	want(t, server, 0, "bind", Number(fd), Memory(inet4(80)), Number(16))
	wantSetting(t, stage(t, l, "sysctl net.ipv4.ip_local_port_range 40000 40001"),
		Setting{Kind: "sysctl", Name: "net.ipv4.ip_local_port_range", Value: "40000 40001", Was: "32768 60999"})
	err := stageErr(t, l, "sysctl net.ipv4.tcp_syn_retries 500")
	if !errors.Is(err, syscall.EINVAL) || !strings.Contains(err.Error(), "tcp_syn_retries") || !strings.Contains(err.Error(), "invalid argument") {
		t.Errorf("a value out of range: %v", err)
	}
	if err := stageErr(t, l, "sysctl server net.ipv4.tcp_retries2 3"); !errors.Is(err, syscall.ENODEV) {
		t.Errorf("an end without a wire: %v", err)
	}
}

// TestStageSysctlsExist tries every sysctl of the list with the value it has.
func TestStageSysctlsExist(t *testing.T) {
	l := privateLab(t, Options{})
	for name := range sysctls {
		value := map[sysctlShape]string{0: "reno", 1: "1", 2: "40000 40001", 3: "4096 8192 16384"}[sysctls[name]]
		s, err := ParseSetting("sysctl " + name + " " + value)
		if err != nil {
			t.Fatal(err)
		}
		err = l.Apply(deadline(t), s)
		if errors.Is(err, syscall.ENOENT) {
			t.Logf("this kernel has no %s", name)
		} else if err != nil && !errors.Is(err, syscall.EINVAL) {
			t.Error(err)
		}
	}
}

func TestStageAddress(t *testing.T) {
	l := privateLab(t, Options{})
	p := start(t, l, "server")
	fd := tcp(t, p)
	there := Memory(inet4At([4]byte{10, 9, 0, 5}, 7000))
	wantErrno(t, p, "EADDRNOTAVAIL", "bind", Number(fd), there, Number(16))
	wantSetting(t, stage(t, l, "address 10.9.0.5"), Setting{Kind: "address", Name: "10.9.0.5", Value: "lo"})
	wantSetting(t, stage(t, l, "address 10.9.0.5"), Setting{Kind: "address", Name: "10.9.0.5", Value: "lo", Was: "lo"})
	want(t, p, 0, "bind", Number(fd), there, Number(16))
	wantSetting(t, stage(t, l, "address fd00:9::5"), Setting{Kind: "address", Name: "fd00:9::5", Value: "lo"})
}

// TestStageAddressIsUsable connects right behind the setting, in fresh networks: the
// route of an IPv6 address is made a little after the address.
func TestStageAddressIsUsable(t *testing.T) {
	there := make([]byte, 28) // struct sockaddr_in6
	binary.NativeEndian.PutUint16(there, 10)
	binary.BigEndian.PutUint16(there[2:], 7000)
	there[8], there[11], there[23] = 0xfd, 9, 5
	for range 20 {
		l := privateLab(t, Options{})
		p := start(t, l, "client")
		fd := *do(t, p, "socket", Number(10), Number(1), Number(0)).Ret
		stage(t, l, "address fd00:9::5")
		wantErrno(t, p, "ECONNREFUSED", "connect", Number(fd), Memory(there), Number(28))
	}
}

func TestStageRoute(t *testing.T) {
	l := privateLab(t, Options{})
	p := start(t, l, "client")
	there := Memory(inet4At([4]byte{10, 9, 9, 1}, 7000))
	wantErrno(t, p, "ENETUNREACH", "connect", Number(tcp(t, p)), there, Number(16))
	was := ""
	for _, c := range [][2]string{{"unreachable", "EHOSTUNREACH"}, {"prohibit", "EACCES"}, {"blackhole", "EINVAL"}} {
		wantSetting(t, stage(t, l, "route 10.9.9.0/24 "+c[0]), Setting{Kind: "route", Name: "10.9.9.0/24", Value: c[0], Was: was})
		wantErrno(t, p, c[1], "connect", Number(tcp(t, p)), there, Number(16))
		was = c[0]
	}
	wantSetting(t, stage(t, l, "route 10.9.9.0/24 swallow"), Setting{Kind: "route", Name: "10.9.9.0/24", Value: "swallow", Was: "blackhole"})
	fd := tcp(t, p)
	settle(t, begin(t, p, "connect", Number(fd), there, Number(16)), StateBlocked)
	state(t, l, "client", int(fd), "SYN_SENT")
	wantSetting(t, stage(t, l, "route fd00:9::/32 prohibit"), Setting{Kind: "route", Name: "fd00:9::/32", Value: "prohibit"})
}

func TestStageDeaf(t *testing.T) {
	l := privateLab(t, Options{})
	server, client := start(t, l, "server"), start(t, l, "client")
	port := listening(t, server, 5)
	wantSetting(t, stage(t, l, "deaf server 3"), Setting{Kind: "deaf", Name: "server 3", Value: "deaf", Was: "hears"})
	want(t, client, 3, "socket", Number(2), Number(1), Number(0))
	began := time.Now()
	c := begin(t, client, "connect", Number(3), Memory(inet4(port)), Number(16))
	settle(t, c, StateBlocked)
	state(t, l, "client", 3, "SYN_SENT")
	wantSetting(t, stage(t, l, "heal server 3"), Setting{Kind: "heal", Name: "server 3", Value: "hears", Was: "deaf"})
	if got, took := returned(t, c), time.Since(began); took < 900*time.Millisecond || *got.Ret != 0 {
		t.Errorf("connect = %+v after %v, want 0 at the second SYN, after a second", got, took)
	}
	wantSetting(t, stage(t, l, "heal server 3"), Setting{Kind: "heal", Name: "server 3", Value: "hears", Was: "hears"})
}

// TestStageDeafWhileWaiting makes a socket deaf whose process sleeps in a call on
// it, and takes it back.
func TestStageDeafWhileWaiting(t *testing.T) {
	l := privateLab(t, Options{})
	server, client := connected(t, l)
	c := begin(t, server, "recv", Number(4), Memory(make([]byte, 8)), Number(8), Number(0))
	settle(t, c, StateBlocked)
	stage(t, l, "deaf server 4")
	want(t, client, 2, "send", Number(3), Memory([]byte("hi")), Number(2), Number(0))
	settle(t, c, StateBlocked)
	stage(t, l, "heal server 4")
	if got := returned(t, c); *got.Ret != 2 {
		t.Errorf("recv = %+v, want 2", got)
	}
	// Nobody holds a duplicate: the last close sends the FIN.
	want(t, client, 0, "close", Number(3))
	want(t, server, 0, "recv", Number(4), Memory(make([]byte, 8)), Number(8), Number(0))
}

func TestStageSocketRefusals(t *testing.T) {
	l := privateLab(t, Options{})
	p := start(t, l, "server")
	want(t, p, 3, "socket", Number(1), Number(1), Number(0))
	for _, c := range []struct {
		text string
		want error
	}{
		{"deaf server 3", syscall.EOPNOTSUPP},
		{"deaf server 9", syscall.EBADF},
		{"deaf server 0", syscall.ENOTSOCK},
	} {
		if err := stageErr(t, l, c.text); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v, want %v", c.text, err, c.want)
		}
	}
	for _, text := range []string{"deaf nobody 3", "deaf server 40"} {
		t.Log(stageErr(t, l, text))
	}
	if err := p.Kill(deadline(t)); err != nil {
		t.Fatal(err)
	}
	if err := stageErr(t, l, "rlimit server nofile 9"); !errors.Is(err, ErrEnded) {
		t.Errorf("a process that has ended: %v", err)
	}
	if err := l.Apply(deadline(t), StageSetting{Kind: SettingDestroy, Name: "timewait", Value: "now"}); err == nil {
		t.Error("a setting with a word too many was made")
	}
}

func TestStageBuffer(t *testing.T) {
	l := privateLab(t, Options{})
	p := start(t, l, "client")
	want(t, p, 3, "socket", Number(2), Number(1), Number(0))
	got := stage(t, l, "buffer client 3 9216 4608")
	wantSetting(t, got, Setting{Kind: "buffer", Name: "client 3", Value: "9216 4608", Was: "16384 131072"})
	c := want(t, p, 0, "getsockopt", Number(3), Number(1), Number(7), Memory(make([]byte, 4)), Memory(int32Bytes(4)))
	if size := int32Bytes(9216); string(c.Args[3].After) != string(size) {
		t.Errorf("SO_SNDBUF in the process is %v, want %v", c.Args[3].After, size)
	}
	if got := stage(t, l, "buffer client 3 1 1"); got.Value != "4608 2304" {
		t.Errorf("the smallest buffers are %s, want 4608 2304", got.Value)
	}
}

func TestStageRlimit(t *testing.T) {
	l := privateLab(t, Options{})
	p := start(t, l, "server")
	wantSetting(t, stage(t, l, "rlimit server nofile 5"), Setting{Kind: "rlimit", Name: "server nofile", Value: "5", Was: "1024"})
	want(t, p, 3, "socket", Number(2), Number(1), Number(0))
	want(t, p, 4, "socket", Number(2), Number(1), Number(0))
	wantErrno(t, p, "EMFILE", "socket", Number(2), Number(1), Number(0))
	stage(t, l, "rlimit server nofile 6")
	want(t, p, 5, "socket", Number(2), Number(1), Number(0))
	if err := stageErr(t, l, "rlimit server nofile 9000000000000"); !errors.Is(err, syscall.EPERM) {
		t.Errorf("beyond the hard limit: %v", err)
	}
}

func TestStageDestroy(t *testing.T) {
	l := privateLab(t, Options{})
	server, client := connected(t, l)
	want(t, server, 0, "close", Number(4))
	want(t, client, 0, "close", Number(3))
	timeWaits := func() (n int) {
		for _, s := range snapshot(t, l).Sockets {
			if s.State == "TIME_WAIT" {
				n++
			}
		}
		return n
	}
	if n := timeWaits(); n != 1 {
		t.Fatalf("%d sockets in TIME_WAIT, want 1", n)
	}
	wantSetting(t, stage(t, l, "destroy timewait"), Setting{Kind: "destroy", Name: "timewait", Value: "0", Was: "1"})
	if n := timeWaits(); n != 0 {
		t.Errorf("%d sockets in TIME_WAIT, want none", n)
	}
}

func TestStageNeedsPrivateNetwork(t *testing.T) {
	t.Setenv(TierVariable, "host")
	l := openLab(t, Options{})
	start(t, l, "server")
	for _, text := range []string{"sysctl net.core.somaxconn 2", "rlimit server nofile 5"} {
		if err := stageErr(t, l, text); !errors.Is(err, errPrivate) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
