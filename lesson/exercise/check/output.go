package check

import (
	"os"
	"strings"
	"sync"
	"time"

	"github.com/creack/pty"
)

// mostOutput is how much a program may print, edge how much of the beginning and of
// the end of it is kept.
const (
	mostOutput = 256 << 10
	edge       = 64 << 10
)

// output is where a program prints: two terminals of its own, its output and its
// complaints, or two pipes.
type output struct {
	terminal bool
	far      [3]*os.File // the program's
	near     []*os.File
	flooded  func()
	done     sync.WaitGroup

	mu      sync.Mutex
	streams [2]stream
	latest  int
	total   int
	heard   uint64
}

// stream is one of the two, its beginning and its end.
type stream struct{ head, tail []byte }

func (s *stream) add(b []byte) {
	if room := edge - len(s.head); room > 0 {
		n := min(room, len(b))
		s.head, b = append(s.head, b[:n]...), b[n:]
	}
	s.tail = append(s.tail, b...)
	if len(s.tail) > 2*edge {
		s.tail = append([]byte(nil), s.tail[len(s.tail)-edge:]...)
	}
}

func (s *stream) String() string { return string(s.head) + string(s.tail) }

func newOutput(pipes bool, flooded func()) (*output, error) {
	o := &output{flooded: flooded}
	if pipes || o.terminals() != nil {
		o.closeFar()
		o.closeNear()
		o.far, o.near = [3]*os.File{}, nil
		if err := o.pipes(); err != nil {
			return nil, err
		}
	}
	for i, f := range o.near {
		o.done.Add(1)
		go o.read(i, f)
	}
	return o, nil
}

// terminals gives the program a terminal for input and output, and another for its
// complaints.
func (o *output) terminals() error {
	for i := range 2 {
		near, far, err := pty.Open()
		if err != nil {
			return err
		}
		o.near = append(o.near, near)
		o.far[i+1] = far
		if err := plainTerminal(far); err != nil {
			return err
		}
	}
	o.far[0], o.terminal = o.far[1], true
	return nil
}

func (o *output) pipes() error {
	o.terminal = false
	for i := range 2 {
		near, far, err := os.Pipe()
		if err != nil {
			return err
		}
		o.near, o.far[i+1] = append(o.near, near), far
	}
	return nil
}

func (o *output) closeFar() {
	for _, f := range o.far[1:] {
		if f != nil {
			_ = f.Close()
		}
	}
}

func (o *output) closeNear() {
	for _, f := range o.near {
		_ = f.Close()
	}
}

// close ends reading.
func (o *output) close() { o.closeNear() }

func (o *output) read(i int, f *os.File) {
	defer o.done.Done()
	buf := make([]byte, 1<<15)
	for {
		n, err := f.Read(buf)
		o.mu.Lock()
		o.streams[i].add(buf[:n])
		before := o.total
		o.total += n
		o.heard++
		if n > 0 {
			o.latest = i
		}
		flooded := before <= mostOutput && o.total > mostOutput
		o.mu.Unlock()
		if flooded {
			o.flooded()
		}
		if err != nil {
			return
		}
	}
}

func (o *output) text(i int) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.streams[i].String()
}

// wait waits for the last of what a program printed that has ended, unless something
// it left behind holds its terminal.
func (o *output) wait() {
	done := make(chan struct{})
	go func() { o.done.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(time.Second):
	}
}

// settle waits until nothing more comes for a moment.
func (o *output) settle() {
	for range 50 {
		o.mu.Lock()
		before := o.heard
		o.mu.Unlock()
		time.Sleep(5 * time.Millisecond)
		o.mu.Lock()
		same := o.heard == before
		o.mu.Unlock()
		if same {
			return
		}
	}
}

// last is what was printed last: up to five lines of the stream that spoke last.
func (o *output) last() string {
	o.settle()
	o.mu.Lock()
	defer o.mu.Unlock()
	text := strings.TrimRight(o.streams[o.latest].String(), "\n")
	const mostBytes, mostLines = 600, 5
	if len(text) > mostBytes {
		text = text[len(text)-mostBytes:]
	}
	lines := strings.Split(text, "\n")
	return strings.Join(lines[max(0, len(lines)-mostLines):], "\n")
}
