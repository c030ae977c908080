//go:build unix

package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	uv "github.com/charmbracelet/ultraviolet"
)

// keys reads what the terminal sends (keys, mouse, answers) and hands it on as the framework's own events. The
// framework's reader would do the same, but cannot be had without its drawing clock.
type keys struct {
	reader cancellable
	term   string
	send   func(uv.Event)
	ended  func()      // the terminal is at its end
	failed func(error) // it cannot be read
}

// cancellable is a reader whose Cancel ends a Read.
type cancellable interface {
	io.ReadCloser
	Cancel() bool
}

func newKeys(in *os.File, term string) (*keys, error) {
	k := &keys{term: term}
	reader, err := uv.NewCancelReader(&input{File: in, ended: func() { k.ended() }})
	if err != nil {
		return nil, fmt.Errorf("reading the keyboard: %w", err)
	}
	k.reader = reader
	return k, nil
}

// run reads until stop.
func (k *keys) run() {
	defer k.reader.Close()
	events := make(chan uv.Event)
	defer close(events)
	go func() {
		for e := range events {
			k.send(e)
		}
	}()
	err := uv.NewTerminalReader(k.reader, k.term).StreamEvents(context.Background(), events)
	if err != nil && !errors.Is(err, syscall.EIO) {
		k.failed(fmt.Errorf("reading the keyboard: %w", err))
	}
}

// stop ends run; it does not wait for it.
func (k *keys) stop() { k.reader.Cancel() }

// input is a terminal that notices its end.
type input struct {
	*os.File
	ended func()
}

func (i *input) Read(b []byte) (int, error) {
	n, err := i.File.Read(b)
	if errors.Is(err, io.EOF) || errors.Is(err, syscall.EIO) {
		i.ended()
	}
	return n, err
}
