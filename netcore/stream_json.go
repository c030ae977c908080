package netcore

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"
	"unicode/utf8"
)

// The structures of this file are the objects of the stream. Each has its event's
// fields in snake case; times end in _ns and count nanoseconds of the monotonic
// clock, bytes are base64, and null means that there is none.

var (
	errUnknownType = errors.New("unknown type")
	errNoContent   = errors.New("the event lacks what its type names")
)

// envelope is what all objects have in common.
type envelope struct {
	Type  EventType `json:"type"`
	ID    ID        `json:"id"`
	Cause ID        `json:"cause,omitempty"`
	At    int64     `json:"time_ns"`
}

func (v envelope) event() Event {
	return Event{Type: v.Type, ID: v.ID, Cause: v.Cause, At: v.At}
}

// wire is an object of the stream.
type wire interface{ toEvent() (Event, error) }

// wireOf returns the object for an event.
func wireOf(e Event) (wire, error) {
	v := envelope{e.Type, e.ID, e.Cause, e.At}
	switch {
	case e.Type == HeaderEvent && e.Header != nil:
		return newWireHeader(v, e.Header), nil
	case e.Type == ProcessEvent && e.Process != nil:
		return newWireProcess(v, e.Process), nil
	case e.Type == CallEvent && e.Call != nil:
		return newWireCall(v, e.Call), nil
	case e.Type == BlockedEvent && e.Blocked != nil:
		return newWireBlocked(v, e.Blocked), nil
	case e.Type == OutputEvent && e.Output != nil:
		return newWireOutput(v, e.Output), nil
	case e.Type == SignalEvent && e.Signal != nil:
		return newWireSignal(v, e.Signal), nil
	case e.Type == PacketEvent && e.Packet != nil:
		return newWirePacket(v, e.Packet), nil
	case e.Type == SampleEvent && e.Sample != nil:
		return newWireSample(v, e.Sample), nil
	case e.Type == SettingEvent && e.Setting != nil:
		return newWireSetting(v, e.Setting), nil
	case e.Type == NoteEvent && e.Note != nil:
		return newWireNote(v, e.Note), nil
	case e.Type == ResultEvent && e.Result != nil:
		return newWireResult(v, e.Result), nil
	}
	return nil, fmt.Errorf("%w: type %q", errNoContent, e.Type)
}

// newWire makes the empty object of each type.
var newWire = map[EventType]func() wire{
	HeaderEvent:  func() wire { return new(wireHeader) },
	ProcessEvent: func() wire { return new(wireProcess) },
	CallEvent:    func() wire { return new(wireCall) },
	BlockedEvent: func() wire { return new(wireBlocked) },
	OutputEvent:  func() wire { return new(wireOutput) },
	SignalEvent:  func() wire { return new(wireSignal) },
	PacketEvent:  func() wire { return new(wirePacket) },
	SampleEvent:  func() wire { return new(wireSample) },
	SettingEvent: func() wire { return new(wireSetting) },
	NoteEvent:    func() wire { return new(wireNote) },
	ResultEvent:  func() wire { return new(wireResult) },
}

// eventOf decodes one object of the stream.
func eventOf(t EventType, line []byte) (Event, error) {
	empty, ok := newWire[t]
	if !ok {
		return Event{}, errUnknownType
	}
	w := empty()
	if err := json.Unmarshal(line, w); err != nil {
		return Event{}, err
	}
	return w.toEvent()
}

// text is a string that may hold anything. JSON strings hold only Unicode; other
// byte sequences are written as an object with the bytes in base64.
type text string

type textBytes struct {
	Base64 []byte `json:"base64"`
}

func (s text) MarshalJSON() ([]byte, error) {
	if utf8.ValidString(string(s)) {
		return json.Marshal(string(s))
	}
	return json.Marshal(textBytes{[]byte(s)})
}

func (s *text) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		var b textBytes
		err := json.Unmarshal(data, &b)
		*s = text(b.Base64)
		return err
	}
	return json.Unmarshal(data, (*string)(s))
}

type wireHeader struct {
	envelope
	Version        int    `json:"version"`
	Program        text   `json:"program"`
	OS             text   `json:"os"`
	Arch           text   `json:"arch"`
	Kernel         text   `json:"kernel"`
	Tier           string `json:"tier"`
	Lesson         text   `json:"lesson"`
	RealtimeOffset int64  `json:"realtime_offset_ns"`
}

func tierOf(name string) (Tier, error) {
	if name == TierUnknown.String() {
		return TierUnknown, nil
	}
	return ParseTier(name)
}

func newWireHeader(v envelope, h *Header) wire {
	return &wireHeader{v, h.Version, text(h.Program), text(h.OS), text(h.Arch), text(h.Kernel),
		h.Tier.String(), text(h.Lesson), h.RealtimeOffset}
}

func (w *wireHeader) toEvent() (Event, error) {
	e := w.event()
	tier, err := tierOf(w.Tier)
	e.Header = &Header{w.Version, string(w.Program), string(w.OS), string(w.Arch), string(w.Kernel),
		tier, string(w.Lesson), w.RealtimeOffset}
	return e, err
}

type wireProcess struct {
	envelope
	Process text   `json:"process"`
	PID     int    `json:"pid"`
	Parent  int    `json:"parent"`
	Network text   `json:"network"`
	Change  string `json:"change"`
	Status  int    `json:"status"`
	Signal  string `json:"signal"`
}

func newWireProcess(v envelope, p *ProcessChange) wire {
	return &wireProcess{v, text(p.Name), p.PID, p.Parent, text(p.Network), p.Change, p.Status, p.Signal}
}

func (w *wireProcess) toEvent() (Event, error) {
	e := w.event()
	e.Process = &ProcessChange{string(w.Process), w.PID, w.Parent, string(w.Network), w.Change, w.Status, w.Signal}
	return e, nil
}

type wireCall struct {
	envelope
	Process   text      `json:"process"`
	PID       int       `json:"pid"`
	TID       int       `json:"tid"`
	Origin    Origin    `json:"origin"`
	Line      text      `json:"line"`
	Source    text      `json:"source"`
	Name      text      `json:"name"`
	Syscall   text      `json:"syscall"`
	Args      []wireArg `json:"args"`
	Text      string    `json:"text"` // the strace form, for people; not read back
	Ret       *int64    `json:"ret"`
	Errno     string    `json:"errno"`
	Reason    text      `json:"reason"`
	CauseText text      `json:"cause_text"`
	Enter     int64     `json:"enter_ns"`
	Exit      int64     `json:"exit_ns"`
}

func newWireCall(v envelope, c *Call) wire {
	return &wireCall{v, text(c.Process), c.PID, c.TID, c.Origin, text(c.Line), text(c.Source), text(c.Name), text(c.Syscall),
		convert(c.Args, newWireArg), Strace(c), c.Ret, c.Errno.Name(), text(c.Reason), text(c.Cause), c.Enter, c.Exit}
}

func (w *wireCall) toEvent() (Event, error) {
	e := w.event()
	args, err := tryConvert(w.Args, wireArg.arg)
	if err != nil {
		return e, err
	}
	var errno Errno
	if w.Errno != "" {
		var ok bool
		if errno, ok = ErrnoByName(w.Errno); !ok {
			return e, fmt.Errorf("unknown errno %q", w.Errno)
		}
	}
	e.Call = &Call{w.ID, string(w.Process), w.PID, w.TID, w.Origin, string(w.Line), string(w.Source), string(w.Name), string(w.Syscall),
		args, w.Ret, errno, string(w.Reason), string(w.CauseText), w.Enter, w.Exit}
	return e, nil
}

type wireArg struct {
	Name      text       `json:"name"`
	Kind      ParamKind  `json:"kind"`
	Value     int64      `json:"value"`
	Pointer   string     `json:"pointer"` // one of pointerNames
	Before    []byte     `json:"before"`
	After     []byte     `json:"after"`
	Unwritten []Range    `json:"unwritten,omitzero"`
	Parts     []wirePart `json:"parts,omitempty"`
}

// wirePart is memory to which a pointer at an offset in the memory around it leads.
type wirePart struct {
	Offset int        `json:"offset"`
	Value  int64      `json:"value"`
	Before []byte     `json:"before"`
	After  []byte     `json:"after"`
	Parts  []wirePart `json:"parts,omitempty"`
}

func newWirePart(p Part) wirePart {
	return wirePart{p.Offset, p.Value, p.Before, p.After, convert(p.Parts, newWirePart)}
}

func (w wirePart) part() Part {
	return Part{w.Offset, w.Value, w.Before, w.After, convert(w.Parts, wirePart.part)}
}

// pointerNames are the kinds of values as the stream names them.
var pointerNames = []string{NumberValue: "none", NullValue: "null", AddressValue: "address", MemoryValue: "memory"}

func newWireArg(a Arg) wireArg {
	return wireArg{text(a.Name), a.Kind, a.Value, pointerNames[min(int(a.Pointer), len(pointerNames)-1)], a.Before, a.After, a.Unwritten,
		convert(a.Parts, newWirePart)}
}

func (w wireArg) arg() (Arg, error) {
	kind := slices.Index(pointerNames, w.Pointer)
	if kind < 0 {
		return Arg{}, fmt.Errorf("argument %q: unknown pointer %q", string(w.Name), w.Pointer)
	}
	return Arg{string(w.Name), w.Kind, w.Value, ValueKind(kind), w.Before, w.After, w.Unwritten,
		convert(w.Parts, wirePart.part)}, nil
}

type wireBlocked struct {
	envelope
	Call    ID    `json:"call"`
	Process text  `json:"process"`
	Syscall text  `json:"syscall"`
	Since   int64 `json:"since_ns"`
	Channel text  `json:"channel"`
	Text    text  `json:"text"`
	On      text  `json:"on"`
}

func newWireBlocked(v envelope, b *Blocked) wire {
	return &wireBlocked{v, b.Call, text(b.Process), text(b.Syscall), b.Since, text(b.Channel), text(b.Text), text(b.On)}
}

func (w *wireBlocked) toEvent() (Event, error) {
	e := w.event()
	e.Blocked = &Blocked{w.Call, string(w.Process), string(w.Syscall), w.Since, string(w.Channel), string(w.Text), string(w.On)}
	return e, nil
}

type wireOutput struct {
	envelope
	Process text   `json:"process"`
	FD      int    `json:"fd"`
	Bytes   []byte `json:"bytes"`
	Line    text   `json:"line"`
}

func newWireOutput(v envelope, o *Output) wire {
	return &wireOutput{v, text(o.Process), o.FD, o.Bytes, text(o.Line)}
}

func (w *wireOutput) toEvent() (Event, error) {
	e := w.event()
	e.Output = &Output{string(w.Process), w.FD, w.Bytes, string(w.Line)}
	return e, nil
}

type wireSignal struct {
	envelope
	Process text `json:"process"`
	Name    text `json:"name"`
	Fatal   bool `json:"fatal"`
}

func newWireSignal(v envelope, s *Signal) wire {
	return &wireSignal{v, text(s.Process), text(s.Name), s.Fatal}
}

func (w *wireSignal) toEvent() (Event, error) {
	e := w.event()
	e.Signal = &Signal{string(w.Process), string(w.Name), w.Fatal}
	return e, nil
}

type wirePacket struct {
	envelope
	Number  uint32         `json:"number"`
	Network text           `json:"network"`
	Call    *ID            `json:"call"` // null: the kernel itself
	Own     string         `json:"own,omitempty"`
	Of      ID             `json:"of,omitempty"`
	Fate    string         `json:"fate,omitempty"`
	From    netip.AddrPort `json:"from"` // from here to len read off raw; not read back
	To      netip.AddrPort `json:"to"`
	Proto   string         `json:"protocol"`
	Flags   string         `json:"flags"`
	Window  uint16         `json:"window"`
	Options []string       `json:"options,omitempty"`
	Carries int            `json:"payload"` // bytes it carries
	Note    string         `json:"note,omitempty"`
	Seq     uint32         `json:"seq"` // relative
	Ack     uint32         `json:"ack"`
	Len     uint32         `json:"len"`
	Raw     []byte         `json:"raw"`
}

func newWirePacket(v envelope, p *Packet) wire {
	h := p.Header()
	w := &wirePacket{
		envelope: v, Number: p.Number, Network: text(p.Network), Own: p.Own.String(), Of: p.Of, Fate: p.Fate.String(),
		From: h.From, To: h.To, Proto: h.Protocol, Flags: h.Summary(), Window: h.Window, Carries: h.PayloadLen, Note: h.Malformed,
		Seq: p.Seq, Ack: p.Ack, Len: p.Len, Raw: p.Raw,
	}
	for _, o := range h.Options {
		w.Options = append(w.Options, o.Text)
	}
	if p.Call != 0 {
		w.Call = &p.Call
	}
	return w
}

func (w *wirePacket) toEvent() (Event, error) {
	e := w.event()
	own, fate := slices.Index(ownTexts[:], w.Own), slices.Index(fateTexts[:], w.Fate)
	if own < 0 || fate < 0 {
		return e, fmt.Errorf("packet: unknown fate %q or reason %q", w.Fate, w.Own)
	}
	e.Packet = &Packet{
		Number: w.Number, Network: string(w.Network), Own: Own(own), Of: w.Of, Fate: Fate(fate),
		Seq: w.Seq, Ack: w.Ack, Len: w.Len, Raw: w.Raw,
	}
	if w.Call != nil {
		e.Packet.Call = *w.Call
	}
	return e, nil
}

type wireSample struct {
	envelope
	Sockets  []wireSocket        `json:"sockets"`
	Gone     []wireSocket        `json:"gone"`
	Changes  []wireChange        `json:"changes"`
	Counters []wireCounterChange `json:"counters"`
}

type wireCounterChange struct {
	Network text   `json:"network"`
	Name    text   `json:"name"`
	From    uint64 `json:"from"`
	To      uint64 `json:"to"`
}

func newWireCounterChange(c CounterChange) wireCounterChange {
	return wireCounterChange{text(c.Network), text(c.Name), c.From, c.To}
}

func (w wireCounterChange) change() CounterChange {
	return CounterChange{string(w.Network), string(w.Name), w.From, w.To}
}

type wireChange struct {
	Network text       `json:"network"`
	Cookie  uint64     `json:"cookie"`
	Owner   *wireOwner `json:"owner"` // null: none
	What    string     `json:"what"`
	From    text       `json:"from"`
	To      text       `json:"to"`
	Cause   ID         `json:"cause,omitempty"`
}

func newWireChange(c SocketChange) wireChange {
	w := wireChange{text(c.Network), c.Cookie, nil, c.What, text(c.From), text(c.To), c.Cause}
	if c.Owner.Process != "" {
		w.Owner = &wireOwner{text(c.Owner.Process), c.Owner.FD}
	}
	return w
}

func (w wireChange) change() SocketChange {
	c := SocketChange{string(w.Network), w.Cookie, Owner{}, w.What, string(w.From), string(w.To), w.Cause}
	if w.Owner != nil {
		c.Owner = Owner{string(w.Owner.Process), w.Owner.FD}
	}
	return c
}

func newWireSample(v envelope, s *Sample) wire {
	return &wireSample{v, convert(s.Sockets, newWireSocket), convert(s.Gone, newWireSocket), convert(s.Changes, newWireChange),
		convert(s.Counters, newWireCounterChange)}
}

func (w *wireSample) toEvent() (Event, error) {
	e := w.event()
	e.Sample = &Sample{convert(w.Sockets, wireSocket.socket), convert(w.Gone, wireSocket.socket), convert(w.Changes, wireChange.change),
		convert(w.Counters, wireCounterChange.change)}
	return e, nil
}

type wireSocket struct {
	Network  text           `json:"network"`
	Cookie   uint64         `json:"cookie"`
	Domain   text           `json:"domain"`
	Type     text           `json:"type"`
	Protocol text           `json:"protocol"`
	State    text           `json:"state"`
	Bound    bool           `json:"bound"`
	Local    netip.AddrPort `json:"local"`
	Peer     netip.AddrPort `json:"peer"`
	Path     text           `json:"path,omitempty"`
	PeerIno  uint64         `json:"peer_inode,omitempty"`
	RecvQ    uint32         `json:"recvq"`
	SendQ    uint32         `json:"sendq"`
	Inode    uint64         `json:"inode"`
	UID      uint32         `json:"uid"`
	Owner    []wireOwner    `json:"owner"` // null: none
	Timer    wireTimer      `json:"timer"`
	Source   text           `json:"source"`
	// From here on "" and null are what the kernel does not tell for such a socket.
	Shutdown   text        `json:"shutdown"`
	Congestion text        `json:"congestion"`
	TCPInfo    *wireTCP    `json:"tcp_info"`
	Memory     *wireMemory `json:"memory"`
}

type wireOwner struct {
	Process text `json:"process"`
	FD      int  `json:"fd"`
}

type wireTimer struct {
	Kind    text  `json:"kind"`
	Expires int64 `json:"expires_ns"`
	Retrans int   `json:"retrans"`
}

func newWireSocket(s Socket) wireSocket {
	owner := func(o Owner) wireOwner { return wireOwner{text(o.Process), o.FD} }
	return wireSocket{
		Network: text(s.Network), Cookie: s.Cookie, Domain: text(s.Domain), Type: text(s.Type), Protocol: text(s.Protocol),
		State: text(s.State), Bound: s.Bound, Local: s.Local, Peer: s.Peer, Path: text(s.Path), PeerIno: s.PeerIno,
		RecvQ: s.RecvQ, SendQ: s.SendQ, Inode: s.Inode, UID: s.UID, Owner: convert(s.Owners, owner),
		Timer: wireTimer{text(s.Timer.Kind), int64(s.Timer.Expires), s.Timer.Retrans}, Source: text(s.Source),
		Shutdown: text(s.Shutdown), Congestion: text(s.Congestion), TCPInfo: (*wireTCP)(s.TCPInfo), Memory: (*wireMemory)(s.Memory),
	}
}

func (w wireSocket) socket() Socket {
	owner := func(o wireOwner) Owner { return Owner{string(o.Process), o.FD} }
	return Socket{
		Network: string(w.Network), Cookie: w.Cookie, Domain: string(w.Domain), Type: string(w.Type), Protocol: string(w.Protocol),
		State: string(w.State), Bound: w.Bound, Local: w.Local, Peer: w.Peer, Path: string(w.Path), PeerIno: w.PeerIno,
		RecvQ: w.RecvQ, SendQ: w.SendQ, Inode: w.Inode, UID: w.UID, Owners: convert(w.Owner, owner),
		Timer: Timer{string(w.Timer.Kind), time.Duration(w.Timer.Expires), w.Timer.Retrans}, Source: string(w.Source),
		Shutdown: string(w.Shutdown), Congestion: string(w.Congestion), TCPInfo: (*TCPInfo)(w.TCPInfo), Memory: (*SocketMemory)(w.Memory),
	}
}

type wireSetting struct {
	envelope
	Kind  text `json:"kind"`
	Name  text `json:"name"`
	Value text `json:"value"`
	Was   text `json:"was"`
}

func newWireSetting(v envelope, s *Setting) wire {
	return &wireSetting{v, text(s.Kind), text(s.Name), text(s.Value), text(s.Was)}
}

func (w *wireSetting) toEvent() (Event, error) {
	e := w.event()
	e.Setting = &Setting{string(w.Kind), string(w.Name), string(w.Value), string(w.Was)}
	return e, nil
}

type wireNote struct {
	envelope
	Process text `json:"process"`
	Text    text `json:"text"`
}

func newWireNote(v envelope, n *Note) wire { return &wireNote{v, text(n.Process), text(n.Text)} }

func (w *wireNote) toEvent() (Event, error) {
	e := w.event()
	e.Note = &Note{string(w.Process), string(w.Text)}
	return e, nil
}

type wireResult struct {
	envelope
	Lesson   text   `json:"lesson"`
	Steps    int    `json:"steps"`
	Agreed   int    `json:"agreed"`
	Differed []text `json:"differed"`
	Skipped  []text `json:"skipped"`
}

func newWireResult(v envelope, r *Result) wire {
	to := func(s string) text { return text(s) }
	return &wireResult{v, text(r.Lesson), r.Steps, r.Agreed, convert(r.Differed, to), convert(r.Skipped, to)}
}

func (w *wireResult) toEvent() (Event, error) {
	from := func(s text) string { return string(s) }
	e := w.event()
	e.Result = &Result{string(w.Lesson), w.Steps, w.Agreed, convert(w.Differed, from), convert(w.Skipped, from)}
	return e, nil
}

// convert applies f to every element; nil stays nil.
func convert[A, B any](in []A, f func(A) B) []B {
	if in == nil {
		return nil
	}
	out := make([]B, len(in))
	for i, a := range in {
		out[i] = f(a)
	}
	return out
}

// tryConvert is convert for an f that can fail.
func tryConvert[A, B any](in []A, f func(A) (B, error)) ([]B, error) {
	if in == nil {
		return nil, nil
	}
	out := make([]B, len(in))
	for i, a := range in {
		var err error
		if out[i], err = f(a); err != nil {
			return nil, err
		}
	}
	return out, nil
}
