package ui

import (
	"flag"
	"os"
	"testing"

	"sockstep/netcore"
)

var show = flag.Bool("show", false, "log the frames of the lessons that are really played, at 80x24")

func TestMain(m *testing.M) {
	netcore.MaybeRun() // the test binary is the lab and its workers too
	os.Exit(m.Run())
}
