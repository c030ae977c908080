package linear

import (
	"fmt"
	"strings"

	"sockstep/lesson"
)

// unit shows the file that the step is about to have compiled.
func (p *player) unit(st *lesson.Step) {
	if st.Compile == nil {
		return
	}
	p.out.say("To be compiled, %s:", st.Compile.File)
	for i, l := range st.Compile.Lines() {
		p.out.code(fmt.Sprintf("%4d  %s", i+1, strings.TrimRight(strings.ReplaceAll(l, "\t", "    "), " \r")))
	}
}

// compiling says that the step's file goes to the compiler, which takes its time.
func (p *player) compiling() {
	v := p.s.View()
	if st := v.Shown(); st != nil && st.Compile != nil && v.Phase == lesson.Reading {
		p.out.say("Compiling %s.", st.Compile.File)
	}
}

// compiled says what the compiler said.
func (p *player) compiled(v *lesson.View) {
	c := v.Compiled
	if c == nil {
		return
	}
	if c.Recorded != "" {
		p.out.say("Recorded: %s. This is what %s said.", c.Recorded, c.Compiler)
	}
	p.out.say("The command: %s", c.Command)
	if len(c.Complaints) == 0 {
		p.out.say("The compiler has nothing to say.")
	}
	for _, one := range c.Complaints {
		kind := "error"
		if one.Option != "" {
			kind = "warning"
		}
		p.out.indented("- ", fmt.Sprintf("%s, line %d: %s", kind, one.Line, one.Text))
	}
}
