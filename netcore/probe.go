package netcore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
)

// Finding is one thing a machine allows or does not.
type Finding struct {
	Name string // "private network"
	OK   bool
	Have string // what there is, a sentence
	Lack string // what is missing and why, a sentence; empty when OK
	Fix  string // what to do about it, commands or a sentence; may be empty
}

// Machine is what a lab can have here.
type Machine struct {
	Tier     Tier // TierUnknown: no lab at all
	Findings []Finding
}

// Probe opens a lab and a process in it, tries what lessons need, and closes it
// again. What it reports was really done, or really refused.
func Probe(ctx context.Context) Machine {
	m := Machine{Findings: systemFindings()}
	l, err := Open(ctx, Options{})
	if err != nil {
		m.add("lab", "", err, "")
		return m
	}
	defer l.Close()
	m.Tier = l.Tier()
	m.network(l)
	m.files(l)
	m.add("packets", "Packets can be read.", l.ground.capture(ctx), captureFix())
	m.process(ctx, l)
	m.wire(ctx)
	return m
}

// add reports one thing: have when err is nil, else the error and what to do.
func (m *Machine) add(name, have string, err error, fix string) {
	f := Finding{Name: name, OK: err == nil, Have: have}
	if err != nil {
		f.Have, f.Fix = "", fix
		f.Lack = sentence(err.Error())
	}
	m.Findings = append(m.Findings, f)
}

func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}

// network reports the tier, and why it is no better one.
func (m *Machine) network(l *Lab) {
	f := Finding{Name: "private network", OK: l.Tier().Private()}
	switch l.Tier() {
	case TierUser:
		f.Have = "Each lab has a network of its own, without privilege."
	case TierNetwork:
		f.Have = "Each lab has a network of its own, made with privilege."
	default:
		f.Lack = "Lessons use this machine's 127.0.0.1 and free ports; packets of others may be seen, and resets, losses and low ports are left out."
	}
	m.Findings = append(m.Findings, f)
	m.Findings = append(m.Findings, l.Fallen()...)
	for _, text := range l.ground.missing() {
		m.Findings = append(m.Findings, Finding{Name: "lab", Lack: text})
	}
}

func (m *Machine) files(l *Lab) {
	if folder := l.Folder(); folder != "" {
		m.add("own files", "", fmt.Errorf("programs see this machine's files; Unix sockets are kept in %s", folder), "")
		return
	}
	m.add("own files", "Programs have an empty file system of their own.", nil, "")
}

// process reports what can be done with one process of a lab.
func (m *Machine) process(ctx context.Context, l *Lab) {
	p, err := l.Start(ctx, "probe")
	m.add("processes", "Processes can be started; they hold no privilege.", err, "")
	if err != nil {
		return
	}
	m.add("descriptors", "The first socket of a process is descriptor 3.", firstSocket(ctx, p), "")
	m.add("sockets from outside", "Every socket can be looked at from outside its process.", lookAtFresh(ctx, l), lookFix())
	m.add("waiting calls", "A waiting call can be seen and interrupted.", waitAndCancel(ctx, p), lookFix())
	m.add("IPv6", "::1 can be used.", useIPv6(ctx, p), "sudo sysctl net.ipv6.conf.lo.disable_ipv6=0")
}

// made turns a call's result into an error.
func made(c Call, err error) error {
	switch {
	case err != nil:
		return err
	case c.Ret == nil:
		return fmt.Errorf("%s: %s", c.Name, c.Reason)
	case *c.Ret < 0:
		return fmt.Errorf("%s: %w", c.Name, c.Errno)
	}
	return nil
}

func firstSocket(ctx context.Context, p *Process) error {
	c, err := p.Do(ctx, probeCall("socket", Number(syscall.AF_INET), Number(syscall.SOCK_STREAM), Number(0)))
	if err := made(c, err); err != nil {
		return err
	}
	if *c.Ret != 3 {
		return fmt.Errorf("the first socket was descriptor %d", *c.Ret)
	}
	return nil
}

func probeCall(name string, args ...Value) Request { return Request{Name: name, Args: args} }

// lookAtFresh looks for the socket that has no address, which is in no table.
func lookAtFresh(ctx context.Context, l *Lab) error {
	s, err := l.Snapshot(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(s.Sockets, func(s Socket) bool { return !s.Bound && len(s.Owners) == 1 }) {
		return nil
	}
	return errors.New("a socket without an address is not visible from outside: " + strings.Join(s.Missing, " "))
}

// waitAndCancel has the process wait for a connection, on its own address.
func waitAndCancel(ctx context.Context, p *Process) error {
	address := loopbackAddress()
	if err := made(p.Do(ctx, probeCall("bind", Number(3), Memory(address), Number(int64(len(address)))))); err != nil {
		return err
	}
	if err := made(p.Do(ctx, probeCall("listen", Number(3), Number(1)))); err != nil {
		return err
	}
	c, err := p.Begin(probeCall("accept", Number(3), Null(), Null()))
	if err != nil {
		return err
	}
	if _, err := c.Settle(ctx); err != nil {
		return err
	}
	seen := c.glance()
	if err := p.Cancel(ctx); err != nil {
		return err
	}
	if !seen.readable || seen.channel == "" {
		return errors.New("what a process waits in cannot be read here; a call that takes long is shown as waiting")
	}
	return nil
}

func useIPv6(ctx context.Context, p *Process) error {
	c, err := p.Do(ctx, probeCall("socket", Number(syscall.AF_INET6), Number(syscall.SOCK_STREAM), Number(0)))
	if err := made(c, err); err != nil {
		return fmt.Errorf("IPv6 is switched off: %w", err)
	}
	address := sockaddrHead(syscall.AF_INET6, 28)
	address[23] = 1
	if err := made(p.Do(ctx, probeCall("bind", Number(*c.Ret), Memory(address), Number(28)))); err != nil {
		return fmt.Errorf("IPv6 is switched off on lo: %w", err)
	}
	return nil
}

// loopbackAddress is a struct sockaddr_in of 127.0.0.1 and any port.
func loopbackAddress() []byte {
	b := sockaddrHead(syscall.AF_INET, 16)
	copy(b[4:], []byte{127, 0, 0, 1})
	return b
}

// sockaddrHead returns a zeroed struct sockaddr with its family set, which has a
// length byte before it on the BSDs.
func sockaddrHead(family uint16, size int) []byte {
	b := make([]byte, size)
	binary.NativeEndian.PutUint16(b, family)
	if sockaddrFamily(b) != int(family) {
		b[0], b[1] = byte(size), byte(family)
	}
	return b
}
