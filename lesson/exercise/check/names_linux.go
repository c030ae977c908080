package check

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// errNoMounts says where no file can be shown at another's place.
var errNoMounts = errors.New("the check has no mount namespace of its own without a private network")

// apart makes what this process mounts its own affair, mount_namespaces(7). It does not
// where whoever started it would see it.
var apart = sync.OnceValue(func() error {
	own, err := os.Readlink("/proc/self/ns/mnt")
	if err != nil {
		return err
	}
	if parents, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/mnt", os.Getppid())); err == nil && parents == own {
		return errNoMounts
	}
	return os.NewSyscallError("mount", unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""))
})

// showAt shows a file at the place of another in this mount namespace, until end.
func showAt(file, place string) (end func(), err error) {
	if err := apart(); err != nil {
		return nil, err
	}
	if err := unix.Mount(file, place, "", unix.MS_BIND, ""); err != nil {
		return nil, fmt.Errorf("mount over %s: %w", place, err)
	}
	return func() { _ = unix.Unmount(place, unix.MNT_DETACH) }, nil
}
