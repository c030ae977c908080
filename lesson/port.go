package lesson

import (
	"fmt"
	"regexp"
	"strconv"

	"sockstep/lesson/cprog"
	"sockstep/netcore"
)

// portSwap is a port of the listings that was taken on this machine and the one
// that stands in for it. The zero portSwap changes nothing.
type portSwap struct{ from, to int }

// choosePort looks, where the lab shares the machine's network, whether the
// listings' port is free, and finds another one if not.
func (s *Session) choosePort() {
	s.port = portSwap{}
	if s.stage.Tier().Private() {
		return
	}
	for _, r := range s.cast {
		port, _, ok := r.Program.Port()
		if !ok || usable(port) {
			continue
		}
		free, ok := standIn()
		if !ok {
			return
		}
		s.port = portSwap{port, free}
		s.Timeline().Add(netcore.Event{Type: netcore.SettingEvent, Setting: &netcore.Setting{
			Kind: "port", Name: "PORT", Value: strconv.Itoa(free), Was: strconv.Itoa(port)}})
		s.last.message = fmt.Sprintf("Port %d is taken on this machine, so the programs now say %d.", port, free)
		return
	}
}

// usable reports whether a port is free both as written and with its bytes
// swapped, which is where a program without htons listens.
func usable(port int) bool { return netcore.PortFree(port) && netcore.PortFree(swapped(port)) }

// standIn looks for a port the kernel offers whose swapped twin is free too and
// not one that takes a privilege.
func standIn() (int, bool) {
	for range 50 {
		port, err := netcore.FreePort()
		if err == nil && swapped(port) >= 1024 && usable(port) {
			return port, true
		}
	}
	return 0, false
}

// swapped is the port that results where htons is left out.
func swapped(port int) int { return port>>8&0xff | port&0xff<<8 }

// apply returns the program with the port replaced.
func (p portSwap) apply(prog *cprog.Program) *cprog.Program {
	if port, _, ok := prog.Port(); !ok || p.from == 0 || port != p.from {
		return prog
	}
	swapped, err := cprog.Parse(prog.File(), prog.WithPort(p.to))
	if err != nil {
		return prog
	}
	return swapped
}

// pattern rewrites the port in what a step expects.
func (p portSwap) pattern(in Pattern) Pattern { return Pattern(p.text(string(in))) }

func (p portSwap) question(q Question) Question {
	if p.from == 0 {
		return q
	}
	q.Options = append([]Option(nil), q.Options...)
	for i := range q.Options {
		q.Options[i].Is = p.pattern(q.Options[i].Is)
		q.Options[i].Text = p.text(q.Options[i].Text)
	}
	return q
}

func (p portSwap) text(s string) string {
	if p.from == 0 {
		return s
	}
	for _, pair := range [][2]string{
		{strconv.Itoa(p.from), strconv.Itoa(p.to)},
		{hexPort(p.from), hexPort(p.to)},
		{strconv.Itoa(swapped(p.from)), strconv.Itoa(swapped(p.to))},
		{hexPort(swapped(p.from)), hexPort(swapped(p.to))},
	} {
		s = regexp.MustCompile(`\b`+regexp.QuoteMeta(pair[0])+`\b`).ReplaceAllString(s, pair[1])
	}
	return s
}

func hexPort(p int) string { return fmt.Sprintf("%02x %02x", p>>8&0xff, p&0xff) }
