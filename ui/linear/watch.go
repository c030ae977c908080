package linear

import (
	"fmt"
	"strings"

	"sockstep/lesson"
	"sockstep/netcore"
)

// watchedFile shows the program that the step is about to run and watch.
func (p *player) watchedFile(st *lesson.Step) {
	if st.Watch == nil {
		return
	}
	p.out.say("To be run and watched, %s:", st.Watch.File)
	for i, l := range st.Watch.Lines() {
		p.out.code(fmt.Sprintf("%4d  %s", i+1, strings.TrimRight(strings.ReplaceAll(l, "\t", "    "), " \r")))
	}
}

// watching says that the step's program is built and run, which takes its time.
func (p *player) watching() {
	v := p.s.View()
	if st := v.Shown(); st != nil && st.Watch != nil && v.Phase == lesson.Reading {
		p.out.say("Building and running %s.", st.Watch.File)
	}
}

// mostCalls is how many calls of a watched program are said.
const mostCalls = 60

// watched says what the program printed, called, and how it ended.
func (p *player) watched(v *lesson.View) {
	did := v.Watched
	if did == nil {
		return
	}
	if did.Recorded != "" {
		p.out.say("Recorded: %s. This was seen on %s.", did.Recorded, did.Machine)
	}
	if did.Build != "" {
		p.out.say("Built by: %s", did.Build)
	}
	p.out.say("Started by: %s", did.Start)
	for _, note := range did.Notes {
		p.out.say("%s", note)
	}
	p.calls(v, did)
	for _, text := range did.Output {
		p.out.indented("printed: ", text)
	}
	switch {
	case did.Exit == "":
		p.out.say("Its end was not seen.")
	case did.Exit[0] < '0' || did.Exit[0] > '9':
		p.out.say("It was killed by %s.", did.Exit)
	default:
		p.out.say("It ended with status %s.", did.Exit)
	}
}

func (p *player) calls(v *lesson.View, did *lesson.Watched) {
	file := ""
	if st := v.Shown(); st != nil && st.Watch != nil {
		file = st.Watch.File
	}
	if len(did.Calls) == 0 {
		p.out.say("It made no call on a socket.")
	}
	for i, c := range did.Calls {
		if i == mostCalls {
			p.out.say("And %d more calls.", len(did.Calls)-i)
			return
		}
		place := ""
		if n := did.LineOf(c, file); n > 0 {
			place = fmt.Sprintf("line %d: ", n)
		}
		p.out.indented("- ", place+netcore.Short(c))
	}
}
