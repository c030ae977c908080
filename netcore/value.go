package netcore

// ValueKind says what an argument of a system call is.
type ValueKind uint8

const (
	// NumberValue is a plain number in a register: a descriptor, a flag, a length.
	NumberValue ValueKind = iota
	// NullValue is the null pointer.
	NullValue
	// AddressValue is a pointer to an address that belongs to no object of the
	// program. It reaches the kernel as it is, and usually earns EFAULT.
	AddressValue
	// MemoryValue is a pointer to bytes of the program.
	MemoryValue
)

// Value is one argument of a system call as it is handed to the kernel: raw
// numbers and raw bytes, so that every wrong argument really arrives there.
type Value struct {
	Kind ValueKind
	// Number is the register's content of a NumberValue or an AddressValue.
	Number int64
	// Bytes is the memory of a MemoryValue from the pointer on. The worker puts
	// it right before an unmapped page, so a length argument that is larger than
	// len(Bytes) runs off the end as it would in a C program. Where C memory goes
	// on behind the object, the caller passes that memory too.
	Bytes []byte
	// Unwritten marks the bytes the program never set. They hold whatever the
	// memory held and are shown as not written.
	Unwritten []Range
}

// Range is a run of bytes: Offset from the start, Length in bytes.
type Range struct {
	Offset int `json:"offset"`
	Length int `json:"length"`
}

// Number returns a plain numeric argument.
func Number(n int64) Value { return Value{Kind: NumberValue, Number: n} }

// Null returns the null pointer.
func Null() Value { return Value{Kind: NullValue} }

// Address returns a pointer to an address outside every object.
func Address(a uint64) Value { return Value{Kind: AddressValue, Number: int64(a)} }

// Memory returns a pointer to b. The caller keeps b; it is copied when sent.
func Memory(b []byte) Value { return Value{Kind: MemoryValue, Bytes: b} }
