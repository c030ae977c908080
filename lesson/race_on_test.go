//go:build race

package lesson

// slower is how much longer everything takes under the race detector.
const slower = 10
