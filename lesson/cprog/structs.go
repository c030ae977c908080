package cprog

import "runtime"

// bsd tells that socket addresses carry their own length as a first byte.
var bsd = runtime.GOOS != "linux"

// systemStruct gives a structure that the system's headers define, laid out as
// on this machine, or nil. Every parse makes its own.
func (p *parser) systemStruct(tag string) *structDef {
	fields := systemFields(tag)
	if fields == nil {
		return nil
	}
	d := &structDef{tag: tag, system: true}
	for _, f := range fields {
		d.fields = append(d.fields, field{name: f.name, typ: p.fieldType(f)})
	}
	d.layout()
	switch tag {
	case "in6_addr":
		d.overlay("s6_addr16", arrayOf(renamed(tUShort, "uint16_t"), 8))
		d.overlay("s6_addr32", arrayOf(renamed(tUInt, "uint32_t"), 4))
		d.align = 4
	case "sockaddr_storage":
		d.align = 8
	case "sigaction":
		d.overlay("sa_sigaction", tHandler)
	}
	return d
}

// overlay adds a second name for the bytes at the start.
func (d *structDef) overlay(name string, t *ctype) {
	d.fields = append(d.fields, field{name: name, typ: t})
}

// rawField is a member as the tables below write it: the type's name, a struct
// when it starts with "struct ", and an array length or 0.
type rawField struct {
	name, typ string
	n         int
}

func (p *parser) fieldType(f rawField) *ctype {
	t := namedType(f.typ)
	if t == nil {
		t = p.structType(f.typ)
	}
	if f.n > 0 {
		t = arrayOf(t, f.n)
	}
	return t
}

func namedType(name string) *ctype {
	switch name {
	case "char":
		return tChar
	case "unsigned char":
		return tUChar
	case "short":
		return tShort
	case "int":
		return tInt
	case "long":
		return tLong
	case "unsigned long":
		return tULong
	case "void *":
		return tVoidP
	}
	return typedefFor(name)
}

// head is how a socket address starts: the family, behind a length on BSD.
func head(prefix string) []rawField {
	family := rawField{prefix + "_family", "sa_family_t", 0}
	if bsd {
		return []rawField{{prefix + "_len", "uint8_t", 0}, family}
	}
	return []rawField{family}
}

func systemFields(tag string) []rawField {
	switch tag {
	case "sockaddr":
		return append(head("sa"), rawField{"sa_data", "char", 14})
	case "sockaddr_in":
		return append(head("sin"), rawField{"sin_port", "in_port_t", 0},
			rawField{"sin_addr", "in_addr", 0}, rawField{"sin_zero", zeroType(), 8})
	case "sockaddr_in6":
		return append(head("sin6"), rawField{"sin6_port", "in_port_t", 0}, rawField{"sin6_flowinfo", "uint32_t", 0},
			rawField{"sin6_addr", "in6_addr", 0}, rawField{"sin6_scope_id", "uint32_t", 0})
	case "sockaddr_un":
		return append(head("sun"), rawField{"sun_path", "char", pathLength()})
	case "sockaddr_storage":
		return append(head("ss"), rawField{"__ss_padding", "char", 118}, rawField{"__ss_align", "unsigned long", 0})
	case "in_addr":
		return []rawField{{"s_addr", "in_addr_t", 0}}
	case "in6_addr":
		return []rawField{{"s6_addr", "uint8_t", 16}}
	case "pollfd":
		return []rawField{{"fd", "int", 0}, {"events", "short", 0}, {"revents", "short", 0}}
	case "linger":
		return []rawField{{"l_onoff", "int", 0}, {"l_linger", "int", 0}}
	case "timeval":
		return []rawField{{"tv_sec", "long", 0}, {"tv_usec", microType(), 0}}
	case "rlimit":
		return []rawField{{"rlim_cur", "rlim_t", 0}, {"rlim_max", "rlim_t", 0}}
	case "iovec":
		return []rawField{{"iov_base", "void *", 0}, {"iov_len", "size_t", 0}}
	case "sigaction":
		return sigactionFields()
	case "__sigset_t":
		return []rawField{{"__val", "unsigned long", 16}}
	}
	return nil
}

func zeroType() string {
	if bsd {
		return "char"
	}
	return "unsigned char"
}

func microType() string {
	if runtime.GOOS == "darwin" {
		return "int"
	}
	return "long"
}

func pathLength() int {
	if bsd {
		return 104
	}
	return 108
}

// sigactionFields is the C library's structure, not the kernel's.
func sigactionFields() []rawField {
	handler, flags := rawField{"sa_handler", "sighandler_t", 0}, rawField{"sa_flags", "int", 0}
	switch runtime.GOOS {
	case "darwin":
		return []rawField{handler, {"sa_mask", "uint32_t", 0}, flags}
	case "freebsd":
		return []rawField{handler, flags, {"sa_mask", "uint32_t", 4}}
	}
	return []rawField{handler, {"sa_mask", "__sigset_t", 0}, flags, {"sa_restorer", "void *", 0}}
}
