package lesson

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// wrongIn is progress in which the only wrong answer, of the belief M07, was given in
// the lesson tcp.
func wrongIn(t *testing.T) *Progress {
	p := OpenProgress(progressIn(t), "")
	t.Cleanup(func() { closed(t, p) })
	p.Opened("tcp")
	p.Keep(twoSteps("tcp"), journalAt("tcp", 0))
	return p
}

// opens opens lessons in turn; due are the beliefs due at the last of them, and
// before it there are none.
func opens(t *testing.T, p *Progress, due []string, names ...string) {
	t.Helper()
	for i, name := range names {
		want := []string(nil)
		if i == len(names)-1 {
			want = due
		}
		if diff := cmp.Diff(want, p.Opened(name)); diff != "" {
			t.Fatalf("due at opening %d, %s (-want +got):\n%s", i+1, name, diff)
		}
	}
}

func TestBeliefIsDueAtTheSecondOtherLesson(t *testing.T) {
	p := wrongIn(t)
	opens(t, p, []string{"M07"}, "tcp", "queue", "tcp", "queue", "ends")
	p.Recalled("ends", "M07", Right)
	opens(t, p, nil, "states", "lost", "queue", "ends")
}

func TestBeliefStaysDueUntilItWasAsked(t *testing.T) {
	p := wrongIn(t)
	opens(t, p, []string{"M07"}, "queue", "ends")
	opens(t, p, []string{"M07"}, "ends")
	opens(t, p, []string{"M07"}, "states")
}

func TestBeliefHeldAgainComesAgain(t *testing.T) {
	p := wrongIn(t)
	opens(t, p, []string{"M07"}, "queue", "ends")
	p.Recalled("ends", "M07", Wrong)
	opens(t, p, []string{"M07"}, "ends", "tcp", "ends", "queue")
	p.Recalled("queue", "M07", Unmarked)
	opens(t, p, nil, "states", "lost", "tcp")
	if k, _ := p.Lesson("ends"); k.Beliefs["M07"] != 1 {
		t.Errorf("the wrong answer is not counted: %v", k.Beliefs)
	}
}

func TestBeliefOfTwoLessonsIsAskedOnce(t *testing.T) {
	p := wrongIn(t)
	p.Keep(twoSteps("queue"), journalAt("queue", 0))
	opens(t, p, []string{"M07"}, "ends", "states")
	p.Recalled("states", "M07", Right)
	opens(t, p, nil, "lost", "refused")
}

func TestRecallComesBackFromTheFile(t *testing.T) {
	path := progressIn(t)
	p := OpenProgress(path, "")
	p.Keep(twoSteps("tcp"), journalAt("tcp", 0))
	opens(t, p, nil, "queue")
	closed(t, p)
	q := OpenProgress(path, "")
	opens(t, q, []string{"M07"}, "ends")
	q.Recalled("ends", "M07", Right)
	closed(t, q)
	again := OpenProgress(path, "")
	defer closed(t, again)
	opens(t, again, nil, "states", "lost")
}
