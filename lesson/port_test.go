package lesson

import "testing"

func TestPortSwapRewritesEveryForm(t *testing.T) {
	p := portSwap{from: 7777, to: 40123} // 1e 61 and 9c bb
	for in, want := range map[string]string{
		"127.0.0.1:7777":      "127.0.0.1:40123",
		"1e 61":               "9c bb",
		"61 1e":               "bb 9c",
		"0.0.0.0:24862":       "0.0.0.0:48028",
		"02 00 1e 61 7f 00":   "02 00 9c bb 7f 00",
		"17777 | 77770 | 77":  "17777 | 77770 | 77",
		"EADDRINUSE":          "EADDRINUSE",
		"32768..60999 | 7777": "32768..60999 | 40123",
	} {
		if got := p.pattern(Pattern(in)); got != Pattern(want) {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	if got := (portSwap{}).text("7777"); got != "7777" {
		t.Errorf("no swap changed the text to %q", got)
	}
}
