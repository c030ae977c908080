//go:build unix

package screentest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// Obeyed returns what the terminal was told to do that is more than drawing:
// modes switched on, titles, the clipboard, links, questions it has to answer,
// a reset. Each is named once, in order.
func (s *Screen) Obeyed() []string {
	s.noting.Lock()
	defer s.noting.Unlock()
	return slices.Sorted(maps.Keys(s.obeyed))
}

// listen notes what Obeyed returns.
func (s *Screen) listen() {
	s.emu.SetCallbacks(vt.Callbacks{EnableMode: func(m ansi.Mode) { s.note(fmt.Sprintf("mode %d", m.Mode())) }})
	for cmd, what := range map[int]string{0: "title", 1: "icon", 2: "title", 7: "folder", 8: "link", 9: "notice", 52: "clipboard", 777: "notice"} {
		s.emu.RegisterOscHandler(cmd, func(data []byte) bool {
			s.note(fmt.Sprintf("%s %q", what, data))
			return false
		})
	}
	for _, cmd := range []int{'q', 'p'} {
		s.emu.RegisterDcsHandler(ansi.Command(0, '$', byte(cmd)), func(ansi.Params, []byte) bool { s.note("question"); return false })
	}
	s.emu.RegisterCsiHandler('n', func(ansi.Params) bool { s.note("question"); return false })
	s.emu.RegisterCsiHandler(ansi.Command(0, '!', 'p'), func(ansi.Params) bool { s.note("reset"); return false })
	s.emu.RegisterEscHandler('c', func() bool { s.note("reset"); return false })
	s.emu.RegisterApcHandler(func([]byte) bool { s.note("application command"); return false })
}

func (s *Screen) note(what string) {
	s.noting.Lock()
	defer s.noting.Unlock()
	s.obeyed[what] = true
}
