package lesson

import "strings"

// goal reads what a step wants brought about, and a way to it.
func (r *reader) goal(f fields, s *Step) {
	conditions := f.items("goal", maxParts)
	s.Order = r.order(f)
	s.Route = r.route(f)
	switch s.Goal = len(conditions) > 0; {
	case !s.Goal && s.Order != nil:
		r.addf(f.line("order"), "an order wants a goal: write goal: and what is to be observed when it was right")
	case !s.Goal && len(s.Route) > 0:
		r.addf(f.line("route"), "a route leads to a goal: write goal: and what is to be observed at its end")
	case !s.Goal:
		return
	case s.Order != nil && len(s.Route) > 0:
		r.addf(f.line("route"), "the calls of order: are the route already: take route: out")
	case s.Order == nil && len(s.Route) == 0:
		r.addf(f.line("goal"), `no way to this goal: write route: and a list of "role: label" or "role> call"`)
	}
	for _, key := range []string{"run", "expect", "wire", "interrupt"} {
		if f.n.get(key) != nil {
			r.addf(f.line(key), "a step with a goal has no %s: the learner brings it about", key)
		}
	}
	for _, item := range conditions {
		r.expect(item, s, false)
	}
	if s.Order != nil {
		s.Route = s.Order.route()
	}
}

// route reads a list of legs.
func (r *reader) route(f fields) (all []Leg) {
	for _, text := range f.texts("route", maxRoute) {
		leg, ok := parseLeg(text)
		if !ok {
			r.addf(f.line("route"), `%q leads nowhere: write "role: label" to run to a line, or "role> call" to type one`, clip(text))
			continue
		}
		r.place(f.line("route"), leg.Role, leg.Label)
		all = append(all, leg)
	}
	return all
}

// maxRoute bounds the moves to a goal, and the calls of a puzzle.
const maxRoute = 24

func parseLeg(text string) (Leg, bool) {
	if role, call, ok := strings.Cut(text, "> "); ok && plainName(role) {
		return Leg{Role: role, Text: call}, call != ""
	}
	role, label, ok := strings.Cut(text, ": ")
	return Leg{Role: role, Label: label}, ok && plainName(role) && label != ""
}

// maxCards is how many calls a puzzle can have: each is chosen with a digit.
const maxCards = 9

func (r *reader) order(f fields) *Order {
	v := f.value("order", mapNode, "{role: ..., calls: [...], strangers: [...]}")
	if v == nil {
		return nil
	}
	g := r.fields(v, "role", "calls", "strangers")
	if !g.need("role") || !g.need("calls") {
		return nil
	}
	o := &Order{Role: g.text("role"), Calls: g.texts("calls", maxCards), Strangers: g.texts("strangers", maxCards)}
	r.place(v.line, o.Role, "")
	if n := len(o.Calls) + len(o.Strangers); n > maxCards {
		r.addf(v.line, "%d calls: a puzzle has at most %d, strangers counted", n, maxCards)
	}
	return o
}
