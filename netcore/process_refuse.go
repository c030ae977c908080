package netcore

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"syscall"
)

// permit returns an ErrNotMade for a call that would leave the lab or saw off
// what the worker stands on.
func (p *Process) permit(r *Request, spec *Spec) error {
	for i, v := range r.Args {
		if i >= len(spec.Params) {
			break
		}
		if err := p.permitArg(spec.Params[i].Kind, v); err != nil {
			return err
		}
	}
	switch spec.Name {
	case "kill":
		return p.permitKill(r.Args)
	case "sigaction":
		return p.permitSigaction(r.Args)
	}
	if p.lab.ground.folder() == "" && p.lab.Tier().Private() {
		return nil
	}
	return p.permitOutside(r, spec)
}

// permitArg refuses the descriptors of the worker's own machinery.
func (p *Process) permitArg(kind ParamKind, v Value) error {
	switch {
	case kind == KindFD && v.Kind == NumberValue:
		return p.permitFD(int(int32(v.Number)))
	case kind == KindPollFDs && v.Kind == MemoryValue:
		for b := v.Bytes; len(b) >= 8; b = b[8:] {
			if err := p.permitFD(int(int32(binary.NativeEndian.Uint32(b)))); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Process) permitFD(fd int) error {
	if !p.owns(fd) {
		return nil
	}
	return ErrNotMade{Reason: fmt.Sprintf("descriptor %d belongs to sockstep itself; without it this process could not be reached", fd)}
}

// permitKill lets a signal go to processes of the cast only. Each is its own
// process group, so that 0 is the caller.
func (p *Process) permitKill(args []Value) error {
	if len(args) < 2 {
		return nil
	}
	pid, sig := int(int32(args[0].Number)), int(int32(args[1].Number))
	if sig == cancelSignal {
		return ErrNotMade{Reason: fmt.Sprintf("signal %d is the one sockstep ends a waiting call with", sig)}
	}
	if pid == 0 || pid == p.PID() || pid == -p.PID() {
		return nil
	}
	for _, q := range p.lab.Processes() {
		if q.Alive() && (pid == q.PID() || pid == -q.PID()) {
			return nil
		}
	}
	return ErrNotMade{Reason: fmt.Sprintf("%d is not a process of this lesson", pid)}
}

func (p *Process) permitSigaction(args []Value) error {
	if len(args) > 0 && int(int32(args[0].Number)) == cancelSignal {
		return ErrNotMade{Reason: fmt.Sprintf("signal %d is the one sockstep ends a waiting call with", cancelSignal)}
	}
	return nil
}

// permitOutside keeps a call inside the loopback where the network is the host's,
// and inside the lab's folder where the files are.
func (p *Process) permitOutside(r *Request, spec *Spec) error {
	for i, param := range spec.Params {
		if i >= len(r.Args) || r.Args[i].Kind != MemoryValue {
			continue
		}
		b := r.Args[i].Bytes
		switch param.Kind {
		case KindSockaddrIn:
			if err := p.permitAddress(spec.Name, cutTo(b, r.Args, param.Len)); err != nil {
				return err
			}
		case KindPath:
			if err := p.permitPath(textOf(b)); err != nil {
				return err
			}
		}
	}
	if spec.Name == "listen" && !p.lab.Tier().Private() {
		return p.permitListen(r.Args)
	}
	return nil
}

// cutTo returns the part of b that the length argument covers.
func cutTo(b []byte, args []Value, length int) []byte {
	if length < 0 || length >= len(args) {
		return b
	}
	n := int(int32(args[length].Number))
	return b[:min(max(n, 0), len(b))]
}

func textOf(b []byte) string {
	text, _, _ := strings.Cut(string(b), "\x00")
	return text
}

// permitAddress looks at a struct sockaddr as far as the kernel would.
func (p *Process) permitAddress(call string, b []byte) error {
	if len(b) < 2 {
		return nil
	}
	switch family := sockaddrFamily(b); {
	case family == syscall.AF_UNIX:
		return p.permitSocketPath(b[2:])
	case p.lab.Tier().Private():
		return nil
	case family == syscall.AF_INET, family == syscall.AF_UNSPEC && call != "connect":
		if len(b) < 8 {
			return nil
		}
		return permitHost(call, netip.AddrFrom4([4]byte(b[4:8])))
	case family == syscall.AF_INET6:
		if len(b) < 24 {
			return nil
		}
		return permitHost(call, netip.AddrFrom16([16]byte(b[8:24])))
	}
	return nil
}

// permitHost lets through the loopback. connect(2) may also go to the unspecified
// address: there it means this host, and no packet leaves the machine.
func permitHost(call string, a netip.Addr) error {
	if a = a.Unmap(); a.IsLoopback() || call == "connect" && a.IsUnspecified() {
		return nil
	}
	return ErrNotMade{Reason: fmt.Sprintf("%s is outside this machine's loopback, and there is no private network here; use 127.0.0.1 or ::1", a)}
}

// permitSocketPath looks at sun_path. An empty one asks the kernel for a name.
func (p *Process) permitSocketPath(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if b[0] != 0 {
		return p.permitPath(textOf(b))
	}
	if p.lab.Tier().Private() {
		return nil
	}
	return ErrNotMade{Reason: "an abstract name is seen by the whole machine, and there is no private network here"}
}

// permitPath lets through names directly in the lab's folder, where the process
// is, and paths below it.
func (p *Process) permitPath(path string) error {
	folder := p.lab.ground.folder()
	if folder == "" || path == "" {
		return nil
	}
	whole := path
	if !filepath.IsAbs(path) {
		whole = filepath.Join(folder, path)
	}
	if rel, err := filepath.Rel(folder, filepath.Clean(whole)); err == nil && filepath.IsLocal(rel) {
		return nil
	}
	return ErrNotMade{Reason: fmt.Sprintf("%q is outside the lab's folder %s, and there is no private file system here", path, folder)}
}

// permitListen refuses to listen on a socket without an address: the kernel would
// choose a port on every address of the machine.
func (p *Process) permitListen(args []Value) error {
	if len(args) == 0 {
		return nil
	}
	b, err := p.lab.ground.name(context.Background(), p.body, int(int32(args[0].Number)))
	if err != nil || len(b) < 4 {
		return nil
	}
	family := sockaddrFamily(b)
	if (family == syscall.AF_INET || family == syscall.AF_INET6) && b[2] == 0 && b[3] == 0 {
		return ErrNotMade{Reason: "the socket has no address, so it would listen on every address of this machine; bind it to 127.0.0.1 first"}
	}
	return nil
}
