package check

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"sockstep/netcore"
)

// role is the examiner's among netcore's helpers.
const role = "examiner"

// channelFD is the examiner's end of the channel.
const channelFD = 3

// Register makes this program one that can be started again as an examiner, which
// finds the criteria of an exercise with of. Call it from an init function.
func Register(of func(exercise string) (Exercise, bool)) {
	netcore.RegisterHelper(role, func([]string) error { return runExaminer(os.NewFile(channelFD, "channel"), of) })
}

// runExaminer reads a job from the channel, does it, and tells its results there, a
// JSON object a line. It ends when the other side of the channel is gone.
func runExaminer(channel *os.File, of func(string) (Exercise, bool)) error {
	signal.Ignore(syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGPIPE)
	in := bufio.NewReader(channel)
	line, err := in.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("read the job: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, in)
		stop()
	}()
	out := json.NewEncoder(channel)
	end := report{Type: "end"}
	if err := work(ctx, line, of, func(r Result) { _ = out.Encode(report{Type: "result", Result: &r}) }); err != nil {
		end.Error = err.Error()
	}
	return out.Encode(end)
}

func work(ctx context.Context, line []byte, of func(string) (Exercise, bool), tell func(Result)) error {
	var job Job
	if err := json.Unmarshal(line, &job); err != nil {
		return fmt.Errorf("read the job: %w", err)
	}
	criteria, ok := of(job.Exercise)
	if !ok {
		return errNoExercise
	}
	if len(job.Command) == 0 {
		return errors.New("no program is named")
	}
	e := &exam{job: job, contain: canContain()}
	defer e.ungroup()
	if err := e.rehearse(); err != nil {
		return err
	}
	return e.examine(ctx, criteria, tell)
}
