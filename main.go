// Command sockstep teaches Berkeley sockets by really running them.
package main

func main() {}
