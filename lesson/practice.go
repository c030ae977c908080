package lesson

import (
	"slices"
	"strings"
)

// maxDrills is how many topics one lesson may name for practice.
const maxDrills = 2

// drillTopics are the topics a lesson can name under drills:. The package drill makes
// their questions; it builds on this one, so the names stand here.
var drillTopics = []string{"descriptors", "byte-order", "errno", "recv", "state", "connect", "queue", "address", "types", "waits", "ipv6", "wire"}

// DrillTopics are the names of the topics there are to practise.
func DrillTopics() []string { return slices.Clone(drillTopics) }

// drills reads the topics that practise a lesson.
func (r *reader) drills(f fields) []string {
	v := f.n.get("drills")
	names := f.texts("drills", maxDrills)
	for i, name := range names {
		line := f.line("drills")
		if i < len(v.list) {
			line = v.list[i].line
		}
		switch {
		case !slices.Contains(drillTopics, name):
			r.addf(line, "no topic %q to practise: write one or two of %s", clip(name), strings.Join(drillTopics, ", "))
		case slices.Contains(names[:i], name):
			r.addf(line, "the topic %q stands in drills twice: write it once", clip(name))
		}
	}
	return names
}
