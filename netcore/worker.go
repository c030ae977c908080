package netcore

import (
	"os"
	"runtime"
	"strings"
)

// A helper is this same program started again in a role. Its first argument says
// so: "sockstep: server", the name that process listings show; the second names
// the role.
const (
	helperPrefix = "sockstep: "
	workerRole   = "worker"
	labRole      = "lab"
	probeRole    = "probe"
)

// helperRole returns the role this process was started in, "" for the program.
func helperRole() string {
	if len(os.Args) < 2 || !strings.HasPrefix(os.Args[0], helperPrefix) {
		return ""
	}
	return os.Args[1]
}

// A helper's main goroutine stays on the main thread from the start: system calls
// are made there, its namespaces are what /proc/PID/ns shows, and the death of
// the thread that started a process is what kills the process.
func init() {
	if helperRole() != "" {
		runtime.LockOSThread()
	}
}

// MaybeRun is the first thing main, and TestMain, call. In a process that netcore
// started as a helper it does that work and does not return; in the program it
// returns at once.
func MaybeRun() {
	role := helperRole()
	if role == "" {
		return
	}
	runHelper(role, os.Args[2:])
	os.Exit(helperLost)
}

// helperLost is the exit status of a helper that lost the program or never had
// a role it knows.
const helperLost = 113
