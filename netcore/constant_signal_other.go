//go:build !unix

package netcore

func signalByName(string) (int64, bool) { return 0, false }

func signalName(int64) string { return "" }
