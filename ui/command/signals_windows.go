package command

import "os"

// endings are the signals that end a program and can be caught.
var endings = []os.Signal{os.Interrupt}

// resizings are the signals of a terminal that has got another size.
var resizings []os.Signal
