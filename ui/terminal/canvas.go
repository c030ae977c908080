package terminal

import (
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"sockstep/ui/printable"
)

// canvas is the cells of one frame. It takes nothing into a cell but a character that shows: text should come cleaned,
// and this is the net under it. Links are dropped, since their addresses come from outside too.
type canvas struct{ uv.ScreenBuffer }

func newCanvas(width, height int) canvas {
	c := canvas{uv.NewScreenBuffer(width, height)}
	c.Method = ansi.GraphemeWidth
	return c
}

// SetCell overrides the buffer's.
func (c canvas) SetCell(x, y int, cell *uv.Cell) {
	if cell != nil && !safe(cell) {
		clean := *cell
		clean.Link = uv.Link{}
		clean.Content = replace(cell)
		clean.Width = printable.Width(clean.Content)
		cell = &clean
	}
	c.ScreenBuffer.SetCell(x, y, cell)
}

// draw puts content into the cells, from the top left.
func (c canvas) draw(content string) {
	c.Clear()
	uv.NewStyledString(content).Draw(c, c.Bounds())
}

func safe(c *uv.Cell) bool {
	if c.Link.URL != "" {
		return false
	}
	return c.Content == "" || len(c.Content) == 1 && ' ' <= c.Content[0] && c.Content[0] <= '~' ||
		printable.Clean(c.Content) == c.Content
}

// replace returns what stands in a cell whose content may not: as many question marks.
func replace(c *uv.Cell) string {
	if printable.Clean(c.Content) == c.Content {
		return c.Content
	}
	return "?"
}
