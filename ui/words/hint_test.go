package words

import (
	"strings"
	"testing"

	"sockstep/lesson"
)

// TestNobodyStaysStuck wants a hint in every phase of every step of the course, and
// the last one to say what to do.
func TestNobodyStaysStuck(t *testing.T) {
	course, err := lesson.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range course.Lessons {
		v := lesson.View{Lesson: l}
		for _, r := range l.Cast {
			v.Sides = append(v.Sides, lesson.Side{Name: r.Name, Program: r.Program, State: lesson.SideIdle})
		}
		for v.Step = range l.Steps {
			st := &l.Steps[v.Step]
			for phase, says := range wantedHints(st) {
				v.Phase = phase
				hints := Hints(&v, "0")
				if len(hints) == 0 || !strings.Contains(hints[len(hints)-1], says) {
					t.Errorf("%s, step %s, phase %v: %q, want %q in the last", l.Name, st.ID, phase, hints, says)
				}
			}
		}
		v.Phase = lesson.Finished
		if len(Hints(&v, "0")) == 0 {
			t.Errorf("%s: no hint at its end", l.Name)
		}
	}
}

// wantedHints are the phases a step goes through, and what the last hint in each has
// to say.
func wantedHints(st *lesson.Step) map[lesson.Phase]string {
	all := map[lesson.Phase]string{lesson.Ran: "Enter goes on", lesson.Reading: "Enter"}
	if st.Goal {
		delete(all, lesson.Reading)
		all[lesson.Trying] = "0 has it done"
	}
	if st.Ask != nil {
		all[lesson.Asking] = "0 runs the step without an answer"
		if st.Goal {
			all[lesson.Asking] = "0 goes on without an answer"
		}
	}
	if st.Input != nil {
		all[lesson.Typing] = "Enter alone"
	}
	return all
}

// TestAWayOutOfAGoal wants the first hint at a goal to be about a side that has ended,
// and the way back to its start once something has been done.
func TestAWayOutOfAGoal(t *testing.T) {
	course, err := lesson.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	l := course.Lesson("memory")
	v := lesson.View{Lesson: l, Step: l.StepIndex("queue"), Phase: lesson.Trying, Sides: []lesson.Side{{Name: "server", State: lesson.SideReady}}}
	const back = "g and 5 begins this step again"
	if all := strings.Join(Hints(&v, "0"), "\n"); strings.Contains(all, back) {
		t.Errorf("nothing is done yet: %s", all)
	}
	v.Log = []lesson.LogLine{{Step: v.Step + 1}}
	if all := strings.Join(Hints(&v, "0"), "\n"); strings.Count(all, back) != 1 {
		t.Errorf("want once %q in: %s", back, all)
	}
	v.Sides[0].State = lesson.SideKilled
	if h := Hints(&v, "0"); !strings.Contains(h[0], "server cannot go on") || strings.Count(strings.Join(h, "\n"), back) != 1 {
		t.Errorf("killed: %q", h)
	}
}

func TestHintsFollowTheSide(t *testing.T) {
	course, err := lesson.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	l := course.Lesson("tcp")
	step := l.StepIndex("listen")
	for state, says := range map[lesson.SideState]string{
		lesson.SideBlocked: "c cancels it", lesson.SideKilled: "n starts it anew", lesson.SideReady: "Enter runs server through line",
	} {
		v := lesson.View{Lesson: l, Step: step, Sides: []lesson.Side{{Name: "server", State: state, Program: l.Cast[0].Program}}}
		if h := Hints(&v, "0"); !strings.Contains(h[len(h)-1], says) {
			t.Errorf("%s: %q, want %q", state, h, says)
		}
	}
}
