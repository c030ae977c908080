package netcore

import (
	"os"
	"testing"
)

// TestTableOfAWorkerComingUp wants no table kept of a worker that is coming up: it may
// be closing what it was started with.
func TestTableOfAWorkerComingUp(t *testing.T) {
	l, r := newLooker(), &resident{pid: os.Getpid(), page: &page{}}
	before := len(l.table(r).FDs)
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := len(l.table(r).FDs); got <= before {
		t.Errorf("%d descriptors before one was opened and %d after: the table was kept", before, got)
	}
	r.page.release()
	r.page.call.Store(7)
	if l.table(r); l.tables[r.pid].call != 7 {
		t.Error("the table of an idle worker is not kept")
	}
}
