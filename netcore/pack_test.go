package netcore

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var partType, partsType = reflect.TypeFor[Part](), reflect.TypeFor[[]Part]()

// fillAll sets every field of a value to something that is not its zero, so that none
// is forgotten; n counts up.
func fillAll(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(-*n % 100))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(*n % 100))
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d", *n))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fillAll(v.Index(0), n)
		fillAll(v.Index(1), n)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillAll(v.Elem(), n)
	case reflect.Struct:
		if v.Type() == addrPortType {
			v.Set(reflect.ValueOf(netip.MustParseAddrPort("[fe80::1%lo]:80")))
			return
		}
		for i := range v.NumField() {
			// A Part has Parts of its own: one level is filled.
			if v.Type() != partType || v.Type().Field(i).Type != partsType {
				fillAll(v.Field(i), n)
			}
		}
	default:
		panic("a field of kind " + v.Kind().String())
	}
}

// TestArchive: what is archived is taken out as it was, every field of it, empty and
// filled, long texts and large buffers too.
func TestArchive(t *testing.T) {
	var a archive
	var slots []slot
	var want []any
	put := func(what any) {
		slots, want = append(slots, a.put(ID(len(want)), what)), append(want, what)
	}
	n := 0
	for _, kind := range archived[1:] {
		put(reflect.New(kind).Interface())
		v := reflect.New(kind)
		fillAll(v.Elem(), &n)
		put(v.Interface())
	}
	put(&Note{Text: strings.Repeat("long ", 100)})
	put(&Output{Bytes: make([]byte, 3*pageBytes)})
	put(&Output{Bytes: []byte{}})
	put(nil)
	for i, s := range slots {
		cause, got := a.get(s)
		if cause != ID(i) {
			t.Errorf("%d: cause %d", i, cause)
		}
		if diff := cmp.Diff(want[i], got, cmpopts.EquateComparable(netip.AddrPort{})); diff != "" {
			t.Errorf("%d (-put +got):\n%s", i, diff)
		}
	}
}

// TestArchiveOfManyTexts: texts that are all different are kept with their events, and
// not for all.
func TestArchiveOfManyTexts(t *testing.T) {
	var a archive
	var slots []slot
	text := func(i int) string { return fmt.Sprintf("remark %d", i) }
	for i := range 2 * mostNames {
		slots = append(slots, a.put(0, &Note{Text: text(i)}))
	}
	if len(a.names) > mostNames {
		t.Errorf("%d texts are kept for all", len(a.names))
	}
	for i, s := range slots {
		if _, got := a.get(s); got.(*Note).Text != text(i) {
			t.Fatalf("%d: %q", i, got.(*Note).Text)
		}
	}
}

func BenchmarkArchiveGet(b *testing.B) {
	var a archive
	n := 0
	v := reflect.New(reflect.TypeFor[Packet]())
	fillAll(v.Elem(), &n)
	s := a.put(1, v.Interface())
	for b.Loop() {
		_, _ = a.get(s)
	}
}
