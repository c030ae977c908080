package ui

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
	"sockstep/netcore"
)

// keepTime starts the clock while something on the stage is live, and only then.
func (m Model) keepTime() (Model, tea.Cmd) {
	st := &m.stage
	if st.source() == nil || !st.live() || !m.onStage {
		return m, nil
	}
	if st.ticking {
		return m, nil
	}
	st.ticking, st.since = true, netcore.Now()
	return m, tickAfter(liveTick, st.gen)
}

// live reports whether something on the stage changes by itself, or its age does.
func (s *stage) live() bool {
	w := s.view.Snapshot.Wire
	return s.view.Live() || s.busy && s.view.Waits > 0 || w != nil && len(w.Held) > 0
}

// waitingSince is since when the kernel is waited for.
func waitingSince(since int64, old, v *lesson.View, now int64) int64 {
	switch {
	case v.Waits == 0:
		return 0
	case old != nil && old.Waits == v.Waits && since > 0:
		return since
	}
	return now
}

// waits reports whether a step waits for the kernel now.
func (m Model) waits() bool {
	return m.stage.past == nil && m.stage.view.Waits > 0 && m.stage.busy
}

// waitingNote says how long the kernel has been waited for, of how long at most.
func (m Model) waitingNote(v *lesson.View) line {
	most := time.Duration(v.Waits - m.stage.waiting)
	passed := min(max(time.Duration(m.stage.clock()-m.stage.waiting), 0), most)
	return line{sp(roleWaiting, " waiting for the kernel, "+countdown(passed)+" of at most "+limitText(most)),
		sp(roleText, "; "), sp(roleKey, "esc"), sp(roleText, " stops waiting")}
}

// limitText is a limit to half a second: when it was set is not known better.
func limitText(d time.Duration) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", d.Round(time.Second/2).Seconds()), ".0") + " s"
}

// ticked moves the clock on and looks again.
func (m Model) ticked(msg tickedMsg) (Model, tea.Cmd) {
	st := &m.stage
	if msg.gen != st.gen {
		return m, nil
	}
	st.now = netcore.Now()
	if !m.onStage || !st.live() {
		st.ticking = false
		return m, nil
	}
	if st.busy {
		return m, tickAfter(liveTick, st.gen)
	}
	return m, refresh(st.source(), st.gen)
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
	if !st.live() || !m.onStage {
		st.ticking = false
		return m, nil
	}
	if time.Duration(st.now-st.since) > 20*time.Second {
		return m, tickAfter(idleTick, st.gen)
	}
	return m, tickAfter(liveTick, st.gen)
}
