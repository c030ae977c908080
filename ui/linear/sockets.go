package linear

import (
	"fmt"
	"strconv"
	"strings"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// sockets says how TCP is doing on every socket, or with a descriptor everything the
// kernel says of one.
func (p *player) sockets(rest string) {
	v := p.look()
	if f := strings.Fields(rest); len(f) > 0 {
		p.oneSocket(v, f)
		return
	}
	said := false
	for i := range v.Snapshot.Sockets {
		k := &v.Snapshot.Sockets[i]
		if text := words.Transport(k); text != "" {
			p.out.indented("- ", fmt.Sprintf("%s, %s: %s.", p.socketName(k), k.State, text))
			said = true
		}
	}
	if !said {
		p.out.say("There is no connection, and nothing was lost or shut down.")
	}
}

// oneSocket lists the fields of the socket of a descriptor.
func (p *player) oneSocket(v *lesson.View, f []string) {
	k := socketOf(v, f)
	if k == nil {
		p.out.say("There is no socket like that. Write: sockets client 3, with the name of a side and the number of a descriptor.")
		return
	}
	for _, f := range words.SocketFields(*k) {
		p.out.indented("- ", fmt.Sprintf("%s: %s. %s.", f.Name, f.Value, words.Capital(f.Meaning)))
	}
}

// socketOf is the socket that words such as "client 3" name, nil when there is none.
func socketOf(v *lesson.View, f []string) *netcore.Socket {
	if len(f) != 2 {
		return nil
	}
	fd, err := strconv.Atoi(f[1])
	if err != nil {
		return nil
	}
	for i := range v.Snapshot.Sockets {
		for _, o := range v.Snapshot.Sockets[i].Owners {
			if o.Process == f[0] && o.FD == fd {
				return &v.Snapshot.Sockets[i]
			}
		}
	}
	return nil
}
