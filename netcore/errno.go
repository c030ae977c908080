package netcore

import "strconv"

// Errno is an error number as the kernel gave it; 0 is none.
type Errno int

// Name returns the symbol of the error, "EADDRINUSE". Where several symbols share
// a number it is the one strace prints. A number without a symbol is returned as
// digits, 0 as the empty string.
func (e Errno) Name() string {
	if e == 0 {
		return ""
	}
	if name := errnoName(e); name != "" {
		return name
	}
	return strconv.Itoa(int(e))
}

// Error returns the sentence of the C library's strerror(3), "Address already in
// use", in the C locale.
func (e Errno) Error() string {
	if e == 0 {
		return "Success"
	}
	if text := errnoText(e); text != "" {
		return text
	}
	return "Unknown error " + strconv.Itoa(int(e))
}

// Text is Error under the name that fits where the error is data.
func (e Errno) Text() string { return e.Error() }

// ErrnoByName returns the error of a symbol, aliases such as EWOULDBLOCK
// included, or of digits as Name returns them.
func ErrnoByName(name string) (Errno, bool) {
	if e, ok := errnoByName[name]; ok {
		return e, true
	}
	n, err := strconv.Atoi(name)
	if err != nil || n <= 0 {
		return 0, false
	}
	return Errno(n), true
}

// lastErrno bounds the search for names; no system numbers its errors higher.
const lastErrno = 200

var errnoByName = func() map[string]Errno {
	names := errnoAliases()
	for e := Errno(1); e <= lastErrno; e++ {
		if name := errnoName(e); name != "" {
			names[name] = e
		}
	}
	return names
}()
