package lesson

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sockstep/netcore"
	"sockstep/netcore/clocktest"
)

// row is a socket as both ss and a snapshot tell it.
type row struct {
	State, Local, Peer string
	RecvQ, SendQ       uint64
	Inode, Cookie      uint64
	UID                uint64
	Timer              string
	Retrans            int
	// Info are the words of ss's options -e, -i and -m, see ssInfo.
	Info map[string]string
}

// TestSnapshotsAreWhatSsSees plays every lesson and holds, after each step, the
// snapshot against ss run in the same network.
func TestSnapshotsAreWhatSsSees(t *testing.T) {
	for _, tool := range []string{"ss", "nsenter"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed: there is nothing to compare with", tool)
		}
	}
	course, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range course.Lessons {
		t.Run(l.Name, func(t *testing.T) {
			s := NewSession(l, OpenLab(netcore.Options{Tier: netcore.TierUser}))
			if err := s.Start(ctx(t)); err != nil {
				t.Skipf("no private network: %v", err)
			}
			defer s.Close()
			if !s.View().Tier.Private() {
				t.Skip("no private network: the host's own sockets would be in the way")
			}
			for s.View().Phase != Finished {
				playStep(t, s)
				compareWithSs(t, s)
			}
		})
	}
}

// compareWithSs compares until both looks fall into the same moment: the kernel
// may go on by itself between the two.
func compareWithSs(t *testing.T, s *Session) {
	t.Helper()
	var diff string
	for end := time.Now().Add(clocktest.Patience); time.Now().Before(end); {
		was := time.Now()
		if err := s.Refresh(ctx(t)); err != nil {
			t.Fatal(err)
		}
		var n netcore.Snapshot
		if err := s.exclusive(ctx(t), func(context.Context) error { n = s.snapshot; return nil }); err != nil {
			t.Fatal(err)
		}
		seen := runSs(t, s.stage.(labStage).PID())
		if diff = compareRows(seen, n, time.Since(was)); diff == "" {
			return
		}
	}
	t.Errorf("step %d (-ss +snapshot):\n%s", s.View().Step+1, diff)
}

func compareRows(seen []ssRow, n netcore.Snapshot, apart time.Duration) string {
	ours := map[uint64]netcore.Socket{}
	for _, k := range n.Sockets {
		if _, waits := ours[k.Cookie]; !waits || k.State != "CLOSE" {
			ours[k.Cookie] = k // and not the descriptor that a row in TIME_WAIT has left behind
		}
	}
	var out []string
	for _, r := range seen {
		k, ok := ours[r.Cookie]
		delete(ours, r.Cookie)
		if !ok {
			out = append(out, fmt.Sprintf("ss has %+v", r.row))
			continue
		}
		if diff := cmp.Diff(r.row, rowOf(k)); diff != "" {
			out = append(out, diff)
		}
		if gap := r.expires - k.Timer.Expires; gap.Abs() > apart+r.precision+50*time.Millisecond {
			out = append(out, fmt.Sprintf("socket %x: the timer reads %v in ss, %v here", r.Cookie, r.expires, k.Timer.Expires))
		}
	}
	for _, k := range ours {
		if k.State != "CLOSE" && k.State != "UNCONN" && strings.HasPrefix(k.Domain, "AF_INET") {
			out = append(out, fmt.Sprintf("ss has no %+v", rowOf(k)))
		}
	}
	sort.Strings(out)
	return strings.Join(out, "\n")
}

func rowOf(k netcore.Socket) row {
	return row{State: k.State, Local: ssAddr(k.Local.String(), k.Domain), Peer: ssAddr(k.Peer.String(), k.Domain), RecvQ: uint64(k.RecvQ),
		SendQ: uint64(k.SendQ), Inode: k.Inode, Cookie: k.Cookie, UID: uint64(k.UID), Timer: k.Timer.Kind, Retrans: k.Timer.Retrans, Info: infoOf(k)}
}

// ssAddr writes an address as ss does, one without a port with a star.
func ssAddr(a, domain string) string {
	unspecified := map[string]string{"AF_INET": "0.0.0.0", "AF_INET6": "[::]"}[domain]
	if a == "invalid AddrPort" {
		return unspecified + ":*"
	}
	if bare, is := strings.CutSuffix(a, ":0"); is {
		return bare + ":*"
	}
	return a
}

// anyFamily spells the star ss writes for the unspecified address of a socket of IPv6
// that takes IPv4 too.
func anyFamily(a string) string {
	if port, star := strings.CutPrefix(a, "*:"); star {
		return "[::]:" + port
	}
	return a
}

type ssRow struct {
	row
	expires, precision time.Duration
}

var (
	ssState = map[string]string{"ESTAB": "ESTABLISHED", "FIN-WAIT-1": "FIN_WAIT1", "FIN-WAIT-2": "FIN_WAIT2",
		"TIME-WAIT": "TIME_WAIT", "CLOSE-WAIT": "CLOSE_WAIT", "LAST-ACK": "LAST_ACK", "SYN-SENT": "SYN_SENT",
		"SYN-RECV": "SYN_RECV", "LISTEN": "LISTEN", "CLOSING": "CLOSING", "UNCONN": "CLOSE"}
	ssTimer = regexp.MustCompile(`timer:\((\w+),([^,]*),(\d+)\)`)
	ssField = regexp.MustCompile(`\b(ino|sk|uid):([0-9a-f]+)`)
)

// runSs runs ss in every network of a lab.
func runSs(t *testing.T, pid int) (rows []ssRow) {
	t.Helper()
	for _, network := range networks(t, pid) {
		out, err := exec.Command("nsenter", "--preserve-credentials", fmt.Sprintf("--user=/proc/%d/ns/user", pid),
			"--net="+network, "ss", "-H", "-O", "-tanoeim").CombinedOutput()
		if err != nil {
			t.Fatalf("ss in the lab's network: %v\n%s", err, out)
		}
		rows = append(rows, ssRows(string(out))...)
	}
	return rows
}

// networks are the files of a lab process's own network and of those it keeps open,
// the two ends of its wire.
func networks(t *testing.T, pid int) []string {
	t.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	seen := map[string]bool{}
	for _, file := range append([]string{fmt.Sprintf("/proc/%d/ns/net", pid)}, files...) {
		link, err := os.Readlink(file)
		if err == nil && strings.HasPrefix(link, "net:[") && !seen[link] {
			seen[link] = true
			found = append(found, file)
		}
	}
	return found
}

func ssRows(out string) (rows []ssRow) {
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		if len(f) < 5 {
			continue
		}
		r := ssRow{row: row{State: ssState[f[0]], Local: anyFamily(f[3]), Peer: anyFamily(f[4])}}
		r.RecvQ, _ = strconv.ParseUint(f[1], 10, 64)
		r.SendQ, _ = strconv.ParseUint(f[2], 10, 64)
		for _, m := range ssField.FindAllStringSubmatch(line, -1) {
			switch m[1] {
			case "ino":
				r.Inode, _ = strconv.ParseUint(m[2], 10, 64)
			case "uid":
				r.UID, _ = strconv.ParseUint(m[2], 10, 64)
			case "sk":
				r.Cookie, _ = strconv.ParseUint(m[2], 16, 64)
			}
		}
		if m := ssTimer.FindStringSubmatch(line); m != nil {
			r.Timer = m[1]
			r.Retrans, _ = strconv.Atoi(m[3])
			r.expires, r.precision = ssTime(m[2])
		}
		r.Info = ssInfo(f[5:])
		rows = append(rows, r)
	}
	return rows
}

// ssTime reads "200ms", "59sec" or "1min2sec" and how exactly it is said. With a
// point "1.280ms" is one second and 280 milliseconds.
func ssTime(s string) (d, precision time.Duration) {
	s = strings.NewReplacer("min", "m", "sec", "s").Replace(s)
	if strings.Contains(s, ".") {
		s = strings.Replace(s, "ms", "s", 1)
	} else if !strings.HasSuffix(s, "ms") {
		precision = time.Second
	}
	d, _ = time.ParseDuration(s)
	return d, precision
}
