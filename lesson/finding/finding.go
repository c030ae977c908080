package finding

import (
	"cmp"
	"slices"

	"sockstep/netcore"
)

// Finding is one thing a program did that will hurt, with the call that shows it.
type Finding struct {
	// Kind is a stable name, "unchecked-return"; see Kinds.
	Kind string
	// Call is the call that shows it, Others those it rests on besides, in their order.
	Call    netcore.ID
	Others  []netcore.ID
	Process string
	TID     int
	// Line is the place of Call in the program, "server.c:26", where it is known.
	Line string
	// Belief is the misconception behind it as lesson/beliefs.yaml has it, "M21";
	// empty where there is none.
	Belief string
	// What is what the program did, with its own numbers; Why what comes of it; Fix
	// what to write instead. Whole sentences, which may hold any character of the
	// program's data: print them as such.
	What, Why, Fix string
	// Lesson is the lesson that teaches it and its step, "bind#busy"; empty where
	// there is none.
	Lesson string
}

// The kinds of findings.
const (
	Unchecked        = "unchecked-return"
	Precedence       = "assignment-in-parentheses"
	HtonsMissing     = "htons-missing"
	HtonlMissing     = "htonl-missing"
	FamilySwapped    = "family-swapped"
	AddressLength    = "address-length"
	NoReuseAddr      = "no-reuseaddr"
	PathLeft         = "path-left"
	NotListening     = "accept-without-listen"
	WrongDescriptor  = "wrong-descriptor"
	AcceptLength     = "accept-length"
	ShortRead        = "short-read"
	ShortSend        = "short-send"
	WholeBuffer      = "whole-buffer"
	ZeroLength       = "zero-length-read"
	EndIgnored       = "end-ignored"
	ClosedUnread     = "closed-unread"
	WriteAfterEnd    = "write-after-end"
	KilledBySIGPIPE  = "killed-by-sigpipe"
	LeakedDescriptor = "leaked-descriptor"
	DoubleClose      = "double-close"
	UsedAfterClose   = "used-after-close"
	Starved          = "others-wait"
	BusyLoop         = "busy-loop"
	Interrupted      = "interrupted-not-retried"
)

// teaching is what is behind a kind: the belief, and the lesson with its step.
type teaching struct{ belief, lesson string }

var teachings = map[string]teaching{
	Unchecked:        {"M14", "bind#listen"},
	Precedence:       {"M03", "errors#socket"},
	HtonsMissing:     {"M08", "byte-order#bind"},
	HtonlMissing:     {"M07", "byte-order#address"},
	FamilySwapped:    {"M09", ""},
	AddressLength:    {"M60", ""},
	NoReuseAddr:      {"M32", "restart#refused"},
	PathLeft:         {"M52", "unix#return"},
	NotListening:     {"M12", "listen#listen"},
	WrongDescriptor:  {"M18", "accept#listener"},
	AcceptLength:     {"", "accept#length"},
	ShortRead:        {"M24", "bytes#ten"},
	ShortSend:        {"M45", "timeouts#part"},
	WholeBuffer:      {"M24", "bytes#sizeof"},
	ZeroLength:       {"M26", ""},
	EndIgnored:       {"M26", "ends#end"},
	ClosedUnread:     {"M39", "ends#unread"},
	WriteAfterEnd:    {"M38", ""},
	KilledBySIGPIPE:  {"M38", ""},
	LeakedDescriptor: {"M37", ""},
	DoubleClose:      {"", ""},
	UsedAfterClose:   {"", ""},
	Starved:          {"", ""},
	BusyLoop:         {"M43", ""},
	Interrupted:      {"M42", "interrupted#again"},
}

// Kinds are the names of all kinds of findings, sorted.
func Kinds() []string {
	kinds := make([]string, 0, len(teachings))
	for kind := range teachings {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}

// text is what a finding says.
type text struct{ what, why, fix string }

// mark is what is kept of a call that a finding may rest on later.
type mark struct {
	id    netcore.ID
	tid   int
	line  string
	at    int64
	name  string
	errno string
}

func (c *call) mark() mark {
	return mark{id: c.ID, tid: c.TID, line: c.Line, at: c.at, name: c.Name, errno: c.errno}
}

// place is where a marked call stands in the program, " (server.c:26)".
func (m mark) place() string {
	if m.line == "" {
		return ""
	}
	return " (" + m.line + ")"
}

// raise takes down a finding, unless the same was said of the same line before.
func (w *Watch) raise(kind string, p *process, at mark, t text, others ...mark) *Finding {
	said := said{kind, p.family, at.line}
	if w.said[said] {
		return &Finding{}
	}
	w.said[said] = true
	f := Finding{
		Kind: kind, Call: at.id, Process: p.name, TID: at.tid, Line: at.line,
		Belief: teachings[kind].belief, Lesson: teachings[kind].lesson,
		What: t.what, Why: t.why, Fix: t.fix,
	}
	for _, m := range others {
		if m.id != 0 && m.id != at.id {
			f.Others = append(f.Others, m.id)
		}
	}
	slices.SortFunc(f.Others, cmp.Compare)
	w.found = append(w.found, f)
	return &w.found[len(w.found)-1]
}

// said is what is told once only, of a program and all its children.
type said struct{ kind, family, line string }
