//go:build unix

package terminal

import (
	"os"
	"testing"

	"sockstep/ui/terminal/screentest"
)

// screen is a terminal with a demo on it.
type screen struct {
	*screentest.Screen
	t *testing.T
}

// setup is how a screen starts.
type setup struct {
	what          string // the demo
	width, height uint16
	noSize        bool
	env           []string
	through       []string // a command in front of the program's
	mute          bool     // the terminal answers nothing
	pace          int      // bytes a second it reads; 0 is all there are, -1 none until Drain
	extra         *os.File // descriptor 3
}

func start(t *testing.T, s setup) *screen {
	t.Helper()
	return &screen{t: t, Screen: screentest.Start(t, screentest.Setup{
		Args:  append(s.through, os.Args[0]),
		Env:   append([]string{demoEnv + "=" + s.what}, s.env...),
		Width: s.width, Height: s.height, NoSize: s.noSize, Mute: s.mute, Pace: s.pace, Extra: s.extra,
	})}
}

func TestRestoreLeavesNothing(t *testing.T) {
	if got := screentest.Leftovers(string(Restore())); len(got) > 1 || len(got) == 1 && got[0] != "title" {
		t.Errorf("Restore leaves %v", got)
	}
}
