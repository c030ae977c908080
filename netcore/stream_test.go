package netcore

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/sys/unix"
)

func testHeader() Event {
	return Event{ID: 1, Type: HeaderEvent, At: 100, Header: &Header{
		Version: StreamVersion, Program: "sockstep 0.1.0", OS: "linux", Arch: "amd64", Kernel: "6.18.1",
		Tier: TierUser, Lesson: "tcp", RealtimeOffset: 1_700_000_000_000_000_000,
	}}
}

// testEvents holds an event of every type with every field set, and the odd ones.
func testEvents() []Event {
	three, refused := int64(3), int64(-1)
	socket := Socket{
		Network: "lab", Cookie: 1 << 63, Domain: "AF_INET", Type: "SOCK_STREAM", Protocol: "TCP", State: "LISTEN", Bound: true,
		Local: netip.MustParseAddrPort("127.0.0.1:7777"), Peer: netip.MustParseAddrPort("[fe80::1%lo]:0"),
		RecvQ: 1, SendQ: 5, Inode: 4711, UID: 1000, Owners: []Owner{{"server", 3}, {"server", 4}},
		Timer: Timer{"keepalive", 7 * time.Second, 2}, Source: "sock_diag", Shutdown: ShutdownSend, Congestion: "cubic",
		TCPInfo: filled[TCPInfo](), Memory: filled[SocketMemory](),
	}
	return []Event{
		testHeader(),
		{ID: 2, Cause: 1, Type: ProcessEvent, At: 1, Process: &ProcessChange{"server", 31207, 31200, "lab", "end", 1, "SIGPIPE"}},
		{ID: 3, Type: CallEvent, At: 2, Call: &Call{
			ID: 3, Process: "server", PID: 31207, TID: 31208, Origin: FromLine, Line: "server.c:21", Source: `bind(s, "<&>", 3)`,
			Name: "bind", Syscall: "bind", Ret: &refused, Errno: Errno(unix.EADDRINUSE), Cause: "another socket has it", Enter: 1, Exit: 2,
			Args: []Arg{
				{Name: "sockfd", Kind: KindFD, Value: 3},
				{Name: "addr", Kind: KindSockaddrIn, Value: 0x7ffc00001000, Pointer: MemoryValue, Before: []byte{2, 0, 0x1e, 0x61}, After: []byte{}, Unwritten: []Range{{2, 2}},
					Parts: []Part{{Offset: 8, Value: 0x7ffc00002000, Before: []byte{1, 2}, After: []byte{3}, Parts: []Part{{Offset: 16, Value: 1}}}}},
				{Name: "addr", Kind: KindSockaddrIn, Pointer: NullValue},
				{Name: "addr", Kind: KindSockaddrIn, Value: -1, Pointer: AddressValue},
			},
		}},
		{ID: 4, Type: CallEvent, At: 3, Call: &Call{ID: 4, Name: "socket", Syscall: "socket", Origin: FromTyped, Ret: &three, Args: []Arg{}}},
		{ID: 5, Type: CallEvent, At: 4, Call: &Call{ID: 5, Name: "accept", Syscall: "accept", Origin: FromTraced, Reason: "cancelled", Enter: 1}},
		{ID: 6, Cause: 5, Type: BlockedEvent, At: 5, Blocked: &Blocked{5, "server", "accept", 3, "inet_csk_accept", "accept(3, NULL, NULL)", "a connection"}},
		{ID: 7, Type: OutputEvent, At: 6, Output: &Output{"client", 2, []byte("bind: \x1b[2J\xff\n"), "client.c:9"}},
		{ID: 8, Type: SignalEvent, At: 7, Signal: &Signal{"client", "SIGPIPE", true}},
		{ID: 9, Type: PacketEvent, At: 8, Packet: &Packet{[]byte{0x45}, "lab", 3, 0, 4294967295, 1, 60, 1, OwnNone, FateNone}},
		{ID: 10, Type: PacketEvent, At: 9, Packet: &Packet{Network: "wire", Of: 9, Number: 1, Own: OwnProbe, Fate: FateDropped}},
		{ID: 11, Type: SampleEvent, At: 10, Sample: &Sample{
			Sockets:  []Socket{socket, {Domain: "AF_UNIX", Path: "\x00odd\xff\u009b\u202e", PeerIno: 5}},
			Gone:     []Socket{{Cookie: 2, State: "TIME_WAIT"}},
			Changes:  []SocketChange{{"lab", 7, Owner{"server", 3}, "state", "CLOSE", "LISTEN", 3}, {What: "recvq"}},
			Counters: []CounterChange{{"lab", "ListenDrops", 1, 1<<64 - 1}},
		}},
		{ID: 12, Type: SampleEvent, At: 11, Sample: &Sample{}},
		{ID: 13, Type: SettingEvent, At: 12, Setting: &Setting{"sysctl", "net.ipv4.tcp_syncookies", "0", "1"}},
		{ID: 14, Type: NoteEvent, At: 13, Note: &Note{"server", "not made: \u202eevil \U0001f600 \u007f"}},
		{ID: 15, Type: ResultEvent, At: 14, Result: &Result{"tcp", 20, 19, []string{"accept"}, []string{}}},
	}
}

// filled is a structure of numbers and flags with another value in every number.
func filled[T any]() *T {
	v := new(T)
	r := reflect.ValueOf(v).Elem()
	for i := range r.NumField() {
		switch f := r.Field(i); {
		case f.CanInt():
			f.SetInt(int64(i) + 1)
		case f.CanUint():
			f.SetUint(uint64(i) + 1)
		default:
			f.SetBool(true)
		}
	}
	return v
}

func writeAll(t testing.TB, events []Event) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b)
	for _, e := range events {
		if err := w.WriteEvent(e); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func readAll(r *Reader) ([]Event, error) {
	var events []Event
	for {
		e, err := r.ReadEvent()
		if err == io.EOF {
			return events, nil
		}
		if err != nil {
			return events, err
		}
		events = append(events, e)
	}
}

var compareAddresses = cmpopts.EquateComparable(netip.AddrPort{})

func TestStreamRoundTrip(t *testing.T) {
	events := testEvents()
	got, err := readAll(NewReader(bytes.NewReader(writeAll(t, events))))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(events, got, compareAddresses); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

// TestStreamCoversEveryField fails when a field was added to an event and the
// events of this test, and so perhaps the stream, do not know of it.
func TestStreamCoversEveryField(t *testing.T) {
	set := map[string]bool{}
	for _, e := range testEvents() {
		markSet(reflect.ValueOf(e), set)
	}
	for field, seen := range set {
		if !seen {
			t.Errorf("no test event sets %s", field)
		}
	}
	for kind := range newWire {
		found := false
		for _, e := range testEvents() {
			found = found || e.Type == kind
		}
		if !found {
			t.Errorf("no test event of type %q", kind)
		}
	}
}

func markSet(v reflect.Value, set map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			markSet(v.Elem(), set)
		}
	case reflect.Slice:
		for i := range v.Len() {
			markSet(v.Index(i), set)
		}
	case reflect.Struct:
		if v.Type().PkgPath() != reflect.TypeFor[Event]().PkgPath() {
			return
		}
		for i := range v.NumField() {
			name := v.Type().Name() + "." + v.Type().Field(i).Name
			set[name] = set[name] || !v.Field(i).IsZero()
			markSet(v.Field(i), set)
		}
	}
}

func TestStreamForm(t *testing.T) {
	lines := bytes.Split(bytes.TrimSuffix(writeAll(t, testEvents()), []byte("\n")), []byte("\n"))
	want := map[string][]string{
		"header":  {"version", "os", "arch", "kernel", "realtime_offset_ns"},
		"process": {"process", "pid", "parent", "change", "status", "signal"},
		"call":    {"process", "pid", "tid", "line", "source", "name", "syscall", "args", "text", "ret", "errno", "reason", "cause_text", "enter_ns", "exit_ns"},
		"packet":  {"time_ns", "network", "call", "from", "to", "flags", "seq", "ack", "len", "raw"},
		"sample":  {"sockets", "gone"},
	}
	for i, line := range lines {
		for _, b := range line {
			if b < 0x20 || b > 0x7e {
				t.Errorf("line %d holds the byte %#02x", i+1, b)
			}
		}
		var object map[string]any
		if err := json.Unmarshal(line, &object); err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		kind, _ := object["type"].(string)
		for _, key := range append(want[kind], "type", "id") {
			if _, ok := object[key]; !ok {
				t.Errorf("line %d: a %s has no %q", i+1, kind, key)
			}
		}
	}
	if want := []byte(`"text":"socket(AF_UNSPEC, 0, 0)                 = 3"`); !bytes.Contains(lines[3], want) {
		t.Errorf("no %s in %s", want, lines[3])
	}
	if bytes.Count(lines[4], []byte(`"ret":null`)) != 1 || !bytes.Contains(lines[2], []byte(`"errno":"EADDRINUSE"`)) {
		t.Errorf("ret of an unfinished call or errno is not as it should be:\n%s\n%s", lines[4], lines[2])
	}
}

func TestReaderErrors(t *testing.T) {
	header := string(writeAll(t, []Event{testHeader()}))
	for _, tt := range []struct{ name, input, want string }{
		{"empty", "", "line 1: not a recording"},
		{"text", "hello\n", "line 1: not a recording"},
		{"no header", `{"type":"note","id":1}`, "line 1: not a recording"},
		{"array", "[]", "line 1: not a recording"},
		{"newer", strings.Replace(header, `"version":1`, `"version":9`, 1), "line 1: the recording has format version 9"},
		{"tier", strings.Replace(header, `"user"`, `"cloud"`, 1), `line 1: no tier "cloud"`},
		{"cut", header + "\n" + `{"type":"note","id":2,"te`, "line 3: the last line is cut off"},
		{"wrong kind", header + `{"type":"note","id":"two"}`, "line 2: json: cannot unmarshal string"},
		{"no id", header + `{"type":"note"}`, "line 2: an event without an id"},
		{"two headers", header + header, "line 2: a second header"},
		{"errno", header + `{"type":"call","id":2,"errno":"EWRONG"}`, `line 2: unknown errno "EWRONG"`},
		{"pointer", header + `{"type":"call","id":2,"args":[{"name":"x","pointer":"wild"}]}`, `line 2: argument "x": unknown pointer "wild"`},
		{"base64", header + `{"type":"output","id":2,"bytes":"!"}`, "line 2: illegal base64"},
		{"address", header + `{"type":"sample","id":2,"sockets":[{"local":"1.2.3"}]}`, "line 2: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readAll(NewReader(strings.NewReader(tt.input)))
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error %v, want %q...", err, tt.want)
			}
		})
	}
}

func TestReaderSkipsUnknown(t *testing.T) {
	input := string(writeAll(t, []Event{testHeader()})) +
		`{"type":"weather","id":2}` + "\n\n" + `{"type":"note","id":3,"text":"on","colour":1}` + "\n" + `{"type":"","id":4}`
	r := NewReader(strings.NewReader(input))
	events, err := readAll(r)
	if err != nil || len(events) != 2 || r.Skipped() != 2 {
		t.Errorf("%d events, %d skipped, error %v; want 2, 2, none", len(events), r.Skipped(), err)
	}
}

func TestWriterErrors(t *testing.T) {
	w := NewWriter(io.Discard)
	if err := w.WriteEvent(note(1, "x")); !errors.Is(err, ErrNotStream) {
		t.Errorf("a stream that begins with a note: %v", err)
	}
	if err := w.WriteEvent(testHeader()); err != nil {
		t.Fatal(err)
	}
	for _, e := range []Event{{ID: 2}, {ID: 2, Type: CallEvent}, {ID: 2, Type: NoteEvent, Call: &Call{}}} {
		if err := w.WriteEvent(e); !errors.Is(err, errNoContent) {
			t.Errorf("WriteEvent(%+v): %v", e, err)
		}
	}
}

func TestReadTimeline(t *testing.T) {
	events := testEvents()
	stream := writeAll(t, events)
	line, skipped, err := ReadTimeline(bytes.NewReader(stream))
	if err != nil || skipped != 0 {
		t.Fatal(skipped, err)
	}
	if diff := cmp.Diff(events, line.Since(0), compareAddresses); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if e, ok := line.Get(9); !ok || e.Packet == nil {
		t.Errorf("Get(9) = %+v, %v", e, ok)
	}
	last := stream[bytes.LastIndexByte(stream[:len(stream)-1], '\n')+1:]
	line, _, err = ReadTimeline(bytes.NewReader(append(stream, last...)))
	if err == nil || !strings.Contains(err.Error(), "line 16: a second event with id 15") || line.Len() != 15 {
		t.Errorf("a repeated event: %v, %d events", err, line.Len())
	}
}

func FuzzReader(f *testing.F) {
	stream := writeAll(f, testEvents())
	f.Add(stream)
	header, _, _ := bytes.Cut(stream, []byte("\n"))
	for _, line := range bytes.SplitAfter(stream, []byte("\n"))[1:] {
		f.Add(append(append([]byte{}, append(header, '\n')...), line...))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		events, err := readAll(NewReader(bytes.NewReader(input)))
		if err != nil && !strings.HasPrefix(err.Error(), "line ") {
			t.Errorf("error without a line: %v", err)
		}
		if len(events) == 0 {
			return
		}
		again, err := readAll(NewReader(bytes.NewReader(writeAll(t, events))))
		if err != nil {
			t.Fatalf("what was written is not read: %v", err)
		}
		if diff := cmp.Diff(events, again, compareAddresses); diff != "" {
			t.Errorf("read, written and read (-want +got):\n%s", diff)
		}
	})
}

func BenchmarkStream(b *testing.B) {
	events := testEvents()
	for b.Loop() {
		if _, err := readAll(NewReader(bytes.NewReader(writeAll(b, events)))); err != nil {
			b.Fatal(err)
		}
	}
}
