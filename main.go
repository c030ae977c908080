// Command sockstep teaches Berkeley sockets by really running them.
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
