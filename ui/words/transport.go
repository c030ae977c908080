package words

import (
	"fmt"
	"strings"

	"sockstep/netcore"
)

// Transport says how a socket's TCP is doing, as far as there is something to say:
// "round trip 23 µs, repeats after 204 ms; congestion window 10 segments of 32741
// bytes; the peer's window is 65483 bytes". Of other protocols it says which
// directions are shut down and what was thrown away.
func Transport(k *netcore.Socket) string {
	var all []string
	if t := k.TCPInfo; t != nil && k.State != "LISTEN" && k.State != "CLOSE" {
		all = append(all, pace(t), congestion(t))
		if k.State != "SYN_SENT" {
			all = append(all, peerWindow(t))
		}
		all = append(all, onTheWay(t), repeated(t))
	}
	all = append(all, shutDown[k.Shutdown])
	if m := k.Memory; m != nil && m.Drops > 0 {
		all = append(all, Count(int(m.Drops), "packet")+" thrown away for this socket")
	}
	return joined(all)
}

// joined puts together what there is to say.
func joined(all []string) string {
	var said []string
	for _, text := range all {
		if text != "" {
			said = append(said, text)
		}
	}
	return strings.Join(said, "; ")
}

func pace(t *netcore.TCPInfo) string {
	text := "repeats after " + Span(t.RTO)
	if t.RTT > 0 {
		text = "round trip " + Span(t.RTT) + ", " + text
	}
	if t.Backoff > 0 {
		text += fmt.Sprintf(", doubled %s already", Count(int(t.Backoff), "time"))
	}
	return text
}

func congestion(t *netcore.TCPInfo) string {
	text := fmt.Sprintf("congestion window %s of %s", Count(int(t.CWnd), "segment"), size(t.MSS))
	if t.SSThresh > 0 {
		text += fmt.Sprintf(", slow start up to %d", t.SSThresh)
	}
	return text
}

func peerWindow(t *netcore.TCPInfo) string {
	if t.SendWindow == 0 {
		return "the peer's window is closed"
	}
	return "the peer's window is " + size(t.SendWindow)
}

func onTheWay(t *netcore.TCPInfo) string {
	if t.Unacked == 0 {
		return ""
	}
	text := Count(int(t.Unacked), "segment") + " on the way"
	if t.Lost > 0 {
		text += fmt.Sprintf(", %d of them taken for lost", t.Lost)
	}
	return text
}

func repeated(t *netcore.TCPInfo) string {
	if t.TotalRetrans == 0 {
		return ""
	}
	return Count(int(t.TotalRetrans), "segment") + " repeated so far"
}

// shutDown says which directions are closed, by netcore's name for them.
var shutDown = map[string]string{
	netcore.ShutdownReceive: "receives nothing more",
	netcore.ShutdownSend:    "sends nothing more",
	netcore.ShutdownBoth:    "neither sends nor receives any more",
}

// Told are the changes of a sample that are told one by one. A descriptor is told with
// the call that made it, and which directions are shut down with the state it goes
// along with.
func Told(s *netcore.Sample) (told []*netcore.SocketChange) {
	for i := range s.Changes {
		c := &s.Changes[i]
		if c.What != "owner" && !(c.What == "shutdown" && changesState(s, c)) {
			told = append(told, c)
		}
	}
	return told
}

// changesState reports whether a change's socket changed its state too.
func changesState(s *netcore.Sample, c *netcore.SocketChange) bool {
	for i := range s.Changes {
		if o := &s.Changes[i]; o.What == "state" && o.Cookie == c.Cookie && o.Network == c.Network {
			return true
		}
	}
	return false
}

// Counters says which counters of the networks moved, a sentence for each network.
func Counters(s *netcore.Sample) (texts []string) {
	for i := 0; i < len(s.Counters); {
		network := s.Counters[i].Network
		var moved []string
		for ; i < len(s.Counters) && s.Counters[i].Network == network; i++ {
			c := &s.Counters[i]
			moved = append(moved, fmt.Sprintf("%s %d to %d", c.Name, c.From, c.To))
		}
		texts = append(texts, fmt.Sprintf("The kernel counts in network %s: %s.", network, strings.Join(moved, ", ")))
	}
	return texts
}
