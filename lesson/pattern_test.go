package lesson

import "testing"

func TestPatternMatch(t *testing.T) {
	for _, c := range []struct {
		is       Pattern
		observed string
		want     bool
	}{
		{"fd", "3", true}, {"fd", "400", true}, {"fd", "2", false}, {"fd", "-1", false}, {"fd", "EMFILE", false},
		{"3", "3", true}, {"3", "33", false}, {"EADDRINUSE", "EADDRINUSE", true}, {"LISTEN", "listen", false},
		{"1e 61", "1e 61", true}, {"1e 61", "1e 61 00", false},
		{"1e 61 ...", "1e 61 00", true}, {"1e 61 ...", "1e 61", true}, {"1e 61 ...", "1e 610", false},
		{"16..20", "16", true}, {"16..20", "20", true}, {"16..20", "21", false}, {"16..20", "x", false},
		{"-2..-1", "-1", true}, {">=1", "1", true}, {">=1", "0", false}, {"<=5", "5", true}, {"<=5", "6", false},
		{"ephemeral", "50000", true}, {"ephemeral", "127.0.0.1:50000", true}, {"ephemeral", "[::1]:50000", true},
		{"ephemeral", "127.0.0.1:7777", false}, {"ephemeral", "none", false},
		{"any", "", true}, {"any", "x", true},
		{"CLOSE | LISTEN", "LISTEN", true}, {"CLOSE|LISTEN", "CLOSE", true}, {"CLOSE | LISTEN", "ESTABLISHED", false},
		{"!3", "4", true}, {"!3", "3", false}, {"!fd", "blocks", true}, {"! any", "x", false},
		{"127.0.0.1:7777", "127.0.0.1:7777", true}, {"3 4", " 3 4 ", true},
		{"", "", false}, {"3 |", "3", false}, {"5..", "5", false},
	} {
		if got := c.is.Match(c.observed); got != c.want {
			t.Errorf("Pattern(%q).Match(%q) = %v, want %v", c.is, c.observed, got, c.want)
		}
	}
}

func TestPatternCheckRefuses(t *testing.T) {
	for _, p := range []Pattern{"", " ", "|", "3 |", "!", "!!3", "5..", "..5", "20..16", "a..b", ">=x", "<=", ">3", "=3", " ...", "..."} {
		if err := p.Check(); err == nil {
			t.Errorf("Pattern(%q).Check() = nil, want an error", p)
		}
	}
}

func TestObservableParse(t *testing.T) {
	for _, c := range []struct {
		o    Observable
		want Look
	}{
		{"result", Look{Kind: "result", FD: -1}},
		{"result server recv", Look{Kind: "result", Role: "server", Name: "recv", FD: -1}},
		{"bytes server a.sin_port", Look{Kind: "bytes", Role: "server", Name: "a.sin_port", FD: -1}},
		{"state client 3", Look{Kind: "state", Role: "client", FD: 3}},
		{"descriptors server", Look{Kind: "descriptors", Role: "server", FD: -1}},
		{"timewait", Look{Kind: "timewait", FD: -1}},
	} {
		if got, err := c.o.Parse(); err != nil || got != c.want {
			t.Errorf("Observable(%q).Parse() = %+v, %v, want %+v", c.o, got, err, c.want)
		}
	}
	for _, o := range []Observable{"", "results", "result server", "state server", "state server x", "state server -1", "timewait server", "descriptors", "bytes server a b"} {
		if got, err := o.Parse(); err == nil {
			t.Errorf("Observable(%q).Parse() = %+v, want an error", o, got)
		}
	}
}

func TestQuestionMark(t *testing.T) {
	kernel := &Question{About: "result", Options: []Option{{Is: "0"}, {Is: "fd"}, {Is: ">=4"}}}
	book := &Question{Source: "listen(2)", Options: []Option{{}, {Right: true}}}
	for _, c := range []struct {
		name     string
		q        *Question
		chosen   int
		observed string
		want     Answer
	}{
		{"right", kernel, 1, "3", Answer{Chosen: 1, Correct: 1, Mark: Right}},
		{"wrong", kernel, 0, "3", Answer{Chosen: 0, Correct: 1, Mark: Wrong}},
		{"the chosen one of two that hold", kernel, 2, "4", Answer{Chosen: 2, Correct: 2, Mark: Right}},
		{"skipped", kernel, Skipped, "3", Answer{Chosen: -1, Correct: 1, Mark: Unmarked}},
		{"none holds", kernel, 0, "EMFILE", Answer{Chosen: 0, Correct: -1, Mark: Unmarked}},
		{"out of range", kernel, 7, "3", Answer{Chosen: -1, Correct: 1, Mark: Unmarked}},
		{"by its source", book, 1, "", Answer{Chosen: 1, Correct: 1, Mark: Right}},
		{"against its source", book, 0, "anything", Answer{Chosen: 0, Correct: 1, Mark: Wrong}},
	} {
		c.want.Observed = c.observed
		if got := c.q.Mark(c.chosen, c.observed); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestEphemeral(t *testing.T) {
	for _, c := range []struct {
		system      string
		first, last int64
	}{{"linux", 32768, 60999}, {"darwin", 49152, 65535}, {"freebsd", 10000, 65535}} {
		if first, last := ephemeral(c.system); first != c.first || last != c.last {
			t.Errorf("%s: %d..%d, want %d..%d", c.system, first, last, c.first, c.last)
		}
	}
}
