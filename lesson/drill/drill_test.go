package drill

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/netcore/clocktest"
)

// all has the kernel answer every one of the questions that are made; without it
// one in so many of each topic.
var all = flag.Bool("all", false, "run 200 questions of each topic on the kernel, not 20")

func TestMain(m *testing.M) {
	netcore.MaybeRun()
	os.Exit(m.Run())
}

// row are n questions about a topic.
func row(t Topic, seed uint64, n int) []Question {
	s := NewSource(seed, t)
	qs := make([]Question, n)
	for i := range qs {
		qs[i] = s.Next()
	}
	return qs
}

// told is a question as a learner reads it.
func told(q Question) string {
	text := q.Given + "\n"
	for _, l := range q.Lines {
		text += fmt.Sprintf("%-8s %s\n", l.Role, l.Code)
	}
	text += q.Ask.Text + "\n"
	for i, o := range q.Ask.Options {
		text += fmt.Sprintf("%d. %s %s\n", i+1, o.Text, o.Why)
	}
	return text
}

func TestSameSeedSameQuestions(t *testing.T) {
	for _, topic := range Topics() {
		a, b, other := row(topic, 7, 50), row(topic, 7, 50), row(topic, 8, 50)
		differ := false
		for i := range a {
			if diff := cmp.Diff(told(a[i]), told(b[i])); diff != "" {
				t.Fatalf("%s, question %d, differs with the same seed:\n%s", topic.Name, i+1, diff)
			}
			differ = differ || told(a[i]) != told(other[i])
		}
		if !differ {
			t.Errorf("%s: another seed gives the same 50 questions", topic.Name)
		}
	}
}

// TestNames holds the topics against those a lesson can name.
func TestNames(t *testing.T) {
	if diff := cmp.Diff(lesson.DrillTopics(), Names()); diff != "" {
		t.Errorf("the topics (-a lesson can name +there are):\n%s", diff)
	}
}

func TestQuestionsAreWellFormed(t *testing.T) {
	for _, topic := range Topics() {
		for i, q := range row(topic, 1, 200) {
			if err := wellFormed(q); err != nil {
				t.Fatalf("%s, question %d: %v\n%s", topic.Name, i+1, err, told(q))
			}
		}
	}
}

// wellFormed says what is wrong with a question: it has two to four options, told
// apart by text and by what is observed, one of them with a rule.
func wellFormed(q Question) error {
	if n := len(q.Ask.Options); n < 2 || n > mostOffered {
		return fmt.Errorf("%d options", n)
	}
	if !slices.ContainsFunc(q.Ask.Options, func(o lesson.Option) bool { return o.Why != "" }) || q.Ask.Text == "" || q.Topic == "" || len(q.Lines) == 0 {
		return fmt.Errorf("no rule, text, topic or lines")
	}
	if _, err := q.Ask.About.Parse(); err != nil {
		return err
	}
	for i, o := range q.Ask.Options {
		if err := o.Is.Check(); err != nil {
			return err
		}
		for _, other := range q.Ask.Options[:i] {
			if o.Text == other.Text || o.Is.Match(string(other.Is)) {
				return fmt.Errorf("the options %q and %q are not told apart", o.Text, other.Text)
			}
		}
	}
	return nil
}

// TestKernelAnswersOneOption runs questions: what the kernel does is what exactly one
// of the options says.
func TestKernelAnswersOneOption(t *testing.T) {
	for _, topic := range Topics() {
		t.Run(topic.Name, func(t *testing.T) {
			t.Parallel()
			if topic.private && !netcore.Probe(t.Context()).Tier.Private() {
				t.Skip("the questions of this topic need a private network, and this machine gives none")
			}
			qs := row(topic, 1, 200)
			if !*all {
				qs = qs[:20]
			}
			for i, q := range qs {
				answers(t, i+1, q)
			}
		})
	}
}

func answers(t *testing.T, number int, q Question) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), clocktest.Patience)
	defer stop()
	out, err := q.Run(ctx, lesson.OpenLab(netcore.Options{}), lesson.Skipped)
	if errors.Is(err, ErrNotHere) && !netcore.Probe(ctx).Tier.Private() {
		return // the loopback of the machine is all there is
	}
	if err != nil {
		t.Fatalf("question %d: %v\n%s", number, err, told(q))
	}
	if out.Answer.Correct >= 0 && !netcore.Probe(ctx).Tier.Private() {
		return // a port that was taken has been replaced, in the options too
	}
	var right []int
	for i, o := range q.Ask.Options {
		if o.Is.Match(out.Answer.Observed) {
			right = append(right, i)
		}
	}
	if !slices.Equal(right, []int{out.Answer.Correct}) {
		t.Errorf("question %d: observed %q, which is what the options %v say\n%s", number, out.Answer.Observed, right, told(q))
		return
	}
	if q.Ask.Options[right[0]].Why == "" && netcore.Probe(ctx).Tier.Private() {
		t.Errorf("question %d: the rule is not that of what was observed, %q\n%s", number, out.Answer.Observed, told(q))
	}
}
