package lesson

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// Kept is what is remembered of one lesson between two runs of the program.
type Kept struct {
	Journal Journal `json:"journal"`
	// Ran names the steps that were ever run, by Step.ID, in the order they
	// first were. Running the lesson again takes none of them away.
	Ran []string `json:"ran,omitempty"`
	// Answers are the last marked answers, by Step.ID.
	Answers map[string]Answer `json:"answers,omitempty"`
	// Beliefs counts wrong answers by the misconception they stand for ("M07").
	Beliefs map[string]int `json:"beliefs,omitempty"`
	// Recalls are the beliefs to be asked about again, by misconception.
	Recalls map[string]Recall `json:"recalls,omitempty"`
	// Finished is set when the lesson was ever walked to its end.
	Finished bool `json:"finished,omitempty"`
	// Updated is the wall clock at the last change of anything but Recalls, in UTC.
	Updated time.Time `json:"updated"`
}

// Progress remembers where a learner is, in one file. Reading it never fails:
// what is wrong with the file is said by Remarks, and a file that cannot be
// understood is never written over. Keep returns at once, the file is written
// in the background; Close waits for that. Its methods may be called from any
// goroutine.
type Progress struct {
	file progressFile

	mu      sync.Mutex
	lessons map[string]Kept
	last    string
	// placement is what is kept of the placements.
	placement Placement
	changed   map[string]bool // lessons that differ from what was last written
	moved     bool            // last differs from what was last written
	remarks   []string
	silent    bool // nothing is written in this run; a remark said why
	closed    bool

	wake chan struct{} // one element: there is something to write
	done chan struct{} // closed when the writer has ended
}

// OpenProgress reads the progress kept at path and gets ready to write there.
// An empty path keeps nothing beyond this run; why is said as a remark.
func OpenProgress(path, why string) *Progress {
	return openProgress(progressFile{path: path}, why)
}

func openProgress(f progressFile, why string) *Progress {
	p := &Progress{
		file: f, lessons: map[string]Kept{}, changed: map[string]bool{},
		wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
	if f.path == "" {
		p.mute(why)
	} else {
		p.load()
	}
	go p.write()
	return p
}

// load takes over what the file holds, or sets it aside when it is damaged.
func (p *Progress) load() {
	kept, err := p.file.read()
	var damaged *damagedError
	switch {
	case err == nil:
		p.lessons, p.last, p.placement = kept.Lessons, kept.Last, kept.Placement
	case errors.As(err, &damaged):
		p.setAside(damaged)
	default:
		p.mute(fmt.Sprintf("Progress is not kept in this run: %v.", err))
	}
}

func (p *Progress) setAside(why *damagedError) {
	kept, err := p.file.repair()
	if err != nil {
		p.mute(fmt.Sprintf("The progress in %s is damaged (%v), and it cannot be set aside: %v. It is left as it is; nothing is kept in this run.", p.file.path, why, err))
		return
	}
	p.adopt(kept)
	p.last = kept.Last
}

// mute stops all writing, and says why.
func (p *Progress) mute(why string) {
	p.silent = true
	p.remark(why)
}

func (p *Progress) remark(text string) {
	if text != "" && !slices.Contains(p.remarks, text) {
		p.remarks = append(p.remarks, text)
	}
}

// Remarks returns what there is to say about the file, in sentences, each once.
func (p *Progress) Remarks() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	said := p.remarks
	p.remarks = nil
	return said
}

// Lesson returns what is kept of a lesson.
func (p *Progress) Lesson(name string) (Kept, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k, ok := p.lessons[name]
	return k.clone(), ok
}

// Last names the lesson that was open last, or is empty.
func (p *Progress) Last() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}

// Keep remembers a session over l as its journal has it, and l as the lesson
// that is open.
func (p *Progress) Keep(l *Lesson, j Journal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.lessons[l.Name].clone()
	k.take(l, j)
	p.moved = p.moved || p.last != l.Name
	p.last = l.Name
	k.Updated = time.Now().UTC().Truncate(time.Millisecond)
	p.put(l.Name, k)
}

// Forget makes the next visit to a lesson begin at its start. What was ever run
// and answered stays.
func (p *Progress) Forget(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k, ok := p.lessons[name]
	if !ok {
		return
	}
	k = k.clone()
	k.Journal = Journal{Lesson: name}
	k.Updated = time.Now().UTC().Truncate(time.Millisecond)
	p.put(name, k)
}

// ring tells the writer that there is something to write.
func (p *Progress) ring() {
	if p.silent || p.closed {
		return
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// write writes what changed until Close. It is the only goroutine that does.
func (p *Progress) write() {
	defer close(p.done)
	for range p.wake {
		p.save()
	}
}

func (p *Progress) save() {
	mine, last := p.pending()
	if len(mine) == 0 && last == "" {
		return
	}
	merged, err := p.file.merge(mine, last)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.unsaved(err, mine, last)
		return
	}
	p.adopt(merged)
}

// pending returns the lessons to write and, when it changed, the last one.
func (p *Progress) pending() (map[string]Kept, string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	mine := map[string]Kept{}
	for name := range p.changed {
		mine[name] = p.lessons[name].clone()
	}
	clear(p.changed)
	last := ""
	if p.moved {
		last = p.last
	}
	p.moved = false
	return mine, last
}

// unsaved puts back what could not be written, for the next try, and says why.
func (p *Progress) unsaved(err error, mine map[string]Kept, last string) {
	for name := range mine {
		p.changed[name] = true
	}
	p.moved = p.moved || last != ""
	p.remark(fmt.Sprintf("Progress could not be kept: %v.", err))
	var newer *newerError
	if errors.As(err, &newer) {
		p.silent = true
	}
}

// adopt takes over what another program wrote meanwhile.
func (p *Progress) adopt(merged keptFile) {
	p.placement = merged.Placement
	for name, k := range merged.Lessons {
		if !p.changed[name] {
			p.lessons[name] = k
		}
	}
	if merged.aside != "" {
		p.remark(fmt.Sprintf("The progress in %s was damaged. It is kept as %s, and a new one is begun.", p.file.path, merged.aside))
	}
}

// Close writes what is still unwritten and waits for that until ctx ends.
func (p *Progress) Close(ctx context.Context) error {
	p.mu.Lock()
	if !p.closed {
		p.closed = true
		close(p.wake)
	}
	p.mu.Unlock()
	select {
	case <-p.done:
		return p.lastTry()
	case <-ctx.Done():
		return fmt.Errorf("progress is still being written: %w", ctx.Err())
	}
}

// lastTry writes what an earlier failure, or closing in between, left over.
func (p *Progress) lastTry() error {
	mine, last := p.pending()
	if p.silent || len(mine) == 0 && last == "" {
		return nil
	}
	if _, err := p.file.merge(mine, last); err != nil {
		return fmt.Errorf("keep progress: %w", err)
	}
	return nil
}

func (k Kept) clone() Kept {
	k.Ran = slices.Clone(k.Ran)
	k.Answers = maps.Clone(k.Answers)
	k.Beliefs = maps.Clone(k.Beliefs)
	k.Recalls = maps.Clone(k.Recalls)
	return k
}

// take adds a journal to what is kept already.
func (k *Kept) take(l *Lesson, j Journal) {
	k.Journal = j
	k.Finished = k.Finished || j.Done
	k.ran(l, j)
	for id, a := range j.Answers {
		k.answered(l, id, a)
	}
}

// ran adds the steps that lie behind the journal's position.
func (k *Kept) ran(l *Lesson, j Journal) {
	behind := j.Step
	if j.Phase == Ran || j.Phase == Finished {
		behind++
	}
	for _, s := range l.Steps[:min(max(behind, 0), len(l.Steps))] {
		if !slices.Contains(k.Ran, s.ID) {
			k.Ran = append(k.Ran, s.ID)
		}
	}
}

func (k *Kept) answered(l *Lesson, id string, a Answer) {
	if a.Mark == Unmarked || k.Answers[id] == a {
		return
	}
	if k.Answers == nil {
		k.Answers = map[string]Answer{}
	}
	k.Answers[id] = a
	if belief := l.belief(id, a); belief != "" {
		k.believed(belief)
	}
}

// belief is the misconception a wrong answer stands for, or empty.
func (l *Lesson) belief(id string, a Answer) string {
	i := slices.IndexFunc(l.Steps, func(s Step) bool { return s.ID == id })
	if i < 0 || a.Mark != Wrong {
		return ""
	}
	ask := l.Steps[i].Ask
	if ask == nil || a.Chosen < 0 || a.Chosen >= len(ask.Options) {
		return ""
	}
	return ask.Options[a.Chosen].Belief
}
