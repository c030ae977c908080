package netcore

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// namespaceFlags returns the attributes a process needs to start in namespaces
// of its own, as the tier has them.
func namespaceFlags(t Tier) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	switch t {
	case TierUser:
		attr.Cloneflags = unix.CLONE_NEWUSER | unix.CLONE_NEWNET | unix.CLONE_NEWNS
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
		attr.AmbientCaps = labCapabilities
	case TierNetwork:
		attr.Cloneflags = unix.CLONE_NEWNET | unix.CLONE_NEWNS
	}
	return attr
}

// labCapabilities is what the lab process keeps: network set-up and capture, a
// second namespace and a mount, looking into workers, and what workers need to
// change their root and then to drop all of it.
var labCapabilities = []uintptr{
	unix.CAP_NET_ADMIN, unix.CAP_NET_RAW, unix.CAP_SYS_ADMIN, unix.CAP_SYS_PTRACE,
	unix.CAP_SYS_CHROOT, unix.CAP_SETPCAP, unix.CAP_KILL,
}

// workerCapabilities is what a worker has until it dropped it.
var workerCapabilities = []uintptr{unix.CAP_SYS_CHROOT, unix.CAP_SETPCAP}

// smallTables moves the calling thread into a second network namespace whose
// socket tables are small, so that a dump of them takes microseconds and not the
// walk over tables made for the whole machine. ip-sysctl.rst, tcp_child_ehash_entries.
func smallTables() error {
	if err := writeSetting("net/ipv4/tcp_child_ehash_entries", "512"); err != nil {
		return err
	}
	_ = writeSetting("net/ipv4/udp_child_hash_entries", "128")
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("unshare network: %w", err)
	}
	return nil
}

// settings are what a namespace takes over from the host, or makes depend on the
// machine's memory: set, so that a lesson goes the same everywhere.
var settings = [][2]string{
	{"net/ipv4/tcp_congestion_control", "reno"},
	{"net/ipv4/ip_unprivileged_port_start", "1024"},
	{"net/ipv4/ip_local_port_range", "32768 60999"},
	{"net/ipv4/tcp_rmem", "4096 131072 6291456"},
	{"net/ipv4/tcp_wmem", "4096 16384 4194304"},
	{"net/ipv4/tcp_max_syn_backlog", "512"},
	{"net/ipv4/tcp_max_tw_buckets", "4096"},
	{"net/core/somaxconn", "4096"},
}

// applySettings returns what could not be set, one sentence for each.
func applySettings() (lack []string) {
	for _, s := range settings {
		if err := writeSetting(s[0], s[1]); err != nil {
			lack = append(lack, fmt.Sprintf("The setting %s could not be made: %v.", strings.ReplaceAll(s[0], "/", "."), err))
		}
	}
	return lack
}

// writeSetting writes below /proc/sys, in the calling thread's namespace.
func writeSetting(name, value string) error {
	fd, err := unix.Open("/proc/sys/"+name, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	_, err = unix.Write(fd, []byte(value))
	return err
}

// loopbackUp brings the interface lo up.
func loopbackUp() error { return interfaceUp("lo") }

// interfaceUp brings an interface up, wraps netdevice(7)'s SIOCSIFFLAGS.
func interfaceUp(name string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("socket: %w", err)
	}
	defer unix.Close(fd)
	ifr, err := unix.NewIfreq(name)
	if err != nil {
		return err
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, ifr); err != nil {
		return fmt.Errorf("flags of %s: %w", name, err)
	}
	ifr.SetUint16(ifr.Uint16() | unix.IFF_UP)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, ifr); err != nil {
		return fmt.Errorf("bring %s up: %w", name, err)
	}
	return nil
}

// emptyRoot mounts an empty file system in this mount namespace, where only the
// lab's processes see it, and returns its place.
func emptyRoot() (string, error) {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""); err != nil {
		return "", fmt.Errorf("detach from the host's mounts: %w", err)
	}
	var last error
	for _, place := range []string{"/tmp", "/var/tmp", "/mnt", "/run", "/dev/shm"} {
		err := unix.Mount("sockstep", place, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "size=64m,mode=0755")
		if err == nil {
			return place, nil
		}
		last = fmt.Errorf("mount an empty file system on %s: %w", place, err)
	}
	return "", last
}

// canCapture reports whether packets of this network namespace can be read.
func canCapture() error {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	return unix.Close(fd)
}

// fewCapabilities makes the calling thread keep only what the lab needs, and
// makes sure that nothing it starts can have more than a worker's: not through
// user 0 (securebits), not through a setuid file (no_new_privs).
func fewCapabilities() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no_new_privs: %w", err)
	}
	held, err := heldCapabilities()
	if err != nil || held == 0 {
		return err
	}
	_ = unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
	if held&(1<<unix.CAP_SETPCAP) != 0 {
		// NOROOT and NO_SETUID_FIXUP, both locked: capabilities(7).
		if err := unix.Prctl(unix.PR_SET_SECUREBITS, 0xf, 0, 0, 0); err != nil {
			return fmt.Errorf("securebits: %w", err)
		}
		dropBounding(mask(workerCapabilities))
	}
	return setCapabilities(held&mask(labCapabilities), held&mask(workerCapabilities))
}

func mask(capabilities []uintptr) (m uint64) {
	for _, c := range capabilities {
		m |= 1 << c
	}
	return m
}

// dropBounding empties the bounding set but for keep, as far as the kernel knows
// capabilities.
func dropBounding(keep uint64) {
	for c := uintptr(0); c < 64; c++ {
		if keep&(1<<c) == 0 && errors.Is(unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0), unix.EINVAL) {
			return
		}
	}
}

func heldCapabilities() (uint64, error) {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return 0, fmt.Errorf("capget: %w", err)
	}
	return uint64(data[0].Permitted) | uint64(data[1].Permitted)<<32, nil
}

// setCapabilities sets the permitted and effective set of the calling thread,
// and the inheritable one.
func setCapabilities(permitted, inheritable uint64) error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	for i := range data {
		shift := 32 * i
		data[i].Permitted, data[i].Effective = uint32(permitted>>shift), uint32(permitted>>shift)
		data[i].Inheritable = uint32(inheritable >> shift)
	}
	_, _, errno := unix.RawSyscall(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&data[0])), 0)
	if errno != 0 {
		return fmt.Errorf("capset: %w", errno)
	}
	return nil
}
