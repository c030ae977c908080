package netcore

import (
	"fmt"
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
	if run := helpers[role]; run != nil {
		if err := run(os.Args[2:]); err != nil {
			fmt.Fprintf(os.Stderr, "sockstep %s: %v\n", role, err)
			os.Exit(helperLost)
		}
		os.Exit(0)
	}
	runHelper(role, os.Args[2:])
	os.Exit(helperLost)
}

// helpers are the roles other packages have.
var helpers = map[string]func(args []string) error{}

// RegisterHelper adds a role in which this program can be started again, for
// MaybeRun; call it from an init function. run is called on the main thread.
func RegisterHelper(role string, run func(args []string) error) { helpers[role] = run }

// HelperCommand is the argument list, from argument 0, that starts this program
// (its file is os.Executable's) in a role.
func HelperCommand(role string, args ...string) []string {
	return append([]string{helperPrefix + role, role}, args...)
}

// helperLost is the exit status of a helper that lost the program or never had
// a role it knows.
const helperLost = 113
