//go:build !linux && !darwin && !freebsd

package netcore

// platformConstants is empty: this system has no worker.
var platformConstants = map[string]int64{}
