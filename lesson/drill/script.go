package drill

import (
	"fmt"
	"strings"
	"time"

	"sockstep/lesson"
	"sockstep/lesson/cprog"
	"sockstep/netcore"
)

// script is a question's programs being written, with the order their lines run in.
type script struct {
	port     int
	programs []*listing
	steps    []lesson.Step
	shown    []Line
	stage    []netcore.StageSetting
}

// listing is one program.
type listing struct {
	role  string
	lines []string
}

const (
	server = "server"
	client = "client"
)

// of is the program of a role.
func (s *script) of(role string) *listing {
	for _, l := range s.programs {
		if l.role == role {
			return l
		}
	}
	l := &listing{role: role}
	s.programs = append(s.programs, l)
	return l
}

// quietly adds lines that are not shown. They run before the next one that is.
func (s *script) quietly(role string, code ...string) {
	l := s.of(role)
	l.lines = append(l.lines, code...)
}

// run adds a line that is shown and runs it next.
func (s *script) run(role, format string, args ...any) {
	l, code := s.of(role), fmt.Sprintf(format, args...)
	s.shown = append(s.shown, Line{role, code})
	s.mark(l, code)
}

// mark adds a line with a label, and runs the program up to it. A program that has
// just run goes on in the same step.
func (s *script) mark(l *listing, code string) {
	label := fmt.Sprintf("line-%d", len(l.lines)+1)
	l.lines = append(l.lines, code+" /* ["+label+"] */")
	run := &lesson.Run{Role: l.role, Label: label}
	if n := len(s.steps); n > 0 && s.steps[n-1].Run != nil && s.steps[n-1].Run.Role == l.role && len(s.steps[n-1].Expect) == 0 {
		s.steps[n-1].Run = run
		return
	}
	s.steps = append(s.steps, lesson.Step{ID: fmt.Sprintf("step-%d", len(s.steps)+1), Run: run})
}

// arrival bounds the wait for what travels over the loopback.
const arrival = 3 * time.Second

// until has the step just written wait until the kernel shows something: what was
// sent is on its way for a moment, and the next line must not race it.
func (s *script) until(about, is string) {
	st := &s.steps[len(s.steps)-1]
	st.Patience = arrival
	st.Expect = append(st.Expect, lesson.Expectation{About: lesson.Observable(about), Is: lesson.Pattern(is)})
}

// address gives a program the variable a: 127.0.0.1 and the script's port.
func (s *script) address(role string) {
	s.quietly(role, "struct sockaddr_in a = {0};", "a.sin_family = AF_INET;", "a.sin_port = htons(PORT);",
		"a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);")
}

// at says what address makes.
func (s *script) at() string { return fmt.Sprintf("a is 127.0.0.1, port %d.", s.port) }

// question makes the question of a script. What it asks is about the line that runs
// last.
func (s *script) question(ask lesson.Question) Question {
	s.steps[len(s.steps)-1].Ask = &ask
	return s.build(ask)
}

// afterwards is question for what the kernel shows when all lines have run, and has
// come to rest.
func (s *script) afterwards(ask lesson.Question) Question {
	s.steps = append(s.steps, lesson.Step{ID: "look", Ask: &ask})
	return s.build(ask)
}

func (s *script) build(ask lesson.Question) Question {
	l := &lesson.Lesson{Name: "drill", Title: "Drill", Steps: s.steps, Stage: s.stage}
	for _, p := range s.programs {
		l.Cast = append(l.Cast, p.cast(s.port))
	}
	q := Question{Lines: s.shown, Ask: ask, lesson: l}
	if len(s.programs) == 1 {
		for i := range q.Lines {
			q.Lines[i].Role = ""
		}
	}
	return q
}

const before = `#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT %d

int main(void)
{
`

// source is the program's text.
func (l *listing) source(port int) string {
	var b strings.Builder
	fmt.Fprintf(&b, before, port)
	for _, line := range l.lines {
		b.WriteString("    " + line + "\n")
	}
	b.WriteString("    return 0;\n}\n")
	return b.String()
}

// cast is the program as one of a cast. What this package writes parses, for all
// seeds: a program that does not is a mistake in it.
func (l *listing) cast(port int) lesson.Role {
	text := l.source(port)
	p, err := cprog.Parse(l.role+".c", []byte(text))
	if err != nil {
		panic(fmt.Sprintf("drill: %v in\n%s", err, text))
	}
	return lesson.Role{Name: l.role, File: l.role + ".c", Source: text, Program: p}
}
