//go:build unix

package terminal

import (
	"reflect"
	"runtime/debug"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Messages of this package's own.
type (
	resizedMsg struct{ width, height int } // the terminal has this size
	drawMsg    struct{}                    // the painter is free, and a view was missed
	wipedMsg   struct{}                    // the screen is to be drawn anew
)

// driver is the model Bubble Tea sees. It passes everything on to the program's, and after each message has its view
// painted if it changed.
type driver struct {
	inner   tea.Model
	painter *painter
	env     []string
	panics  func(*Panic)
	started func() // called when the framework has

	width, height int
	shown         *tea.View
	dirty         bool
	start         []tea.Cmd // what the first messages asked for
	broken        bool      // the model panicked: it is not called again
}

// begin gives the model all it has to know for its first view, and shows that, before the framework has started.
func (d *driver) begin() {
	d.start = append(d.start, d.inner.Init())
	for _, msg := range []tea.Msg{
		tea.EnvMsg(d.env),
		tea.ColorProfileMsg{Profile: d.painter.profile},
		tea.WindowSizeMsg{Width: d.width, Height: d.height},
	} {
		d.start = append(d.start, d.pass(msg))
	}
	d.dirty = true
	d.draw()
}

// Init implements tea.Model.
func (d *driver) Init() tea.Cmd {
	d.started()
	return d.guarded(tea.Batch(d.start...))
}

// View implements tea.Model. What is shown does not go that way.
func (d *driver) View() tea.View { return tea.View{} }

// Update implements tea.Model.
func (d *driver) Update(msg tea.Msg) (_ tea.Model, cmd tea.Cmd) {
	defer d.rescue()
	if d.broken {
		return d, nil
	}
	return d, d.guarded(d.update(msg))
}

func (d *driver) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case drawMsg:
		d.draw()
		return nil
	case wipedMsg:
		d.redraw()
		d.draw()
		return nil
	case resizedMsg:
		return d.resize(msg)
	case tea.EnvMsg, tea.ColorProfileMsg, tea.WindowSizeMsg:
		return nil // the framework's: the model has been told
	case tea.MouseMsg:
		return tea.Batch(d.mouse(msg), d.step(msg))
	}
	return d.step(msg)
}

func (d *driver) step(msg tea.Msg) tea.Cmd {
	cmd := d.pass(msg)
	d.draw()
	return cmd
}

// pass hands msg to the model, and notes whether its view may be another one now.
func (d *driver) pass(msg tea.Msg) (cmd tea.Cmd) {
	d.inner, cmd = d.inner.Update(msg)
	m, ok := d.inner.(interface{ Dirty() bool })
	d.dirty = d.dirty || !ok || m.Dirty()
	return cmd
}

func (d *driver) resize(msg resizedMsg) tea.Cmd {
	d.width, d.height = msg.width, msg.height
	d.redraw()
	return d.step(tea.WindowSizeMsg{Width: msg.width, Height: msg.height})
}

// redraw has the next view painted whole, even if it is the same.
func (d *driver) redraw() {
	d.painter.wipe()
	d.shown, d.dirty = nil, true
}

func (d *driver) mouse(msg tea.MouseMsg) tea.Cmd {
	if d.shown == nil || d.shown.OnMouse == nil {
		return nil
	}
	return d.shown.OnMouse(msg)
}

// draw has the model's view painted, if it differs, and if the painter can take it. If not, a drawMsg will come.
func (d *driver) draw() {
	if !d.dirty || !d.painter.free() {
		return
	}
	start := time.Now()
	v := d.inner.View()
	d.dirty = false
	if d.shown != nil && same(*d.shown, v) {
		d.shown.OnMouse = v.OnMouse
		return
	}
	d.shown = &v
	d.painter.show(frame{view: v, width: d.width, height: d.height, cost: time.Since(start)})
}

// same reports whether two views look alike.
func same(a, b tea.View) bool {
	modern := dialect{modern: true}
	return a.Content == b.Content && modesOf(a, modern) == modesOf(b, modern) &&
		(a.Cursor == nil || a.Cursor.Position == b.Cursor.Position)
}

// rescue, deferred, turns a panic into the program's end.
func (d *driver) rescue() {
	if v := recover(); v != nil {
		d.broken = true
		d.panics(&Panic{Value: v, Stack: debug.Stack()})
	}
}

// guarded returns cmd with its panics caught, its own and those of the commands it may return.
func (d *driver) guarded(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		defer func() {
			if v := recover(); v != nil {
				d.panics(&Panic{Value: v, Stack: debug.Stack()})
			}
		}()
		msg := cmd()
		d.guardAll(msg)
		return msg
	}
}

// guardAll replaces the commands in a batch or a sequence, which is a type the framework keeps to itself.
func (d *driver) guardAll(msg tea.Msg) {
	list := reflect.ValueOf(msg)
	if list.Kind() != reflect.Slice || list.Type().Elem() != reflect.TypeFor[tea.Cmd]() {
		return
	}
	for i := range list.Len() {
		cmd := list.Index(i)
		cmd.Set(reflect.ValueOf(d.guarded(cmd.Interface().(tea.Cmd))))
	}
}

// clipboard returns what msg, which is of a type the framework keeps to itself, asks to be copied.
func clipboard(msg tea.Msg) (text string, ok bool) {
	if reflect.TypeOf(msg) != reflect.TypeOf(tea.SetClipboard("")()) {
		return "", false
	}
	return reflect.ValueOf(msg).String(), true
}
