//go:build unix

package screentest

import (
	"slices"
	"syscall"
	"testing"
)

func TestLeftovers(t *testing.T) {
	if got := Leftovers("\x1b[?1049h\x1b[?25l\x1b[?1002h\x1b[>1u\x1b[22;0t\x1b[6 q"); len(got) != 6 {
		t.Errorf("found %v, want six", got)
	}
	if got := Leftovers("\x1b[?1049h\x1b[?1049l\x1b[?25l\x1b[?25h"); len(got) != 0 {
		t.Errorf("found %v in what was put back", got)
	}
}

// A program that leaves things changed is caught.
func TestScreen(t *testing.T) {
	const evil = `printf 'begun\n\033[?1000h\033]0;mine\007\033]52;c;aGk=\007\033]8;;http://x\033\\link'; stty raw -echo; echo set; read line`
	s := Start(t, Setup{Args: []string{"sh", "-c", evil}})
	s.Shows("link")
	s.Shows("set")
	s.Signal(syscall.SIGTERM)
	if status, _ := s.Ends(); status != -1 {
		t.Errorf("exit status %d", status)
	}
	want := []string{`clipboard "52;c;aGk="`, `link "8;;http://x"`, "mode 1000", `title "0;mine"`}
	if got := s.Obeyed(); !slices.Equal(got, want) {
		t.Errorf("obeyed %v, want %v", got, want)
	}
	if got := Leftovers(s.Mark()); len(got) != 1 || s.Cooked() {
		t.Errorf("left behind %v, cooked %v", got, s.Cooked())
	}
	s.Cook()
	if !s.Cooked() {
		t.Error("the line discipline was not put back")
	}
}
