package ui

import (
	"testing"

	tea "charm.land/bubbletea/v2"
)

func benchStage(b *testing.B, w, h int) {
	m := states(b)["ran"](w, h)
	b.ReportAllocs()
	for b.Loop() {
		_ = m.View()
	}
}

func BenchmarkStage120x36(b *testing.B) { benchStage(b, 120, 36) }
func BenchmarkStage80x24(b *testing.B)  { benchStage(b, 80, 24) }
func BenchmarkStage200x60(b *testing.B) { benchStage(b, 200, 60) }

// BenchmarkKey is a key through Update and the frame after it.
func BenchmarkKey(b *testing.B) {
	var m tea.Model = states(b)["ran"](120, 36)
	b.ReportAllocs()
	for b.Loop() {
		m, _ = m.Update(key("tab"))
		_ = m.View()
	}
}
