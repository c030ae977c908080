package command

import (
	"os"
	"strings"
	"testing"
)

// TestReadmeCommands wants every command in the README's table.
func TestReadmeCommands(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range (&program{}).root().Commands() {
		if row := "| `sockstep " + c.Use; c.IsAvailableCommand() && !strings.Contains(string(text), row) {
			t.Errorf("the README has no row %s", row)
		}
	}
}
