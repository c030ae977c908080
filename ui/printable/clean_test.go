package printable

import (
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

func TestClean(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", `hello, "world" \x1b ~`, `hello, "world" \x1b ~`},
		{"letters", "größe 東京 ▶ →", "größe 東京 ▶ →"},
		{"accent", "e\u0301", "e\u0301"},
		{"title", "\x1b]0;owned\x07", `\x1b]0;owned\x07`},
		{"erase", "\x1b[2J", `\x1b[2J`},
		{"clipboard", "\x1b]52;c;aGk=\x1b\\", `\x1b]52;c;aGk=\x1b\`},
		{"mouse", "\x1b[?1000h", `\x1b[?1000h`},
		{"request status string", "\x1bP$qm\x1b\\", `\x1bP$qm\x1b\`},
		{"cursor report", "\x1b[6n", `\x1b[6n`},
		{"C1 as a byte", "\x9b31m", `\x9b31m`},
		{"C1 as UTF-8", "\u009b31m", `\xc2\x9b31m`},
		{"next line as UTF-8", "a\u0085b", `a\xc2\x85b`},
		{"link", "\x1b]8;;http://x\x1b\\x", `\x1b]8;;http://x\x1b\x`},
		{"right to left override", "a\u202eb", `a\xe2\x80\xaeb`},
		{"isolate", "\u2066a\u2069", `\xe2\x81\xa6a\xe2\x81\xa9`},
		{"marks of direction", "\u200e\u200f\u061c", `\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c`},
		{"reset", "\x1bc", `\x1bc`},
		{"separators", "\u2028\u2029", `\xe2\x80\xa8\xe2\x80\xa9`},
		{"tag", "\U000e0041", `\xf3\xa0\x81\x81`},
		{"lone mark", "\u0301a", `\xcc\x81a`},
		{"mark after an escape", "\x1b\u0301", `\x1b\xcc\x81`},
		{"mark after a blank", " \u0301", ` \xcc\x81`},
		{"zero width", "a\u200bb\u200cc\u200dd\u2060e", `a\xe2\x80\x8bb\xe2\x80\x8cc\xe2\x80\x8dd\xe2\x81\xa0e`},
		{"byte order mark", "\ufeffa", `\xef\xbb\xbfa`},
		{"soft hyphen", "a\u00adb", `a\xc2\xadb`},
		{"invalid", "a\xff\xc3(", `a\xff\xc3(`},
		{"surrogate", "\xed\xa0\x80", `\xed\xa0\x80`},
		{"replacement character", "\ufffd", `\xef\xbf\xbd`},
		{"delete, nul, tab, line feed", "\x7f\x00\t\n\r", `\x7f\x00\x09\x0a\x0d`},
		{"variation selector", "❤\ufe0f", `❤\xef\xb8\x8f`},
		{"flag", "🇩🇪", `\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa`},
		{"pile of marks", "a" + strings.Repeat("\u0300", 5), "a" + strings.Repeat("\u0300", 4) + `\xcc\x80`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Clean(tt.in); got != tt.want {
				t.Errorf("Clean(%q) = %q, want %q", tt.in, got, tt.want)
			}
			if got := Bytes([]byte(tt.in)); got != tt.want {
				t.Errorf("Bytes(%q) = %q, want %q", tt.in, got, tt.want)
			}
			holds(t, tt.in)
		})
	}
}

func TestCleanReturnsCleanTextUnchanged(t *testing.T) {
	s := strings.Repeat("recv(3, buf, 64, 0) = 5 ", 20)
	if n := testing.AllocsPerRun(10, func() { Clean(s); Lines(s) }); n != 0 {
		t.Errorf("%v allocations for clean text, want none", n)
	}
}

func TestLines(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "a\nb\n", "a\nb\n"},
		{"tabs", "\ta\tb\n1234567\tc\n12345678\td", "        a       b\n1234567 c\n12345678        d"},
		{"tab after wide letters", "東京\tc", "東京    c"},
		{"carriage return", "a\r\nb", "a\\x0d\nb"},
		{"mark at line start", "a\n\u0301b", "a\n\\xcc\\x81b"},
		{"escape", "a\n\x1b[2Jb", "a\n\\x1b[2Jb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Lines(tt.in); got != tt.want {
				t.Errorf("Lines(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// TestCorpus feeds a file that tries every trick on the terminal through both forms.
func TestCorpus(t *testing.T) {
	b, err := os.ReadFile("testdata/injection.bin")
	if err != nil {
		t.Fatal(err)
	}
	holds(t, string(b))
	if !strings.Contains(Bytes(b), `\x1b]0;`) {
		t.Error("the corpus sets no title: it does not test what it should")
	}
}

func TestEveryRune(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r == 0x40000 { // nothing is assigned from here to the tags
			r = 0xe0000
		}
		if r == 0xe1000 { // for private use from here on
			break
		}
		for _, s := range []string{string(r), "a" + string(r), "東" + string(r) + "b"} {
			if got := Clean(s); Clean(got) != got || ansi.StringWidth(got) != ansi.StringWidthWc(got) {
				t.Fatalf("%U in %q: %q, again %q, %d or %d cells", r, s, got, Clean(got), ansi.StringWidth(got), ansi.StringWidthWc(got))
			}
		}
		if Rune(r) && runeWidth(r) < 1 {
			t.Errorf("%U shows but takes no cell", r)
		}
	}
}

// holds fails the test if the cleaned forms of s break one of the promises.
func holds(t *testing.T, s string) {
	t.Helper()
	one, many := Clean(s), Lines(s)
	if Clean(one) != one {
		t.Errorf("Clean is not stable: %q, then %q", one, Clean(one))
	}
	if Lines(many) != many {
		t.Errorf("Lines is not stable: %q, then %q", many, Lines(many))
	}
	shows(t, one, "")
	shows(t, many, "\n")
	if strings.Count(many, "\n") != strings.Count(s, "\n") {
		t.Errorf("Lines(%q) = %q has another number of lines", s, many)
	}
	if g, w := ansi.StringWidth(one), ansi.StringWidthWc(one); g != w {
		t.Errorf("%q is %d cells by clusters and %d by characters", one, g, w)
	}
}

func shows(t *testing.T, s, but string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("%q is not UTF-8", s)
	}
	for _, r := range s {
		if !unicode.IsPrint(r) && !strings.ContainsRune(but, r) {
			t.Errorf("%q holds %U", s, r)
		}
	}
}

func FuzzClean(f *testing.F) {
	corpus, err := os.ReadFile("testdata/injection.bin")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(corpus))
	for _, line := range strings.Split(string(corpus), "\n") {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, s string) {
		holds(t, s)
		for _, w := range []int{-1, 0, 1, 2, 7} {
			if got := Width(Truncate(Clean(s), w, "…")); got > max(w, 0) {
				t.Errorf("cut to %d cells, got %d", w, got)
			}
			if got := Width(Fit(Clean(s), w)); got != max(w, 0) {
				t.Errorf("fitted to %d cells, got %d", w, got)
			}
		}
	})
}

func TestWidths(t *testing.T) {
	if got := Width("\x1b[31m東\x1b[m!"); got != 3 {
		t.Errorf("Width = %d, want 3", got)
	}
	if got := Truncate("abcdef", 4, "…"); got != "abc…" {
		t.Errorf("Truncate = %q", got)
	}
	if got := Truncate("abcdef", 1, "..."); got != "." {
		t.Errorf("Truncate with a wide tail = %q", got)
	}
	if got := Pad("東", 4); got != "東  " {
		t.Errorf("Pad = %q", got)
	}
	if got := Pad("abc", 2); got != "abc" {
		t.Errorf("Pad of a wide text = %q", got)
	}
	if got := Fit("東京x", 4); got != "東… " {
		t.Errorf("Fit = %q", got)
	}
}

func BenchmarkCleanPlain(b *testing.B) {
	s := strings.Repeat("GET / HTTP/1.1 ", 100)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		Clean(s)
	}
}

func BenchmarkCleanBinary(b *testing.B) {
	s := strings.Repeat("\x00\xff\x1b[2J東é", 100)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		Clean(s)
	}
}
