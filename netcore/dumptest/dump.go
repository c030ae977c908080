// Package dumptest runs tcpdump beside a lab, for tests that hold what the program
// shows against what an independent capture saw. It is no part of the program.
package dumptest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Dump is a running tcpdump.
type Dump struct {
	t   testing.TB
	cmd *exec.Cmd
	in  *bufio.Reader
}

// Packet is one packet tcpdump saw: from its IP header on, perhaps cut, with the
// length it had on the wire.
type Packet struct {
	Raw []byte
	Len int
}

// Start runs tcpdump on a device of the network namespace in the file net, such as
// /proc/PID/ns/net. Where that cannot be, the test skips. Packets are seen once,
// those of lo on their way in.
func Start(t testing.TB, net, device string, more ...string) *Dump {
	t.Helper()
	for _, tool := range []string{"tcpdump", "nsenter"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed: there is nothing to compare with", tool)
		}
	}
	args := append(enter(net), "tcpdump", "-i", device, "-nn", "-U", "--immediate-mode", "-w", "-")
	// Nobody reads what it writes before Read, and its pipe is soon full of large
	// packets: the kernel has to keep the rest, which by default are eight.
	args = append(args, "-B", "8192", "-s", "70000")
	if os.Getuid() == 0 {
		args = append(args, "-Z", "root") // it may not become another user there
	}
	cmd := exec.Command("nsenter", append(args, more...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skipf("tcpdump cannot be run in the lab's network: %v", err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if why := listening(said); why != "" {
		t.Skipf("tcpdump does not listen in the lab's network: %s", why)
	}
	return &Dump{t, cmd, bufio.NewReader(out)}
}

// enter are the arguments that bring nsenter into a network: who is not root has to
// enter the user namespace it belongs to first.
func enter(net string) []string {
	args := []string{"--net=" + net}
	if os.Getuid() != 0 {
		user, _, _ := strings.Cut(net, "/ns/")
		args = append(args, "--user="+user+"/ns/user", "--preserve-credentials")
	}
	return args
}

func listening(said io.Reader) (why string) {
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "listening on") {
			return ""
		}
		why = lines.Text()
	}
	return why + "(it ended)"
}

// Read waits until tcpdump has seen n packets, ends it, and returns those and what
// else it has seen. It fails the test when there are fewer.
func (d *Dump) Read(n int) (all []Packet) {
	d.t.Helper()
	d.header()
	for range n {
		all = append(all, d.packet())
	}
	_ = d.cmd.Process.Signal(os.Interrupt)
	for {
		if _, err := d.in.Peek(1); err != nil {
			return all
		}
		all = append(all, d.packet())
	}
}

// header skips the file header, pcap-savefile(5).
func (d *Dump) header() { d.bytes(24) }

func (d *Dump) packet() Packet {
	head := d.bytes(16)
	frame := d.bytes(int(binary.NativeEndian.Uint32(head[8:])))
	if len(frame) < ethernet {
		d.t.Fatalf("tcpdump wrote a frame of %d bytes", len(frame))
	}
	return Packet{frame[ethernet:], int(binary.NativeEndian.Uint32(head[12:])) - ethernet}
}

// ethernet is the size of a link header in bytes.
const ethernet = 14

func (d *Dump) bytes(n int) []byte {
	d.t.Helper()
	b := make([]byte, n)
	if _, err := io.ReadFull(d.in, b); err != nil {
		d.t.Fatalf("tcpdump's stream: %v", err)
	}
	return b
}

// Network is the file of a process's network namespace.
func Network(pid int) string { return fmt.Sprintf("/proc/%d/ns/net", pid) }
