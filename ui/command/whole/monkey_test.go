//go:build linux

package whole

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/ui/terminal/screentest"
)

// presses are what the monkey has: every key but those that quit or suspend.
var presses = strings.Split("\r,\r,\r, ,\t,\x1b[Z,c,s,s,e,:,h,b,d,l,v,x,k,j,1,2,3,4,5,6,7,8,9,0,0,0,g,r,R,E,u,o,K,n,n,p,t,m,f,?,y,a,(,),;,\x7f,\x1b,\x1b[A,\x1b[B,\x1b[C,\x1b[D,\x1b[5~,\x1b[6~,\x1b[H,\x1b[F,\x1b[200~close(3);\x1b[201~,\x1b[<0;20;10M,\x1b[<65;20;20M", ",")

// TestMonkey presses some thousand keys at random; the program goes on, ends
// when told, and leaves nothing.
func TestMonkey(t *testing.T) {
	keys := 1500
	if sample() {
		keys = 200
	}
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			r := open(t, screentest.Setup{Width: 80 + 40*uint16(seed), Height: 24 + 12*uint16(seed)}, "learn", "tcp")
			r.atStep(1)
			random := rand.New(rand.NewPCG(seed, 1))
			for range keys {
				before := len(r.Sent())
				r.Types(presses[random.IntN(len(presses))])
				shortly(func() bool { return len(r.Sent()) > before }) // not every key shows something
			}
			r.eventually("its keys to be read", func() bool {
				n, err := unix.IoctlGetInt(int(r.Slave.Fd()), unix.TIOCINQ)
				return n == 0 || err != nil
			})
			r.Types("\x03")
			if status, took := r.Ends(); status != 0 || took > 2*time.Second {
				t.Errorf("exit status %d after %v", status, took)
			}
			r.Restored()
			if strings.Contains(r.Sent(), "goroutine ") {
				t.Errorf("it broke:\n%s", r.Sent()[strings.Index(r.Sent(), "goroutine ")-400:])
			}
			r.leavesNothing()
		})
	}
}

// shortly waits until a condition holds, or for no longer than somebody who types fast.
func shortly(cond func() bool) {
	late := time.After(8 * time.Millisecond)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-late:
			return
		}
	}
}
