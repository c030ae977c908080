package ui

import (
	"runtime"
	"testing"

	tea "charm.land/bubbletea/v2"

	"sockstep/lesson"
	"sockstep/netcore"
)

// manyEvents is how many events the long record has.
const manyEvents = 100000

// longRecord is acceptView with a record of a hundred thousand events: sends, each with
// its two packets and what they changed.
func longRecord(t testing.TB) (*lesson.View, *recording) {
	v := acceptView(t, sample(t))
	k := v.Snapshot.Sockets
	r, _ := story(t, k)
	for seq := uint32(1); r.tl.Len() < manyEvents; seq++ {
		five := int64(5)
		send := &netcore.Call{ID: r.tl.NewID(), Process: "client", Name: "send", Syscall: "sendto", Line: "client.c:8", Ret: &five, Enter: r.time + 10}
		data := r.sent(tcpPacket(seq, loop(40000), loop(7777), netcore.FlagPSH|netcore.FlagACK, "hello"), send.ID, netcore.OwnNone, seq, 1)
		r.sent(tcpPacket(seq, loop(7777), loop(40000), netcore.FlagACK, ""), send.ID, netcore.OwnNone, 1, seq)
		r.returned(send)
		r.changed(k[2], "recvq", "0", "5", data)
	}
	recorded(v, r)
	return v, r
}

// BenchmarkLadderFrame is a frame with a hundred thousand events in the record.
func BenchmarkLadderFrame(b *testing.B) {
	v, _ := longRecord(b)
	m := staged(b, v, 120, 36)
	b.ReportAllocs()
	for b.Loop() {
		_ = m.View()
	}
}

// BenchmarkLadderKey is a key that selects an event, and the frame after it.
func BenchmarkLadderKey(b *testing.B) {
	v, _ := longRecord(b)
	var m tea.Model = staged(b, v, 120, 36)
	b.ReportAllocs()
	for b.Loop() {
		m, _ = m.Update(key("["))
		_ = m.View()
	}
}

// BenchmarkLadderEvent is taking in one event more of a long record.
func BenchmarkLadderEvent(b *testing.B) {
	v, r := longRecord(b)
	l := (*ladder)(nil).follow(v)
	for b.Loop() {
		r.prints("client", "x")
		v.Events++
		l = l.follow(v)
	}
}

// BenchmarkLadderMemory reports how much memory an event of a long record takes in
// the Timeline and in the ladder, packets and calls included; once is enough.
func BenchmarkLadderMemory(b *testing.B) {
	for b.Loop() {
		var before, recordedBytes, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		v, r := longRecord(b)
		runtime.GC()
		runtime.ReadMemStats(&recordedBytes)
		l := (*ladder)(nil).follow(v)
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(recordedBytes.HeapAlloc-before.HeapAlloc)/manyEvents, "record-B/event")
		b.ReportMetric(float64(after.HeapAlloc-recordedBytes.HeapAlloc)/manyEvents, "ladder-B/event")
		runtime.KeepAlive(r)
		runtime.KeepAlive(l)
	}
}
