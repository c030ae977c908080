package linear

import (
	"fmt"
	"strings"
	"time"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// blocked says of a side what it waits for, since when, what the kernel does about
// it, and what one can do.
func (p *player) blocked(v *lesson.View, side *lesson.Side) {
	call, waits := "a call", ""
	if side.Call != nil {
		call = side.Call.Name + "()"
	}
	if side.Blocked != nil {
		if side.Blocked.On != "" {
			waits = " It waits for " + side.Blocked.On + "."
		}
		if age := time.Duration(netcore.Now() - side.Blocked.Since); side.Blocked.Since > 0 && age > 0 {
			waits += fmt.Sprintf(" So far for %.1f s.", age.Seconds())
		}
	}
	p.out.say("%s is inside %s.%s%s The other side can go on; cancel ends the wait.", side.Name, call, waits, p.meantime(v, side))
}

// meantime is what happens while a side waits: the kernel's timer of its socket,
// packets that are held on the wire.
func (p *player) meantime(v *lesson.View, side *lesson.Side) string {
	var all []string
	if k, ok := socketUnder(v, side); ok {
		if t := words.Timer(&k); t != "" {
			all = append(all, fmt.Sprintf(" Its socket is in %s: %s.", k.State, t))
		}
	}
	if w := v.Snapshot.Wire; w != nil && len(w.Held) > 0 {
		all = append(all, fmt.Sprintf(" On the wire %s; pass lets the first go on.", waitWords(len(w.Held))))
	}
	return strings.Join(all, "")
}

// socketUnder is the socket a side's blocked call is about.
func socketUnder(v *lesson.View, side *lesson.Side) (netcore.Socket, bool) {
	if side.Call == nil {
		return netcore.Socket{}, false
	}
	for _, a := range side.Call.Args {
		if a.Kind == netcore.KindFD {
			return lesson.SocketOf(v.Snapshot, side.Name, int(a.Value))
		}
	}
	return netcore.Socket{}, false
}
