//go:build !unix

package compiler

import "os/exec"

// group does nothing where there are no process groups.
func group(*exec.Cmd) {}
