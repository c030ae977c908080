package command

import (
	"errors"
	"io"

	"sockstep/lesson"
	"sockstep/netcore"
)

// pcapng begins a section of packets.
func pcapng(w io.Writer, t *netcore.Timeline) (section, error) {
	r, err := netcore.NewPcapRecord(w, t)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// transcript begins a section of a text: calls in the form strace gives them, with
// their packets under them.
func transcript(w io.Writer, t *netcore.Timeline) (section, error) {
	s := &textSection{t: t, text: newReport(w, &lesson.Lesson{})}
	h := t.At(0).Header
	if h == nil {
		return s, nil
	}
	s.text.line("# %s: a lab opened for %s, on %s/%s %s, tier %s", h.Program, orPlay(h.Lesson), h.OS, h.Arch, h.Kernel, h.Tier)
	return s, s.text.err
}

// jsonLines begins the stream of JSON lines.
func jsonLines(w io.Writer, t *netcore.Timeline) (section, error) {
	return &streamSection{t: t, w: netcore.NewWriter(w)}, nil
}

// streamSection is a record as replay reads it.
type streamSection struct {
	t    *netcore.Timeline
	w    *netcore.Writer
	read int
}

// Extend writes what has come since the last time.
func (s *streamSection) Extend() error {
	for n := s.t.Len(); s.read < n; s.read++ {
		if err := s.w.WriteEvent(s.t.At(s.read)); err != nil {
			return err
		}
	}
	return nil
}

func orPlay(lesson string) string {
	if lesson == "" {
		return "free play"
	}
	return "the lesson " + lesson
}

// textSection is one lab's section of a transcript.
type textSection struct {
	t    *netcore.Timeline
	text *report
	read int
}

// Extend writes what has come since the last time.
func (s *textSection) Extend() error {
	all := s.t.Since(s.read)
	s.read += len(all)
	v := &lesson.View{Timeline: s.t, Events: s.read}
	return errors.Join(s.text.events(v, all), s.text.err)
}
