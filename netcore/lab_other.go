//go:build !unix

package netcore

import (
	"context"
	"errors"
	"os"

	"sockstep/netcore/protocol"
)

// errUnsupported is what this system can do.
var errUnsupported = errors.New("sockstep needs Linux, macOS or FreeBSD; on Windows use WSL (wsl --install) and run it there")

// callNumbers is empty: there is nothing to call.
var callNumbers map[string]uintptr

const (
	exitNumber   = 0
	cancelSignal = -1 << 31
)

func openGround(context.Context, Tier, Options, func(protocol.Batch)) (ground, error) {
	return nil, errUnsupported
}

func (c *Pending) glance() glance { return glance{} }

func (b *body) deliver([]byte) error { return errUnsupported }

func runHelper(string, []string) {}

func kernelRelease() string { return "" }

func sockaddrFamily([]byte) int { return 0 }

func tierFinding(t Tier, err error) Finding {
	return Finding{Name: "tier " + t.String(), Lack: err.Error()}
}

func systemFindings() []Finding { return nil }

func captureFix() string { return "" }

func lookFix() string { return "" }

// ReadTermios returns one clear error.
func ReadTermios(*os.File) ([]byte, error) { return nil, errUnsupported }
