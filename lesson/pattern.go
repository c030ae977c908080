package lesson

import (
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
)

// ephemeral are the first and the last port a kernel chooses itself by default:
// net.ipv4.ip_local_port_range (ip(7)) on Linux, net.inet.ip.portrange (ip(4))
// elsewhere.
func ephemeral(system string) (first, last int64) {
	switch system {
	case "darwin":
		return 49152, 65535
	case "freebsd":
		return 10000, 65535
	}
	return 32768, 60999
}

// maxPattern is the longest pattern accepted, in bytes.
const maxPattern = 200

// firstFD is the lowest descriptor a program gets while 0, 1 and 2 are open;
// lastFD is the highest a process can have (fs.nr_open, proc_sys_fs(5)).
const (
	firstFD = 3
	lastFD  = 1 << 20
)

// Match reports whether the observed text is what the pattern says. A malformed
// pattern matches nothing; Check tells what is wrong with it.
func (p Pattern) Match(observed string) bool {
	if p.Check() != nil {
		return false
	}
	observed = strings.TrimSpace(observed)
	for _, alternative := range strings.Split(string(p), "|") {
		if matchAlternative(strings.TrimSpace(alternative), observed) {
			return true
		}
	}
	return false
}

// Check returns nil for a well-formed pattern, otherwise what to write instead.
func (p Pattern) Check() error {
	if len(p) > maxPattern {
		return fmt.Errorf("pattern of %d bytes: at most %d", len(p), maxPattern)
	}
	if strings.TrimSpace(string(p)) == "" {
		return errors.New("empty pattern: write any for anything at all")
	}
	for _, alternative := range strings.Split(string(p), "|") {
		if err := checkAlternative(strings.TrimSpace(alternative)); err != nil {
			return err
		}
	}
	return nil
}

func checkAlternative(a string) error {
	a = strings.TrimSpace(strings.TrimPrefix(a, "!"))
	switch {
	case a == "":
		return errors.New("nothing beside | or after !: write the text to compare with")
	case strings.HasPrefix(a, "!"):
		return errors.New("two !: write one, or none")
	case a == "...":
		return errors.New("nothing before ...: write any for anything at all")
	case !strings.Contains(a, "..") || strings.HasSuffix(a, " ..."):
		if strings.ContainsAny(a[:1], "<>=") {
			return checkBound(a)
		}
		return nil
	}
	low, high, ok := bounds(a)
	if !ok {
		return fmt.Errorf("range %q: write two whole numbers, as in 16..20", a)
	}
	if low > high {
		return fmt.Errorf("range %q is empty: write the smaller number first", a)
	}
	return nil
}

func checkBound(a string) error {
	if _, _, ok := bounds(a); !ok {
		return fmt.Errorf("%q: write a whole number after >= or <=", a)
	}
	return nil
}

func matchAlternative(a, observed string) bool {
	if rest, not := strings.CutPrefix(a, "!"); not {
		return !matchPlain(strings.TrimSpace(rest), observed)
	}
	return matchPlain(a, observed)
}

func matchPlain(a, observed string) bool {
	switch a {
	case "any":
		return true
	case "fd":
		return between(observed, firstFD, lastFD)
	case "ephemeral":
		first, last := ephemeral(runtime.GOOS)
		return between(portOf(observed), first, last)
	}
	if prefix, ok := strings.CutSuffix(a, " ..."); ok {
		return observed == prefix || strings.HasPrefix(observed, prefix+" ")
	}
	if low, high, ok := bounds(a); ok {
		return between(observed, low, high)
	}
	return a == observed
}

// bounds reads a range, both ends included.
func bounds(a string) (low, high int64, ok bool) {
	const most, least = 1<<63 - 1, -1 << 63
	if rest, found := strings.CutPrefix(a, ">="); found {
		low, ok = number(rest)
		return low, most, ok
	}
	if rest, found := strings.CutPrefix(a, "<="); found {
		high, ok = number(rest)
		return least, high, ok
	}
	first, last, found := strings.Cut(a, "..")
	if !found {
		return 0, 0, false
	}
	low, okLow := number(first)
	high, okHigh := number(last)
	return low, high, okLow && okHigh
}

func between(text string, low, high int64) bool {
	n, ok := number(text)
	return ok && low <= n && n <= high
}

func number(text string) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	return n, err == nil
}

// portOf returns the port of an address with port, or the text itself.
func portOf(text string) string {
	if ap, err := netip.ParseAddrPort(text); err == nil {
		return strconv.Itoa(int(ap.Port()))
	}
	return text
}
