package netcore

// Explain notes with a call of the record why it was refused, which takes a look at
// the kernel after its return. It is the one thing about an event that is added
// later; an event handed out before stays as it was. Without such a call, or where
// the record is closed, nothing is noted.
func (t *Timeline) Explain(call ID, cause string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return
	}
	if i := t.where(call); i >= 0 {
		e := t.event(int(i))
		if c := explained(e.Call, cause); c != nil {
			t.events[i].slot = t.store.put(e.Cause, c)
		}
		return
	}
	for i := range t.held {
		if c, ok := t.held[i].what.(*Call); ok && t.held[i].id == call {
			t.held[i].what = explained(c, cause)
		}
	}
}

// explained is a call with its cause; nil for none.
func explained(c *Call, cause string) *Call {
	if c == nil {
		return nil
	}
	with := *c
	with.Cause = cause
	return &with
}
