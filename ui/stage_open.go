package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
	"sockstep/netcore"
)

// openLesson puts a lesson on the stage. resume goes back to where one was;
// otherwise step (an index, negative: none) is really run to.
func (m Model) openLesson(l *lesson.Lesson, step int, resume bool) (Model, tea.Cmd) {
	if m.stage.session != nil && m.stage.lesson == l && resume {
		m.onStage = true
		return m.keepTime()
	}
	j, ok := m.kept(l)
	ok = ok && resume
	m, cmd := m.enter(m.o.Open(l), l, func(ctx context.Context, s Session) error {
		if err := s.Start(ctx); err != nil {
			return err
		}
		switch {
		case ok:
			return s.Resume(ctx, j)
		case step > 0:
			return s.Jump(ctx, step)
		}
		return nil
	})
	return m.askAgain(l), cmd
}

// kept is the journal of a lesson that was begun and not finished.
func (m Model) kept(l *lesson.Lesson) (lesson.Journal, bool) {
	if m.o.Progress == nil {
		return lesson.Journal{}, false
	}
	k, ok := m.o.Progress.Lesson(l.Name)
	return k.Journal, ok && !k.Journal.Done && (len(k.Journal.Moves) > 0 || k.Journal.Step > 0)
}

// openPlay puts free play on the stage.
func (m Model) openPlay() (Model, tea.Cmd) {
	return m.goPlay(false)
}

// openPlayWire puts free play on a wire on the stage.
func (m Model) openPlayWire() (Model, tea.Cmd) { return m.goPlay(true) }

// goPlay goes back to the free play that is open, or begins one.
func (m Model) goPlay(wired bool) (Model, tea.Cmd) {
	if m.stage.session != nil && m.stage.lesson == nil && m.stage.wired == wired {
		m.onStage = true
		return m.keepTime()
	}
	return m.beginPlay(wired, func(ctx context.Context, s Session) error { return s.Start(ctx) })
}

func (m Model) beginPlay(wired bool, start func(context.Context, Session) error) (Model, tea.Cmd) {
	play := m.o.Play
	if wired {
		play = m.o.PlayWire
	}
	m, cmd := m.enter(play(), nil, start)
	m.stage.wired = wired
	return m, cmd
}

// enter lets go of the session before and begins a new one. Its first view is
// drawn at once, the lab opens beside it.
func (m Model) enter(s Session, l *lesson.Lesson, start func(context.Context, Session) error) (Model, tea.Cmd) {
	m, leave := m.letGo()
	m.stage = stage{session: s, lesson: l, gen: m.stage.gen + 1, left: make(chan struct{}), history: map[string][]string{}}
	m.stage.show(s.View())
	m.opened.set(s)
	m.onStage, m.over, m.field = true, overlay{}, field{}
	watching := watch(s, m.stage.gen, m.stage.view, m.stage.left)
	m, started := m.act(moveStart, start)
	return m, tea.Batch(leave, started, watching)
}

// letGo closes the session that is open, beside what comes next.
func (m Model) letGo() (Model, tea.Cmd) {
	if m.stage.source() == nil {
		return m, nil
	}
	if m.stage.cancel != nil {
		m.stage.cancel()
	}
	close(m.stage.left)
	return m, shut(m.stage.source())
}

// act begins a move; its end arrives as movedMsg.
func (m Model) act(kind moveKind, f func(context.Context, Session) error) (Model, tea.Cmd) {
	st := &m.stage
	ctx, cancel := context.WithCancel(context.Background())
	st.move++
	st.busy, st.slow, st.kind, st.cancel = true, false, kind, cancel
	return m, tea.Batch(act(st.session, st.gen, st.move, kind, ctx, f), slowly(st.gen, st.move))
}

// moved takes the end of a move.
func (m Model) moved(msg movedMsg) (Model, tea.Cmd) {
	if msg.gen != m.stage.gen || msg.move != m.stage.move {
		return m, nil
	}
	st := &m.stage
	st.cancel()
	st.busy, st.slow, st.cancel, st.past = false, false, nil, nil
	st.ready = st.ready || msg.err == nil
	st.show(msg.view)
	m.keep(msg.journal)
	m = m.judge(msg)
	m = m.fieldForStep()
	return m.keepTime()
}

// gone reports whether the session remarks that its lab is no longer there.
func gone(v *lesson.View) bool { return strings.Contains(v.Message, netcore.ErrClosed.Error()) }

// keep hands the journal to what remembers it.
func (m Model) keep(j lesson.Journal) {
	if m.o.Progress != nil && m.stage.lesson != nil && m.stage.ready {
		m.o.Progress.Keep(m.stage.lesson, j)
	}
}

// changed takes a view the session published by itself, and waits for the next.
// That of a move which is soon over comes with its end: shown before, it would
// promise that Enter goes on while that is refused still.
func (m Model) changed(msg changedMsg) (Model, tea.Cmd) {
	if msg.gen != m.stage.gen {
		return m, nil
	}
	if old := m.stage.view; gone(msg.view) && !gone(old) && !m.stage.busy {
		m.over = lostCard(netcore.ErrClosed, false)
	}
	if !m.stage.busy || m.stage.slow {
		m.stage.show(msg.view)
	}
	m, tick := m.keepTime()
	return m, tea.Batch(tick, watch(m.stage.source(), m.stage.gen, msg.view, m.stage.left))
}

func (m Model) slowed(msg slowMsg) Model {
	if msg.gen == m.stage.gen && msg.move == m.stage.move && m.stage.busy {
		m.stage.slow = true
		m.stage.show(m.stage.source().View())
	}
	return m
}
