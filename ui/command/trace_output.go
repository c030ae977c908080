package command

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"sockstep/netcore"
	"sockstep/netcore/tracer"
)

// traceOutput writes a trace while it happens: strace's form as the tracer tells it,
// JSON as the record has it, and a page when all is over. What cannot be written is
// kept as an error for the end; the programs run on.
type traceOutput struct {
	p    *program
	name string   // of the file, empty for a standard stream
	file *os.File // nil for a standard stream

	mu   sync.Mutex
	w    *bufio.Writer
	text *straceText // nil for other forms
	json *netcore.Writer
	page *tracePage
	err  error

	some   chan struct{} // receives when there is something to flush
	record *netcore.Timeline
	ended  sync.WaitGroup
}

func (p *program) openTraceOutput(form traceForm) (*traceOutput, error) {
	o := &traceOutput{p: p, name: form.file, some: make(chan struct{}, 1)}
	var to io.Writer = p.err
	if form.json {
		to = p.out
	}
	if form.file != "" {
		file, err := os.Create(form.file)
		if err != nil {
			return nil, fmt.Errorf("trace: %w", err)
		}
		o.file, to = file, file
	}
	o.w = bufio.NewWriterSize(to, 64<<10)
	switch {
	case form.json:
		o.json = netcore.NewWriter(o.w)
	case !form.summary:
		o.text = newStraceText(o.w)
	}
	if form.summary {
		o.page = newTracePage()
	}
	return o, nil
}

// follow begins to write.
func (o *traceOutput) follow(t *netcore.Timeline) {
	o.record = t
	o.ended.Add(1)
	if o.text != nil {
		go o.flushing()
		return
	}
	go o.following()
}

// told takes an event of the tracer.
func (o *traceOutput) told(e *tracer.Event) {
	if o.text == nil {
		return
	}
	o.mu.Lock()
	switch e.Kind {
	case tracer.EnterEvent:
		o.text.entered(e.Call)
	case tracer.CallEvent:
		o.text.returned(e.Call)
	case tracer.SignalEvent:
		o.text.signal(e.Signal.Name, e.TID)
	case tracer.ProcessEvent:
		o.text.process(e.Process)
	case tracer.NoteEvent, tracer.LimitEvent:
		o.complain(errors.New(e.Text))
	}
	o.mu.Unlock()
	o.wake()
}

// wake has what was told written, and the record forgotten.
func (o *traceOutput) wake() {
	select {
	case o.some <- struct{}{}:
	default:
	}
}

// say says something on standard error, on a line of its own.
func (o *traceOutput) say(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.complain(err)
}

func (o *traceOutput) complain(err error) {
	if o.text != nil && o.file == nil {
		o.text.cut()
		o.keep(o.w.Flush())
	}
	o.p.complain(err)
}

// flushing writes out what has been told, until that is closed.
func (o *traceOutput) flushing() {
	defer o.ended.Done()
	for range o.some {
		o.mu.Lock()
		o.keep(o.w.Flush())
		o.mu.Unlock()
		o.record.Forget(o.record.Len())
	}
}

// following writes the record out until it is closed.
func (o *traceOutput) following() {
	defer o.ended.Done()
	for read := 0; ; {
		changed, closed := o.record.Changed(), o.record.Closed()
		for n := o.record.Len(); read < n; read++ {
			o.event(o.record.At(read))
		}
		o.record.Forget(read)
		if closed {
			return
		}
		if o.json != nil {
			o.keep(o.w.Flush())
		}
		<-changed
	}
}

func (o *traceOutput) event(e netcore.Event) {
	if o.json != nil && o.err == nil {
		o.keep(o.json.WriteEvent(e))
	}
	if o.page != nil {
		o.page.add(&e)
	}
}

func (o *traceOutput) keep(err error) {
	if o.err == nil {
		o.err = err
	}
}

// close writes the rest. The record is closed, and nothing more is told.
func (o *traceOutput) close() error {
	close(o.some)
	o.ended.Wait()
	if o.text != nil {
		o.text.cut()
	}
	if o.page != nil && o.record != nil {
		o.keep(o.page.print(o.pageTo()))
	}
	o.keep(o.w.Flush())
	if o.file != nil {
		o.keep(o.file.Close())
	}
	if o.err == nil {
		return nil
	}
	if o.file == nil {
		return fmt.Errorf("the trace is not whole: %w", o.err)
	}
	return fmt.Errorf("the trace %s is not whole: %w", o.name, o.err)
}

// pageTo is where the page goes: to the file, unless that is JSON.
func (o *traceOutput) pageTo() io.Writer {
	if o.json != nil {
		return o.p.err
	}
	return o.w
}
