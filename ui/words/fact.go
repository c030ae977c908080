package words

import (
	"strings"

	"sockstep/lesson"
)

// facts are what can be observed, in words, by the observable's first word. R stands
// for its role, N for what follows that.
var facts = map[string]string{
	"result":      "what R's call returned",
	"bytes":       "the bytes of R's N",
	"value":       "the value of R's N",
	"state":       "R N, state",
	"local":       "R N, its address",
	"peer":        "R N, the other end's address",
	"waiting":     "R N, waiting for accept",
	"recvq":       "R N, bytes to be read",
	"sendq":       "R N, bytes not acknowledged",
	"retrans":     "R N, repeats of the last segment",
	"timer":       "R N, timer",
	"descriptors": "descriptors of R",
	"timewait":    "the side in TIME_WAIT",
	"packets":     "packets",
	"held":        "packets held on the wire",
	"sockets":     "sockets in R",
	"counter":     "the kernel's counter R",
	"call":        "R's N()",
	"failed":      "calls of R that failed",
	"compiler":    "what the compiler finds",
	"complaint":   "the name in its first complaint",
	"exit":        "how the program ended",
	"output":      "line R it printed",
	"watched":     "what its R() returned",
	"argument":    "argument N of its R()",
	"calls":       "how often it called R()",
	"option":      "what it set R to",
	"complains":   "whether the compiler complains of R",
}

// Fact is an observable in words.
func Fact(o lesson.Observable) string {
	at := strings.Fields(string(o))
	if len(at) == 0 || facts[at[0]] == "" {
		return string(o)
	}
	role, name := "", ""
	if len(at) > 1 {
		role = at[1]
	}
	if len(at) > 2 {
		name = at[2]
	}
	return strings.NewReplacer("R", role, "N", name).Replace(facts[at[0]])
}

// Observed is what was observed of a fact, in words: a call that was not made, and
// nothing, have no text of their own.
func Observed(about lesson.Observable, got string) string {
	if got == "none" && strings.HasPrefix(string(about), "call ") {
		return "not called"
	}
	return OrNothing(got)
}

// OrNothing is an observed text, where there is one.
func OrNothing(observed string) string {
	if observed == "" {
		return "nothing"
	}
	return observed
}
