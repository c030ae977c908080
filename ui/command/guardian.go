package command

import (
	"context"
	"os"
	"sync"
	"time"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/terminal"
)

// guardian has the process of the newest lab hold what puts the terminal back,
// for the case that this program is killed before it can. Between lessons a lab
// in which nothing runs stands by for that.
type guardian struct {
	open lesson.Opener
	file *os.File // the terminal

	ahead chan opened // a lab that was begun before anybody asked for it

	mu      sync.Mutex // guards what follows
	lab     guardedLab // of the lesson that is open
	standby lesson.Stage
	between bool // no lesson's lab is about to open by itself
	closed  bool
	saved   terminal.Saved

	telling sync.Mutex // one goroutine tells at a time
}

// guardedLab is a stage whose process outlives this program for a moment.
type guardedLab interface {
	Guard(netcore.Saved) error
	Unguard() error
}

// opener opens a stage and gives it the terminal to guard.
func (g *guardian) opener(ctx context.Context, w lesson.World) (lesson.Stage, error) {
	stage, err := g.early(ctx, w)
	lab, ok := stage.(guardedLab)
	if err != nil || !ok {
		return stage, err
	}
	g.change(func() { g.lab, g.between = lab, true })
	return guardedStage{stage, func() { g.left(lab) }}, nil
}

// opened is what came of opening a stage.
type opened struct {
	stage lesson.Stage
	err   error
}

// begin opens a lesson's lab beside the start of the screen, which soon asks for
// it. It is called once, before opener.
func (g *guardian) begin(ctx context.Context, w lesson.World) {
	ahead := make(chan opened, 1)
	g.ahead = ahead
	go func() {
		stage, err := g.open(ctx, w)
		if lab, ok := stage.(guardedLab); err == nil && ok {
			g.change(func() { g.lab, g.between = lab, true })
		}
		ahead <- opened{stage, err}
	}()
}

// early takes the lab that was begun, or opens one.
func (g *guardian) early(ctx context.Context, w lesson.World) (lesson.Stage, error) {
	g.mu.Lock()
	ahead := g.ahead
	g.ahead = nil
	g.mu.Unlock()
	if ahead == nil {
		return g.open(ctx, w)
	}
	select {
	case o := <-ahead:
		return o.stage, o.err
	case <-ctx.Done():
		go discard(ahead)
		return nil, ctx.Err()
	}
}

func discard(ahead <-chan opened) {
	if o := <-ahead; o.err == nil {
		_ = o.stage.Close()
	}
}

// guardedStage is a stage whose closing the guardian hears of.
type guardedStage struct {
	lesson.Stage
	left func()
}

// Close closes the lab.
func (s guardedStage) Close() error {
	s.left()
	return s.Stage.Close()
}

// left is told that a lab is about to close.
func (g *guardian) left(lab guardedLab) {
	g.change(func() {
		if g.lab == lab {
			g.lab = nil
		}
	})
}

// change notes how things stand now and has a lab told, which takes a while.
// With no lab there, one stands by, unless a lesson opens its own at once.
func (g *guardian) change(note func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	note()
	go g.tell()
	if g.lab == nil && g.between && g.saved.Held() {
		time.AfterFunc(standbyAfter, g.standIn)
	}
}

// standbyAfter is how long there has to be no lab before one stands by: longer
// than the first frame takes, and than a lesson takes to run again.
const standbyAfter = 150 * time.Millisecond

// standIn opens the lab that stands by, if one is wanted still.
func (g *guardian) standIn() {
	g.mu.Lock()
	wanted := g.lab == nil && g.standby == nil && !g.closed && g.saved.Held()
	g.mu.Unlock()
	if !wanted {
		return
	}
	stage, err := g.open(context.Background(), lesson.World{})
	if err != nil {
		return // where no lab can be had, nothing guards the terminal
	}
	if !g.enlist(stage) {
		_ = stage.Close()
		return
	}
	g.tell()
}

// enlist makes a stage the one that stands by; false when it is too late for that.
func (g *guardian) enlist(stage lesson.Stage) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed || g.standby != nil {
		return false
	}
	g.standby = stage
	return true
}

// terminal is told whenever the terminal has been taken or put back. It returns
// at once.
func (g *guardian) terminal(s terminal.Saved) {
	g.change(func() { g.saved = s })
}

// tell passes on how things stand. A lab that cannot guard, as on systems without
// a lab process, is no failure.
func (g *guardian) tell() {
	g.telling.Lock()
	defer g.telling.Unlock()
	lab, saved := g.watcher()
	if lab == nil {
		return
	}
	if to, ok := restorable(saved, g.file); ok {
		_ = lab.Guard(to)
		g.dismiss()
		return
	}
	_ = lab.Unguard()
}

// dismiss closes the lab that stood by once a lesson's lab guards.
func (g *guardian) dismiss() {
	g.mu.Lock()
	stage := g.standby
	if g.lab == nil {
		stage = nil
	} else {
		g.standby = nil
	}
	g.mu.Unlock()
	if stage != nil {
		_ = stage.Close()
	}
}

// watcher is the lab that guards now, nil when there is none.
func (g *guardian) watcher() (guardedLab, terminal.Saved) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.lab != nil {
		return g.lab, g.saved
	}
	lab, _ := g.standby.(guardedLab)
	return lab, g.saved
}

// close ends the lab that stood by.
func (g *guardian) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	if g.ahead != nil {
		go discard(g.ahead)
	}
	if g.standby != nil {
		_ = g.standby.Close()
	}
}
