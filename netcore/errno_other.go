//go:build !unix

package netcore

func errnoName(Errno) string { return "" }

func errnoText(Errno) string { return "" }

func errnoAliases() map[string]Errno { return map[string]Errno{} }
