package ui

import (
	"fmt"
	"strings"

	"sockstep/lesson"
	"sockstep/netcore"
)

// watching is the program the present step runs and watches, nil for none.
func (m Model) watching() *lesson.Watch {
	if st := m.stage.seen().Shown(); st != nil {
		return st.Watch
	}
	return nil
}

// watchPane is a program that is watched, the lines marked from which calls were made.
func (m Model) watchPane(r rect, w *lesson.Watch) []line {
	did := m.stage.seen().Watched
	out := []line{titleBar(w.File, watchState(did), r.w, true)}
	ls := w.Lines()
	called := watchedLinesOf(did, w.File)
	from := m.watchFrom(len(ls), r.h-1)
	comment := false
	for i, text := range ls {
		code := line{sp(roleCode, untab(text))}
		if cLike(w.File) {
			code, comment = highlight(untab(text), comment)
		}
		if i < from || len(out) >= r.h {
			continue
		}
		l := append(line{sp(roleText, " "), sp(roleMuted, fmt.Sprintf("%4d ", i+1))}, code...)
		if called[i+1] {
			l[0] = sp(roleOK, "▪")
			l = l.fit(r.w).as(roleChanged)
		}
		out = append(out, l)
	}
	return out
}

// cLike reports whether a file is in a language whose words look like those of C.
func cLike(file string) bool { return strings.HasSuffix(file, ".c") }

// watchedLinesOf are the lines of the file from which calls were made.
func watchedLinesOf(did *lesson.Watched, file string) map[int]bool {
	if did == nil {
		return nil
	}
	return did.Lines(file)
}

// watchFrom is the first of so many lines shown in h rows, as far as the learner
// scrolled.
func (m Model) watchFrom(lines, h int) int {
	from := m.watchRest(lines, h)
	if m.stage.large == paneProgram {
		from += m.stage.scroll[paneProgram]
	}
	return clamp(from, 0, max(lines-h, 0))
}

// watchRest is the first line shown of a program that is not scrolled: so that the
// last line with a call is in sight.
func (m Model) watchRest(lines, h int) int {
	w := m.watching()
	last := 0
	for n := range watchedLinesOf(m.stage.seen().Watched, w.File) {
		last = max(last, n)
	}
	return clamp(last-max(h*2/3, 1), 0, max(lines-h, 0))
}

func watchState(did *lesson.Watched) string {
	switch {
	case did == nil:
		return "not run yet"
	case did.Recorded != "":
		return ending(did) + ", recorded"
	}
	return ending(did)
}

// ending says how a watched program ended.
func ending(did *lesson.Watched) string {
	switch {
	case did.Exit == "":
		return "its end was not seen"
	case did.Exit[0] < '0' || did.Exit[0] > '9':
		return "killed by " + did.Exit
	}
	return "exit status " + did.Exit
}

// callsPane are the calls of a program that was watched, in the order in which they
// returned, each with its line.
func (m Model) callsPane(r rect, w *lesson.Watch) []line {
	did := m.stage.seen().Watched
	if did == nil {
		return []line{titleBar("calls on sockets", "", r.w, m.stage.large == paneLadder), ln(roleMuted, " "+w.File+" has not run yet")}
	}
	out := []line{titleBar("calls on sockets, as the kernel saw them", fmt.Sprint(len(did.Calls)), r.w, m.stage.large == paneLadder)}
	if len(did.Calls) == 0 {
		return append(out, ln(roleMuted, " none: nothing was asked of the kernel's sockets"))
	}
	h := r.h - 1
	from := m.callsFrom(len(did.Calls), h)
	for _, c := range did.Calls[from:min(from+h, len(did.Calls))] {
		out = append(out, watchedCall(did, c, w.File, r.w))
	}
	return out
}

// callsFrom is the first call shown: the last ones, unless one has scrolled.
func (m Model) callsFrom(n, h int) int {
	from := max(n-h, 0)
	if m.stage.large == paneLadder {
		from = clamp(from-m.stage.scroll[paneLadder], 0, from)
	}
	return from
}

// watchedCall is a call with its line and what it returned, which is never cut off.
func watchedCall(did *lesson.Watched, c *netcore.Call, file string, w int) line {
	number := "     "
	if n := did.LineOf(c, file); n > 0 {
		number = fmt.Sprintf("%4d ", n)
	}
	text, result := netcore.Short(c), ""
	if i := strings.LastIndex(text, " = "); i >= 0 {
		text, result = text[:i], text[i:]
	}
	role := roleOK
	if c.Failed() {
		role = roleRefused
	}
	head := line{pad(1), sp(roleMuted, number)}
	room := w - head.width() - len(result)
	call := line{sp(roleCode, text)}
	if call.width() > room {
		call = line{sp(roleCode, text[:max(room-1, 0)]), sp(roleMuted, "…")}
	}
	return append(append(head, call...), sp(role, result))
}

// mostOutput is how many lines a program printed are shown beside the lesson's words.
const mostOutput = 3

// watchedLines are how the program was started and what it printed; all of it where
// the text is large.
func (m Model) watchedLines(v *lesson.View, w int) []line {
	did := v.Watched
	if did == nil {
		return nil
	}
	var out []line
	if did.Recorded != "" {
		out = append(out, wrap(line{sp(roleNotice, "Recorded: "), sp(roleText, did.Recorded+". This was seen on "+did.Machine+".")}, w, 0)...)
	}
	all := m.stage.large == paneText
	if all && did.Build != "" {
		out = append(out, wrap(line{sp(roleMuted, "$ "), sp(roleCode, did.Build)}, w, 2)...)
	}
	if all {
		out = append(out, wrap(line{sp(roleMuted, "$ "), sp(roleCode, did.Start)}, w, 2)...)
	}
	out = append(out, printedLines(did, w, all)...)
	for _, note := range did.Notes {
		out = append(out, wrap(line{sp(roleNotice, note)}, w, 0)...)
	}
	if all && did.Recorded == "" {
		out = append(out, wrap(line{sp(roleMuted, "Seen here, on "+did.Machine+".")}, w, 0)...)
	}
	if all {
		out = append(out, nil)
	}
	return out
}

// printedLines are what a watched program printed, the first of it or all.
func printedLines(did *lesson.Watched, w int, all bool) (out []line) {
	for i, text := range did.Output {
		if i == mostOutput && !all {
			return append(out, line{sp(roleMuted, fmt.Sprintf("… and %d more lines; x shows all", len(did.Output)-i))})
		}
		out = append(out, wrap(line{sp(roleMuted, "printed: "), sp(roleCode, untab(text))}, w, 9)...)
	}
	return out
}
