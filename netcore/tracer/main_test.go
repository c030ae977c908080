package tracer

import (
	"errors"
	"os"
	"strings"
	"testing"

	"sockstep/netcore"
)

func TestMain(m *testing.M) {
	netcore.MaybeRun()
	status := m.Run()
	cleanUp()
	os.Exit(status)
}

// skipWithoutPtrace ends a test whose program could not be started: where nobody may
// trace there is nothing to test.
func skipWithoutPtrace(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, os.ErrPermission) || strings.Contains(err.Error(), "not permitted") {
		t.Skip("tracing is not permitted here:", err)
	}
	t.Fatal(err)
}

// cleanUp removes what the tests have built.
var cleanUp = func() {}
