//go:build unix

package netcore

import (
	"runtime"
	"sync/atomic"
	"unsafe"

	"sockstep/netcore/protocol"
)

// page is a page of memory shared by a worker, the lab process and the program,
// so that a worker can say what it is about to do without a system call of its
// own. A nil page, on systems without one, says nothing.
type page struct {
	state     atomic.Uint64 // one of those below
	call      atomic.Uint64 // ID of the last call that was claimed
	enter     atomic.Int64  // its entry in monotonic nanoseconds, 0 before
	registers [protocol.MaxArgs]atomic.Uint64
}

const (
	pageStarting = iota // the worker comes up: its descriptors are not the program's yet
	pageIdle
	pageCalling // the worker is in a call, or about to be
	pageHeld    // the lab process looks through the worker's descriptors
	pageSize    = 4096
)

// pageOf lays a page over shared memory of at least pageSize bytes, which must
// stay mapped.
func pageOf(mem []byte) *page { return (*page)(unsafe.Pointer(unsafe.SliceData(mem))) }

// claim marks the worker as calling. It waits for the lab process to let go,
// which it does within microseconds; a lab process that was stopped right there
// is not waited for.
func (p *page) claim(id uint64, registers *[protocol.MaxArgs]uintptr) {
	if p == nil {
		return
	}
	for tries := 0; !p.state.CompareAndSwap(pageIdle, pageCalling); tries++ {
		if tries > 10000 {
			p.state.Store(pageCalling)
			break
		}
		runtime.Gosched()
	}
	p.enter.Store(0)
	for i, r := range registers {
		p.registers[i].Store(uint64(r))
	}
	p.call.Store(id)
}

// entered publishes the time right before the call.
func (p *page) entered(at int64) {
	if p != nil {
		p.enter.Store(at)
	}
}

// release marks the worker as idle.
func (p *page) release() {
	if p != nil {
		p.state.Store(pageIdle)
	}
}

// hold keeps the worker from entering a call; false when it is in one.
func (p *page) hold() bool {
	return p != nil && p.state.CompareAndSwap(pageIdle, pageHeld)
}

func (p *page) letGo() { p.state.CompareAndSwap(pageHeld, pageIdle) }

// over reports whether a call was entered and has returned.
func (p *page) over(id uint64) bool {
	return p != nil && p.call.Load() == id && p.enter.Load() != 0 && p.state.Load() != pageCalling
}

// look returns the entry time and registers of a call, if it has been entered.
func (p *page) look(id uint64) (enter int64, registers []uint64, ok bool) {
	if p == nil || p.call.Load() != id || p.enter.Load() == 0 {
		return 0, nil, false
	}
	for i := range p.registers {
		registers = append(registers, p.registers[i].Load())
	}
	return p.enter.Load(), registers, true
}
