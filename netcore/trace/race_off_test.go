//go:build !race

package trace

// underRace tells that the race detector slows the tests.
const underRace = false
