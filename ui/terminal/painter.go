//go:build unix

package terminal

import (
	"bytes"
	"sync"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// maxRest bounds how long the painter rests after a frame. It rests as long as the frame took to make, so that a key
// held down or a chatty lesson never costs more than half of a processor.
const maxRest = 16 * time.Millisecond

// frame is one picture, as big as the terminal was when it was made.
type frame struct {
	view          tea.View
	width, height int
	cost          time.Duration // of making the view
}

// painter draws frames in a goroutine of its own, so that nobody waits for a slow terminal. While it is at work no new
// view is even made: ready says when to make the next, which is then the latest.
type painter struct {
	tty     *tty
	dialect dialect
	profile colorprofile.Profile
	term    string
	ready   func()       // called when a view was missed while painting
	failed  func(error)  // called once if the terminal cannot be written to
	guard   func(func()) // runs a function and reports its panic

	mu      sync.Mutex
	next    *frame
	extra   []byte // to be written as it is, before the next frame
	busy    bool   // painting or resting
	missed  bool   // a view was not made because of that
	wiped   bool   // nothing is known of the cells
	foreign bool   // nor of the modes: someone else had the terminal
	paused  bool   // the terminal is given back for a while

	kick chan struct{} // one is waiting: something is next
	stop chan struct{}
	done chan struct{} // closed when the goroutine is gone
	over atomic.Bool   // the terminal is given back for good: a frame that is late is not written

	pen sync.Mutex // held while bytes are made and written; the fields below belong to its holder
	buf bytes.Buffer
	scr *uv.TerminalRenderer
	cv  canvas
	cur modes
}

func newPainter(t *tty, env []string) *painter {
	p := &painter{
		tty: t, dialect: dialectOf(getenv(env, "TERM")), profile: Profile(env), term: getenv(env, "TERM"),
		cur:  shell,
		kick: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
	p.forget()
	return p
}

// forget makes the next frame a whole one, for a screen of which nothing is known. The pen must be held, or nobody
// else be there yet.
func (p *painter) forget() {
	p.scr = uv.NewTerminalRenderer(&p.buf, []string{"TERM=" + p.term})
	p.scr.SetColorProfile(p.profile)
	p.scr.SetWidthMethod(ansi.GraphemeWidth)
	p.scr.SetFullscreen(true)
	p.scr.SetRelativeCursor(false)
	p.scr.Erase()
	p.cv = canvas{}
}

// free reports whether a view may be made now. If not, ready will be called.
func (p *painter) free() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.missed = p.missed || p.busy
	return !p.busy
}

// show has f painted. It replaces a frame that is still waiting.
func (p *painter) show(f frame) {
	p.mu.Lock()
	p.next, p.busy = &f, true
	p.mu.Unlock()
	p.poke()
}

// Write has b sent as it is; it never waits. The framework's own requests (the clipboard, queries) come here.
func (p *painter) Write(b []byte) (int, error) {
	p.mu.Lock()
	p.extra = append(p.extra, b...)
	p.mu.Unlock()
	p.poke()
	return len(b), nil
}

func (p *painter) poke() {
	select {
	case p.kick <- struct{}{}:
	default:
	}
}

// run is the goroutine.
func (p *painter) run() {
	defer close(p.done)
	for {
		select {
		case <-p.stop:
			return
		case <-p.kick:
			p.guard(p.paint)
		}
	}
}

func (p *painter) paint() {
	start := time.Now()
	f, made, err := p.send()
	if err != nil {
		p.failed(err)
		return
	}
	if f != nil {
		p.rest(made.Sub(start) + f.cost)
		p.finished()
	}
}

// send makes the bytes of what waits to be shown, and writes them. It returns the frame, and when it was made.
func (p *painter) send() (f *frame, made time.Time, err error) {
	p.pen.Lock()
	defer p.pen.Unlock()
	f, extra := p.pick()
	b := p.compose(f, extra)
	made = time.Now()
	if len(b) > 0 && !p.over.Load() {
		_, err = p.tty.Write(b)
	}
	return f, made, err
}

// pick takes what waits to be shown. The pen must be held.
func (p *painter) pick() (f *frame, extra []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.paused {
		return nil, nil
	}
	f, extra = p.next, p.extra
	p.next, p.extra = nil, nil
	if f != nil && p.foreign {
		extra = append(extra, p.giveUp()...)
	}
	if f != nil && (p.wiped || p.foreign) {
		p.forget()
		p.wiped, p.foreign = false, false
	}
	return f, extra
}

// giveUp returns what leaves the modes, if any are set. The pen must be held.
func (p *painter) giveUp() string {
	cur := p.cur
	p.cur = shell
	if !cur.taken {
		return ""
	}
	return cur.leave(p.dialect)
}

// rest lets the processor be.
func (p *painter) rest(d time.Duration) {
	t := time.NewTimer(min(d, maxRest))
	defer t.Stop()
	select {
	case <-t.C:
	case <-p.stop:
	}
}

func (p *painter) finished() {
	p.mu.Lock()
	missed := p.missed
	p.busy, p.missed = p.next != nil, false
	p.mu.Unlock()
	if missed {
		p.ready()
	}
}

// compose returns the bytes that change the screen into f, none if they are the same. The pen must be held.
func (p *painter) compose(f *frame, extra []byte) []byte {
	p.buf.Reset()
	p.buf.Write(extra)
	if f == nil {
		return p.buf.Bytes()
	}
	head, body := p.buf.Len(), p.body(f)
	if body == 0 {
		p.buf.Truncate(head)
	}
	return p.buf.Bytes()
}

// body appends f's bytes to the buffer, inside a synchronised update, and returns how many there are without that.
func (p *painter) body(f *frame) int {
	begin, end := ansi.SetModeSynchronizedOutput, ansi.ResetModeSynchronizedOutput
	if !p.dialect.modern {
		begin, end = "", ""
	}
	m := modesOf(f.view, p.dialect)
	p.buf.WriteString(begin)
	start := p.buf.Len()
	p.buf.WriteString(p.cur.enter(m, p.dialect))
	p.cells(f)
	p.buf.WriteString(p.cur.cursor.point(m.cursor))
	n := p.buf.Len() - start
	p.cur = m
	p.buf.WriteString(end)
	return n
}

// cells appends what changes the cells into f's, and moves the cursor.
func (p *painter) cells(f *frame) {
	if p.cv.RenderBuffer == nil || p.cv.Width() != f.width || p.cv.Height() != f.height {
		p.forget()
		p.cv = newCanvas(f.width, f.height)
	}
	p.cv.draw(f.view.Content)
	p.scr.Render(p.cv.RenderBuffer)
	if c := f.view.Cursor; c != nil {
		p.scr.MoveTo(min(max(c.X, 0), f.width-1), min(max(c.Y, 0), f.height-1))
	}
	_ = p.scr.Flush() // into buf
}

// pause gives the terminal back until resume, and shows nothing meanwhile.
func (p *painter) pause() {
	p.mu.Lock()
	p.paused = true
	p.mu.Unlock()
	p.pen.Lock()
	defer p.pen.Unlock()
	_, _ = p.tty.Write([]byte(p.giveUp()))
}

// resume takes the terminal again, with the next frame.
func (p *painter) resume() {
	p.mu.Lock()
	p.paused, p.foreign = false, true
	p.mu.Unlock()
	p.poke()
}

// wipe makes the next frame a whole one.
func (p *painter) wipe() {
	p.mu.Lock()
	p.wiped = true
	p.mu.Unlock()
}

// end stops the goroutine for good and gives the terminal back. A frame that the terminal does not take within wait is
// cut short and thrown away, and what cannot be written within another wait is not. It reports whether nothing hangs.
func (p *painter) end(wait time.Duration) bool {
	close(p.stop)
	select {
	case <-p.done:
		return p.last("", wait)
	case <-time.After(wait):
	}
	p.tty.interrupt()
	p.tty.discardOutput()
	select {
	case <-p.done:
	case <-time.After(wait):
	}
	return p.last(cancel, wait)
}

// last writes the last bytes, where no write blocks without waiting for anybody: on a busy machine another goroutine
// may get no processor within wait. It reports whether nothing hangs.
func (p *painter) last(prefix string, wait time.Duration) bool {
	if p.tty.own {
		p.leave(prefix, wait)
		return true
	}
	written := make(chan struct{})
	go func() { defer close(written); p.leave(prefix, wait) }()
	select {
	case <-written:
		return true
	case <-time.After(wait):
		return false
	}
}

// leave leaves the modes. A goroutine that is still at a frame has the pen: then it is done without.
func (p *painter) leave(prefix string, wait time.Duration) {
	p.over.Store(true)
	seq := []byte(prefix + string(everything(p.dialect)))
	if p.pen.TryLock() {
		defer p.pen.Unlock()
		seq = []byte(prefix + p.giveUp())
	}
	if n, err := p.tty.writeUntil(seq, time.Now().Add(wait/2)); err != nil {
		p.tty.discardOutput()
		_, _ = p.tty.writeUntil(seq[n:], time.Now().Add(wait/2))
	}
}
