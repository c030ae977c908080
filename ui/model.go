package ui

import (
	"sync"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
)

// Model is the whole program: the course, the stage that is open, and what lies
// over them. It is a value; Update returns a changed one.
type Model struct {
	o       Options
	width   int
	height  int
	theme   theme
	machine string // what this machine allows, once known
	pick    int    // the lesson selected in the course
	onStage bool
	stage   stage
	over    overlay
	field   field
	notice  string // why a key did nothing, or a remark; until the next key
	mouse   bool
	hide    bool // predictions and answers are hidden
	opened  *opened
	leaving bool
	first   tea.Cmd // what the command line asked for, begun by New
}

// opened keeps the session that is open, for an ending that no key asked for.
type opened struct {
	mu      sync.Mutex
	session Session
}

func (o *opened) set(s Session) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.session = s
}

// New makes the program. Its first frame is the course, or the lesson that was
// asked for; nothing runs before Init.
func New(o Options) Model {
	if o.Course == nil {
		o.Course = &lesson.Course{}
	}
	m := Model{o: o, theme: themeFor(o.Theme, o.Depth), opened: &opened{}}
	m.pick = m.resumePick()
	m, m.first = m.begun()
	return m
}

// Close lets go of the session that is open, if one is. It may be called after
// the program ended in any way, and blocks until the lab is gone.
func (m Model) Close() error {
	m.opened.mu.Lock()
	s := m.opened.session
	m.opened.session = nil
	m.opened.mu.Unlock()
	if s == nil {
		return nil
	}
	return s.Close()
}

// resumePick is the lesson to start the course at: where one was last.
func (m Model) resumePick() int {
	if m.o.Progress == nil {
		return 0
	}
	last := m.o.Progress.Last()
	for i, l := range m.o.Course.Lessons {
		if l.Name == last {
			return i
		}
	}
	return 0
}

// Init asks what the machine allows, and opens what was asked for.
func (m Model) Init() tea.Cmd {
	cmds := []tea.Cmd{m.first}
	if m.o.Machine != nil {
		cmds = append(cmds, probe(m.o.Machine))
	}
	if m.o.Theme == "" && m.o.Depth != DepthMono {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	return tea.Batch(cmds...)
}

// Update routes a message to its method.
func (m Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		return m.resized(msg), nil
	case tea.KeyPressMsg:
		return m.pressed(msg.String(), msg)
	case tea.PasteMsg:
		return m.pasted(msg)
	case tea.MouseWheelMsg:
		return m.wheeled(msg)
	case tea.MouseClickMsg:
		return m.clicked(msg)
	case tea.BackgroundColorMsg:
		return m.background(msg), nil
	case movedMsg:
		return m.moved(msg)
	case changedMsg:
		return m.changed(msg)
	case slowMsg:
		return m.slowed(msg), nil
	case tickedMsg:
		return m.ticked(msg)
	case refreshedMsg:
		return m.refreshed(msg)
	case probedMsg:
		m.machine = msg.text
	}
	return m, nil
}

func (m Model) resized(msg tea.WindowSizeMsg) Model {
	m.width, m.height = msg.Width, msg.Height
	return m
}

// background chooses the theme after the terminal's background, where none was
// asked for.
func (m Model) background(msg tea.BackgroundColorMsg) Model {
	if m.o.Theme == "" && !msg.IsDark() {
		m.theme = themeFor("light", m.o.Depth)
	}
	return m
}

// begun opens what the command line named.
func (m Model) begun() (Model, tea.Cmd) {
	if m.o.Progress != nil {
		for _, r := range m.o.Progress.Remarks() {
			m.notice = r
		}
	}
	if m.o.Playing && m.o.Play != nil {
		return m.openPlay()
	}
	for i, l := range m.o.Course.Lessons {
		if l.Name == m.o.Lesson {
			m.pick = i
			return m.openLesson(l, m.o.Step-1, m.o.Step <= 0)
		}
	}
	return m, nil
}

// pressed sends a key to what is on top: the field, the overlay, the screen.
func (m Model) pressed(key string, msg tea.KeyPressMsg) (Model, tea.Cmd) {
	m.notice = ""
	switch {
	case key == "ctrl+c":
		return m.quit()
	case m.over.kind != overNone:
		return m.overKey(key)
	case m.field.open:
		return m.fieldKey(key, msg)
	case m.onStage && m.stage.asking() && optionKey(key) >= 0:
		return m.choose(optionKey(key)), nil
	}
	return m.dispatch(key)
}

// dispatch finds the key in the key map; one that does nothing now says why.
func (m Model) dispatch(key string) (Model, tea.Cmd) {
	b := bindingFor(key, m.screen())
	if b == nil {
		m.notice = "The key " + keyName(key) + " does nothing here. ? shows the keys."
		return m, nil
	}
	if b.why != nil {
		if why := b.why(m); why != "" {
			m.notice = why
			return m, nil
		}
	}
	return b.do(m, key)
}

func keyName(key string) string {
	if width(clean(key)) > 12 {
		return "pressed"
	}
	return clean(key)
}

func (m Model) screen() where {
	if m.onStage {
		return onStage
	}
	return onCourse
}

// quit keeps what there is, lets go of the lab and ends.
func (m Model) quit() (Model, tea.Cmd) {
	if m.leaving {
		return m, tea.Quit
	}
	m.leaving = true
	if m.stage.cancel != nil {
		m.stage.cancel()
	}
	if m.stage.session == nil {
		return m, tea.Quit
	}
	m.opened.set(nil)
	return m, tea.Sequence(shut(m.stage.session), tea.Quit)
}

// View draws the frame.
func (m Model) View() tea.View {
	v := tea.NewView(paint(m.frame(), &m.theme))
	if m.o.ASCII {
		v.Content = asciiSigns.Replace(v.Content)
	}
	v.AltScreen = true
	v.WindowTitle = m.title()
	if m.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

func (m Model) title() string {
	if m.onStage && m.stage.lesson != nil {
		return "sockstep: " + clean(m.stage.lesson.Title)
	}
	return "sockstep"
}

// frame is the whole screen, exactly height lines of exactly width columns.
func (m Model) frame() []line {
	switch {
	case m.width < 1 || m.height < 1:
		return nil
	case m.width < minWidth || m.height < minHeight:
		return block(tooSmall(m.width, m.height), m.width, m.height)
	case m.onStage:
		return m.stageFrame()
	}
	return m.courseFrame()
}

// tooSmall says which size is needed.
func tooSmall(w, h int) []line {
	text := "sockstep needs a window of " + itoa(minWidth) + "×" + itoa(minHeight) + "; this one is " +
		itoa(w) + "×" + itoa(h) + ". Make it larger, or start sockstep with --linear. Nothing is lost: q quits."
	return wrap(ln(roleText, text), w, 0)
}
