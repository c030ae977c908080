package terminal

import (
	"fmt"
	"image/color"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"sockstep/ui/printable"
)

// modes is all that a view changes in a terminal besides its cells.
type modes struct {
	taken    bool // alternate screen, blank; on old terminals the screen as it is, to be cleared behind us
	paste    bool
	focus    bool
	mouse    tea.MouseMode
	keyboard int // flags of the kitty protocol; 0 for none
	title    string
	fg, bg   string
	cursor   cursor
}

type cursor struct {
	shown bool
	style int // as in DECSCUSR, 0 is the terminal's own
	color string
}

// shell is a terminal as a shell has it.
var shell = modes{cursor: cursor{shown: true}}

// modesOf returns the modes v asks for. The alternate screen is always one of them.
func modesOf(v tea.View, d dialect) modes {
	m := modes{taken: true, cursor: cursor{shown: v.Cursor != nil}}
	if !d.modern {
		return m
	}
	m.paste, m.focus, m.mouse = !v.DisableBracketedPasteMode, v.ReportFocus, v.MouseMode
	m.keyboard = keyboard(v.KeyboardEnhancements)
	m.title = printable.Clean(v.WindowTitle)
	m.fg, m.bg = hex(v.ForegroundColor), hex(v.BackgroundColor)
	if c := v.Cursor; c != nil {
		m.cursor.style, m.cursor.color = cursorStyle(c), hex(c.Color)
	}
	return m
}

// enter returns what changes a terminal in modes m to n, before the cells are drawn. The cursor follows them.
func (m modes) enter(n modes, d dialect) string {
	var b strings.Builder
	if n.taken && !m.taken && d.modern {
		b.WriteString(ansi.SetModeAltScreenSaveCursor)
	}
	set(&b, m.paste, n.paste, ansi.SetModeBracketedPaste, ansi.ResetModeBracketedPaste)
	set(&b, m.focus, n.focus, ansi.SetModeFocusEvent, ansi.ResetModeFocusEvent)
	if m.mouse != n.mouse {
		b.WriteString(mouse(n.mouse))
	}
	if m.keyboard != n.keyboard {
		b.WriteString(stack(m.keyboard, n.keyboard))
	}
	if m.title != n.title {
		b.WriteString(title(m.title, n.title))
	}
	paint(&b, m.fg, n.fg, ansi.SetForegroundColor, ansi.ResetForegroundColor)
	paint(&b, m.bg, n.bg, ansi.SetBackgroundColor, ansi.ResetBackgroundColor)
	return b.String()
}

// point returns what changes the cursor from c to n.
func (c cursor) point(n cursor) string {
	var b strings.Builder
	if c.style != n.style {
		b.WriteString(ansi.SetCursorStyle(n.style))
	}
	paint(&b, c.color, n.color, ansi.SetCursorColor, ansi.ResetCursorColor)
	set(&b, c.shown, n.shown, ansi.SetModeTextCursorEnable, ansi.ResetModeTextCursorEnable)
	return b.String()
}

// leave returns what gives a terminal in modes m back. It is right also where m was not fully entered.
func (m modes) leave(d dialect) string {
	if !d.modern {
		return ansi.ResetStyle + ansi.CursorHomePosition + ansi.EraseScreenBelow + ansi.SetModeTextCursorEnable
	}
	away := m.cursor.point(cursor{shown: m.cursor.shown})
	rest := m.enter(modes{taken: true}, d)
	return ansi.ResetModeSynchronizedOutput + ansi.SetModeAutoWrap + ansi.ResetStyle + rest + away +
		ansi.ResetModeAltScreenSaveCursor + ansi.SetModeTextCursorEnable
}

// Restore returns the bytes that put a terminal back whatever a view may have asked of it. To one that was not changed
// they do nothing but move the cursor.
func Restore() []byte { return everything(dialect{modern: true}) }

func everything(d dialect) []byte {
	all := modes{
		taken: true, paste: true, focus: true, mouse: tea.MouseModeAllMotion, keyboard: 1, title: "x", fg: "x", bg: "x",
		cursor: cursor{style: 1, color: "x"},
	}
	return []byte(cancel + all.leave(d))
}

// cancel ends a sequence that was cut in the middle.
const cancel = "\x18"

func set(b *strings.Builder, was, is bool, on, off string) {
	switch {
	case is && !was:
		b.WriteString(on)
	case was && !is:
		b.WriteString(off)
	}
}

func paint(b *strings.Builder, was, is string, on func(string) string, off string) {
	switch {
	case is == was:
	case is == "":
		b.WriteString(off)
	default:
		b.WriteString(on(is))
	}
}

func mouse(m tea.MouseMode) string {
	const off = ansi.ResetModeMouseButtonEvent + ansi.ResetModeMouseAnyEvent + ansi.ResetModeMouseExtSgr
	switch m {
	case tea.MouseModeCellMotion:
		return ansi.ResetModeMouseAnyEvent + ansi.SetModeMouseButtonEvent + ansi.SetModeMouseExtSgr
	case tea.MouseModeAllMotion:
		return ansi.ResetModeMouseButtonEvent + ansi.SetModeMouseAnyEvent + ansi.SetModeMouseExtSgr
	}
	return off
}

// stack changes the flags of the kitty protocol. They are a stack of each screen; ours is one entry high.
func stack(was, is int) string {
	switch {
	case is == 0:
		return ansi.PopKittyKeyboard(1)
	case was == 0:
		return ansi.PushKittyKeyboard(is)
	}
	return ansi.KittyKeyboard(is, 1)
}

// The terminal keeps the title of before on a stack.
const pushTitle, popTitle = "\x1b[22;0t", "\x1b[23;0t"

func title(was, is string) string {
	switch {
	case is == "":
		return popTitle
	case was == "":
		return pushTitle + ansi.SetWindowTitle(is)
	}
	return ansi.SetWindowTitle(is)
}

func keyboard(k tea.KeyboardEnhancements) int {
	flags := ansi.KittyDisambiguateEscapeCodes
	for _, f := range []struct {
		on   bool
		flag int
	}{
		{k.ReportEventTypes, ansi.KittyReportEventTypes},
		{k.ReportAlternateKeys, ansi.KittyReportAlternateKeys},
		{k.ReportAllKeysAsEscapeCodes, ansi.KittyReportAllKeysAsEscapeCodes},
		{k.ReportAssociatedText, ansi.KittyReportAssociatedKeys},
	} {
		if f.on {
			flags |= f.flag
		}
	}
	return flags
}

// cursorStyle is the number DECSCUSR has for a shape: blinking ones are odd.
func cursorStyle(c *tea.Cursor) int {
	style := 2*int(c.Shape) + 2
	if c.Blink {
		style--
	}
	return style
}

func hex(c color.Color) string {
	if c == nil {
		return ""
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
