//go:build unix

package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// hardStop is how long an ending may take that something hangs in; patience is how long a terminal has to take the
// frame that is on its way, and then the last bytes.
const (
	hardStop = 500 * time.Millisecond
	patience = 40 * time.Millisecond
)

// Run runs model full screen until it quits, and puts the terminal back before it returns, whatever happened: an
// *Ended for a signal or a terminal that went away, a *Panic, or ctx's error. It returns the model's last state, nil
// if the model was not answering. It blocks; one Run may be active in a process. After it the signals do what they did
// before, but for SIGHUP where that, or the terminal's going away, was the end: it is ignored, so that the caller can
// clean up.
func Run(ctx context.Context, model tea.Model, opts Options) (tea.Model, error) {
	opts = opts.filled()
	if ok, why := usable(opts.In, opts.Out, opts.Env); !ok {
		return model, errors.New(why)
	}
	t, err := newTerminal(model, opts)
	if err != nil {
		return model, fmt.Errorf("taking the terminal: %w", err)
	}
	return t.run(ctx)
}

// terminal is one Run.
type terminal struct {
	opts     Options
	tty      *tty
	keyboard *keys
	painter  *painter
	driver   *driver
	program  *tea.Program

	ended    chan error    // why the program is to end; the first counts
	loopDone chan struct{} // closed when the model will not be called again
	once     sync.Once

	mu    sync.Mutex // over taking the terminal and giving it back
	held  bool
	over  bool // it is not taken any more
	asked bool // for the background
	heard bool // its answer

	lost    atomic.Bool // SIGHUP came, or the terminal went away
	resumed time.Time   // when it was last taken again; the framework's loop's own
}

func newTerminal(model tea.Model, opts Options) (*terminal, error) {
	tty, err := openTTY(opts.In, opts.Out)
	if err != nil {
		return nil, err
	}
	kb, err := newKeys(opts.In, getenv(opts.Env, "TERM"))
	if err != nil {
		tty.close()
		return nil, err
	}
	t := &terminal{opts: opts, keyboard: kb, tty: tty, ended: make(chan error, 1), loopDone: make(chan struct{})}
	t.painter = newPainter(tty, opts.Env)
	t.painter.ready = func() { go t.program.Send(drawMsg{}) }
	t.painter.failed = t.writeFailed
	t.painter.guard = t.guard
	t.driver = &driver{inner: model, painter: t.painter, env: opts.Env, panics: func(p *Panic) { t.end(p) }}
	t.driver.width, t.driver.height = tty.size()
	t.driver.started = func() { go t.stopClock() }
	t.program = tea.NewProgram(t.driver,
		tea.WithoutRenderer(), tea.WithFPS(1), tea.WithoutSignalHandler(), tea.WithoutCatchPanics(),
		tea.WithInput(nil), tea.WithOutput(t.painter), tea.WithEnvironment(opts.Env),
		tea.WithColorProfile(t.painter.profile), tea.WithWindowSize(t.driver.width, t.driver.height),
		tea.WithFilter(t.filter))
	kb.send, kb.ended, kb.failed = func(e uv.Event) { t.program.Send(e) }, t.closed, t.end
	return t, nil
}

func (t *terminal) run(ctx context.Context) (tea.Model, error) {
	unwatch := t.watch()
	defer unwatch()
	if err := t.take(); err != nil {
		return t.driver.inner, fmt.Errorf("taking the terminal: %w", err)
	}
	defer t.keyboard.stop()
	go t.keyboard.run()
	go t.painter.run()
	go t.drive()
	err := t.wait(ctx)
	deadline := time.After(hardStop)
	go t.program.Send(tea.QuitMsg{})
	t.giveBack()
	return t.outcome(err, deadline)
}

func (t *terminal) wait(ctx context.Context) error {
	select {
	case err := <-t.ended:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// outcome waits for the model to come back, and says how it all ended.
func (t *terminal) outcome(err error, deadline <-chan time.Time) (model tea.Model, _ error) {
	select {
	case <-t.loopDone:
		model = t.driver.inner
	case <-deadline:
		err = hung(err)
	}
	var p *Panic
	if errors.As(err, &p) {
		report(t.opts.Err, p)
	}
	return model, err
}

func hung(err error) error {
	var e *Ended
	switch {
	case errors.As(err, &e):
		e.Hung = true
		return e
	case err == nil:
		return errors.New("the program was not answering")
	}
	return fmt.Errorf("%w, while the program was not answering", err)
}

func report(w io.Writer, p *Panic) { _, _ = fmt.Fprintf(w, "panic: %v\n\n%s", p.Value, p.Stack) }

// drive runs the program, from its first view to its end.
func (t *terminal) drive() {
	defer t.loopEnded()
	t.guard(func() {
		t.driver.begin()
		_, err := t.program.Run()
		switch {
		case errors.Is(err, tea.ErrInterrupted):
			t.end(&Ended{Signal: syscall.SIGINT})
		default:
			t.end(err)
		}
	})
}

// stopClock stops the framework's own drawing clock, which would only wake the program for nothing. It is called once
// the framework has started, and takes a while, since the framework first waits for a reader it does not have.
func (t *terminal) stopClock() { _ = t.program.ReleaseTerminal() }

// guard runs f, and ends the program if it panics.
func (t *terminal) guard(f func()) {
	defer func() {
		if v := recover(); v != nil {
			t.end(&Panic{Value: v, Stack: debug.Stack()})
		}
	}()
	f()
}

// end has the program end. Of several reasons the first counts.
func (t *terminal) end(err error) {
	select {
	case t.ended <- err:
	default:
	}
}

func (t *terminal) loopEnded() { t.once.Do(func() { close(t.loopDone) }) }

func (t *terminal) closed() {
	t.lost.Store(true)
	t.end(&Ended{Signal: syscall.SIGHUP, Closed: true})
}

// writeFailed ends the program, unless it is the end that made the write fail.
func (t *terminal) writeFailed(err error) {
	switch {
	case errors.Is(err, errInterrupted):
	case errors.Is(err, syscall.EIO):
		t.closed()
	default:
		t.end(fmt.Errorf("writing to the terminal: %w", err))
	}
}

// take takes the terminal, if it still may. The first frame sets the modes.
func (t *terminal) take() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return nil
	}
	if err := t.tty.setRaw(); err != nil {
		return err
	}
	t.held = true
	t.opts.Guard(t.tty.savedFor(t.painter.dialect))
	if !t.asked {
		t.asked = true
		t.askBackground()
	}
	return nil
}

// giveBack puts the terminal back for good.
func (t *terminal) giveBack() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	if !t.held {
		close(t.painter.stop)
		t.tty.interrupt()
		return
	}
	clean := t.painter.end(patience)
	t.release()
	if clean {
		t.tty.close()
	}
}

// release puts the line discipline back; t.mu must be held. The answer to a question that nobody waits for any more
// would be typed into the shell.
func (t *terminal) release() {
	if t.painter.dialect.modern && t.asked && !t.heard {
		t.tty.discardInput()
	}
	_ = t.tty.setCooked()
	t.held = false
	t.opts.Guard(Saved{})
}

// filter is shown every message before the framework acts on it.
func (t *terminal) filter(_ tea.Model, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case tea.QuitMsg:
		t.loopEnded()
		t.end(nil)
	case tea.SuspendMsg:
		return t.suspend()
	case tea.KeyPressMsg:
		if msg.String() == "ctrl+z" && !t.opts.OwnSuspendKey {
			return t.suspend()
		}
	case continuedMsg:
		return t.continued()
	case tea.BackgroundColorMsg:
		t.answered()
	case tea.RawMsg:
		return nil // not past the painter's cells
	}
	if text, ok := clipboard(msg); ok {
		_, _ = t.painter.Write([]byte(ansi.SetSystemClipboard(text)))
		return nil
	}
	switch msg {
	case tea.RequestWindowSize():
		return resized(t.tty)
	case tea.ClearScreen():
		return wipedMsg{}
	case tea.RequestBackgroundColor():
		t.askBackground()
		return nil
	}
	return msg
}

// askBackground asks for the terminal's background. The answer, if one comes, is a tea.BackgroundColorMsg.
func (t *terminal) askBackground() {
	if t.painter.dialect.modern {
		_, _ = t.painter.Write([]byte(ansi.RequestBackgroundColor))
	}
}

func (t *terminal) answered() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.heard = true
}
