package netcore

import (
	"os"
	"testing"
)

// The test binary is the lab process and the workers too.
func TestMain(m *testing.M) {
	MaybeRun()
	os.Exit(m.Run())
}
