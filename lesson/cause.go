package lesson

import (
	"fmt"
	"slices"
	"strings"

	"sockstep/netcore"
)

// Cause is one reason for which a call is refused with an errno, told from what
// the kernel showed: the call's arguments, the descriptors and sockets right after
// it, the calls and packets before. It is about a descriptor that is not yet
// listening, not about what EINVAL can mean in general.
type Cause struct {
	Name  string   // "accept-not-listening"
	Calls []string // C names; nil is every call that takes a descriptor
	Errno string   // "EINVAL"
	Brief string   // in general: "listen() was not called"
	// Try are the lines that show it in free play, from the start: "server: ..." is
	// typed for that side, "set ..." is a setting. The last line is refused.
	Try []string
	// Unseen says why a lab cannot show it; Try is empty then.
	Unseen string
	// when holds where this is the reason. It is asked in the order of the table,
	// which is the order in which the kernel checks.
	when func(*scene) bool
	// text is the reason with the values observed, change the smallest one that
	// helps. Both are one sentence or two, without a capital or a full stop.
	text, change func(*scene) string
}

// Explanation is why one call was refused.
type Explanation struct {
	Cause  string // the name of the Cause
	Text   string // "accept() = EINVAL: descriptor 3 is bound to 127.0.0.1:7777, and listen() was never called"
	Change string // "call listen(3, 5) first"
}

// helping stands between a reason and what helps.
const helping = ". What helps: "

// String is the reason and what helps, in two sentences.
func (e Explanation) String() string {
	if e.Change == "" {
		return e.Text
	}
	return e.Text + helping + e.Change
}

// reasonIn is the reason alone of an Explanation kept as text: without the call and
// the errno it begins with, and without what helps.
func reasonIn(text string) string {
	text, _, _ = strings.Cut(text, helping)
	if head, reason, ok := strings.Cut(text, ": "); ok && strings.Contains(head, "() = ") {
		return reason
	}
	return text
}

// causes is the table, in the order in which it is asked.
var causes = slices.Concat(descriptorCauses, socketCauses, bindCauses, listenCauses, unixCauses, connectCauses,
	acceptCauses, sendCauses, receiveCauses, endCauses, optionCauses, controlCauses)

// Causes returns every cause there is.
func Causes() []Cause { return slices.Clone(causes) }

// CausesOf returns the causes for which a call can be refused; those of a
// descriptor are every call's, and come last.
func CausesOf(call string) (out []Cause) {
	var every []Cause
	for _, c := range causes {
		switch {
		case slices.Contains(c.Calls, call):
			out = append(out, c)
		case c.Calls == nil && takesDescriptor(call):
			every = append(every, c)
		}
	}
	return append(out, every...)
}

func takesDescriptor(call string) bool {
	spec, ok := netcore.Lookup(call)
	return ok && len(spec.Params) > 0 && spec.Params[0].Kind == netcore.KindFD
}

// Explain finds why a call was refused, in the record up to it and in what the
// kernel showed right after (now) and some time before (was). It is false where
// nothing that was observed tells.
func Explain(call *netcore.Call, now, was netcore.Snapshot, record *netcore.Timeline) (Explanation, bool) {
	if !call.Failed() {
		return Explanation{}, false
	}
	s := &scene{call: call, now: now, was: was, record: record}
	for i := range causes {
		c := &causes[i]
		if c.Unseen == "" && s.asks(c) && c.when(s) {
			head := fmt.Sprintf("%s() = %s: ", call.Name, call.Errno.Name())
			return Explanation{c.Name, head + c.text(s), c.change(s)}, true
		}
	}
	return Explanation{}, false
}

// asks reports whether a cause is about this call and this errno at all.
func (s *scene) asks(c *Cause) bool {
	return c.Errno == s.call.Errno.Name() && (slices.Contains(c.Calls, s.call.Name) || c.Calls == nil && takesDescriptor(s.call.Name))
}

// always is a text in which nothing was observed.
func always(text string) func(*scene) string { return func(*scene) string { return text } }

// says is a text with the descriptor in place of every %d.
func says(text string) func(*scene) string {
	return func(s *scene) string { return strings.ReplaceAll(text, "%d", fmt.Sprint(s.fd())) }
}

// only holds for a reason that is told by the call and errno alone: the kernel gives this errno
// for nothing else.
func only(*scene) bool { return true }
