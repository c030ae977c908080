package command

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/lesson"
	"sockstep/netcore"
)

// rehearsed runs a lesson in a private network, recorded in files of a folder, and
// returns its Timeline.
func rehearsed(t *testing.T, l *lesson.Lesson, want records) *netcore.Timeline {
	t.Helper()
	rec := want.open()
	open := lesson.OpenLab(netcore.Options{Program: "sockstep test", Tier: netcore.TierUser})
	r := &rehearsal{l: l, s: lesson.NewSession(l, open), progress: io.Discard, print: newReport(io.Discard, l), rec: rec}
	if err := r.run(t.Context()); err != nil {
		t.Skipf("no private network: %v", err)
	}
	if r.result.passed {
		t.Skip("no private network: ", r.result.Skipped)
	}
	if err := r.s.Close(); err != nil {
		t.Error(err)
	}
	if err := rec.close(r.s.Timeline()); err != nil {
		t.Error(err)
	}
	return r.s.Timeline()
}

func courseOf(t *testing.T) *lesson.Course {
	t.Helper()
	course, err := lesson.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return course
}

// TestPcapOfEveryLesson runs every lesson with --pcap and has tshark read the file:
// every packet is there, with its time, its length, where it was seen, the call it
// belongs to, and what became of it on the wire.
func TestPcapOfEveryLesson(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("tshark is not installed: nobody reads the file")
	}
	for _, l := range courseOf(t).Lessons {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel() // most of a lesson is waiting
			file := filepath.Join(t.TempDir(), "lesson.pcapng")
			tl := rehearsed(t, l, records{pcap: file})
			got := readBy(t, "-r", file, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len", "-e", "frame.interface_name", "-e", "frame.comment")
			if diff := cmp.Diff(packetsOf(tl), got); diff != "" {
				t.Errorf("packets (-Timeline +tshark):\n%s", diff)
			}
			if wrong := readBy(t, "-r", file, "-Y", "_ws.malformed"); len(wrong) > 0 {
				t.Errorf("malformed: %q", wrong)
			}
			t.Logf("%d packets", len(got))
		})
	}
}

// readBy returns the lines tshark prints. A warning of its fails the test.
func readBy(t *testing.T, args ...string) (lines []string) {
	t.Helper()
	cmd := exec.Command("tshark", args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v: %s", err, &said)
	}
	for l := range strings.Lines(said.String()) {
		if !strings.Contains(l, "Running as user") {
			t.Errorf("tshark warns: %s", l)
		}
	}
	for l := range strings.Lines(string(out)) {
		lines = append(lines, strings.ReplaceAll(strings.TrimSuffix(l, "\n"), `\\`, `\`))
	}
	return lines
}

// packetsOf are the packets of a Timeline as tshark should read them.
func packetsOf(tl *netcore.Timeline) (lines []string) {
	fates, all := map[netcore.ID]netcore.Fate{}, tl.Since(0)
	for _, e := range all {
		if e.Packet != nil && e.Packet.Of != 0 {
			fates[e.Packet.Of] = e.Packet.Fate
		}
	}
	for _, e := range all {
		p := e.Packet
		if p == nil || p.Of != 0 && p.Fate != netcore.FateDuplicated {
			continue
		}
		at := e.At + all[0].Header.RealtimeOffset
		comment := "the kernel's own: " + p.Own.String()
		if c, ok := tl.Get(p.Call); ok && c.Call != nil {
			comment = c.Call.Process + ": " + netcore.Short(c.Call)
		}
		switch {
		case p.Fate == netcore.FateHeld:
			comment += "; held on the wire, then " + fates[e.ID].String()
		case p.Fate != netcore.FateNone:
			comment += "; " + p.Fate.String() + " on the wire"
		}
		lines = append(lines, fmt.Sprintf("%d.%09d\t%d\t%s\t%s", at/1e9, at%1e9, p.Len, p.Network, comment))
	}
	return lines
}

// unequal is what differs between two runs of a transcript.
var unequal = []struct {
	text *regexp.Regexp
	is   string
}{
	{regexp.MustCompile(`on \S+/\S+ .*, tier`), "on SYSTEM, tier"},
	{regexp.MustCompile(`0x[0-9a-f]+`), "ADDRESS"},
	{regexp.MustCompile(`(htons\(|port: |127\.0\.0\.1:)[1-9][0-9]{4}`), "${1}PORT"},
	{regexp.MustCompile(`(?m)^      [0-9]+ (client|server) > `), "      N $1 > "},
	{regexp.MustCompile(`window [0-9]+`), "window W"},
	{regexp.MustCompile(`(?m)^      N \S+ > \S+ ACK, .*\n`), ""}, // a delayed one stands elsewhere, or is spared
	{regexp.MustCompile(`(?m)^    [^ ].*\n`), ""},                // how often was looked differs
	{regexp.MustCompile(`, by \S+ \S+\(\)`), ""},
}

// TestTranscriptOfTheFirstLesson runs the lesson tcp with --transcript. What two runs
// do not have in common is left out of the picture and looked for by itself.
func TestTranscriptOfTheFirstLesson(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tcp.txt")
	rehearsed(t, courseOf(t).Lesson("tcp"), records{transcript: file})
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range []string{
		"    server 3: CLOSE to LISTEN, because of server's listen().\n",
		"    client 3: CLOSE to ESTABLISHED, because SYN ACK arrived (packet 2).\n",
		"      3 client > server ACK, seq 1, ack 1, window ",
		"    client 3: receive queue 0 to 12 bytes, because PSH ACK with 12 bytes arrived (packet ",
	} {
		if !strings.Contains(string(text), change) {
			t.Errorf("not told: %q", change)
		}
	}
	for _, u := range unequal {
		text = u.text.ReplaceAll(text, []byte(u.is))
	}
	picture := filepath.Join("testdata", "transcript-tcp.txt")
	if *update {
		if err := os.WriteFile(picture, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(text)); diff != "" {
		t.Errorf("the transcript (-want +got):\n%s", diff)
	}
}

var update = flag.Bool("update", false, "rewrite the pictures of transcripts")
