package lesson

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"sockstep/lesson/cprog"
)

// undoEdit is a program as it was before an edit; nil stands for the original.
type undoEdit struct {
	role string
	was  *cprog.Program
}

// edit replaces one line of a side's program. The line about to run goes on
// from here; an earlier one runs everything again to there.
func (s *Session) edit(ctx context.Context, sd *side, line int, text string) error {
	lines := strings.Split(sd.program.Source(), "\n")
	if line < 1 || line > len(lines) {
		return fmt.Errorf("%s has lines 1 to %d", sd.role.File, len(lines))
	}
	if strings.ContainsAny(text, "\n\r") {
		return errors.New("edit one line at a time")
	}
	lines[line-1] = keepLabel(lines[line-1], text)
	return s.rewrite(ctx, sd, strings.Join(lines, "\n"), line)
}

// keepLabel carries the label comment of the old line over, which the screen
// does not show.
func keepLabel(old, text string) string {
	if label := strings.TrimPrefix(old, strings.TrimRight(cprog.StripLabel(old), " ")); strings.TrimSpace(label) != "" && cprog.StripLabel(text) == text {
		return strings.TrimRight(text, " ") + " " + strings.TrimSpace(label)
	}
	return text
}

// rewrite gives a side another program text; line is the first line that differs.
func (s *Session) rewrite(ctx context.Context, sd *side, src string, line int) error {
	p, err := cprog.Parse(sd.role.File, []byte(src))
	if err != nil {
		return err
	}
	s.undo = append(s.undo, undoEdit{sd.role.Name, s.edits[sd.role.Name]})
	s.edits[sd.role.Name] = p
	return s.put(ctx, sd, p, line)
}

// put makes a side go on with another version of its program, running again to
// the line where that is not possible.
func (s *Session) put(ctx context.Context, sd *side, p *cprog.Program, line int) error {
	if sd.state == SideIdle || sd.state == SideReady {
		if sd.machine.Replace(p) == nil {
			sd.program, sd.edited = p, s.edits[sd.role.Name] != nil
			return nil
		}
	}
	return s.rerunToLine(ctx, sd.role.Name, line)
}

// rerunToLine runs everything again in a fresh lab until the side stands before
// the line.
func (s *Session) rerunToLine(ctx context.Context, role string, line int) error {
	n := s.movesBefore(role, line)
	if err := s.rerun(ctx, n); err != nil {
		return err
	}
	sd, err := s.side(role)
	if err != nil {
		return err
	}
	for range maxLines {
		if a := sd.machine.Next(); a.Kind != cprog.AtStatement || a.Line >= line {
			break
		}
		if ok, _ := sd.drivable(); !ok {
			break
		}
		if err := s.make(ctx, Move{Kind: MoveStep, Role: role}); err != nil {
			return err
		}
		s.keep()
	}
	s.last.message = fmt.Sprintf("Everything up to line %d of %s has really run again, in a fresh lab.", line, sd.role.File)
	return nil
}

// movesBefore is the number of moves after which the line had not yet run.
func (s *Session) movesBefore(role string, line int) int {
	for n := range len(s.moves) + 1 {
		v := s.Record(n)
		if v == nil {
			return max(n-1, 0)
		}
		for _, sd := range v.Sides {
			if sd.Name == role && (sd.Executed[line] || sd.State == SideBlocked && sd.Line == line) {
				return max(n-1, 0)
			}
		}
	}
	return len(s.moves)
}

// revert puts a side's program back to the original.
func (s *Session) revert(ctx context.Context, sd *side) error {
	if s.edits[sd.role.Name] == nil {
		return fmt.Errorf("%s is the original already", sd.role.File)
	}
	s.undo = append(s.undo, undoEdit{sd.role.Name, s.edits[sd.role.Name]})
	delete(s.edits, sd.role.Name)
	p := s.programOf(sd.role)
	return s.put(ctx, sd, p, firstDifference(sd.program, p))
}

// undoEdit takes the last edit back.
func (s *Session) undoEdit(ctx context.Context) error {
	if len(s.undo) == 0 {
		return ErrNothing
	}
	u := s.undo[len(s.undo)-1]
	s.undo = s.undo[:len(s.undo)-1]
	sd, err := s.side(u.role)
	if err != nil {
		return err
	}
	if s.edits[u.role] = u.was; u.was == nil {
		delete(s.edits, u.role)
	}
	s.last = outcome{focus: u.role, message: "The last edit is undone."}
	p := s.programOf(sd.role)
	if err := s.put(ctx, sd, p, firstDifference(sd.program, p)); err != nil {
		return err
	}
	s.keep()
	return nil
}

func firstDifference(a, b *cprog.Program) int {
	x, y := a.Lines(), b.Lines()
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return i + 1
		}
	}
	return min(len(x), len(y)) + 1
}

// define writes a value into a #define of a side's program.
func (s *Session) define(ctx context.Context, sd *side, name, text string) error {
	was, line, ok := sd.program.Define(name)
	if !ok {
		return fmt.Errorf("%s has no #define %s", sd.role.File, name)
	}
	value := strings.TrimSpace(text)
	if strings.HasPrefix(was, `"`) {
		value = strconv.Quote(value)
	}
	src, _ := sd.program.WithDefine(name, value)
	return s.rewrite(ctx, sd, string(src), line)
}

// checkInput refuses a typed value that is not of the kind a step asks for.
func checkInput(kind, text string) error {
	switch kind {
	case "port":
		return checkPort(text)
	case "ipv4":
		if a, err := netip.ParseAddr(text); err != nil || !a.Is4() {
			return errors.New("an IPv4 address is four numbers with dots, for example 127.0.0.1")
		}
	case "text":
		if strings.ContainsAny(text, "\"\\\n\r") {
			return errors.New(`a text without " and \ is wanted`)
		}
	}
	return nil
}

// checkPort refuses the ports with which a lesson about byte order has nothing to
// show, or that take a privilege.
func checkPort(text string) error {
	n, err := strconv.Atoi(text)
	switch {
	case err != nil || n < 0 || n > 65535:
		return errors.New("a port is a number from 0 to 65535; take one from 1024 on, for example 7777")
	case n < 1024:
		return fmt.Errorf("port %d takes a privilege (or, for 0, is the kernel's to choose): take one from 1024 on", n)
	case swapped(n) == n:
		return fmt.Errorf("the two bytes of %d are the same, so swapping them shows nothing: take another port", n)
	case swapped(n) < 1024:
		return fmt.Errorf("%d with its bytes swapped is %d, which takes a privilege: take another port", n, swapped(n))
	}
	return nil
}
