package netcore

import "runtime"

// kernelNames holds the calls whose C function makes a system call of another
// name: glibc has had send, recv and setrlimit on top of the wider calls since
// 2.13, and the architectures younger than 2012 have no poll and no unlink.
var kernelNames = func() map[string]string {
	names := map[string]string{
		"send":      "sendto",
		"recv":      "recvfrom",
		"setrlimit": "prlimit64",
		"sigaction": "rt_sigaction",
	}
	if runtime.GOARCH == "arm64" {
		names["poll"] = "ppoll"
		names["unlink"] = "unlinkat"
	}
	return names
}()
