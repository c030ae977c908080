//go:build !linux

package netcore

// IgnoredSignals is not asked for where nothing is traced.
func IgnoredSignals() []int { return nil }
