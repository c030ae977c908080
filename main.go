// Command sockstep teaches Berkeley sockets by really running them.

// The program is idle most of the time: the runtime need not look every second
// how many processors it may use.
//
//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0
package main

import (
	"context"
	"os"

	"sockstep/netcore"
	"sockstep/ui/command"
)

func main() {
	netcore.MaybeRun()
	os.Exit(command.Main(context.Background(), os.Args))
}
