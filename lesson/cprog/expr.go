package cprog

// exprOp is what an expression does.
type exprOp uint8

const (
	eConst    exprOp = iota
	eLocal           // a local variable, n bytes from the top of the frame
	eGlobal          // a global variable, n bytes into the data
	eAbs             // an object at the address n
	eString          // a string literal, n bytes into the literals
	eDeref           // *a
	eMember          // a.member, n bytes in
	eAddr            // &a
	eDecay           // an array as the pointer to its first element
	eConv            // a, converted to typ
	eBin             // a tok b
	eIndex           // pointer a plus b elements of n bytes
	eDiff            // pointer a minus pointer b, elements of n bytes
	eNeg             // -a
	eCom             // ~a
	eNot             // !a
	eAnd             // a && b
	eOr              // a || b
	eCond            // a ? b : c
	eComma           // a, b
	eAssign          // a = b
	eOpAssign        // a tok= b, computed in the type wide
	eStep            // ++ and --, by n; post tells that the old value counts
	eCall            // a function of the program
	eLib             // a function of the C library
	eSys             // a system call
	eCompound        // (type){...}
	eBad             // already reported
)

// expr is a typed expression.
type expr struct {
	op       exprOp
	typ      *ctype
	off, end int32
	a, b, c  *expr
	args     []*expr
	n        int64
	tok      string
	wide     *ctype
	fn       *function
	lib      *library
	items    []initItem
	post     bool
	parens   bool   // written in parentheses of its own
	text     string // of a string literal, or the name of a variable
}

// lvalue tells whether the expression names an object.
func (e *expr) lvalue() bool {
	switch e.op {
	case eLocal, eGlobal, eAbs, eDeref, eString, eCompound, eBad:
		return true
	case eMember:
		return e.a.lvalue()
	}
	return false
}

func constant(n int64, t *ctype) *expr { return &expr{op: eConst, typ: t, n: n} }

// value computes a constant expression.
func (e *expr) value() (int64, bool) {
	switch e.op {
	case eConst:
		return e.n, true
	case eConv:
		if n, ok := e.a.value(); ok && e.typ.scalar() {
			return int64(e.typ.class.trim(uint64(n))), true
		}
	case eNeg, eCom, eNot:
		if n, ok := e.a.value(); ok {
			return int64(unary(e.op, e.typ.class, uint64(n))), true
		}
	case eBin:
		return e.binaryValue()
	case eAnd, eOr:
		a, ok := e.a.value()
		b, ok2 := e.b.value()
		if e.op == eAnd {
			return int64(truth(a != 0 && b != 0)), ok && ok2
		}
		return int64(truth(a != 0 || b != 0)), ok && ok2
	case eCond:
		a, ok := e.a.value()
		if !ok {
			return 0, false
		}
		if a != 0 {
			return e.b.value()
		}
		return e.c.value()
	}
	return 0, false
}

func (e *expr) binaryValue() (int64, bool) {
	a, ok := e.a.value()
	b, ok2 := e.b.value()
	if !ok || !ok2 {
		return 0, false
	}
	n, fault := arith(operator(e.tok), e.a.typ.class, uint64(a), uint64(b))
	return int64(n), fault == ""
}

// unary computes -, ~ and !.
func unary(op exprOp, c class, a uint64) uint64 {
	switch op {
	case eNeg:
		return c.trim(-a)
	case eCom:
		return c.trim(^a)
	}
	return truth(a == 0)
}

// operator numbers a binary operator for the machine.
func operator(tok string) uint8 {
	switch tok {
	case "<<":
		return 'l'
	case ">>":
		return 'r'
	case "==":
		return '='
	case "!=":
		return '!'
	case "<=":
		return 'L'
	case ">=":
		return 'G'
	}
	return tok[0]
}

// arith computes a op b in the class both are in. fault says why there is no
// result.
func arith(op uint8, c class, a, b uint64) (n uint64, fault string) {
	switch op {
	case '+':
		return c.trim(a + b), ""
	case '-':
		return c.trim(a - b), ""
	case '*':
		return c.trim(a * b), ""
	case '/', '%':
		return divide(op, c, a, b)
	case '&':
		return a & b, ""
	case '|':
		return a | b, ""
	case '^':
		return c.trim(a ^ b), ""
	case 'l':
		return c.trim(a << (b & shiftMask(c))), ""
	case 'r':
		if c.signed() {
			return c.trim(uint64(int64(a) >> (b & shiftMask(c)))), ""
		}
		return c.trim(a >> (b & shiftMask(c))), ""
	}
	return compare(op, c, a, b), ""
}

// shiftMask is what the processor leaves of a shift count.
func shiftMask(c class) uint64 { return uint64(c.size()*8 - 1) }

func divide(op uint8, c class, a, b uint64) (uint64, string) {
	if b == 0 {
		return 0, "division by zero"
	}
	if !c.signed() {
		if op == '/' {
			return a / b, ""
		}
		return a % b, ""
	}
	if int64(b) == -1 && a == c.trim(1<<(c.size()*8-1)) {
		return 0, "the quotient does not fit"
	}
	if op == '/' {
		return c.trim(uint64(int64(a) / int64(b))), ""
	}
	return c.trim(uint64(int64(a) % int64(b))), ""
}

func compare(op uint8, c class, a, b uint64) uint64 {
	less := a < b
	if c.signed() {
		less = int64(a) < int64(b)
	}
	switch op {
	case '=':
		return truth(a == b)
	case '!':
		return truth(a != b)
	case '<':
		return truth(less)
	case 'L':
		return truth(less || a == b)
	case '>':
		return truth(!less && a != b)
	}
	return truth(!less)
}
