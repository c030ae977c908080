package ui

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
	"sockstep/netcore"
)

// next is what Enter does: commit the answer, run the step, or go on.
func (m Model) next() (Model, tea.Cmd) {
	st := &m.stage
	switch {
	case st.past != nil:
		return m.forward()
	case st.busy && !st.ready:
		m.notice = "The lab is opening."
		return m, nil
	case st.busy:
		m.notice = busyText
		return m, nil
	case !st.ready:
		return m.restartNow()
	case st.view.Phase == lesson.Finished:
		m.onStage = false
		m.pick = m.afterFinished()
		return m, nil
	case st.view.Phase == lesson.Typing:
		return m.openInput(), nil
	case st.typing():
		return m.openAnswer(""), nil
	case st.asking() && st.choice == noChoice && !st.warned:
		st.warned = true
		m.notice = fmt.Sprintf("No answer chosen yet: 1 to %d. enter again %s one.", len(st.step().Ask.Options), m.withoutAnswer())
		return m, nil
	case st.asking():
		return m.commit(st.choice)
	case st.view.Phase == lesson.Free:
		return m.stepSide()
	case st.ordering():
		return m.runOrder()
	}
	return m.act(moveGuided, func(ctx context.Context, s Session) error { return s.Next(ctx) })
}

const busyText = "Still running the last move. esc gives it up."

// commit hands in a prediction and runs the step it is about.
func (m Model) commit(choice int) (Model, tea.Cmd) {
	goal := m.stage.step().Goal
	return m.act(moveGuided, func(ctx context.Context, s Session) error {
		if err := s.Answer(choice); err != nil || goal {
			return err
		}
		return s.Next(ctx)
	})
}

// skip runs the step without a prediction.
func (m Model) skip() (Model, tea.Cmd) {
	if m.stage.busy {
		m.notice = busyText
		return m, nil
	}
	return m.commit(noChoice)
}

// choose selects an option; Enter commits it.
func (m Model) choose(n int) Model {
	if n >= len(m.stage.step().Ask.Options) {
		m.notice = fmt.Sprintf("The answers go from 1 to %d; 0 %s one.", len(m.stage.step().Ask.Options), m.withoutAnswer())
		return m
	}
	m.stage.choice = n
	return m
}

// do makes a move on the side in focus.
func (m Model) do(kind moveKind, mv lesson.Move) (Model, tea.Cmd) {
	side := m.stage.focus()
	if mv.Role == "" {
		mv.Role = side
	}
	m.stage.side = side
	return m.act(kind, func(ctx context.Context, s Session) error { return s.Do(ctx, mv) })
}

func (m Model) stepSide() (Model, tea.Cmd) {
	return m.do(moveOther, lesson.Move{Kind: lesson.MoveStep})
}

func (m Model) cancelWait() (Model, tea.Cmd) {
	return m.do(moveOther, lesson.Move{Kind: lesson.MoveCancel, Role: m.stage.blocked().Name})
}

func (m Model) original() (Model, tea.Cmd) {
	return m.do(moveOther, lesson.Move{Kind: lesson.MoveRevert})
}

func (m Model) freshSide() (Model, tea.Cmd) {
	return m.do(moveOther, lesson.Move{Kind: lesson.MoveFresh, Role: m.stage.dead().Name})
}

func (m Model) killSide() (Model, tea.Cmd) {
	side := m.stage.focus()
	return m.ask("Kill the "+side+"? The kernel closes what it had open.", func(m Model) (Model, tea.Cmd) {
		return m.do(moveOther, lesson.Move{Kind: lesson.MoveKill, Role: side})
	}), nil
}

func (m Model) undo() (Model, tea.Cmd) {
	return m.act(moveOther, func(ctx context.Context, s Session) error { return s.Undo(ctx) })
}

// runAgain repeats the moves up to what is on the screen in a fresh lab.
func (m Model) runAgain() (Model, tea.Cmd) {
	n := m.stage.seen().At
	return m.act(moveWorld, func(ctx context.Context, s Session) error { return s.Rerun(ctx, n) })
}

func (m Model) restart() (Model, tea.Cmd) {
	return m.ask("Start again? What has run is thrown away.", Model.restartNow), nil
}

// restartNow begins again in a fresh lab; where the lab never opened, it tries
// to open it again.
func (m Model) restartNow() (Model, tea.Cmd) {
	if m.stage.ready {
		return m.act(moveWorld, func(ctx context.Context, s Session) error {
			err := s.Rerun(ctx, 0)
			if errors.Is(err, lesson.ErrClosed) {
				err = s.Start(ctx)
			}
			return err
		})
	}
	if m.stage.lesson == nil {
		return m.beginPlay(m.stage.wired, func(ctx context.Context, s Session) error { return s.Start(ctx) })
	}
	return m.openLesson(m.stage.lesson, 0, false)
}

// jumpTo asks first where the jump is not forward: it throws this run away.
func (m Model) jumpTo(step int) (Model, tea.Cmd) {
	if v := m.stage.view; step <= v.Step && v.At > 0 {
		return m.ask(fmt.Sprintf("Throw this run away and go back to step %d?", step+1),
			func(m Model) (Model, tea.Cmd) { return m.jumpNow(step) }), nil
	}
	return m.jumpNow(step)
}

func (m Model) jumpNow(step int) (Model, tea.Cmd) {
	return m.act(moveWorld, func(ctx context.Context, s Session) error { return s.Jump(ctx, step) })
}

// dead is a side whose process ended, the one in focus before others.
func (s *stage) dead() *lesson.Side {
	if c := s.current(); c != nil && ended(c) {
		return c
	}
	v := s.seen()
	for i := range v.Sides {
		if ended(&v.Sides[i]) {
			return &v.Sides[i]
		}
	}
	return nil
}

func ended(s *lesson.Side) bool {
	return s.State == lesson.SideEnded || s.State == lesson.SideKilled || s.State == lesson.SideFault
}

// judge shows the error of a move where it belongs.
func (m Model) judge(msg movedMsg) Model {
	if m.stage.trace != nil {
		return m.judgeTrace(msg)
	}
	var unmet lesson.UnmetError
	inField := m.field.open && (msg.kind == moveTyped || msg.kind == moveEdited || msg.kind == moveInput || msg.kind == moveAnswer || msg.kind == moveSetting)
	switch {
	case msg.err == nil && inField:
		if s := m.stage.current(); msg.kind == moveTyped && s != nil && s.Typed != "" && s.State != lesson.SideBlocked && !ended(s) {
			m.notice = "What you typed has the value " + s.Typed + ". " + msg.view.Result
		}
		m.field = field{}
	case msg.err == nil, errors.Is(msg.err, lesson.ErrAsking), errors.Is(msg.err, lesson.ErrTyping):
	case errors.As(msg.err, &unmet):
		m.notice = notYet(unmet.Open)
	case errors.Is(msg.err, context.Canceled):
		m.notice = "Given up. r runs everything up to here again, R starts anew."
	case errors.Is(msg.err, lesson.ErrNothing):
		m.notice = "There is nothing to undo."
	case inField:
		m.field.err = msg.err.Error()
	case msg.kind == moveStart || errors.Is(msg.err, lesson.ErrClosed) || errors.Is(msg.err, netcore.ErrClosed):
		m.over = lostCard(msg.err, !m.stage.ready)
	case (msg.kind == moveOther || msg.kind == moveGuided) && width(clean(firstLines(msg.err))) < m.width-2:
		m.notice = firstLines(msg.err)
	default:
		m.over = errorCard(msg.err)
	}
	return m
}

// The views.

func (m Model) back() (Model, tea.Cmd) {
	st := &m.stage
	if st.past != nil {
		return m.lookAt(st.pastAt - 1), nil
	}
	return m.lookAt(st.newestPast()), nil
}

func (m Model) forward() (Model, tea.Cmd) {
	st := &m.stage
	if st.pastAt >= st.newestPast() {
		if st.replaying() {
			m.notice = endOfRecording
			return m, nil
		}
		return m.toPresent(), nil
	}
	return m.lookAt(st.pastAt + 1), nil
}

// toPresent looks at the present again; in a trace the side one drove is in focus.
func (m Model) toPresent() Model {
	m.stage.past = nil
	if m.stage.trace != nil {
		m.stage.side = m.stage.driven
	}
	return m
}

// newestPast is the newest record of something else than the present shows, negative
// for none.
func (s *stage) newestPast() int {
	last := s.source().Records() - 1
	if last < 0 || s.replaying() {
		return last
	}
	if r := s.source().Record(last); r != nil && r.At == s.view.At && r.Step == s.view.Step {
		return last - 1
	}
	return last
}

// lookAt shows a record.
func (m Model) lookAt(at int) Model {
	v := m.stage.source().Record(at)
	if v == nil {
		m.notice = "This is the first thing recorded."
		return m
	}
	if m.stage.past == nil {
		m.stage.driven = m.stage.focus()
	}
	m.stage.past, m.stage.pastAt, m.stage.side = v, at, ""
	m.stage.log = m.stage.log.follow(v)
	m.stage.transitions = m.stage.transitions.follow(v)
	m.stage.pastLadder, m.stage.selected = m.stage.pastLadder.recent(v, m.stage.ladder), cell{}
	m.stage.scroll[paneText] = 0
	return m
}

func (m Model) otherSide() (Model, tea.Cmd) {
	v, now := m.stage.seen(), m.stage.focus()
	for i := range v.Sides {
		if v.Sides[i].Name == now {
			m.stage.side = v.Sides[(i+1)%len(v.Sides)].Name
		}
	}
	return m, nil
}

func (m Model) hint() (Model, tea.Cmd) {
	if m.layout().text.h == 0 {
		m = m.unselect()
	}
	m.stage.hints++
	m.stage.scroll[paneText] = 1 << 20 // the hint stands last
	return m, nil
}

func (m Model) toggleHide() (Model, tea.Cmd) {
	m.hide = !m.hide
	m.notice = "Predictions and answers are shown."
	if m.hide {
		m.notice = "Predictions and answers are hidden; p shows them."
	}
	return m, nil
}

// up and down move among answers, in the course, or in the text.
func (m Model) up() (Model, tea.Cmd)   { return m.upDown(-1), nil }
func (m Model) down() (Model, tea.Cmd) { return m.upDown(1), nil }

func (m Model) upDown(by int) Model {
	st := &m.stage
	switch {
	case m.practice.open:
		return m.practiceUpDown(by)
	case !m.onStage:
		m.pick = clamp(m.pick+by, 0, len(m.o.Course.Lessons)-1)
	case st.asking() && !st.typing() && (st.large == paneNone || st.large == paneText):
		st.choice = clamp(st.choice+by, 0, len(st.step().Ask.Options)-1)
	default:
		p := st.large
		if p == paneNone {
			p = paneText
		}
		st.scroll[p] = clamp(st.scroll[p]+by, m.nearest(p), m.farthest(p))
	}
	return m
}

func clamp(n, low, high int) int { return max(min(n, high), low) }

// escape goes back one level.
func (m Model) escape() (Model, tea.Cmd) {
	st := &m.stage
	switch {
	case !m.onStage:
		m.notice = "This is the start. q quits."
	case st.busy && st.ready && st.cancel != nil:
		st.cancel()
		m.notice = "Giving the move up."
		if st.view.Waits > 0 {
			m.notice = "No longer waiting."
		}
	case st.past != nil && !st.replaying():
		m = m.toPresent()
	case st.large == paneDetails || st.selected.kind != cellNone && st.large == paneNone:
		m = m.unselect()
	case st.large != paneNone:
		st.large = paneNone
	case st.trace != nil:
		m.notice = "q quits, and ends what runs."
	case len(m.o.Course.Lessons) == 0:
		m.notice = "There is no course to go back to. q quits."
	default:
		m.onStage = false
	}
	return m, nil
}

func (m Model) switchTheme() (Model, tea.Cmd) {
	m.theme = themeFor(nextTheme(m.theme.name), m.o.Depth)
	m.notice = "Theme: " + m.theme.name + "."
	return m, nil
}

func (m Model) toggleMouse() (Model, tea.Cmd) {
	m.mouse = !m.mouse
	m.notice = "The mouse is off: the terminal selects text."
	if m.mouse {
		m.notice = "The mouse is on: the wheel scrolls, a click chooses a side."
	}
	return m, nil
}
