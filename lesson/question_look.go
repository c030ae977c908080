package lesson

import (
	"fmt"
	"strconv"
	"strings"
)

// Look is an Observable taken apart.
type Look struct {
	Kind string // "result", "bytes", "state", ...
	Role string // empty for what is no side's
	// Name is the label of a "result", the function of a "call", the variable of "bytes" and "value" with
	// its member ("a.sin_port"), the state of "sockets" or the name of "counter".
	Name string
	FD   int // of "state", "local", "peer", "waiting" and "recvq"; -1 otherwise
}

// Parse takes an observable apart, or says what to write instead.
func (o Observable) Parse() (Look, error) {
	words := strings.Fields(string(o))
	if len(words) == 0 {
		return Look{}, fmt.Errorf("nothing to observe: write %s", observableForms)
	}
	look := Look{Kind: words[0], FD: -1}
	switch form := observableForm(words); form {
	case "", "ROLE", "ROLE NAME", "ROLE FD", "NAME", "NAME NUMBER":
		return look.fill(form, words[1:])
	}
	return Look{}, fmt.Errorf("cannot observe %q: write %s", string(o), observableForms)
}

const observableForms = `result, result ROLE LABEL, bytes or value ROLE VAR[.MEMBER], ` +
	`state, local, peer, waiting, recvq, sendq, retrans or timer ROLE FD, descriptors ROLE, timewait, ` +
	`sockets STATE, packets, held, counter NAME, call ROLE NAME, failed ROLE, compiler, complaint, complains NAME, ` +
	`exit, output N, watched NAME, argument NAME N, calls NAME, or option NAME`

// observableForm names the words that follow the first, "?" for none that fit.
func observableForm(words []string) string {
	switch words[0] {
	case "result":
		if len(words) == 1 {
			return ""
		}
		return formOf(words, 3, "ROLE NAME")
	case "bytes", "value", "call":
		return formOf(words, 3, "ROLE NAME")
	case "state", "local", "peer", "waiting", "recvq", "sendq", "retrans", "timer":
		return formOf(words, 3, "ROLE FD")
	case "descriptors", "failed":
		return formOf(words, 2, "ROLE")
	case "timewait", "packets", "held", "compiler", "complaint", "exit":
		return formOf(words, 1, "")
	case "argument":
		return formOf(words, 3, "NAME NUMBER")
	case "sockets", "counter", "complains", "output", "watched", "calls", "option":
		return formOf(words, 2, "NAME")
	}
	return "?"
}

func formOf(words []string, count int, form string) string {
	if len(words) != count {
		return "?"
	}
	return form
}

func (l Look) fill(form string, words []string) (Look, error) {
	if form == "" {
		return l, nil
	}
	if form == "NAME" || form == "NAME NUMBER" {
		l.Name = words[0]
		return l, l.counted(words)
	}
	l.Role = words[0]
	switch form {
	case "ROLE NAME":
		l.Name = words[1]
	case "ROLE FD":
		fd, err := strconv.Atoi(words[1])
		if err != nil || fd < 0 {
			return Look{}, fmt.Errorf("%q is no descriptor: write its number, as in %s %s 3", words[1], l.Kind, l.Role)
		}
		l.FD = fd
	}
	return l, nil
}

// counted reports a number among the words of an observable that is none.
func (l *Look) counted(words []string) error {
	if l.Kind != "output" && l.Kind != "argument" {
		return nil
	}
	n := words[len(words)-1]
	if i, err := strconv.Atoi(n); err != nil || i < 1 {
		return fmt.Errorf("%q is no number from 1 on: write which line or argument is meant, as in output 1 or argument connect 2", n)
	}
	return nil
}
