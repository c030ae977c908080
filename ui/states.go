package ui

import (
	"slices"
	"strings"
)

// tcpStates are the eleven states of RFC 9293, by the names Linux gives them, in
// the order in which a connection can go through them.
var tcpStates = []string{"CLOSE", "LISTEN", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT"}

// forgotten is where a connection is once the kernel keeps nothing of it: RFC 9293
// calls that CLOSED too, but no socket is in it.
const forgotten = ""

// arrow is a transition the diagram draws; mark is its place there, 0 for one that
// has none.
type arrow struct {
	mark     byte
	from, to string
}

var arrows = []arrow{
	{'a', "CLOSE", "LISTEN"}, {'b', "CLOSE", "SYN_SENT"}, {'c', "LISTEN", "SYN_RECV"}, {'d', "SYN_SENT", "ESTABLISHED"},
	{'e', "SYN_RECV", "ESTABLISHED"}, {'f', "ESTABLISHED", "CLOSE_WAIT"}, {'g', "ESTABLISHED", "FIN_WAIT1"}, {'h', "FIN_WAIT1", "FIN_WAIT2"},
	{'i', "CLOSE_WAIT", "LAST_ACK"}, {'j', "FIN_WAIT1", "CLOSING"}, {'k', "FIN_WAIT2", "TIME_WAIT"}, {'l', "LAST_ACK", forgotten},
	{'m', "CLOSING", "TIME_WAIT"}, {'n', "TIME_WAIT", forgotten}, {0, "SYN_SENT", "SYN_RECV"},
}

const resetArrow = 'o' // from any state

func arrowBetween(from, to string) *arrow {
	for i := range arrows {
		if arrows[i].from == from && arrows[i].to == to {
			return &arrows[i]
		}
	}
	return nil
}

// way is what lies between two states on the shortest ways from one to the other:
// for every place the states that can be there. It is empty for neighbours, and
// nil with false where no way leads.
func way(from, to string) (between [][]string, ok bool) {
	if from == to {
		return nil, true
	}
	levels := [][]string{{from}}
	seen := map[string]bool{from: true}
	for !slices.Contains(levels[len(levels)-1], to) {
		next := after(levels[len(levels)-1], seen)
		if len(next) == 0 {
			return nil, false
		}
		levels = append(levels, next)
	}
	return narrowed(levels[1:], to), true
}

// after are the states one arrow behind those of a level that were not seen yet.
func after(level []string, seen map[string]bool) (next []string) {
	for _, a := range arrows {
		if slices.Contains(level, a.from) && !seen[a.to] {
			seen[a.to] = true
			next = append(next, a.to)
		}
	}
	return next
}

// narrowed keeps of each level what leads to the end, and drops the last.
func narrowed(levels [][]string, to string) [][]string {
	behind := []string{to}
	for i := len(levels) - 2; i >= 0; i-- {
		levels[i] = slices.DeleteFunc(levels[i], func(s string) bool {
			return !slices.ContainsFunc(behind, func(b string) bool { return arrowBetween(s, b) != nil })
		})
		behind = levels[i]
	}
	return levels[:len(levels)-1]
}

// wayWords are the states in between, in words: "FIN_WAIT1, FIN_WAIT2 or CLOSING".
func wayWords(between [][]string) string {
	var out []string
	for _, level := range between {
		out = append(out, strings.Join(level, " or "))
	}
	return strings.Join(out, ", then ")
}
