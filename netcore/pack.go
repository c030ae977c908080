package netcore

import (
	"encoding/binary"
	"net/netip"
	"reflect"
)

// archive keeps events as bytes: a long record holds a hundred thousand of them, and
// as structures most of their memory would be the headers of strings that are the
// same everywhere. What is archived does not change, and is taken out as a new
// structure each time it is asked for; its byte slices are the archive's own.
type archive struct {
	pages [][]byte
	names []string // by number, from 1
	known map[string]uint64
}

// slot is where something stands in an archive.
type slot struct{ page, at uint32 }

const (
	// pageBytes is the size of a page of an archive; what is larger has one of its own.
	pageBytes = 64 << 10
	// nameBytes and mostNames bound the strings that are kept once for all.
	nameBytes = 64
	mostNames = 1 << 14
)

// archived are the structures an event can be about, by the number that stands before
// them; 0 is none.
var archived = []reflect.Type{
	nil, reflect.TypeFor[Header](), reflect.TypeFor[ProcessChange](), reflect.TypeFor[Call](), reflect.TypeFor[Blocked](),
	reflect.TypeFor[Output](), reflect.TypeFor[Signal](), reflect.TypeFor[Packet](), reflect.TypeFor[Sample](),
	reflect.TypeFor[Setting](), reflect.TypeFor[Note](), reflect.TypeFor[Result](),
}

func archivedAs(what any) byte {
	if what == nil {
		return 0
	}
	t := reflect.TypeOf(what).Elem()
	for i, o := range archived {
		if o == t {
			return byte(i)
		}
	}
	panic("netcore: no event is about a " + t.String())
}

// put archives what an event is about, a pointer to one of the archived structures or
// nil, and the event's cause.
func (a *archive) put(cause ID, what any) slot {
	kind := archivedAs(what)
	b := append(binary.AppendUvarint(make([]byte, 0, 256), uint64(cause)), kind)
	if kind != 0 {
		b = a.pack(b, reflect.ValueOf(what).Elem())
	}
	last := len(a.pages) - 1
	if last < 0 || len(a.pages[last])+len(b) > cap(a.pages[last]) {
		a.pages = append(a.pages, make([]byte, 0, max(pageBytes, len(b))))
		last++
	}
	s := slot{uint32(last), uint32(len(a.pages[last]))}
	a.pages[last] = append(a.pages[last], b...)
	return s
}

// get takes out what put archived.
func (a *archive) get(s slot) (cause ID, what any) {
	b := a.pages[s.page][s.at:]
	n, size := binary.Uvarint(b)
	kind := b[size]
	if kind == 0 {
		return ID(n), nil
	}
	v := reflect.New(archived[kind])
	a.unpack(b[size+1:], v.Elem())
	return ID(n), v.Interface()
}

// name is the number of a string that is kept once for all, 0 for one that is not.
func (a *archive) name(s string) uint64 {
	if n := a.known[s]; n != 0 {
		return n
	}
	if len(s) > nameBytes || len(a.names) >= mostNames {
		return 0
	}
	if a.known == nil {
		a.known = map[string]uint64{}
	}
	a.names = append(a.names, s)
	a.known[s] = uint64(len(a.names))
	return uint64(len(a.names))
}

var addrPortType = reflect.TypeFor[netip.AddrPort]()

// pack appends a value. Numbers are of variable length, a slice begins with its
// length and 1, a pointer with whether there is something behind it.
func (a *archive) pack(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Bool:
		return append(b, byte(lengthOf(v.Bool())))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return binary.AppendVarint(b, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return binary.AppendUvarint(b, v.Uint())
	case reflect.String:
		return a.packString(b, v.String())
	case reflect.Slice:
		return a.packSlice(b, v)
	case reflect.Pointer:
		b = append(b, byte(lengthOf(!v.IsNil())))
		if v.IsNil() {
			return b
		}
		return a.pack(b, v.Elem())
	case reflect.Struct:
		return a.packStruct(b, v)
	}
	panic("netcore: a " + v.Type().String() + " cannot be archived")
}

func lengthOf(there bool) int {
	if there {
		return 1
	}
	return 0
}

func (a *archive) packString(b []byte, s string) []byte {
	n := a.name(s)
	b = binary.AppendUvarint(b, n)
	if n != 0 {
		return b
	}
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func (a *archive) packSlice(b []byte, v reflect.Value) []byte {
	if v.IsNil() {
		return append(b, 0)
	}
	b = binary.AppendUvarint(b, uint64(v.Len())+1)
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return append(b, v.Bytes()...)
	}
	for i := range v.Len() {
		b = a.pack(b, v.Index(i))
	}
	return b
}

func (a *archive) packStruct(b []byte, v reflect.Value) []byte {
	if v.Type() == addrPortType {
		text, _ := v.Interface().(netip.AddrPort).MarshalBinary()
		return append(append(b, byte(len(text))), text...)
	}
	for i := range v.NumField() {
		b = a.pack(b, v.Field(i))
	}
	return b
}

// unpack reads what pack appended into v, and returns what stands behind it.
func (a *archive) unpack(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(b[0] == 1)
		return b[1:]
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, size := binary.Varint(b)
		v.SetInt(n)
		return b[size:]
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, size := binary.Uvarint(b)
		v.SetUint(n)
		return b[size:]
	case reflect.String:
		return a.unpackString(b, v)
	case reflect.Slice:
		return a.unpackSlice(b, v)
	case reflect.Pointer:
		if b[0] == 0 {
			return b[1:]
		}
		v.Set(reflect.New(v.Type().Elem()))
		return a.unpack(b[1:], v.Elem())
	}
	return a.unpackStruct(b, v)
}

func (a *archive) unpackString(b []byte, v reflect.Value) []byte {
	n, size := binary.Uvarint(b)
	if b = b[size:]; n != 0 {
		v.SetString(a.names[n-1])
		return b
	}
	n, size = binary.Uvarint(b)
	v.SetString(string(b[size : size+int(n)]))
	return b[size+int(n):]
}

func (a *archive) unpackSlice(b []byte, v reflect.Value) []byte {
	n, size := binary.Uvarint(b)
	if b = b[size:]; n == 0 {
		return b
	}
	n--
	if v.Type().Elem().Kind() == reflect.Uint8 {
		v.SetBytes(b[:n:n])
		return b[n:]
	}
	v.Set(reflect.MakeSlice(v.Type(), int(n), int(n)))
	for i := range int(n) {
		b = a.unpack(b, v.Index(i))
	}
	return b
}

func (a *archive) unpackStruct(b []byte, v reflect.Value) []byte {
	if v.Type() == addrPortType {
		n := int(b[0])
		_ = v.Addr().Interface().(*netip.AddrPort).UnmarshalBinary(b[1 : 1+n])
		return b[1+n:]
	}
	for i := range v.NumField() {
		b = a.unpack(b, v.Field(i))
	}
	return b
}
