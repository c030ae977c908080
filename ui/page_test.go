package ui

import (
	"strings"
	"testing"

	"sockstep/lesson"
	"sockstep/netcore"
)

// refusedView is the sample lesson after an accept that was refused.
func refusedView(t testing.TB) *lesson.View {
	t.Helper()
	v := *acceptView(t, sample(t))
	einval, _ := netcore.ErrnoByName("EINVAL")
	v.Phase, v.StepCalls = lesson.Ran, []netcore.ID{77}
	v.Sides[0].State, v.Sides[0].Blocked, v.Sides[0].Call = lesson.SideReady, nil, nil
	v.Result = "accept(3, NULL, NULL) = -1 EINVAL (Invalid argument)"
	v.Log = append(v.Log, lesson.LogLine{ID: 77, Side: "server", Kind: netcore.CallEvent, Text: "accept(3, NULL, NULL)", Result: "-1 EINVAL", Errno: einval,
		Cause: "accept() = EINVAL: descriptor 3 is bound to 127.0.0.1:7777, and listen() was never called. What helps: call listen(3, 5) before accept()"})
	return &v
}

func TestPages(t *testing.T) {
	for _, size := range []struct {
		name string
		w, h int
	}{{"80x24", 80, 24}, {"120x36", 120, 36}} {
		m := staged(t, refusedView(t), size.w, size.h)
		m, _ = m.openCard()
		golden(t, "card-"+size.name, picture(m))
		m, _ = m.pageKey("tab")
		golden(t, "errnocard-"+size.name, picture(m))
		m.over = overlay{}
		m, _ = m.openSearch()
		for _, k := range []string{"q", "u", "e", "u"} {
			m, _ = m.searchKey(k)
		}
		golden(t, "search-"+size.name, picture(m))
	}
}

// TestCardTurnsAndScrolls goes to the errno's card, down it and back to the stage.
func TestCardTurnsAndScrolls(t *testing.T) {
	m := staged(t, refusedView(t), 80, 24)
	m, _ = m.dispatch("C")
	if m.over.kind != overPage || m.over.title != "accept()" {
		t.Fatalf("i shows %q", m.over.title)
	}
	for range 200 {
		m, _ = m.pageKey("down")
	}
	if !strings.Contains(picture(m), "let (c, peer) = l.accept()?;") {
		t.Errorf("the end of the card does not come:\n%s", picture(m))
	}
	m, _ = m.pageKey("C")
	if p := picture(m); m.over.title != "EINVAL" || !strings.Contains(p, "listen() was never called") {
		t.Errorf("behind it is %q:\n%s", m.over.title, p)
	}
	m, _ = m.pageKey("esc")
	if m.over.kind != overNone {
		t.Error("esc does not go back to the stage")
	}
}

// TestSearchOpensWhatItFinds types words and opens a card, a term and a lesson.
func TestSearchOpensWhatItFinds(t *testing.T) {
	c := course(t)
	d := drive(t, New(Options{Course: c, Open: func(*lesson.Lesson) Session { return newScript(t, baseView(c.Lessons[0])) }}))
	d.press("/")
	d.typed("einval")
	d.press("enter")
	d.shows("error number")
	d.press("esc")
	d.shows("words: einval")
	for range "einval" {
		d.press("backspace")
	}
	d.typed("half-close")
	d.press("enter")
	d.shows("One direction has ended")
	d.press("esc", "ctrl+u")
	d.typed(c.Lessons[0].Title)
	for i, h := range d.m.over.hits {
		if h.Kind == lesson.HitLesson {
			d.m.over.index = i
		}
	}
	d.press("enter")
	d.until("the lesson is open", func() bool { return d.m.onStage && d.m.over.kind == overNone })
	d.settled()
}

// TestNoIndexBeforeASearch wants the index read when it is needed, not at the start.
func TestNoIndexBeforeASearch(t *testing.T) {
	d := drive(t, New(Options{Course: course(t)}))
	if d.m.index != nil {
		t.Error("the index is there before anybody searches")
	}
	d.press("/")
	if d.m.index == nil {
		t.Error("the search has no index")
	}
}
