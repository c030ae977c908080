package cprog

import (
	"math"

	"sockstep/netcore"
)

// systemValue is the value of a name that the system's headers define, or nil.
func (p *parser) systemValue(name string) *expr {
	switch name {
	case "errno":
		return &expr{op: eAbs, typ: tInt, n: errnoAt}
	case "NULL":
		return constant(0, tVoidP)
	case "stdin":
		return constant(stdinAt, pointerTo(tFile))
	case "stdout":
		return constant(stdoutAt, pointerTo(tFile))
	case "stderr":
		return constant(stderrAt, pointerTo(tFile))
	case "SIG_DFL":
		return constant(0, tHandler)
	case "SIG_IGN":
		return constant(1, tHandler)
	case "SIG_ERR":
		return constant(-1, tHandler)
	case "in6addr_any":
		return &expr{op: eAbs, typ: constOf(p.structType("in6_addr")), n: anyAt}
	case "in6addr_loopback":
		return &expr{op: eAbs, typ: constOf(p.structType("in6_addr")), n: loopbackAt}
	}
	if headersGiving(name) == 0 {
		return nil
	}
	if n, t := limit(name); t != nil {
		return constant(n, t)
	}
	if n, ok := netcore.Constant(name); ok {
		return constant(n, constantType(name))
	}
	return nil
}

// limit gives the constants that are the compiler's, not the kernel's.
func limit(name string) (int64, *ctype) {
	switch name {
	case "EXIT_SUCCESS", "false", "STDIN_FILENO", "INPORT_ANY":
		return 0, tInt
	case "EXIT_FAILURE", "true", "STDOUT_FILENO":
		return 1, tInt
	case "STDERR_FILENO":
		return 2, tInt
	case "EOF":
		return -1, tInt
	case "CHAR_BIT":
		return 8, tInt
	case "BUFSIZ":
		return 8192, tInt
	case "INT_MAX", "INT32_MAX":
		return math.MaxInt32, tInt
	case "INT_MIN", "INT32_MIN":
		return math.MinInt32, tInt
	case "UINT_MAX", "UINT32_MAX":
		return math.MaxUint32, tUInt
	case "LONG_MAX", "SSIZE_MAX":
		return math.MaxInt64, tLong
	case "LONG_MIN":
		return math.MinInt64, tLong
	case "INT64_MAX":
		return math.MaxInt64, wide(tLong, tLLong)
	case "INT64_MIN":
		return math.MinInt64, wide(tLong, tLLong)
	case "UINT64_MAX":
		return -1, wide(tULong, tULLong)
	case "ULONG_MAX", "SIZE_MAX", "RLIM_INFINITY":
		return -1, tULong
	case "SHRT_MAX", "INT16_MAX":
		return math.MaxInt16, tInt
	case "SHRT_MIN", "INT16_MIN":
		return math.MinInt16, tInt
	case "USHRT_MAX", "UINT16_MAX":
		return math.MaxUint16, tInt
	case "UCHAR_MAX", "UINT8_MAX":
		return math.MaxUint8, tInt
	case "SCHAR_MAX", "INT8_MAX":
		return math.MaxInt8, tInt
	case "SCHAR_MIN", "INT8_MIN":
		return math.MinInt8, tInt
	case "INET_ADDRSTRLEN":
		return 16, tInt
	case "INET6_ADDRSTRLEN":
		return 46, tInt
	}
	return 0, nil
}

func constantType(name string) *ctype {
	switch name {
	case "INADDR_ANY", "INADDR_LOOPBACK", "INADDR_BROADCAST", "INADDR_NONE", "INADDR_ALLHOSTS_GROUP":
		return typedefFor("in_addr_t")
	}
	return tInt
}
