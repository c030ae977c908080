package check

import "time"

// Verdict says how it stands with a criterion.
type Verdict string

// The verdicts.
const (
	Holds Verdict = "holds"
	Fails Verdict = "fails"
	// Skipped was not tried: one it needs does not hold.
	Skipped Verdict = "skipped"
	// Unseen could not be decided here; Saw says why.
	Unseen Verdict = "unseen"
)

// Result is what came of one criterion.
type Result struct {
	// Name is the criterion's, stable; Goal the sentence that states it.
	Name    string  `json:"name"`
	Goal    string  `json:"goal,omitempty"`
	Verdict Verdict `json:"verdict"`
	// Saw is what was seen instead, with numbers.
	Saw string `json:"saw,omitempty"`
	// Call is the call of the program that shows it, as strace writes it, and Line its
	// place in the source where that is known.
	Call string `json:"call,omitempty"`
	Line string `json:"line,omitempty"`
	// Belief is the misconception that may be behind it, "M21", and Truth what holds.
	Belief string `json:"belief,omitempty"`
	Truth  string `json:"truth,omitempty"`
	// Try is what to try next.
	Try string `json:"try,omitempty"`
	// Output is what the program printed last.
	Output string        `json:"output,omitempty"`
	Took   time.Duration `json:"ns"`
}

// Job says what is to be checked.
type Job struct {
	Exercise string   `json:"exercise"`
	Command  []string `json:"command"` // the program and its first arguments
	Dir      string   `json:"dir"`     // the folder it runs in, and its sources are in
	Env      []string `json:"env"`
	// Private tells that the network is ours alone, so that every port is free.
	Private bool `json:"private"`
	// Only are the criteria to check, with those they need; empty: all.
	Only []string `json:"only,omitempty"`
}

// report is one line of the examiner's.
type report struct {
	Type   string  `json:"type"` // "result", "end"
	Result *Result `json:"result,omitempty"`
	Error  string  `json:"error,omitempty"`
}
