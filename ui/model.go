package ui

import (
	"slices"
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
	// practice lies over the course or the stage while it is open.
	practice practice
	over     overlay
	field    field
	notice   string // why a key did nothing, or a remark; until the next key
	mouse    bool
	hide     bool // predictions and answers are hidden
	opened   *opened
	leaving  bool
	index    *lesson.Index // of the search, once one was opened
	first    tea.Cmd       // what the command line asked for, begun by New
}

// opened keeps the session that is open, for an ending that no key asked for.
type opened struct {
	mu      sync.Mutex
	session Source
	run     *run
}

func (o *opened) set(s Source) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.session = s
}

func (o *opened) setRun(r *run) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.run = r
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
	s, r := m.opened.session, m.opened.run
	m.opened.session, m.opened.run = nil, nil
	m.opened.mu.Unlock()
	if r != nil {
		r.stop()
	}
	if s == nil {
		return nil
	}
	return s.Close()
}

// resumePick is the lesson to start the course at: where one was last, or the one
// after it when that is done.
func (m Model) resumePick() int {
	if m.o.Progress == nil {
		return 0
	}
	last := m.o.Progress.Last()
	for i, l := range m.o.Course.Lessons {
		if l.Name != last {
			continue
		}
		if k, _ := m.o.Progress.Lesson(last); k.Journal.Done {
			return min(i+1, len(m.o.Course.Lessons)-1)
		}
		return i
	}
	return 0
}

// Init asks what the machine allows, and opens what was asked for.
func (m Model) Init() tea.Cmd {
	cmds := []tea.Cmd{m.first}
	if m.o.Whole != nil {
		cmds = append(cmds, readCourse(m.o.Whole))
	}
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
	case savedMsg:
		return m.saved(msg), nil
	case readMsg:
		return m.whole(), nil
	case markedMsg:
		return m.marked(msg), nil
	case lingeredMsg:
		return m.lingered(msg), nil
	case placedMsg:
		return m.placed(msg), nil
	case probedMsg:
		m.machine = msg.text
	}
	return m, nil
}

// whole is the model with the whole course, which has been read, or is now.
func (m Model) whole() Model {
	if m.o.Whole != nil {
		c := *m.o.Whole()
		c.Lessons = slices.Clone(c.Lessons)
		for i, l := range m.o.Course.Lessons {
			if l.Read() {
				c.Lessons[i] = l // it may be open
			}
		}
		m.o.Course, m.o.Whole = &c, nil
	}
	return m
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
	switch {
	case m.o.Trace != nil:
		return m.openTrace()
	case m.o.Playing && m.o.Play != nil:
		return m.openPlay()
	case m.o.Drill != nil:
		m = m.beginDrill(*m.o.Drill)
		m.practice.alone = true
		return m, nil
	case m.o.Placing:
		m, cmd := m.beginPlacement()
		m.practice.alone = m.practice.open
		return m, cmd
	}
	for i, l := range m.o.Course.Lessons {
		if l.Name == m.o.Lesson {
			m.pick = i
			if !l.Read() {
				m = m.whole()
				l = m.o.Course.Lessons[i]
			}
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
	case m.screen() == onStage && m.stage.typing() && optionKey(key) >= 0:
		return m.openAnswer(key), nil
	case m.screen() == onStage && m.stage.asking() && optionKey(key) >= 0:
		return m.choose(optionKey(key)), nil
	case m.onStage && m.stage.ordering() && (optionKey(key) >= 0 || key == "backspace"):
		return m.pickCall(optionKey(key)), nil
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
	switch {
	case m.practice.open:
		return onPractice
	case m.onStage && m.stage.trace != nil:
		return onTrace
	case m.onStage:
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
	var cmds []tea.Cmd
	if r := m.practice.run; r != nil {
		m.opened.setRun(nil)
		cmds = append(cmds, stopRun(r))
	}
	if s := m.stage.source(); s != nil {
		m.opened.set(nil)
		cmds = append(cmds, shut(s))
	}
	return m, tea.Sequence(append(cmds, tea.Quit)...)
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
	if m.practice.open {
		return "sockstep: " + clean(m.practice.title)
	}
	if m.onStage && m.stage.trace != nil {
		return "sockstep: " + clean(m.o.Title)
	}
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
	case m.practice.open:
		return m.practiceFrame()
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
