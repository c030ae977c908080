package ui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
)

// TestClickInALongCourse: a click chooses the lesson that stands there, also where the
// list has scrolled; one below the list chooses none.
func TestClickInALongCourse(t *testing.T) {
	c := &lesson.Course{}
	for i := range 30 {
		c.Lessons = append(c.Lessons, &lesson.Lesson{Name: fmt.Sprint("l", i), Title: fmt.Sprintf("Lesson %d.", i), Goal: "One."})
	}
	for _, size := range [][2]int{{80, 24}, {120, 36}} {
		m := New(Options{Course: c})
		m.width, m.height, m.pick = size[0], size[1], 20
		at := -1
		for y, row := range strings.Split(picture(m), "\n") {
			if strings.Contains(row, "Lesson 22.") {
				at = y
			}
		}
		m, _ = m.clicked(tea.MouseClickMsg{X: 10, Y: at})
		if m.pick != 22 {
			t.Errorf("%v: a click on lesson 22 in row %d chooses %d", size, at, m.pick)
		}
		m, _ = m.clicked(tea.MouseClickMsg{X: 10, Y: size[1] - 4})
		if m.pick != 22 {
			t.Errorf("%v: a click below the list chooses %d", size, m.pick)
		}
	}
}
