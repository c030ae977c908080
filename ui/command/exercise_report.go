package command

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"sockstep/lesson/exercise"
	"sockstep/lesson/exercise/check"
)

// examination tells the results of a check as they come, and then the whole.
type examination interface {
	result(check.Result)
	end(*exercise.Outcome)
}

func (p *program) newExamination(e *exercise.Exercise, json bool) examination {
	if json {
		return newExamJSON(p.out, e)
	}
	x := &examText{out: p.out, e: e, width: p.wrapAt()}
	fmt.Fprintf(p.out, "%s %s: %s\n", e.ID, e.Name, e.Title)
	return x
}

// examText is for a person.
type examText struct {
	out   io.Writer
	e     *exercise.Exercise
	width int // columns, 0 for lines of any length
}

// marks are the verdicts as they are printed.
var marks = map[check.Verdict]string{
	check.Holds: "holds", check.Fails: "FAILS", check.Skipped: "not tried", check.Unseen: "not seen",
}

func (x *examText) result(r check.Result) {
	x.hang(fmt.Sprintf("%-9s  ", marks[r.Verdict]), fmt.Sprintf("%s (%s)", r.Goal, r.Name))
	if r.Verdict == check.Skipped {
		return
	}
	x.more("seen", r.Saw)
	call := r.Call
	if r.Line != "" {
		call += "  at " + r.Line
	}
	x.more("call", call)
	if r.Belief != "" {
		x.more("but", fmt.Sprintf("%s (%s)", r.Truth, r.Belief))
	}
	x.more("try", r.Try)
	x.more("printed", r.Output)
}

// more prints what belongs to a result, each line of it on its own.
func (x *examText) more(name, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	for line := range strings.SplitSeq(clean(text), "\n") {
		x.hang(fmt.Sprintf("           %-8s ", name), line)
		name = ""
	}
}

func (x *examText) hang(mark, text string) { hang(x.out, x.width, mark, text) }

// wrapAt is the width of the terminal, 0 where what is printed is for a program.
func (p *program) wrapAt() int {
	if !term.IsTerminal(p.out.Fd()) {
		return 0
	}
	return p.columns()
}

// hang writes a text behind a mark, its further lines under the first; with a width of 0
// in one line.
func hang(out io.Writer, width int, mark, text string) {
	if room := width - len(mark); width > 0 && room > 0 {
		text = strings.ReplaceAll(ansi.Wrap(text, room, ""), "\n", "\n"+strings.Repeat(" ", len(mark)))
	}
	fmt.Fprintf(out, "%s%s\n", mark, text)
}

func (x *examText) end(o *exercise.Outcome) {
	fmt.Fprintf(x.out, "%d of %d goals%s\n", o.Count(check.Holds), len(o.Results), holdIn(o))
	if n := o.Count(check.Unseen); n > 0 {
		fmt.Fprintf(x.out, "%s could not be decided here.\n", count(n, "goal"))
	}
}

func holdIn(o *exercise.Outcome) string {
	if o.Private {
		return " hold, in a private network."
	}
	return " hold, in this machine's own network: there is no private one here (sockstep doctor)."
}

// examJSON is for programs.
type examJSON struct {
	out *json.Encoder
	e   *exercise.Exercise
	id  int
}

func newExamJSON(out io.Writer, e *exercise.Exercise) *examJSON {
	x := &examJSON{out: json.NewEncoder(out), e: e}
	x.write(map[string]any{"type": "exercise", "name": e.Name, "number": e.ID, "title": e.Title, "version": Version})
	return x
}

func (x *examJSON) write(fields map[string]any) {
	x.id++
	fields["id"] = x.id
	_ = x.out.Encode(fields) // a closed pipe ends the program by its signal
}

func (x *examJSON) result(r check.Result) {
	x.id++
	_ = x.out.Encode(struct {
		Type string `json:"type"`
		ID   int    `json:"id"`
		check.Result
	}{"criterion", x.id, r})
}

func (x *examJSON) end(o *exercise.Outcome) {
	x.write(map[string]any{
		"type": "verdict", "passed": o.Holds(), "private": o.Private, "holds": o.Count(check.Holds), "fails": o.Count(check.Fails),
		"skipped": o.Count(check.Skipped), "unseen": o.Count(check.Unseen),
	})
}

// The elements of JUnit XML as the graders' tools read it.
type (
	junitSuite struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Errors   int         `xml:"errors,attr"`
		Time     string      `xml:"time,attr"`
		Stamp    string      `xml:"timestamp,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string     `xml:"classname,attr"`
		Name    string     `xml:"name,attr"`
		Time    string     `xml:"time,attr"`
		Failure *junitText `xml:"failure"`
		Skipped *junitText `xml:"skipped"`
	}
	junitText struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// writeJUnit writes what came of a check to a file.
func writeJUnit(path string, e *exercise.Exercise, o *exercise.Outcome, begun time.Time) error {
	suite := junitSuite{
		Name: "sockstep " + e.Name, Tests: len(o.Results), Failures: o.Count(check.Fails), Skipped: o.Count(check.Skipped) + o.Count(check.Unseen),
		Time: seconds(time.Since(begun)), Stamp: begun.UTC().Format("2006-01-02T15:04:05"),
	}
	for _, r := range o.Results {
		c := junitCase{Class: "sockstep." + e.Name, Name: r.Name, Time: seconds(r.Took)}
		switch r.Verdict {
		case check.Fails:
			var b strings.Builder
			(&examText{out: &b, e: e}).result(r)
			c.Failure = &junitText{Message: clean(r.Saw), Type: r.Belief, Text: b.String()}
		case check.Skipped, check.Unseen:
			c.Skipped = &junitText{Message: clean(r.Saw)}
		}
		suite.Cases = append(suite.Cases, c)
	}
	b, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		return fmt.Errorf("write the results: %w", err)
	}
	if err := os.WriteFile(path, []byte(xml.Header+string(b)+"\n"), 0o666); err != nil {
		return fmt.Errorf("write the results: %w", err)
	}
	return nil
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
