package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"sockstep/netcore"
)

// keepTime starts the clock while something on the stage is live, and only then.
func (m Model) keepTime() (Model, tea.Cmd) {
	st := &m.stage
	if st.session == nil || !st.view.Live() || !m.onStage {
		return m, nil
	}
	if st.ticking {
		return m, nil
	}
	st.ticking, st.since = true, netcore.Now()
	return m, tickAfter(liveTick, st.gen)
}

// ticked moves the clock on and looks again.
func (m Model) ticked(msg tickedMsg) (Model, tea.Cmd) {
	st := &m.stage
	if msg.gen != st.gen {
		return m, nil
	}
	st.now = netcore.Now()
	if !m.onStage || !st.view.Live() {
		st.ticking = false
		return m, nil
	}
	if st.busy {
		return m, tickAfter(liveTick, st.gen)
	}
	return m, refresh(st.session, st.gen)
}

// refreshed shows the new sample; the clock goes on while something is live,
// more slowly when it has been so for long.
func (m Model) refreshed(msg refreshedMsg) (Model, tea.Cmd) {
	st := &m.stage
	if msg.gen != st.gen {
		return m, nil
	}
	if msg.err == nil {
		st.show(msg.view)
	}
	if !st.view.Live() || !m.onStage {
		st.ticking = false
		return m, nil
	}
	if time.Duration(st.now-st.since) > 20*time.Second {
		return m, tickAfter(idleTick, st.gen)
	}
	return m, tickAfter(liveTick, st.gen)
}
