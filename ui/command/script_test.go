package command

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptCommands are what the scripts have beside testscript's own.
var scriptCommands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"misuse":    scriptMisuse,
	"jsonlines": scriptJSON,
	"replace":   scriptReplace,
	"status":    scriptStatus,
	"cutoff":    scriptCutOff,
}

// scriptMisuse runs "misuse PATTERN ARGS...": sockstep ARGS is refused as misuse,
// with one line on standard error that matches, and nothing else.
func scriptMisuse(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec("sockstep", args[1:]...)
	code, ok := err.(interface{ ExitCode() int })
	if !ok || code.ExitCode() != 2 {
		ts.Fatalf("sockstep %q: %v, want exit status 2", args[1:], err)
	}
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("on standard output: %s", out)
	}
	said := ts.ReadFile("stderr")
	if strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "sockstep: ") {
		ts.Fatalf("not one line of sockstep's: %q", said)
	}
	if !regexp.MustCompile(args[0]).MatchString(said) {
		ts.Fatalf("%q does not match %q", said, args[0])
	}
}

// scriptJSON runs "jsonlines FIRST LAST": every line of standard output is an
// object with a type and an id that counts up, the first and the last of a type, or
// of one of several (process|sample).
func scriptJSON(ts *testscript.TestScript, neg bool, args []string) {
	var types []string
	ids := map[int]bool{}
	for _, l := range strings.Split(strings.TrimSuffix(ts.ReadFile("stdout"), "\n"), "\n") {
		var e struct {
			Type string `json:"type"`
			ID   int    `json:"id"`
		}
		ts.Check(json.Unmarshal([]byte(l), &e))
		if ids[e.ID] || e.ID == 0 {
			ts.Fatalf("id %d twice, or none: %s", e.ID, l)
		}
		ids[e.ID] = true
		types = append(types, e.Type)
	}
	if types[0] != args[0] || !slices.Contains(strings.Split(args[1], "|"), types[len(types)-1]) {
		ts.Fatalf("from %s to %s, want %s to %s", types[0], types[len(types)-1], args[0], args[1])
	}
}

// scriptReplace runs "replace FILE OLD NEW": the first OLD in a file becomes NEW; a
// \n in either is the end of a line.
func scriptReplace(ts *testscript.TestScript, neg bool, args []string) {
	lines := strings.NewReplacer(`\n`, "\n")
	file, old := ts.MkAbs(args[0]), lines.Replace(args[1])
	text, err := os.ReadFile(file)
	ts.Check(err)
	if !strings.Contains(string(text), old) {
		ts.Fatalf("%q is not in %s", old, args[0])
	}
	changed := strings.Replace(string(text), old, lines.Replace(args[2]), 1)
	ts.Check(os.WriteFile(file, []byte(changed), 0o644))
}

// scriptStatus runs "status CODE ARGS...": sockstep ARGS ends with this exit status.
func scriptStatus(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec("sockstep", args[1:]...)
	code := 0
	if ended, ok := err.(interface{ ExitCode() int }); ok {
		code = ended.ExitCode()
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("sockstep %q: %v, want exit status %s", args[1:], err, args[0])
	}
}

// scriptCutOff runs "cutoff FILE N TO": TO is FILE without its last N bytes.
func scriptCutOff(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	text := ts.ReadFile(args[0])
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(text[:len(text)-n]), 0o644))
}
