package lesson

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sockstep/netcore"
)

// Own is the choice of one who typed an answer that is none of the options.
const Own = -2

// typedKinds are what a typed prediction can be.
var typedKinds = []string{"number", "errno", "state", "port"}

// tcpStates are the states of a socket, as ss and the kernel's headers name them.
var tcpStates = []string{"CLOSE", "LISTEN", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2",
	"CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT"}

// TypedForm says what a typed prediction of a kind looks like.
func TypedForm(kind string) string {
	switch kind {
	case "errno":
		return "0, or the name of an error, as in EINVAL"
	case "state":
		return "a state of TCP, as in LISTEN"
	case "port":
		return "a port, 0 to 65535"
	}
	return "a number"
}

// readTyped takes a typed prediction as it will be held against what is observed.
func readTyped(kind, text string) (string, error) {
	text = strings.TrimSpace(text)
	name := strings.ToUpper(strings.ReplaceAll(text, "-", "_"))
	switch kind {
	case "errno":
		e, ok := netcore.ErrnoByName(name)
		if !ok && name != "0" {
			return "", fmt.Errorf("%q is no error's name: type %s", clip(text), TypedForm(kind))
		}
		return cmp.Or(e.Name(), name), nil
	case "state":
		if !slices.Contains(tcpStates, name) {
			return "", fmt.Errorf("%q is no state: they are %s", clip(text), strings.Join(tcpStates, ", "))
		}
		return name, nil
	}
	n, err := strconv.ParseInt(text, 0, 64)
	if err != nil || kind == "port" && (n < 0 || n > 65535) {
		return "", fmt.Errorf("%q is not what is wanted: type %s", clip(text), TypedForm(kind))
	}
	return strconv.FormatInt(n, 10), nil
}

// Predict commits a typed prediction. The step has not run yet.
func (s *Session) Predict(text string) error {
	return s.exclusiveNow(func() error {
		st := s.present()
		if st == nil || st.Ask == nil || st.Ask.Typed == "" || s.guide.phase != Asking {
			return errors.New("no answer is to be typed here")
		}
		typed, err := readTyped(st.Ask.Typed, text)
		if err != nil {
			return err
		}
		s.guide.answers[st.ID] = Answer{Step: st.ID, Chosen: Own, Typed: typed, Correct: -1}
		s.guide.phase = s.openPhase()
		s.show()
		return nil
	})
}

// MarkTyped holds a typed answer against what was observed. One that is none of it is
// the option it fits, with its belief, where there is one. The caller sets Answer.Step.
func (q *Question) MarkTyped(typed, observed string) Answer {
	a := q.Mark(Skipped, observed)
	a.Chosen, a.Typed = q.meant(typed), typed
	switch {
	case observed == "":
		a.Mark = Unmarked
	case typed == observed:
		a.Mark = Right
		if a.Chosen = a.Correct; a.Chosen < 0 {
			a.Chosen = Own
		}
	default:
		a.Mark = Wrong
		if a.Chosen == a.Correct {
			a.Chosen = Own // near it, and not it
		}
	}
	return a
}

// meant is the option that a typed answer fits, Own for none.
func (q *Question) meant(typed string) int {
	if i := slices.IndexFunc(q.Options, func(o Option) bool { return o.Is.Match(typed) }); i >= 0 {
		return i
	}
	return Own
}
