package lesson

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/user"
	"path/filepath"
	"strconv"

	"github.com/adrg/xdg"
)

// UserProgress opens the progress of whoever uses the program: in the XDG state
// folder, under sudo in that of the user who called it, and with his ownership. Each
// course in a folder of its own, named by its path, has a file of its own; the empty
// path is the built-in course.
func UserProgress(course string) *Progress {
	if caller, owner := sudoCaller(); caller != nil {
		folder := filepath.Join(caller.HomeDir, ".local", "state")
		return openProgress(progressFile{path: progressPath(folder, course), owner: owner}, "")
	}
	folder, why := stateFolder()
	if why != "" {
		return OpenProgress("", why)
	}
	return OpenProgress(progressPath(folder, course), "")
}

func progressPath(state, course string) string {
	name := "progress.json"
	if course != "" {
		sum := sha256.Sum256([]byte(course))
		name = "progress-" + hex.EncodeToString(sum[:6]) + ".json"
	}
	return filepath.Join(state, "sockstep", name)
}

// stateFolder is the XDG state folder, or the reason why there is none.
func stateFolder() (folder, why string) {
	if os.Getenv("XDG_STATE_HOME") != "" {
		return xdg.StateHome, ""
	}
	home := os.Getenv("HOME")
	if home == "" {
		return "", "Progress is not kept: HOME is not set. Set HOME, or XDG_STATE_HOME to a folder of yours."
	}
	if info, err := os.Stat(home); err != nil || !info.IsDir() {
		return "", "Progress is not kept: HOME is " + strconv.Quote(home) + ", which is no folder. Set HOME, or XDG_STATE_HOME to a folder of yours."
	}
	return xdg.StateHome, ""
}

// sudoCaller is the user who called sudo, nil when nobody did. Where the caller
// said with XDG_STATE_HOME what folder to take, that holds.
func sudoCaller() (*user.User, *fileOwner) {
	id := os.Getenv("SUDO_UID")
	if os.Geteuid() != 0 || id == "" || id == "0" || os.Getenv("XDG_STATE_HOME") != "" {
		return nil, nil
	}
	caller, err := user.LookupId(id)
	if err != nil || caller.HomeDir == "" {
		return nil, nil
	}
	uid, err := strconv.Atoi(caller.Uid)
	if err != nil {
		return nil, nil
	}
	gid, err := strconv.Atoi(caller.Gid)
	if err != nil {
		return nil, nil
	}
	return caller, &fileOwner{uid, gid}
}
