package linear

import (
	"context"
	"fmt"

	"sockstep/lesson"
	"sockstep/lesson/drill"
	"sockstep/lesson/placement"
	"sockstep/ui/words"
)

// Place asks the questions of a placement, one after the other, and returns how each
// was answered; fewer marks than questions where the learner leaves or the input
// ends. run runs a drill's question and marks the choice.
func Place(ctx context.Context, in *Input, out *Output, questions []placement.Question, run func(context.Context, drill.Question, int) (drill.Outcome, error)) ([]lesson.Mark, error) {
	d := &driller{in: in, out: out, o: DrillOptions{Run: run}}
	out.say("Answer with a number. Enter alone skips, q leaves.")
	var marks []lesson.Mark
	for i, q := range questions {
		out.gap()
		out.say("Question %d of %d, %s.", i+1, len(questions), q.Lesson.Name)
		m, on, err := d.place(ctx, q)
		if err != nil || !on {
			return marks, err
		}
		marks = append(marks, m)
	}
	return marks, nil
}

func (d *driller) place(ctx context.Context, q placement.Question) (lesson.Mark, bool, error) {
	if q.Drill != nil {
		d.pose(*q.Drill)
		return d.answer(ctx, *q.Drill)
	}
	b := q.Belief
	d.out.say("%s", b.Question)
	for i, o := range b.Options {
		d.out.indented(fmt.Sprintf("%d. ", i+1), o)
	}
	chosen, on, err := d.choice(ctx, len(b.Options))
	if err != nil || !on {
		return lesson.Unmarked, false, err
	}
	m := b.Mark(chosen)
	switch m {
	case lesson.Right:
		d.out.say("Right. %s", b.Why)
	case lesson.Wrong:
		d.out.say("No, it is %d. %s", b.Right, b.Why)
	default:
		d.out.say("Skipped. It is %d. %s", b.Right, b.Why)
	}
	return m, true, nil
}

// Advise says how a placement went, where to start, and what has become of the
// questions asked the first time. kept is what is known of the placements with this
// one.
func Advise(out *Output, course *lesson.Course, v placement.Verdict, kept lesson.Placement, g placement.Growth) {
	out.gap()
	for _, text := range words.Advice(course, v, kept) {
		out.say("%s", text)
	}
	if v.Start != nil {
		out.code("    sockstep learn " + v.Start.Name)
	}
	for _, text := range words.Grown(g) {
		out.say("%s", text)
	}
}
