//go:build !windows

package lesson

import (
	"path/filepath"

	"github.com/google/renameio/v2"
)

// put replaces the file as a whole: a reader, and a crash, find the old content
// or the new one.
func (f progressFile) put(data []byte) error {
	t, err := renameio.NewPendingFile(f.path, renameio.WithTempDir(filepath.Dir(f.path)), renameio.WithStaticPermissions(0o600))
	if err != nil {
		return err
	}
	defer t.Cleanup()
	if _, err := t.Write(data); err != nil {
		return err
	}
	if f.owner != nil {
		_ = t.Chown(f.owner.uid, f.owner.gid)
	}
	return t.CloseAtomicallyReplace()
}
