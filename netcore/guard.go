package netcore

import (
	"context"
	"fmt"
	"os"
)

// Saved is a terminal as it has to be given back.
type Saved struct {
	// File is the terminal. The lab process gets a descriptor of its own.
	File *os.File
	// Termios is the machine's struct termios as it was, from ReadTermios.
	Termios []byte
	// Sequence is written to the terminal: it leaves the alternate screen, shows
	// the cursor, turns off mouse reports.
	Sequence []byte
}

// Guard has the lab process give a terminal back if the program dies without
// calling Unguard or Close; also of SIGKILL.
func (l *Lab) Guard(s Saved) error {
	if err := l.ground.guard(context.Background(), s); err != nil {
		return fmt.Errorf("guard the terminal: %w", err)
	}
	return nil
}

// Unguard takes that back: the program has given back the terminal itself.
func (l *Lab) Unguard() error {
	if err := l.ground.unguard(context.Background()); err != nil {
		return fmt.Errorf("unguard the terminal: %w", err)
	}
	return nil
}
