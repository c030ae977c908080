package lesson

// Mark is how an answer was marked.
type Mark int

const (
	// Unmarked is a question that is open, or was skipped.
	Unmarked Mark = iota
	// Right is an answer the kernel confirmed.
	Right
	// Wrong is an answer the kernel contradicted.
	Wrong
)

// Answer is what was predicted at a step and how it was marked.
type Answer struct {
	Step    string // Step.ID
	Chosen  int    // index into Question.Options, Skipped, or Own
	Typed   string // where an answer was typed: as it was held against what was observed
	Correct int    // index of the option that held, -1 when none did or not marked yet
	Mark    Mark
	// Observed is the text the options were held against.
	Observed string
}
