package watching

import (
	"os"
	"testing"

	"sockstep/netcore"
)

func TestMain(m *testing.M) {
	netcore.MaybeRun()
	os.Exit(m.Run())
}
