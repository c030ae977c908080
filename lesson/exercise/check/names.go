package check

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// lookup are the files by which the C library, and Go, find the addresses of names: the
// names themselves, and whom else to ask. See hosts(5), nsswitch.conf(5), resolv.conf(5).
func lookup(hosts string) map[string]string {
	return map[string]string{
		"/etc/hosts":         hosts,
		"/etc/nsswitch.conf": "hosts: files\n",
		"/etc/resolv.conf":   "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n",
		"/run/nscd/socket":   "", // a cache that knows the machine's own names
	}
}

// Names gives the programs that are started from now on another /etc/hosts, in the form
// of hosts(5), and nobody else to ask for names. Only the examiner and what it starts
// see it, in the mount namespace that an examiner with a private network has; where
// there is none, or it may not be changed, the criterion is undecided.
func (t *T) Names(hosts string) {
	if err := t.names(hosts); err != nil {
		t.Unseen("the program can be given no names with addresses of the check's here: %v", err)
	}
}

// OwnNames is Names for who can do without: it reports whether it could be done.
func (t *T) OwnNames(hosts string) bool { return t.names(hosts) == nil }

// names shows files of the check's own at the places where the machine has its own.
func (t *T) names(hosts string) error {
	if !t.exam.job.Private {
		return errNoMounts
	}
	folder, err := os.MkdirTemp("", "names")
	if err != nil {
		return err
	}
	t.defers(func() { _ = os.RemoveAll(folder) })
	for place, text := range lookup(hosts) {
		own := filepath.Join(folder, filepath.Base(place))
		if err := os.WriteFile(own, []byte(text), 0o644); err != nil {
			return err
		}
		end, err := showAt(own, place)
		switch {
		case err == nil:
			t.defers(end)
		case place == "/etc/hosts" || !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	return nil
}
