package lesson

import (
	"fmt"
	"os/exec"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sockstep/netcore"
)

// row is a socket as both ss and a snapshot tell it.
type row struct {
	State, Local, Peer string
	RecvQ, SendQ       uint64
	Inode, Cookie      uint64
	UID                uint64
	Timer              string
	Retrans            int
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
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); {
		if err := s.Refresh(ctx(t)); err != nil {
			t.Fatal(err)
		}
		was, n := time.Now(), s.snapshot
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
		ours[k.Cookie] = k
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
	return row{State: k.State, Local: ssAddr(k.Local.String()), Peer: ssAddr(k.Peer.String()), RecvQ: uint64(k.RecvQ),
		SendQ: uint64(k.SendQ), Inode: k.Inode, Cookie: k.Cookie, UID: uint64(k.UID), Timer: k.Timer.Kind, Retrans: k.Timer.Retrans}
}

// ssAddr writes an address without a port as ss does.
func ssAddr(a string) string {
	if a == "invalid AddrPort" {
		return "0.0.0.0:*"
	}
	return strings.Replace(a, "0.0.0.0:0", "0.0.0.0:*", 1)
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

func runSs(t *testing.T, pid int) []ssRow {
	t.Helper()
	out, err := exec.Command("nsenter", "--preserve-credentials", "-U", "-n", "-t", strconv.Itoa(pid), "ss", "-H", "-tanoe").CombinedOutput()
	if err != nil {
		t.Fatalf("ss in the lab's network: %v\n%s", err, out)
	}
	var rows []ssRow
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) < 5 {
			continue
		}
		r := ssRow{row: row{State: ssState[f[0]], Local: f[3], Peer: f[4]}}
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
		rows = append(rows, r)
	}
	return rows
}

// ssTime reads "200ms", "59sec", "1min2sec" or "1.234sec" and how exactly it is said.
func ssTime(s string) (d, precision time.Duration) {
	s = strings.NewReplacer("min", "m", "sec", "s").Replace(s)
	d, _ = time.ParseDuration(strings.Replace(s, "ms", "ms", 1))
	if !strings.HasSuffix(s, "ms") {
		precision = time.Second
	}
	return d, precision
}
