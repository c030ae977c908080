//go:build !unix

package watching

import "os/exec"

// together does nothing where there are no process groups.
func together(*exec.Cmd) {}
