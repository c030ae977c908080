package netcore

// SystemLayout is this machine's layout of address structures.
var SystemLayout = FreeBSDLayout
