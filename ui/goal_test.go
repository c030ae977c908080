package ui

import (
	"strings"
	"testing"
)

// TestAPuzzleStaysInSight wants the cards on the screen after a choice, whatever hints
// were read before it, and no choice on a record.
func TestAPuzzleStaysInSight(t *testing.T) {
	m := staged(t, goalView(t), 80, 24)
	for range 6 {
		m, _ = m.hint()
	}
	for _, n := range []int{1, 3} {
		m = m.pickCall(n)
	}
	text := picture(m)
	for _, want := range []string{"▸ 2  #1  s = socket", "▸ 4  #2  listen", "5      bind"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in sight:\n%s", want, text)
		}
	}
	m.stage.past = goalView(t)
	if text := picture(m); strings.Contains(text, "#1") {
		t.Errorf("a record shows what is chosen now:\n%s", text)
	}
}

// TestAFileIsScrolledBothWays begins at a complaint far down and goes to both ends.
func TestAFileIsScrolledBothWays(t *testing.T) {
	m := staged(t, compiledView(t, ""), 80, 24)
	m.stage.large = paneProgram
	m = scrolledTo(m, -1)
	if text := picture(m); !strings.Contains(text, "    1 #include") {
		t.Errorf("the top cannot be reached:\n%s", text)
	}
	m = m.upDown(1)
	if text := picture(m); strings.Contains(text, "    1 #include") {
		t.Errorf("one line down from the top shows the same:\n%s", text)
	}
	if text := picture(scrolledTo(m, 1)); !strings.Contains(text, "   17 }") {
		t.Errorf("the end cannot be reached:\n%s", text)
	}
}

// scrolledTo presses up or down more often than there are lines.
func scrolledTo(m Model, by int) Model {
	for range 50 {
		m = m.upDown(by)
	}
	return m
}
