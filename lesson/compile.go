package lesson

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"sockstep/netcore/compiler"
)

// Compile is a file that a step shows to this machine's compiler.
type Compile struct {
	compiler.Unit
	// Recorded is what a compiler said of it where the lesson was written, shown
	// where there is none.
	Recorded *compiler.Report
}

// Lines are the lines of the file.
func (c *Compile) Lines() []string {
	return strings.Split(strings.TrimRight(c.Source, "\n"), "\n")
}

// Compiled is what a compiler said of a step's file.
type Compiled struct {
	compiler.Report
	// Recorded says why the report is not of this machine's compiler; empty where
	// it is.
	Recorded string
}

// move has the file compiled in the step with the number n.
func (c *Compile) move(n int) Move { return Move{Kind: MoveCompile, Text: c.File, Step: n} }

// compile has the file of a move's step compiled, or takes the recording where there
// is no compiler here.
func (s *Session) compile(ctx context.Context, m Move) error {
	if m.Step < 1 || m.Step > s.steps() || s.lesson.Steps[m.Step-1].Compile == nil {
		return fmt.Errorf("step %d has nothing to compile", m.Step)
	}
	c := s.lesson.Steps[m.Step-1].Compile
	r, err := compiler.Compile(ctx, c.Unit)
	switch {
	case err == nil:
		s.last.compiled = &Compiled{Report: *r}
	case errors.Is(err, compiler.ErrNone), errors.Is(err, compiler.ErrNoCXX):
		s.last.compiled = &Compiled{Report: *c.Recorded, Recorded: err.Error()}
	default:
		return fmt.Errorf("compile %s: %w", c.File, err)
	}
	s.last.result = s.last.compiled.Result()
	return nil
}

// Result is the report in a line.
func (c *Compiled) Result() string {
	verdict := c.Verdict()
	if n := len(c.Complaints); n > 1 {
		verdict += ", " + strconv.Itoa(n) + " complaints"
	}
	if c.Recorded != "" {
		verdict += " (recorded)"
	}
	return c.Command + ": " + verdict
}

// quoted is a name in what a compiler says, and missing a header it does not find.
var (
	quoted  = regexp.MustCompile(`['"\x60‘]([A-Za-z_][A-Za-z0-9_:]*)`)
	missing = regexp.MustCompile(`^([A-Za-z0-9_/.]+): No such file`)
)

// complaint is the name the compiler complains about first, "none" where it does not.
func (s *Session) complaint() string {
	c := s.last.compiled
	if c == nil {
		return ""
	}
	for _, one := range c.Complaints {
		for _, form := range []*regexp.Regexp{missing, quoted} {
			if m := form.FindStringSubmatch(one.Text); m != nil {
				return m[1]
			}
		}
	}
	return "none"
}

// complainsOf is "yes" where a complaint has the name in it, else "no".
func (s *Session) complainsOf(name string) string {
	c := s.last.compiled
	if c == nil {
		return ""
	}
	word := regexp.MustCompile(`(^|[^A-Za-z0-9_])` + regexp.QuoteMeta(name) + `($|[^A-Za-z0-9_])`)
	for _, one := range c.Complaints {
		if word.MatchString(one.Text) {
			return "yes"
		}
	}
	return "no"
}

func (s *Session) verdict() string {
	if s.last.compiled == nil {
		return ""
	}
	return s.last.compiled.Verdict()
}

// compile reads a step's file for the compiler and the recording beside it.
func (r *reader) compile(f fields) *Compile {
	v := f.value("compile", mapNode, "{file: net.cpp, standard: c++23}")
	if v == nil {
		return nil
	}
	g := r.fields(v, "file", "standard")
	if !g.need("file") {
		return nil
	}
	c := &Compile{Unit: compiler.Unit{File: g.text("file"), Standard: g.text("standard")}}
	if err := c.Check(); err != nil {
		r.addf(v.line, "compile: %v", err)
		return nil
	}
	source, at, err := readText(r.fsys, r.lesson.Name+"/"+c.File, maxProgramBytes)
	if err != nil {
		r.addf(v.line, "%s, line %d: %v", c.File, at, err)
		return nil
	}
	c.Source = source
	if err := c.Check(); err != nil {
		r.addf(v.line, "%s: %v", c.File, err)
	}
	c.Recorded = r.recording(v.line, c)
	return c
}

// recording reads what a compiler once said, from a file named after the one
// compiled: net.cpp.said.
func (r *reader) recording(line int, c *Compile) *compiler.Report {
	name := c.RecordedIn()
	text, _, err := readText(r.fsys, r.lesson.Name+"/"+name, maxProgramBytes)
	if err != nil {
		r.addf(line, "no recording of %s for machines without a compiler: write what one says into %s (%v)", c.File, name, err)
		return &compiler.Report{}
	}
	report, err := compiler.Recorded(c.File, text)
	if err != nil {
		r.addf(line, "%s: %v", name, err)
		return &compiler.Report{}
	}
	return report
}

// RecordedIn is the name of the file with the recording: that of the file compiled,
// and the standard where one is named.
func (c *Compile) RecordedIn() string {
	if c.Standard == "" {
		return c.File + ".said"
	}
	return strings.Join([]string{c.File, c.Standard, "said"}, ".")
}
