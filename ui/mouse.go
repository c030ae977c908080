package ui

import tea "charm.land/bubbletea/v2"

// wheeled scrolls as the arrow keys do.
func (m Model) wheeled(msg tea.MouseWheelMsg) (Model, tea.Cmd) {
	key := "down"
	if msg.Button == tea.MouseWheelUp {
		key = "up"
	}
	if m.over.kind != overNone {
		return m.overKey(key)
	}
	if key == "up" {
		return m.up()
	}
	return m.down()
}

// clicked chooses a lesson, or the side whose program or column was clicked.
func (m Model) clicked(msg tea.MouseClickMsg) (Model, tea.Cmd) {
	if m.over.kind != overNone || m.field.open || m.practice.open || m.width < minWidth || m.height < minHeight {
		return m, nil
	}
	if !m.onStage {
		if n := m.lessonAt(msg.Y); n >= 0 {
			m.pick = n
		}
		return m, nil
	}
	return m.clickedStage(msg.X, msg.Y), nil
}

func (m Model) clickedStage(x, y int) Model {
	l := m.layout()
	v := m.stage.seen()
	for i, r := range l.programs {
		if s := m.sideFor(i, len(l.programs)); s != nil && r.has(x, y) {
			m.stage.side = s.Name
		}
	}
	for _, r := range []rect{l.ladder, l.tables} {
		if n := len(v.Sides); r.has(x, y) && n > 0 {
			m.stage.side = v.Sides[min((x-r.x)*n/r.w, n-1)].Name
		}
	}
	return m
}

func (r rect) has(x, y int) bool { return x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h }
