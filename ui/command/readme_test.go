package command

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/ui"
)

var update = flag.Bool("update", false, "write what the tests generate")

// The README's table of keys is the key map's.
func TestReadmeKeys(t *testing.T) {
	const readme, begin, end = "../../README.md", "<!-- keys: begin -->\n", "<!-- keys: end -->"
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	has, after, found := strings.Cut(rest, end)
	if !ok || !found {
		t.Fatalf("%s has no place for the keys", readme)
	}
	want := strings.TrimSpace(ui.KeyTable()) + "\n"
	if *update {
		if err := os.WriteFile(readme, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, has); diff != "" {
		t.Errorf("the keys in %s are not those of the program (go test ./ui/command -update writes them): (-want +has)\n%s", readme, diff)
	}
}
