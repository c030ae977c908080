package protocol

// OrderKind says what the program wants of the lab process.
type OrderKind uint8

// The orders. Descriptors travel beside the frame.
const (
	// SetupOrder is the first: Tier in Number; Name is "wire" or "wire hold" where
	// there is to be one. With a companion Bytes says what it is, see
	// AppendCompanion, and its end of the channel comes as a descriptor.
	SetupOrder OrderKind = iota + 1
	// SpawnOrder starts a worker called Name in network Number (see Batch); two
	// descriptors: its end of the channel and its page.
	SpawnOrder
	// SignalOrder sends signal Number to the main thread of worker PID.
	SignalOrder
	// SightOrder asks for a Sighting. Bytes are the numbers of the processes to look at
	// besides the workers, see AppendNumbers.
	SightOrder
	// PeekOrder asks for getsockname of descriptor Number in worker PID.
	PeekOrder
	// GuardOrder hands over a terminal (one descriptor): Bytes is its termios,
	// Name the text that restores it.
	GuardOrder
	// UnguardOrder takes that back.
	UnguardOrder
	// CaptureOrder tries whether packets can be read.
	CaptureOrder
	// SettingOrder makes a stage setting, given as text in Name; PID and Number are
	// the worker and the descriptor it is about. The report's Text is the value
	// read back, the first of its Texts what it was before.
	SettingOrder
	// WireOrder acts on the wire: the verb in Name, the packet's Serial on the wire
	// in PID, nanoseconds in Number.
	WireOrder
	// CloseOrder ends the lab.
	CloseOrder
)

// Order is one thing the program wants of the lab process. Seq returns in the
// Report that answers it.
type Order struct {
	Seq    uint64
	Kind   OrderKind
	PID    int
	Number int64
	Name   string
	Bytes  []byte
}

// Append encodes o behind b.
func (o *Order) Append(b []byte) []byte {
	b = putU8(putU64(b, o.Seq), uint8(o.Kind))
	return putBytes(putText(putI64(putInt(b, o.PID), o.Number), o.Name), o.Bytes)
}

// DecodeOrder decodes an order. Bytes is part of body.
func DecodeOrder(body []byte) (Order, error) {
	f := fields{rest: body}
	o := Order{Seq: f.u64(), Kind: OrderKind(f.u8()), PID: f.int(), Number: f.i64(), Name: f.text(), Bytes: f.bytes()}
	return o, f.done("order")
}

// ReportKind says what a report is about.
type ReportKind uint8

// The kinds of reports.
const (
	// AnswerReport answers order Seq.
	AnswerReport ReportKind = iota
	// EndReport tells the end of worker PID.
	EndReport
	// PacketsReport brings packets: a Batch in Bytes.
	PacketsReport
)

// Report is what the lab process tells the program.
type Report struct {
	Kind ReportKind
	Seq  uint64
	PID  int
	// Errno is not 0 when the order was refused; Text says by what.
	Errno uint32
	Text  string
	// Status is the wait status of a worker that ended.
	Status uint32
	Texts  []string
	Bytes  []byte
}

// Append encodes r behind b.
func (r *Report) Append(b []byte) []byte {
	b = putU32(putInt(putU64(putU8(b, uint8(r.Kind)), r.Seq), r.PID), r.Errno)
	b = putTexts(putU32(putText(b, r.Text), r.Status), r.Texts)
	return putBytes(b, r.Bytes)
}

// DecodeReport decodes a report. Bytes is part of body.
func DecodeReport(body []byte) (Report, error) {
	f := fields{rest: body}
	r := Report{Kind: ReportKind(f.u8()), Seq: f.u64(), PID: f.int(), Errno: f.u32(), Text: f.text(), Status: f.u32(), Texts: f.texts(), Bytes: f.bytes()}
	return r, f.done("report")
}

// AppendCompanion encodes the arguments and the environment of a companion process
// behind b.
func AppendCompanion(b []byte, args, env []string) []byte { return putTexts(putTexts(b, args), env) }

// DecodeCompanion decodes what AppendCompanion made.
func DecodeCompanion(body []byte) (args, env []string, err error) {
	f := fields{rest: body}
	args, env = f.texts(), f.texts()
	return args, env, f.done("companion")
}

// AppendNumbers encodes a list of numbers behind b.
func AppendNumbers(b []byte, numbers []int) []byte {
	for _, n := range numbers {
		b = putInt(b, n)
	}
	return b
}

// DecodeNumbers decodes what AppendNumbers made.
func DecodeNumbers(body []byte) (numbers []int, err error) {
	f := fields{rest: body}
	for len(f.rest) > 0 && !f.bad {
		numbers = append(numbers, f.int())
	}
	return numbers, f.done("numbers")
}
