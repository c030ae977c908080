//go:build !linux && !darwin && !freebsd

package netcore

// SystemLayout stands in where no call is made: recordings come from Linux.
var SystemLayout = LinuxLayout
