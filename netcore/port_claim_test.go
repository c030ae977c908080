package netcore

import (
	"os"
	"runtime"
	"testing"
)

func TestAClaimedPortIsNotClaimedTwice(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("claims are made on Linux only")
	}
	port := 1<<16 + os.Getpid() // is no port that anybody claims, nor another run of this test
	release, ok := ClaimPort(port)
	if !ok {
		t.Fatal("not to be had")
	}
	if _, ok := ClaimPort(port); ok {
		t.Error("claimed twice")
	}
	release()
	again, ok := ClaimPort(port)
	if !ok {
		t.Error("not given back")
	}
	again()
}
