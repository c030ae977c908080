package command

import (
	"context"
	"os"
	"sync"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/terminal"
)

// guardian has the process of the newest lab hold what puts the terminal back,
// for the case that this program is killed before it can.
type guardian struct {
	open lesson.Opener
	file *os.File // the terminal

	mu    sync.Mutex // guards lab and saved
	lab   guardedLab
	saved terminal.Saved

	telling sync.Mutex // one goroutine tells at a time
}

// guardedLab is a stage whose process outlives this program for a moment.
type guardedLab interface {
	Guard(netcore.Saved) error
	Unguard() error
}

// opener opens a stage and gives it the terminal to guard.
func (g *guardian) opener(ctx context.Context, name string) (lesson.Stage, error) {
	stage, err := g.open(ctx, name)
	if lab, ok := stage.(guardedLab); err == nil && ok {
		g.mu.Lock()
		g.lab = lab
		g.mu.Unlock()
		go g.tell()
	}
	return stage, err
}

// terminal is told whenever the terminal has been taken or put back. It returns
// at once.
func (g *guardian) terminal(s terminal.Saved) {
	g.mu.Lock()
	g.saved = s
	g.mu.Unlock()
	go g.tell()
}

// tell passes on how things stand. A lab that cannot guard, as on systems without
// a lab process, is no failure.
func (g *guardian) tell() {
	g.telling.Lock()
	defer g.telling.Unlock()
	g.mu.Lock()
	lab, saved := g.lab, g.saved
	g.mu.Unlock()
	if lab == nil {
		return
	}
	if to, ok := restorable(saved, g.file); ok {
		_ = lab.Guard(to)
		return
	}
	_ = lab.Unguard()
}
