//go:build race

package whole

// raced is whether the race detector is at work: the program is then many times
// slower, so that a sample of the steps has to do. Without it all are taken.
const raced = true
