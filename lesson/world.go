package lesson

import "sockstep/netcore"

// World is what the lesson's stage has to have.
func (l *Lesson) World() World {
	w := World{Lesson: l.Name}
	if len(l.Cast) > 0 {
		w.Server = l.Cast[0].Name
	}
	for _, s := range l.Stage {
		if s.Kind == netcore.SettingWire {
			w.Wire, w.Hold = true, w.Hold || s.Value == string(netcore.WireHold)
		}
	}
	return w
}

// Private reports whether the lesson needs a private network: it sets something
// that would be felt elsewhere.
func (l *Lesson) Private() bool {
	if len(l.Stage) > 0 {
		return true
	}
	for i := range l.Steps {
		if len(l.Steps[i].Stage)+len(l.Steps[i].Wire) > 0 {
			return true
		}
	}
	return false
}
