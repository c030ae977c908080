package cprog

import (
	"sort"

	"sockstep/netcore"
)

// library is a function a program can call: of the C library, where run is set,
// otherwise a system call.
type library struct {
	name string
	// sig is the type of the result and of each parameter, a letter each, and .
	// for further arguments; signature explains the letters.
	sig string
	run func(m *Machine, in *instr, args []val) uint64
}

// functions is sorted by name.
var functions []library

func init() {
	functions = []library{
		{"abort", "v", libAbort}, {"abs", "ii", libAbs}, {"accept", "iiAK", nil}, {"accept4", "iiAKi", nil}, {"atoi", "is", libAtoi},
		{"be16toh", "hh", swap16}, {"be32toh", "ww", swap32}, {"be64toh", "qq", swap64}, {"bind", "iiak", nil}, {"bzero", "vPz", libBzero},
		{"close", "ii", nil}, {"connect", "iiak", nil}, {"dup", "ii", nil}, {"exit", "vi", libExit},
		{"fcntl", "iii.", nil}, {"fflush", "if", libFlush}, {"fprintf", "ifs.", libFprintf}, {"fputc", "iif", libFputc}, {"fputs", "isf", libFputs},
		{"getpeername", "iiAK", nil}, {"getpid", "e", libGetpid}, {"getsockname", "iiAK", nil}, {"getsockopt", "iiiiPK", nil},
		{"htobe16", "hh", swap16}, {"htobe32", "ww", swap32}, {"htobe64", "qq", swap64}, {"htole16", "hh", little16}, {"htole32", "ww", little32},
		{"htole64", "qq", little64}, {"htonl", "ww", swap32}, {"htons", "hh", swap16},
		{"inet_addr", "ts", libInetAddr}, {"inet_aton", "isD", libInetAton}, {"inet_ntoa", "Sd", libInetNtoa}, {"inet_ntop", "sipSk", libInetNtop},
		{"inet_pton", "iisP", libInetPton}, {"ioctl", "iix.", nil}, {"kill", "iei", nil},
		{"labs", "ll", libLabs}, {"le16toh", "hh", little16}, {"le32toh", "ww", little32}, {"le64toh", "qq", little64}, {"listen", "iii", nil},
		{"memchr", "Ppiz", libMemchr}, {"memcmp", "ippz", libMemcmp}, {"memcpy", "PPpz", libMemmove}, {"memmove", "PPpz", libMemmove},
		{"memset", "PPiz", libMemset}, {"ntohl", "ww", swap32}, {"ntohs", "hh", swap16}, {"perror", "vs", libPerror}, {"poll", "ioni", nil},
		{"printf", "is.", libPrintf}, {"putchar", "ii", libPutchar}, {"puts", "is", libPuts}, {"read", "ZiPz", nil}, {"recv", "ZiPzi", nil},
		{"recvfrom", "ZiPziAK", nil}, {"send", "Zipzi", nil}, {"sendto", "Zipziak", nil}, {"setrlimit", "iir", nil}, {"setsockopt", "iiiipk", nil},
		{"shutdown", "iii", nil}, {"sigaction", "iigG", nil}, {"signal", "HiH", nil}, {"snprintf", "iSzs.", libSnprintf}, {"socket", "iiii", nil},
		{"socketpair", "iiiiI", nil}, {"sprintf", "iSs.", libSprintf}, {"strcat", "SSs", libStrcat}, {"strchr", "Ssi", libStrchr},
		{"strcmp", "iss", libStrcmp}, {"strcpy", "SSs", libStrcpy}, {"strerror", "Si", libStrerror}, {"strlen", "zs", libStrlen},
		{"strncat", "SSsz", libStrncat}, {"strncmp", "issz", libStrncmp}, {"strncpy", "SSsz", libStrncpy}, {"strnlen", "zsz", libStrnlen},
		{"strrchr", "Ssi", libStrrchr}, {"strstr", "Sss", libStrstr}, {"unlink", "is", nil}, {"write", "Zipz", nil},
	}
}

// libraryFor finds a function by name, or gives nil.
func libraryFor(name string) *library {
	i := sort.Search(len(functions), func(i int) bool { return functions[i].name >= name })
	if i < len(functions) && functions[i].name == name {
		return &functions[i]
	}
	return nil
}

func (l *library) index() int {
	return sort.Search(len(functions), func(i int) bool { return functions[i].name >= l.name })
}

// spec describes the call that a function makes: signal() sets an action.
func (l *library) spec() (netcore.Spec, bool) {
	if l.name == "signal" {
		return netcore.Lookup("sigaction")
	}
	return netcore.Lookup(l.name)
}

// signature is the type a letter of a sig stands for.
func (p *parser) signature(letter byte) *ctype {
	switch letter {
	case 'v':
		return tVoid
	case 'i':
		return tInt
	case 'e':
		return typedefFor("pid_t")
	case 'l':
		return tLong
	case 'x':
		return tULong
	case 'z':
		return tSize
	case 'Z':
		return typedefFor("ssize_t")
	case 'k':
		return typedefFor("socklen_t")
	case 'h':
		return typedefFor("uint16_t")
	case 'w':
		return typedefFor("uint32_t")
	case 'q':
		return typedefFor("uint64_t")
	case 't':
		return typedefFor("in_addr_t")
	case 'n':
		return typedefFor("nfds_t")
	case 'H':
		return tHandler
	case 's':
		return tCCharP
	case 'S':
		return tCharP
	case 'p':
		return tCVoidP
	case 'P':
		return tVoidP
	case 'f':
		return pointerTo(tFile)
	case 'I':
		return pointerTo(tInt)
	case 'K':
		return pointerTo(typedefFor("socklen_t"))
	}
	return p.structSignature(letter)
}

func (p *parser) structSignature(letter byte) *ctype {
	switch letter {
	case 'a':
		return pointerTo(constOf(p.structType("sockaddr")))
	case 'A':
		return pointerTo(p.structType("sockaddr"))
	case 'o':
		return pointerTo(p.structType("pollfd"))
	case 'r':
		return pointerTo(constOf(p.structType("rlimit")))
	case 'g':
		return pointerTo(constOf(p.structType("sigaction")))
	case 'G':
		return pointerTo(p.structType("sigaction"))
	case 'd':
		return p.structType("in_addr")
	case 'D':
		return pointerTo(p.structType("in_addr"))
	}
	return tInt
}

// elsewhere says what to write instead of well-known functions that a program
// of the course cannot call.
func elsewhere(name string) (why, instead string) {
	switch name {
	case "gethostbyname", "gethostbyaddr", "getaddrinfo", "freeaddrinfo", "getnameinfo", "gai_strerror":
		return name + "() looks names up in files and on the network, which is not part of this machine", `write the address as a number: inet_pton(AF_INET, "127.0.0.1", &a.sin_addr)`
	case "sleep", "usleep", "nanosleep", "alarm", "pause":
		return name + "() only waits, and here nothing runs until you step it", "take it out: the program waits before every line by itself"
	case "malloc", "calloc", "realloc", "free", "alloca":
		return name + "() manages memory, which is not understood", "write an array: char buf[64];"
	case "fork", "vfork", "exec", "execl", "execv", "execlp", "execvp", "wait", "waitpid", "system", "popen":
		return name + "() makes or awaits another process, which a program here cannot", "write a second program and run it as another side"
	case "pthread_create", "pthread_join":
		return name + "() is about threads, which are not understood", "handle one connection after the other, or use poll()"
	case "select", "pselect", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait", "ppoll":
		return name + "() is not one of the course's calls", "write poll()"
	case "gets", "fgets", "scanf", "fscanf", "sscanf", "getchar", "getc", "fgetc", "getline", "fread":
		return name + "() reads input, and a program here has none", `write the text into the program: "hello"`
	case "strtol", "strtoul", "strtoull", "strtoll", "atol":
		return name + "() is not one of the course's functions", "write atoi()"
	case "sendmsg", "recvmsg", "writev", "readv", "sendfile", "splice":
		return name + "() is not one of the course's calls", "write send() and recv()"
	case "open", "openat", "creat", "fopen", "fdopen", "fclose":
		return name + "() opens files, which is not part of the course", "use a socket"
	case "getenv", "setenv":
		return name + "() reads the environment, and a program here has none", "write the value into the program"
	case "sprintf_s", "strlcpy", "strdup", "strtok":
		return name + "() is not one of the course's functions", "write snprintf()"
	case "assert":
		return "assert() is not one of the course's functions", "write if (...) { perror(\"...\"); exit(1); }"
	case "strerrorname_np", "strerror_r":
		return name + "() is not one of the course's functions", "write strerror(errno)"
	case "dup2", "dup3":
		return name + "() is not one of the course's calls", "write dup()"
	case "getrlimit", "sigemptyset", "sigprocmask", "raise", "getppid":
		return name + "() is not one of the course's calls", "take it out"
	}
	return "", ""
}

// call reads a call; its name was taken.
func (p *parser) call(t token) *expr {
	p.deeper(t.off)
	defer func() { p.nested-- }()
	if s := p.find(t.text); s != nil {
		if s.kind != symFunction {
			p.fail(t.off, t.text+" is no function", "write an operator before the parenthesis")
		}
		return p.callOwn(s.fn, t)
	}
	l := libraryFor(t.text)
	if l == nil {
		p.unknownCall(t)
		p.arguments()
		return bad(t.off, p.lastEnd())
	}
	if l.run == nil {
		if _, ok := l.spec(); !ok {
			p.fail(t.off, t.text+"() is not a call of this machine", "leave it out here")
		}
	}
	p.use(t.text, t.off)
	return p.callSystem(l, t)
}

func (p *parser) unknownCall(t token) {
	why, instead := elsewhere(t.text)
	if why == "" && p.definedBelow(t.text) {
		why, instead = clip(t.text)+"() is called before it is declared", "move the function up, or write its first line with a ; above"
	}
	if why == "" {
		why = clip(t.text) + "() is not one of the course's calls"
		instead = "write a function " + clip(t.text) + "() of your own above"
		if near := nearest(t.text, p.callable()); near != "" {
			instead = "write " + near + "()"
		}
	}
	p.errorf(t.off, why, instead)
}

// definedBelow tells whether a function of this name follows.
func (p *parser) definedBelow(name string) bool {
	depth := 0
	for i := range p.toks {
		depth += braceStep(p.toks[i].text)
		if depth == 0 && i > p.i && i+1 < len(p.toks) && p.toks[i].text == name && p.toks[i+1].text == "(" {
			return true
		}
	}
	return false
}

func (p *parser) callable() []string {
	names := p.candidates()
	for i := range functions {
		names = append(names, functions[i].name)
	}
	return names
}

// arguments reads (a, b).
func (p *parser) arguments() []*expr {
	p.expect("(")
	var args []*expr
	if p.accept(")") {
		return nil
	}
	for {
		args = append(args, p.rvalue(p.assignment()))
		if len(args) > 60 {
			p.fail(p.tok().off, "these are too many arguments", "take some out")
		}
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
	return args
}

func (p *parser) callOwn(f *function, t token) *expr {
	if p.fn == nil {
		p.fail(t.off, "a function is called outside of every function", "call it in main()")
	}
	e := &expr{op: eCall, typ: f.ret, fn: f, off: t.off}
	e.args = p.arguments()
	e.end = p.lastEnd()
	if len(e.args) != len(f.params) {
		p.count(t, len(e.args), len(f.params), f.prototype())
		return bad(t.off, e.end)
	}
	for i, a := range e.args {
		e.args[i] = p.assignable(a, plain(f.params[i].typ), "argument")
	}
	return e
}

func (f *function) prototype() string {
	s := f.ret.String() + " " + f.name + "("
	for i, v := range f.params {
		if i > 0 {
			s += ", "
		}
		s += v.typ.String()
	}
	return s + ")"
}

// count reports a wrong number of arguments.
func (p *parser) count(t token, have, want int, prototype string) {
	what := "too many arguments"
	if have < want {
		what = "too few arguments"
	}
	p.errorf(t.off, t.text+"() has "+what+": "+itoa(have)+" instead of "+itoa(want), "it is "+prototype)
}

// prototype writes a library function the way its manual page does.
func (l *library) prototype(p *parser) string {
	spec, known := l.spec()
	s := p.signature(l.sig[0]).String() + " " + l.name + "("
	for i := 1; i < len(l.sig); i++ {
		if i > 1 {
			s += ", "
		}
		if l.sig[i] == '.' {
			s += "..."
			continue
		}
		s += p.signature(l.sig[i]).String()
		if known && l.run == nil && i-1 < len(spec.Params) && l.name != "signal" {
			if s[len(s)-1] != '*' {
				s += " "
			}
			s += spec.Params[i-1].Name
		}
	}
	return s + ")"
}

func (p *parser) callSystem(l *library, t token) *expr {
	if p.fn == nil {
		p.fail(t.off, t.text+"() is called outside of every function", "call it in main()")
	}
	e := &expr{op: eLib, typ: p.signature(l.sig[0]), lib: l, off: t.off}
	if l.run == nil {
		e.op = eSys
	}
	e.args = p.arguments()
	e.end = p.lastEnd()
	variadic := l.sig[len(l.sig)-1] == '.'
	want := len(l.sig) - 1 - int(truth(variadic))
	if len(e.args) < want || len(e.args) > want && !variadic {
		p.count(t, len(e.args), want, l.prototype(p))
		return bad(t.off, e.end)
	}
	for i, a := range e.args {
		if i < want {
			e.args[i] = p.assignable(a, p.signature(l.sig[i+1]), "argument")
		} else {
			e.args[i] = p.promote(a)
		}
	}
	p.special(l, e, t, want)
	return e
}

// promote promotes an argument behind the named ones.
func (p *parser) promote(a *expr) *expr {
	switch a.typ.kind {
	case kInt:
		return p.cast(a, promoted(a.typ))
	case kStruct, kVoid:
		p.errorf(a.off, p.said(a)+" is "+article(a.typ)+", which cannot be passed here", "pass one of its members")
		return bad(a.off, a.end)
	}
	return a
}

// special checks what types alone do not tell.
func (p *parser) special(l *library, e *expr, t token, want int) {
	switch l.name {
	case "printf", "fprintf", "snprintf", "sprintf":
		p.checkFormat(e, want)
	case "fcntl", "ioctl":
		if len(e.args) > 3 {
			p.count(t, len(e.args), 3, l.prototype(p))
		}
	case "memset":
		if n, ok := e.args[2].value(); ok && n == 0 {
			p.warn(e.args[2].off, "memset() with length 0 does nothing", "write memset(&x, 0, sizeof x)")
		}
	}
}

// Functions returns the names of all functions a program can call, of system calls
// too, in order.
func Functions() []string {
	names := make([]string, len(functions))
	for i := range functions {
		names[i] = functions[i].name
	}
	return names
}
