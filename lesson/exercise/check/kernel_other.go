//go:build !linux

package check

import (
	"errors"
	"os"
	"syscall"
	"time"

	"sockstep/netcore"
	"sockstep/netcore/tracer"
)

// Listeners has nothing to look at: only Linux has a tracer.
func (p *Program) Listeners() []netcore.Socket { return nil }

// Table has nothing to look at.
func (p *Program) Table() []netcore.Socket { return nil }

// Sockets has nothing to look at.
func (p *Program) Sockets() int { return 0 }

// SocketsOf has nothing to look at.
func (p *Program) SocketsOf(int) int { return 0 }

// Processes are those of the program that are alive.
func (p *Program) Processes() []int { return p.pids() }

// Zombies has nothing to look at.
func (p *Program) Zombies() int { return 0 }

// Memory has nothing to look at.
func (p *Program) Memory() int64 { return 0 }

// Asleep has nothing to look at.
func (p *Program) Asleep() bool { return true }

// CPU has nothing to look at.
func (p *Program) CPU() time.Duration { return 0 }

func sendSignal(int, string) error { return tracer.ErrUnsupported }

func limits(*run) map[int]uint64 { return nil }

func receiveBuffer(int) func(network, address string, c syscall.RawConn) error { return nil }

func plainTerminal(*os.File) error { return errors.ErrUnsupported }

func canContain() bool { return false }
