package cprog

// assignable converts a value to the type it is assigned to, passed as or
// returned as, and reports what C refuses.
func (p *parser) assignable(e *expr, t *ctype, what string) *expr {
	e = p.rvalue(e)
	if e.op == eBad || t.kind == kErr {
		return e
	}
	switch t.kind {
	case kStruct:
		if !same(e.typ, t) {
			p.wrongType(e, t, what)
			return bad(e.off, e.end)
		}
		return e
	case kPtr:
		return p.toPointer(e, t, what)
	case kHandler:
		if e.typ.kind != kHandler && !isNull(e) {
			p.errorf(e.off, p.said(e)+" is no signal handler", "write SIG_IGN or SIG_DFL")
			return bad(e.off, e.end)
		}
	default:
		if !e.typ.integer() && !(t.kind == kInt && t.class == cBool && e.typ.scalar()) {
			p.wrongType(e, t, what)
			return bad(e.off, e.end)
		}
	}
	return p.cast(e, t)
}

// wrongType reports a value of a type that does not fit.
func (p *parser) wrongType(e *expr, t *ctype, what string) {
	instead := "write " + article(t)
	switch {
	case e.typ.kind == kVoid:
		p.errorf(e.off, p.said(e)+" has no value", "call it as a statement of its own")
		return
	case t.kind == kInt && e.typ.kind == kPtr && what == "assign":
		instead = "write *" + p.said(e) + ", or declare a pointer"
	case e.typ.kind == kStruct:
		instead = "write one of its members"
	}
	p.errorf(e.off, p.said(e)+" is "+article(e.typ)+", but "+article(t)+" is wanted", instead)
}

func (p *parser) toPointer(e *expr, t *ctype, what string) *expr {
	if isNull(e) {
		return p.cast(e, t)
	}
	if e.typ.kind != kPtr {
		p.notPointer(e, t)
		return bad(e.off, e.end)
	}
	from, to := e.typ.elem, t.elem
	switch {
	case to.kind == kVoid || from.kind == kVoid || same(from, to):
		if from.konst && !to.konst {
			p.warn(e.off, "const gets lost: "+article(e.typ)+" is used as "+article(t), "declare the pointer const")
		}
	case what == "argument" && socketAddress(from, to):
	case from.kind == kStruct && to.kind == kStruct:
		p.errorf(e.off, article(e.typ)+" is used as "+article(t), "cast it: ("+pointerTo(plain(to)).String()+")"+p.said(e))
	case from.kind == kInt && to.kind == kInt && from.size() == to.size() && from.rank == to.rank:
		p.warn(e.off, "the pointers differ in sign: "+article(e.typ)+" is used as "+article(t), "cast it: ("+t.String()+")"+p.said(e))
	default:
		p.warn(e.off, article(e.typ)+" is used as "+article(t), "cast it: ("+t.String()+")"+p.said(e))
	}
	return p.cast(e, t)
}

// socketAddress tells whether glibc takes this structure's pointer for a struct
// sockaddr * without a cast: it does for most with _GNU_SOURCE.
func socketAddress(from, to *ctype) bool {
	if bsd || from.kind != kStruct || to.kind != kStruct || to.def.tag != "sockaddr" {
		return false
	}
	switch from.def.tag {
	case "sockaddr_in", "sockaddr_in6", "sockaddr_un":
		return true
	}
	return false
}

func (p *parser) notPointer(e *expr, t *ctype) {
	instead := "write an address, &x"
	if e.lvalue() && !e.typ.konst {
		instead = "write &" + p.said(e)
		if t.elem.kind == kStruct && e.typ.kind == kStruct && !same(t.elem, e.typ) {
			instead = "write (" + pointerTo(plain(t.elem)).String() + ")&" + p.said(e)
		}
	}
	if e.typ.kind == kVoid {
		p.wrongType(e, t, "")
		return
	}
	p.errorf(e.off, p.said(e)+" is "+article(e.typ)+", but a pointer is wanted", instead)
}
