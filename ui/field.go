package ui

import (
	"context"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
	"sockstep/lesson/cprog"
)

// field is the row of text being typed.
type field struct {
	open   bool
	kind   moveKind // moveTyped, moveEdited, moveInput or moveAnswer
	prompt string
	side   string
	line   int // of an edit
	input  textinput.Model
	err    string
	back   int // how far back in the history
}

const longestInput = 4096

func newField(kind moveKind, prompt, side, value string) field {
	in := textinput.New()
	in.CharLimit = longestInput
	in.SetValue(value)
	in.CursorEnd()
	in.Focus()
	return field{open: true, kind: kind, prompt: prompt, side: side, input: in}
}

func (m Model) typeCall() (Model, tea.Cmd) {
	side := m.stage.focus()
	m.field = newField(moveTyped, "call on "+side, side, "")
	return m, nil
}

func (m Model) editNext() (Model, tea.Cmd) { return m.editLine(m.stage.current().Line), nil }

// editLine opens the field on a line of the program in focus.
func (m Model) editLine(n int) Model {
	s := m.stage.current()
	ls := sourceLines(s)
	if n < 1 || n > len(ls) {
		m.notice = "There is no such line."
		return m
	}
	m.field = newField(moveEdited, m.fileOf(s)+":"+itoa(n), s.Name, ls[n-1])
	m.field.line = n
	return m
}

// openInput opens the field for the value a step wants.
func (m Model) openInput() Model {
	st := m.stage.step()
	if st == nil || st.Input == nil {
		return m
	}
	m.field = newField(moveInput, st.Input.Define, st.Input.Role, "")
	return m
}

// fieldForStep opens the field by itself where a step wants a value.
func (m Model) fieldForStep() Model {
	switch {
	case !m.onStage || m.field.open || !m.stage.ready || m.over.kind != overNone || m.stage.busy:
	case m.stage.view.Phase == lesson.Typing:
		return m.openInput()
	case m.stage.typing() && !m.hide && !m.stage.warned:
		return m.openAnswer("")
	}
	return m
}

// openAnswer opens the field for a prediction that is typed.
func (m Model) openAnswer(begun string) Model {
	m.stage.warned = true
	m.field = newField(moveAnswer, "your answer", m.stage.focus(), begun)
	return m
}

// answerTyped commits what was typed and runs the step; nothing typed runs it without
// a prediction.
func (m Model) answerTyped(text string) (Model, tea.Cmd) {
	if strings.TrimSpace(text) == "" {
		m.field = field{}
		return m.skip()
	}
	goal := m.stage.step().Goal
	return m.act(moveAnswer, func(ctx context.Context, s Session) error {
		if err := s.Predict(text); err != nil || goal {
			return err
		}
		return s.Next(ctx)
	})
}

// fieldKey sends a key to the field.
func (m Model) fieldKey(key string, msg tea.Msg) (Model, tea.Cmd) {
	switch key {
	case "ctrl+d":
		if m.stage.trace != nil && m.field.kind == moveTyped && m.field.input.Value() == "" {
			return m.endInput(m.field)
		}
	case "enter":
		return m.handIn()
	case "esc":
		m.field = field{}
		return m, nil
	case "up":
		return m.recall(1), nil
	case "down":
		return m.recall(-1), nil
	}
	return m.toField(msg), nil
}

// toField lets the text field have a message; its blinking is not wanted.
func (m Model) toField(msg tea.Msg) Model {
	m.field.err = ""
	m.field.input, _ = m.field.input.Update(msg)
	return m
}

func (m Model) pasted(msg tea.PasteMsg) (Model, tea.Cmd) {
	if !m.field.open {
		m.notice = "There is no field to paste into. : types a call, e edits a line."
		return m, nil
	}
	return m.toField(msg), nil
}

// handIn makes a move of what was typed; the field stays until it was taken.
func (m Model) handIn() (Model, tea.Cmd) {
	f, text := m.field, m.field.input.Value()
	switch {
	case m.stage.busy:
		m.notice = busyText
		return m, nil
	case m.stage.trace != nil && f.kind == moveInput:
		return m.goneTo(text)
	case m.stage.trace != nil:
		return m.handInput(f)
	case f.kind == moveAnswer:
		return m.answerTyped(text)
	case f.kind == moveInput:
		return m.act(moveInput, func(ctx context.Context, s Session) error { return input(ctx, s, text) })
	case f.kind == moveEdited:
		m.stage.side = f.side
		return m.do(moveEdited, lesson.Move{Kind: lesson.MoveEdit, Role: f.side, Line: f.line, Text: text})
	case text == "":
		m.field = field{}
		return m, nil
	}
	m.stage.history[f.side] = append(m.stage.history[f.side], text)
	m.stage.side = f.side
	if setting, ok := strings.CutPrefix(strings.TrimSpace(text), "set "); ok {
		return m.actOf(moveSetting, lesson.Move{Kind: lesson.MoveSet, Text: strings.TrimSpace(setting)})
	}
	return m.do(moveTyped, lesson.Move{Kind: lesson.MoveType, Role: f.side, Text: text})
}

// input gives the value and, where nothing else is asked, runs the step.
func input(ctx context.Context, s Session, text string) error {
	if err := s.Input(ctx, text); err != nil {
		return err
	}
	if s.View().Phase == lesson.Reading {
		return s.Next(ctx)
	}
	return nil
}

// recall walks through the calls typed before on this side.
func (m Model) recall(by int) Model {
	h := m.stage.history[m.field.side]
	if m.field.kind != moveTyped || len(h) == 0 {
		return m
	}
	m.field.back = clamp(m.field.back+by, 0, len(h))
	text := ""
	if m.field.back > 0 {
		text = h[len(h)-m.field.back]
	}
	m.field.input.SetValue(text)
	m.field.input.CursorEnd()
	return m
}

// fieldLine draws the field; what does not fit is scrolled out at the left.
func (m Model) fieldLine(w int) line {
	f := m.field
	l := line{sp(roleKey, " "+f.prompt+": ")}
	runes := []rune(f.input.Value())
	at := clamp(f.input.Position(), 0, len(runes))
	room := max(w-l.width()-2, 1)
	from := 0
	for width(clean(string(runes[from:at]))) > room && from < at {
		from++
	}
	l = append(l, sp(roleText, string(runes[from:at])))
	if at < len(runes) {
		return append(l, sp(roleCursor, string(runes[at:at+1])), sp(roleText, string(runes[at+1:])))
	}
	return append(l, sp(roleCursor, " "))
}

// sourceLines are the lines of a side's program as they are shown: without the
// comments that only name statements.
func sourceLines(s *lesson.Side) []string {
	if s == nil || s.Program == nil {
		return nil
	}
	ls := s.Program.Lines()
	out := make([]string, len(ls))
	for i, l := range ls {
		out[i] = untab(cprog.StripLabel(l))
	}
	return out
}
