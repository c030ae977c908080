//go:build linux

package netcore

import (
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// eachTier runs a test in every tier of the machine.
func eachTier(t *testing.T, f func(t *testing.T, l *Lab)) {
	for _, tier := range []Tier{TierUser, TierNetwork, TierCapture, TierHost} {
		t.Run(tier.String(), func(t *testing.T) {
			t.Setenv(TierVariable, tier.String())
			l, err := Open(deadline(t), Options{})
			if err != nil {
				if forced := os.Getenv("SOCKSTEP_TEST_ALL_TIERS"); forced != "" {
					t.Fatal(err)
				}
				t.Skipf("not possible here: %v", err)
			}
			defer l.Close()
			if l.Tier() != tier {
				t.Fatalf("opened %v", l.Tier())
			}
			f(t, l)
		})
	}
}

func TestTiers(t *testing.T) {
	eachTier(t, func(t *testing.T, l *Lab) {
		server, client := connected(t, l)
		want(t, client, 2, "send", Number(3), Memory([]byte("hi")), Number(2), Number(0))
		s, err := l.Snapshot(deadline(t))
		if err != nil {
			t.Fatal(err)
		}
		if got := len(s.Sockets); got != 3 {
			t.Errorf("%d sockets, want the lab's 3: %+v", got, s.Sockets)
		}
		want(t, server, 2, "recv", Number(4), Memory(make([]byte, 8)), Number(8), Number(0))
		c := begin(t, server, "accept", Number(3), Null(), Null())
		settle(t, c, StateBlocked)
		if err := server.Cancel(deadline(t)); err != nil {
			t.Error(err)
		}
	})
}

// TestNoCapabilities looks at every thread, unless the binary is linked with
// cgo, where only the thread that makes the calls can be reached.
func TestNoCapabilities(t *testing.T) {
	eachTier(t, func(t *testing.T, l *Lab) {
		p := start(t, l, "server")
		tasks, err := filepath.Glob("/proc/" + strconv.Itoa(p.PID()) + "/task/*")
		if err != nil || len(tasks) < 2 {
			t.Fatal(tasks, err)
		}
		if cgoLinked() {
			tasks = []string{"/proc/" + strconv.Itoa(p.PID())}
		}
		for _, task := range tasks {
			s := status(t, task)
			for _, set := range []string{"CapEff", "CapPrm", "CapInh", "CapAmb", "CapBnd"} {
				if set == "CapBnd" && os.Getuid() != 0 && !l.Tier().Private() {
					continue // nobody without CAP_SETPCAP can empty it
				}
				if s[set] != "0000000000000000" {
					t.Errorf("%s: %s = %s", task, set, s[set])
				}
			}
			uid := strconv.Itoa(os.Getuid())
			if s["NoNewPrivs"] != "1" || !strings.HasPrefix(s["Uid"], uid+"\t") {
				t.Errorf("%s: no_new_privs %s, uid %s", task, s["NoNewPrivs"], s["Uid"])
			}
		}
		want(t, p, 3, "socket", Number(2), Number(1), Number(0))
		if start, _ := os.ReadFile("/proc/sys/net/ipv4/ip_unprivileged_port_start"); l.Tier().Private() || strings.TrimSpace(string(start)) == "1024" {
			wantErrno(t, p, "EACCES", "bind", Number(3), Memory(inet4(80)), Number(16))
		}
		wantErrno(t, p, "EPERM", "socket", Number(2), Number(3), Number(1))
	})
}

func cgoLinked() bool {
	_, _, errno := syscall.AllThreadsSyscall(unix.SYS_GETPID, 0, 0, 0)
	return errno == syscall.ENOTSUP
}

// unixAddr is a struct sockaddr_un.
func unixAddr(path string) []byte {
	return append(append(binary.NativeEndian.AppendUint16(nil, 1), path...), 0)
}

func TestOwnFiles(t *testing.T) {
	l := openLab(t, Options{})
	if l.Folder() != "" {
		t.Skip("no file system of its own here:", l.Missing())
	}
	server, client := start(t, l, "server"), start(t, l, "client")
	wantErrno(t, server, "ENOENT", "unlink", Memory([]byte("/etc/hostname\x00")))
	wantErrno(t, server, "ENOENT", "unlink", Memory([]byte("../../../etc/hostname\x00")))
	addr := unixAddr("/sockstep-test.sock")
	want(t, server, 3, "socket", Number(1), Number(1), Number(0))
	want(t, server, 0, "bind", Number(3), Memory(addr), Number(int64(len(addr))))
	want(t, server, 0, "listen", Number(3), Number(1))
	want(t, client, 3, "socket", Number(1), Number(1), Number(0))
	want(t, client, 0, "connect", Number(3), Memory(addr), Number(int64(len(addr))))
	for _, dir := range []string{"", "/tmp"} {
		if _, err := os.Lstat(dir + "/sockstep-test.sock"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the socket is in the host's %s/: %v", dir, err)
		}
	}
	want(t, client, 0, "unlink", Memory([]byte("/sockstep-test.sock\x00")))
}

func TestHostIsProtected(t *testing.T) {
	t.Setenv(TierVariable, "host")
	l := openLab(t, Options{})
	p := start(t, l, "server")
	folder := l.Folder()
	want(t, p, 3, "socket", Number(2), Number(1), Number(0))
	want(t, p, 4, "socket", Number(10), Number(1), Number(0))
	want(t, p, 5, "socket", Number(1), Number(1), Number(0))
	inet6 := func(a [16]byte) []byte {
		b := append(binary.NativeEndian.AppendUint16(nil, 10), 0, 0, 0, 0, 0, 0)
		return append(append(b, a[:]...), 0, 0, 0, 0)
	}
	mapped := [16]byte{10: 0xff, 11: 0xff, 12: 8, 13: 8, 14: 8, 15: 8}
	refused := []Request{
		call("bind", Number(3), Memory(inet4At([4]byte{}, 0)), Number(16)),
		call("connect", Number(3), Memory(inet4At([4]byte{8, 8, 8, 8}, 53)), Number(16)),
		call("sendto", Number(3), Memory([]byte("x")), Number(1), Number(0), Memory(inet4At([4]byte{10, 0, 0, 1}, 53)), Number(16)),
		call("bind", Number(4), Memory(inet6([16]byte{})), Number(28)),
		call("connect", Number(4), Memory(inet6(mapped)), Number(28)),
		call("bind", Number(5), Memory(unixAddr("/tmp/sockstep-test.sock")), Number(30)),
		call("bind", Number(5), Memory(unixAddr(folder+"/../x")), Number(110)),
		call("bind", Number(5), Memory(append([]byte{1, 0, 0}, "name"...)), Number(7)),
		call("unlink", Memory([]byte("/etc/hostname\x00"))),
		call("unlink", Memory([]byte("../x\x00"))),
		call("listen", Number(3), Number(5)),
	}
	for _, r := range refused {
		_, err := p.Do(deadline(t), r)
		var not ErrNotMade
		if !errors.As(err, &not) {
			t.Errorf("%s %v: %v, want ErrNotMade", r.Name, r.Args, err)
		}
	}
	want(t, p, 0, "bind", Number(3), Memory(inet4(0)), Number(16))
	want(t, p, 0, "listen", Number(3), Number(5))
	want(t, p, 0, "bind", Number(4), Memory(inet6([16]byte{15: 1})), Number(28))
	addr := unixAddr("sock")
	want(t, p, 0, "bind", Number(5), Memory(addr), Number(int64(len(addr))))
	if _, err := os.Lstat(folder + "/sock"); err != nil {
		t.Error(err)
	}
	want(t, p, 0, "unlink", Memory([]byte(folder+"/sock\x00")))
	want(t, p, 6, "socket", Number(2), Number(1), Number(0))
	if _, err := p.Do(deadline(t), call("connect", Number(6), Memory(inet4At([4]byte{}, 1)), Number(16))); err != nil {
		t.Errorf("connect to the unspecified address, which is this host: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestForcedTierUnknown(t *testing.T) {
	t.Setenv(TierVariable, "moon")
	if _, err := Open(deadline(t), Options{}); err == nil || !strings.Contains(err.Error(), "moon") {
		t.Errorf("err = %v", err)
	}
}

// TestOrdinaryUser runs the tests of this package as a user without privilege.
func TestOrdinaryUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root, to become somebody else")
	}
	u, err := user.Lookup("learner")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			t.Skip("no ordinary user to become:", err)
		}
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	dir, err := os.MkdirTemp("", "sockstep-test-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	copyFile(t, "/proc/self/exe", dir+"/test")
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), dir+"/test", "-test.run", "LifeCycle|Stage|Wire|Tiers|NoCapabilities|OwnFiles|Cancel|BlockedCall|BrokenPipe|AsSS", "-test.v")
	cmd.Dir, cmd.Env = "/", []string{"PATH=" + os.Getenv("PATH"), "HOME=/"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), "--- PASS: TestLifeCycle") {
		t.Errorf("nothing was tested:\n%s", out)
	}
	t.Logf("%s", out)
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o755); err != nil {
		t.Fatal(err)
	}
}
