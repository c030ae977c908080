package netcore

import (
	"context"
	"errors"
	"fmt"
)

// StageSetting is one thing a lesson sets in its lab before or between the lines
// that run. In text it is its kind and its words:
//
//	sysctl net.core.somaxconn 2      a setting of the network
//	address 10.9.0.5                 a further address of the network, on lo
//	route 10.9.9.0/24 swallow        packets for there vanish (swallow), or are
//	                                 refused (unreachable, prohibit, blackhole)
//	deaf client 3                    nothing that arrives reaches this socket
//	heal client 3                    takes that back
//	buffer client 3 4608 2304        send and receive buffer in bytes, as the
//	                                 kernel counts (SO_SNDBUF reads 4608 then)
//	rlimit server nofile 6           a soft limit of a process
//	destroy timewait                 removes the sockets in TIME_WAIT
//	wire                             server and client in a network of their own,
//	                                 joined by a wire; only before the first line
//	wire hold, wire flow             packets stop in its middle, or pass
//
// On the wire sysctl, address and route take an end before their other words,
// "sysctl server net.ipv4.tcp_retries2 3". Without one a sysctl and a route are
// for both ends; an address takes one, and is then on the wire's interface. The
// addresses of settings are private ones, those kept for documentation, and the
// loopback's.
type StageSetting struct {
	Kind SettingKind
	// Process and FD name a socket, Process alone a process or an end of the wire.
	Process string
	FD      int
	// Name is the sysctl, the address, the prefix or the resource; Value what it
	// is set to.
	Name, Value string
}

// SettingKind is what is set. The list is closed.
type SettingKind string

// The kinds of settings.
const (
	SettingSysctl  SettingKind = "sysctl"
	SettingAddress SettingKind = "address"
	SettingRoute   SettingKind = "route"
	SettingDeaf    SettingKind = "deaf"
	SettingHeal    SettingKind = "heal"
	SettingBuffer  SettingKind = "buffer"
	SettingRlimit  SettingKind = "rlimit"
	SettingDestroy SettingKind = "destroy"
	SettingWire    SettingKind = "wire"
)

// errPrivate is what a setting is answered in a lab without a network of its own.
var errPrivate = errors.New("stage settings are made in a private network only")

// Apply makes a stage setting, reads it back, and records it. The processes it
// names must be running; a blocked one may be. What the kernel refuses is an error
// that wraps the errno.
func (l *Lab) Apply(ctx context.Context, s StageSetting) error {
	value, was, err := l.apply(ctx, s)
	if err != nil {
		return fmt.Errorf("stage setting %s: %w", s, err)
	}
	l.timeline.Add(Event{Type: SettingEvent, Setting: &Setting{Kind: string(s.Kind), Name: s.subject(), Value: value, Was: was}})
	return nil
}

func (l *Lab) apply(ctx context.Context, s StageSetting) (value, was string, err error) {
	if parsed, err := ParseSetting(s.String()); err != nil {
		return "", "", err
	} else if parsed != s {
		return "", "", errors.New("it has more or other words than its kind takes")
	}
	if !l.Tier().Private() {
		return "", "", errPrivate
	}
	b, err := l.subject(s)
	if err != nil {
		return "", "", err
	}
	return l.ground.set(ctx, s, b)
}

// subject returns the process a setting is about, nil for one that is about the
// network.
func (l *Lab) subject(s StageSetting) (*body, error) {
	if !s.aboutProcess() {
		return nil, nil
	}
	p := l.Process(s.Process)
	if p == nil {
		return nil, fmt.Errorf("there is no process called %s", s.Process)
	}
	if !p.Alive() {
		return nil, fmt.Errorf("%s: %w", s.Process, ErrEnded)
	}
	if s.aboutSocket() && p.owns(s.FD) {
		return nil, fmt.Errorf("descriptor %d is the worker's own", s.FD)
	}
	return p.body, nil
}
