//go:build race

package exercise

// raced tells that the race detector is on.
const raced = true
