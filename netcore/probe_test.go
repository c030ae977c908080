//go:build linux

package netcore

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestProbe(t *testing.T) {
	m := Probe(deadline(t))
	for _, f := range m.Findings {
		t.Logf("%+v", f)
		if f.OK == (f.Lack != "") || f.OK && f.Have == "" {
			t.Errorf("neither have nor lack: %+v", f)
		}
	}
	if m.Tier == TierUnknown {
		t.Fatal("no lab")
	}
	for _, name := range []string{"processes", "descriptors", "own files", "packets", "IPv6", "waiting calls", "wire"} {
		if !strings.Contains(fmt.Sprint(m.Findings), name) {
			t.Errorf("nothing about %s", name)
		}
	}
}

func TestProbeForced(t *testing.T) {
	t.Setenv(TierVariable, "host")
	m := Probe(deadline(t))
	if m.Tier != TierHost {
		t.Errorf("tier %v", m.Tier)
	}
	i := slices.IndexFunc(m.Findings, func(f Finding) bool { return f.Name == "wire" })
	if i < 0 || m.Findings[i].OK || !strings.Contains(m.Findings[i].Lack, "private network") {
		t.Errorf("the wire, without a private network: %+v", m.Findings)
	}
}

// TestNamespacesOff takes user namespaces away with the limit of a user namespace
// around the program.
func TestNamespacesOff(t *testing.T) {
	if _, err := exec.LookPath("unshare"); err != nil {
		t.Skip("no unshare:", err)
	}
	cmd := exec.CommandContext(t.Context(), "unshare", "-Ur", "sh", "-c",
		`echo 0 >/proc/sys/user/max_user_namespaces && exec "$0" -test.run '^(TestProbe|TestLifeCycle)$' -test.v`, testBinary(t))
	out, err := cmd.CombinedOutput()
	if err != nil {
		if strings.Contains(string(out), "unshare") || strings.Contains(string(out), "cannot create") {
			t.Skipf("cannot be simulated here: %s", out)
		}
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), "sysctl user.max_user_namespaces") {
		t.Errorf("no fix is named:\n%s", out)
	}
	t.Logf("%s", out)
}

func TestUserCause(t *testing.T) {
	for _, errno := range []unix.Errno{unix.EPERM, unix.ENOSPC, unix.EINVAL, unix.EUSERS, unix.EIO} {
		cause, fix := userCause(fmt.Errorf("start: %w", errno))
		if cause == "" || fix == "" {
			t.Errorf("%v: cause %q, fix %q", errno, cause, fix)
		}
	}
	if !strings.Contains(appArmorFix(), testBinary(t)) {
		t.Errorf("the profile does not name the program: %s", appArmorFix())
	}
}

func testBinary(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return self
}
