//go:build unix

package screentest

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
)

// Cooked reports whether the line discipline is as it was before the program
// started.
func (s *Screen) Cooked() bool {
	s.t.Helper()
	now, err := term.GetState(s.Slave.Fd())
	if err != nil {
		s.t.Fatal(err)
	}
	return *now == *s.cooked
}

// Cook puts the line discipline back to that.
func (s *Screen) Cook() {
	s.t.Helper()
	if err := term.SetState(s.Slave.Fd(), s.cooked); err != nil {
		s.t.Fatal(err)
	}
}

// Scribble writes on the screen beside the program.
func (s *Screen) Scribble(text string) { _, _ = s.emu.Write([]byte(text)) }

// Mark writes a line to the terminal, as whoever has it next would, and waits
// until it has come through. It returns what was sent before.
func (s *Screen) Mark() (before string) {
	s.t.Helper()
	s.marks++
	mark := fmt.Sprintf("-- mark %d --", s.marks)
	if _, err := s.Slave.WriteString(mark + "\n"); err != nil {
		s.t.Fatal(err)
	}
	s.Until("the last bytes", func(_, log string) bool { return strings.Contains(log, mark) })
	before, _, _ = strings.Cut(s.Sent(), mark)
	return before
}

// Restored fails the test unless the terminal is as it was.
func (s *Screen) Restored() {
	s.t.Helper()
	s.GivenBack(s.Mark())
}

// RestoredWithin fails the test unless the terminal is as it was after at most d.
func (s *Screen) RestoredWithin(d time.Duration) {
	s.t.Helper()
	s.within(d, "the terminal to be given back", func(_, log string) bool { return len(Leftovers(log)) == 0 })
	s.Restored()
}

// GivenBack fails the test unless the line discipline is as it was, and the
// bytes leave nothing changed.
func (s *Screen) GivenBack(sent string) {
	s.t.Helper()
	if !s.Cooked() {
		s.t.Error("the line discipline is not as it was")
	}
	if left := Leftovers(sent); len(left) > 0 {
		s.t.Errorf("left behind: %v, the last bytes %q", left, sent[max(len(sent)-300, 0):])
	}
}

var (
	modeSeq  = regexp.MustCompile(`\x1b\[\?([0-9;]+)([hl])`)
	kittySeq = regexp.MustCompile(`\x1b\[([<>=])([0-9]*)(?:;[0-9]*)?u`)
	titleSeq = regexp.MustCompile(`\x1b\[(22|23);0t`)
	styleSeq = regexp.MustCompile(`\x1b\[([0-9]*) q`)
)

// Leftovers returns what the bytes sent to a terminal leave changed in it.
func Leftovers(log string) (left []string) {
	set := map[string]bool{"7": true, "25": true} // autowrap and the cursor are on by default
	for _, m := range modeSeq.FindAllStringSubmatch(log, -1) {
		for _, mode := range strings.Split(m[1], ";") {
			set[mode] = m[2] == "h"
		}
	}
	for mode, on := range set {
		if on != (mode == "25" || mode == "7") {
			left = append(left, fmt.Sprintf("mode %s is %v", mode, on))
		}
	}
	sort.Strings(left)
	depth := 0
	for _, m := range kittySeq.FindAllStringSubmatch(log, -1) {
		depth = max(depth+map[string]int{">": 1, "<": -1}[m[1]], 0)
	}
	if depth > 0 {
		left = append(left, "keyboard")
	}
	titles := 0
	for _, m := range titleSeq.FindAllStringSubmatch(log, -1) {
		titles += map[string]int{"22": 1, "23": -1}[m[1]]
	}
	if titles != 0 {
		left = append(left, "title")
	}
	if m := styleSeq.FindAllStringSubmatch(log, -1); len(m) > 0 && m[len(m)-1][1] != "0" && m[len(m)-1][1] != "" {
		left = append(left, "cursor style")
	}
	return left
}
