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
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guide
	j := Journal{Lesson: s.name(), Step: g.step, Phase: g.phase, Steps: g.done,
		Moves: slices.Clone(s.moves), Answers: maps.Clone(g.answers), Done: g.phase == Finished}
	for role, p := range s.edits {
		if j.Edits == nil {
			j.Edits = map[string]string{}
		}
		j.Edits[role] = p.Source()
	}
	return j
}

// Resume repeats a journal's moves in the fresh lab of a session that has just
// been started, and stands where the journal stood.
func (s *Session) Resume(ctx context.Context, j Journal) error {
	return s.exclusive(func() error { return s.resume(ctx, j) })
}

func (s *Session) resume(ctx context.Context, j Journal) error {
	if err := s.restoreEdits(j.Edits); err != nil {
		return err
	}
	for id, a := range j.Answers {
		s.guide.answers[id] = a
	}
	if err := s.raise(ctx); err != nil {
		return err
	}
	if err := s.replay(ctx, j.Moves); err != nil {
		return err
	}
	s.standAfter(j.Moves)
	if s.lesson != nil && j.Step >= 0 && j.Step <= len(s.lesson.Steps) && j.Phase != Ran {
		s.enterStep(j.Step)
	}
	s.guide.done = max(s.guide.done, min(j.Steps, s.steps()))
	s.last.message = fmt.Sprintf("Back where you were: %d moves have really run again, in a fresh lab.", len(j.Moves))
	s.keep()
	return nil
}

func (s *Session) steps() int {
	if s.lesson == nil {
		return 0
	}
	return len(s.lesson.Steps)
}

func (s *Session) restoreEdits(edits map[string]string) error {
	for _, r := range s.cast {
		src, ok := edits[r.Name]
		if !ok {
			continue
		}
		p, err := cprog.Parse(r.File, []byte(src))
		if err != nil {
			return fmt.Errorf("the kept edit of %s: %w", r.File, err)
		}
		s.edits[r.Name] = p
	}
	return nil
}
