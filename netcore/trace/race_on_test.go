//go:build race

package trace

const underRace = true
