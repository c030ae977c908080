package lesson

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"

	"sockstep/lesson/cprog"
	"sockstep/netcore"
)

// portSwap is a port of the listings that was taken on this machine and the one
// that stands in for it. The zero portSwap changes nothing.
type portSwap struct{ from, to int }

// choosePort looks, where the lab shares the machine's network, whether the
// listings' port is free and no other run of this program is about to use it,
// and finds another one if not.
func (s *Session) choosePort() {
	s.port = portSwap{}
	if s.stage.Tier().Private() {
		return
	}
	had := map[int]bool{}
	for _, r := range s.cast {
		port, _, ok := r.Program.Port()
		if !ok || had[port] || s.claim(port) {
			had[port] = true
			continue
		}
		free, ok := s.standIn()
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

// claim takes a port and its twin for this session, until it is unclaimed; false
// when one of them is in use or another run has it.
func (s *Session) claim(port int) bool {
	mine := len(s.claims)
	for _, p := range slices.Compact([]int{port, swapped(port)}) {
		release, ok := netcore.ClaimPort(p)
		s.claims = append(s.claims, release)
		if !ok {
			s.unclaim(mine)
			return false
		}
	}
	if !usable(port) {
		s.unclaim(mine)
		return false
	}
	return true
}

// unclaim lets go of all claims but the first few.
func (s *Session) unclaim(keep int) {
	for _, release := range s.claims[keep:] {
		release()
	}
	s.claims = s.claims[:keep]
}

// A stand-in lies where a port stands that a program chose: below the ports a kernel
// gives to those who ask for none (ip(7), ip_local_port_range), so that nothing that is
// said of the two becomes untrue.
const (
	lowestStandIn  = 10000
	highestStandIn = 32000
)

// standIn looks for a port whose swapped twin is free too and not one that takes a
// privilege.
func (s *Session) standIn() (int, bool) {
	for range 200 {
		port := lowestStandIn + rand.IntN(highestStandIn-lowestStandIn)
		if swapped(port) >= 1024 && s.claim(port) {
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

// expected is what a step expects here: with the port that stands in for one that was
// taken, but for a program that is watched, which has a network of its own.
func (s *Session) expected(e Expectation) Pattern {
	if e.About.watched() {
		return e.Here()
	}
	return s.port.pattern(e.Here())
}

// pattern rewrites the port in what a step expects.
func (p portSwap) pattern(in Pattern) Pattern { return Pattern(p.text(string(in))) }

func (p portSwap) question(q Question) Question {
	if p.from == 0 || q.About.watched() {
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
