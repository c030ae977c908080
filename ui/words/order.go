package words

import "sockstep/netcore"

// Order puts events in the order in which they are told. The record has a call where
// it returned, behind the packets it caused and what those brought about at the other
// end; told, a call (or that it has not returned) stands before the first of its
// packets. inside reports calls that were told before to have been entered.
func Order(events []netcore.Event, inside func(netcore.ID) bool) []netcore.Event {
	first := announcements(events)
	moved := make([]bool, len(events))
	out := make([]netcore.Event, 0, len(events))
	for i, e := range events {
		if moved[i] {
			continue
		}
		if p := e.Packet; p != nil && p.Call != 0 && p.Of == 0 {
			if at, ok := first[p.Call]; ok && at > i && !moved[at] && !inside(p.Call) {
				out, moved[at] = append(out, events[at]), true
			}
		}
		out = append(out, e)
	}
	return out
}

// announcements are the places at which calls are first told of.
func announcements(events []netcore.Event) map[netcore.ID]int {
	first := map[netcore.ID]int{}
	for i, e := range events {
		id := netcore.ID(0)
		switch {
		case e.Call != nil:
			id = e.ID
		case e.Blocked != nil:
			id = e.Blocked.Call
		}
		if _, known := first[id]; id != 0 && !known {
			first[id] = i
		}
	}
	return first
}
