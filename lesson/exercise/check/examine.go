package check

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Run has an examiner do a job, and tells every result as it comes. It blocks until
// the check is over. The error says why it could not be done; a program that fails is
// none. The Examiner is used up.
func Run(ctx context.Context, x *Examiner, job Job, tell func(Result)) error {
	job.Private = x.Private()
	channel := x.lab.Companion()
	stop := context.AfterFunc(ctx, func() { _ = x.Close() })
	defer stop()
	if err := json.NewEncoder(channel).Encode(job); err != nil {
		return fmt.Errorf("tell the examiner: %w", err)
	}
	in := bufio.NewReader(channel)
	for {
		line, err := in.ReadBytes('\n')
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, io.EOF):
			return errors.New("the examiner ended before the check was over")
		case err != nil:
			return fmt.Errorf("hear the examiner: %w", err)
		}
		var r report
		if err := json.Unmarshal(line, &r); err != nil {
			return fmt.Errorf("hear the examiner: %w", err)
		}
		switch {
		case r.Type == "result" && r.Result != nil:
			tell(*r.Result)
		case r.Error != "":
			return errors.New(r.Error)
		default:
			return nil
		}
	}
}
