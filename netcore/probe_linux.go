package netcore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// systemFindings says what kind of Linux this is.
func systemFindings() []Finding {
	release := kernelRelease()
	f := Finding{Name: "system", OK: true, Have: "Linux " + release + containerNote() + "."}
	switch lower := strings.ToLower(release); {
	case strings.Contains(lower, "microsoft") && !strings.Contains(lower, "wsl2"):
		f = Finding{Name: "system", Lack: "This is WSL 1, which is not a Linux kernel: namespaces, sock_diag and packets are missing.", Fix: "In PowerShell: wsl --set-version <distribution> 2"}
	case strings.Contains(lower, "microsoft"):
		f.Have = "Linux " + release + " in WSL 2."
	case isGVisor():
		f.Lack, f.OK = "This looks like gVisor, whose own network stack shows less than Linux does.", false
		f.Fix = "Run the container with the ordinary runtime, without --runtime=runsc."
	}
	return []Finding{f}
}

// isGVisor goes by the build date gVisor gives itself.
func isGVisor() bool {
	version, _ := os.ReadFile("/proc/version")
	return strings.Contains(string(version), "Sun Jan 10 15:06:54 PST 2016")
}

func containerNote() string {
	if inContainer() {
		return ", in a container"
	}
	return ""
}

func inContainer() bool {
	for _, name := range []string{"/.dockerenv", "/run/.containerenv"} {
		if _, err := os.Lstat(name); err == nil {
			return true
		}
	}
	return os.Getenv("container") != ""
}

// setting reads a number below /proc/sys; ok is false where there is none.
func setting(name string) (n int, ok bool) {
	text, err := os.ReadFile("/proc/sys/" + name)
	if err != nil {
		return 0, false
	}
	n, err = strconv.Atoi(strings.TrimSpace(string(text)))
	return n, err == nil
}

func settingIs(name string, want int) bool {
	n, ok := setting(name)
	return ok && n == want
}

// tierFinding says why a tier was not to be had, and what would change that.
func tierFinding(t Tier, err error) Finding {
	f := Finding{Name: "tier " + t.String()}
	switch t {
	case TierUser:
		f.Lack, f.Fix = userCause(err)
	case TierNetwork:
		f.Lack = fmt.Sprintf("A network namespace without a user namespace needs privilege: %v.", err)
		f.Fix = "sudo sockstep"
		if inContainer() {
			f.Fix = "docker run --cap-add SYS_ADMIN --cap-add NET_ADMIN ..."
		}
	case TierCapture:
		f.Lack = fmt.Sprintf("Packets of this machine cannot be captured: %v.", err)
		f.Fix = captureFix()
	default:
		f.Lack = fmt.Sprintf("No lab can be started: %v.", err)
	}
	return f
}

// userCause tells apart what keeps an ordinary program from making user
// namespaces; user_namespaces(7).
func userCause(err error) (cause, fix string) {
	refused := errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES)
	switch {
	case errors.Is(err, unix.ENOSPC) && settingIs("user/max_net_namespaces", 0):
		return "Network namespaces are limited to none (user.max_net_namespaces is 0).", "sudo sysctl user.max_net_namespaces=15000"
	case errors.Is(err, unix.ENOSPC):
		return "User namespaces are limited (user.max_user_namespaces).", "sudo sysctl user.max_user_namespaces=15000"
	case refused && settingIs("kernel/apparmor_restrict_unprivileged_userns", 1):
		return "AppArmor keeps programs without a profile of their own from using user namespaces (kernel.apparmor_restrict_unprivileged_userns is 1).", appArmorFix()
	case refused && settingIs("kernel/unprivileged_userns_clone", 0):
		return "User namespaces are switched off for ordinary users (kernel.unprivileged_userns_clone is 0).", "sudo sysctl kernel.unprivileged_userns_clone=1"
	case refused && (inContainer() || underSeccomp()):
		return "This container does not let programs make user namespaces: its seccomp profile refuses clone(CLONE_NEWUSER).",
			"docker run --security-opt seccomp=unconfined ... (or --cap-add SYS_ADMIN)"
	case errors.Is(err, unix.EUSERS):
		return "User namespaces are nested as deep as the kernel allows.", "Run sockstep outside of the innermost container."
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOSYS):
		return "This kernel was built without user or network namespaces.", "Run it on a kernel with CONFIG_USER_NS and CONFIG_NET_NS, or with sudo."
	}
	return fmt.Sprintf("A user namespace could not be set up: %v.", err), "sudo sockstep"
}

func underSeccomp() bool {
	text, _ := os.ReadFile("/proc/self/status")
	return strings.Contains(string(text), "\nSeccomp:\t2")
}

// appArmorFix is a profile for the program where it is installed.
func appArmorFix() string {
	self, err := os.Executable()
	if err == nil {
		if real, err := filepath.EvalSymlinks(self); err == nil {
			self = real
		}
	}
	return `Write this to /etc/apparmor.d/sockstep:

abi <abi/4.0>,
include <tunables/global>
profile sockstep "` + self + `" flags=(unconfined) {
  userns,
}

then: sudo apparmor_parser -r /etc/apparmor.d/sockstep`
}

func captureFix() string {
	if inContainer() {
		return "docker run --cap-add NET_RAW ..."
	}
	return "sudo sockstep"
}

// lookFix says what keeps one process from looking into another; ptrace(2).
func lookFix() string {
	switch scope, ok := setting("kernel/yama/ptrace_scope"); {
	case ok && scope == 3:
		return "kernel.yama.ptrace_scope is 3, which lasts until the machine is started again; set it to 1 at start-up."
	case ok && scope == 2:
		return "sudo sysctl kernel.yama.ptrace_scope=1"
	case inContainer():
		return "docker run --security-opt seccomp=unconfined ... (or --cap-add SYS_PTRACE)"
	}
	return ""
}
