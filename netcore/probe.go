package netcore

// Finding is one thing a machine allows or does not.
type Finding struct {
	Name string // "user namespaces"
	OK   bool
	Have string // what is there, a sentence
	Lack string // what is missing and why, a sentence; empty when OK
	Fix  string // what to do about it, a command or a sentence; may be empty
}
