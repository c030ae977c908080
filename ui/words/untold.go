package words

import (
	"strings"

	"sockstep/lesson"
	"sockstep/netcore"
)

// Untold are the changes of a view's last move, in words, that no event of the record
// tells: descriptors and addresses, and where nobody looks for causes states and
// queues too. Standard input, output and errors are left out.
func Untold(v *lesson.View) []string {
	var samples []netcore.Event
	if v.Timeline != nil {
		samples = v.Timeline.Since(v.From)
	}
	var texts []string
	for i := range v.Changed {
		c := &v.Changed[i]
		if (c.What != "descriptor" || c.FD > 2) && c.What != "setting" && !told(c, samples) {
			texts = append(texts, c.Text)
		}
	}
	return texts
}

// told reports whether a change of the last move has been told with its cause.
func told(c *lesson.Change, samples []netcore.Event) bool {
	for _, e := range samples {
		if e.Sample == nil {
			continue
		}
		for i := range e.Sample.Changes {
			if k := &e.Sample.Changes[i]; k.Cookie == c.Cookie && same(c, k) {
				return true
			}
		}
	}
	return false
}

// same reports whether a change in words is one that a sample has: of a state, or of
// a queue.
func same(c *lesson.Change, k *netcore.SocketChange) bool {
	switch c.What {
	case "queue":
		return k.What != "state" && k.What != "owner"
	case "state":
		return k.What == "state" && (strings.HasSuffix(c.Text, k.To) && k.To != "" || k.To == "" && strings.HasSuffix(c.Text, "gone"))
	}
	return false
}
