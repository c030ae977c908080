package command

import (
	"context"
	"fmt"
	"time"

	"sockstep/lesson"
)

// lastSave is how long the last writing of the progress may take.
const lastSave = 2 * time.Second

// endProgress waits for the last save and says what there is to say. Progress
// that cannot be kept is a message, never a failure.
func (p *program) endProgress(progress *lesson.Progress) error {
	ctx, stop := context.WithTimeout(context.Background(), lastSave)
	defer stop()
	err := progress.Close(ctx)
	for _, r := range progress.Remarks() {
		fmt.Fprintf(p.err, "sockstep: %s\n", clean(r))
		err = nil
	}
	if err != nil {
		fmt.Fprintf(p.err, "sockstep: %s\n", clean(err.Error()))
	}
	return nil
}
