package lesson

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"sockstep/lesson/cprog"
)

// Journal is a session as it is kept on disk: enough to really run it again.
type Journal struct {
	Lesson  string            `json:"lesson"`
	Step    int               `json:"step"`
	Phase   Phase             `json:"phase"`
	Steps   int               `json:"steps"` // run so far
	Moves   []Move            `json:"moves"`
	Answers map[string]Answer `json:"answers"`
	Edits   map[string]string `json:"edits,omitempty"` // by role, the changed program
	Done    bool              `json:"done"`
}

// Journal is what is needed to come back here.
func (s *Session) Journal() Journal {
	s.turn <- struct{}{}
	defer s.pass()
	g := s.guide
	j := Journal{Lesson: s.name(), Step: g.step, Phase: g.phase, Steps: g.done,
		Moves: slices.Clone(s.moves), Answers: maps.Clone(g.answers), Done: g.phase == Finished}
	edits := maps.Clone(s.unread)
	for role, p := range s.edits {
		if edits == nil {
			edits = map[string]string{}
		}
		edits[role] = p.Source()
	}
	j.Edits = edits
	return j
}

// Resume repeats a journal's moves in a fresh lab, and stands where the journal
// stood. What of it does not fit the lesson any more is said in the view's
// Message and stays in the journal.
func (s *Session) Resume(ctx context.Context, j Journal) error {
	return s.afresh(ctx, func(ctx context.Context) error { return s.resume(ctx, j) })
}

func (s *Session) resume(ctx context.Context, j Journal) error {
	remarks := s.restoreEdits(j.Edits)
	for id, a := range j.Answers {
		s.guide.answers[id] = a
	}
	s.moves = slices.Clone(j.Moves) // to be run again, should there be no lab
	if err := s.raise(ctx); err != nil {
		return err
	}
	differed, err := s.replay(ctx, j.Moves)
	if err != nil {
		return s.stranded(err)
	}
	s.standAfter(j.Moves)
	if s.lesson != nil && j.Step >= 0 && j.Step <= len(s.lesson.Steps) && j.Phase != Ran {
		s.enterStep(j.Step)
	}
	s.guide.done = max(s.guide.done, min(j.Steps, s.steps()))
	s.last.message = backMessage(len(j.Moves)) + differed + remarks
	s.show()
	return nil
}

// backMessage says that a journal's moves, so many, were made again.
func backMessage(n int) string {
	switch n {
	case 0:
		return "Back where you were, in a fresh lab."
	case 1:
		return "Back where you were: one move has really run again, in a fresh lab."
	}
	return fmt.Sprintf("Back where you were: %d moves have really run again, in a fresh lab.", n)
}

func (s *Session) steps() int {
	if s.lesson == nil {
		return 0
	}
	return len(s.lesson.Steps)
}

// restoreEdits takes over the changed programs of a journal, and says of which it
// cannot; those stay as text.
func (s *Session) restoreEdits(edits map[string]string) (remarks string) {
	s.unread = maps.Clone(edits)
	for _, r := range s.cast {
		src, ok := edits[r.Name]
		if !ok {
			continue
		}
		p, err := cprog.Parse(r.File, []byte(src))
		if err != nil {
			remarks += fmt.Sprintf(" Your version of %s is kept, but cannot be run (%v); this is the lesson's.", r.File, err)
			continue
		}
		s.edits[r.Name] = p
		delete(s.unread, r.Name)
	}
	return remarks
}
