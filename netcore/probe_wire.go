package netcore

import (
	"context"
	"fmt"
	"net/netip"
	"syscall"
)

// wire reports whether there can be a wire: one is opened, and a packet stopped in
// the middle of it and let go.
func (m *Machine) wire(ctx context.Context) {
	f := Finding{Name: "wire", Have: "Packets can be held, dropped and doubled between two networks."}
	if err := tryWire(ctx); err != nil {
		f.Have, f.Lack = "", "Lessons in which packets are held or dropped, and free play on the wire, cannot run: "+err.Error()+"."
	}
	f.OK = f.Lack == ""
	m.Findings = append(m.Findings, f)
}

func tryWire(ctx context.Context) error {
	l, err := Open(ctx, Options{Wire: true, Hold: true})
	if err != nil {
		return err
	}
	defer l.Close()
	p, err := l.Start(ctx, "probe")
	if err != nil {
		return err
	}
	if err := made(p.Do(ctx, probeCall("socket", Number(syscall.AF_INET), Number(syscall.SOCK_DGRAM), Number(0)))); err != nil {
		return err
	}
	to := acrossTheWire()
	if err := made(p.Do(ctx, probeCall("sendto", Number(3), Memory([]byte("probe")), Number(5), Number(0), Memory(to), Number(int64(len(to)))))); err != nil {
		return err
	}
	if err := comeToHold(ctx, l); err != nil {
		return err
	}
	return l.Act(ctx, WireAct{Verb: WirePass})
}

// acrossTheWire is a struct sockaddr_in of the other end, and the port discard.
func acrossTheWire() []byte {
	b := sockaddrHead(syscall.AF_INET, 16)
	b[3] = 9
	address := netip.MustParseAddr(ServerAddress).As4()
	copy(b[4:], address[:])
	return b
}

// comeToHold looks until a packet waits on the wire.
func comeToHold(ctx context.Context, l *Lab) error {
	for {
		s, err := l.Snapshot(ctx)
		if err != nil {
			return err
		}
		if s.Wire != nil && len(s.Wire.Held) > 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("a packet that was sent did not come to the middle of the wire: %w", context.Cause(ctx))
		case <-l.Arrived():
		}
	}
}
