package linear

import (
	"fmt"
	"slices"
	"strings"

	"sockstep/lesson"
	"sockstep/lesson/cprog"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// descriptors says every process's descriptor table and every socket. Standard
// input, output and errors are left out when brief.
func (p *player) descriptors(v *lesson.View, brief bool) {
	for _, t := range v.Snapshot.Processes {
		if brief {
			t.FDs = slices.DeleteFunc(slices.Clone(t.FDs), func(d netcore.Descriptor) bool { return d.Standard() })
		}
		p.table(v, t)
	}
	for _, k := range v.Snapshot.Sockets {
		if len(k.Owners) == 0 {
			p.out.say("%s: %s.", p.socketName(&k), socket(k))
		}
	}
	for _, m := range v.Snapshot.Missing {
		p.out.say("%s", m)
	}
}

func (p *player) table(v *lesson.View, t netcore.ProcessTable) {
	if !t.Alive {
		p.out.say("%s, process %d, is gone.", t.Name, t.PID)
		return
	}
	if len(t.FDs) == 0 {
		p.out.say("%s, process %d: no descriptor of its own.", t.Name, t.PID)
		return
	}
	p.out.say("%s, process %d:", t.Name, t.PID)
	for _, d := range t.FDs {
		if k, ok := lesson.SocketOf(v.Snapshot, t.Name, d.FD); ok {
			p.out.indented(fmt.Sprintf("  %d: ", d.FD), socket(k)+flags(d)+".")
			continue
		}
		p.out.indented(fmt.Sprintf("  %d: ", d.FD), d.Kind+" "+d.Target+flags(d)+".")
	}
}

func flags(d netcore.Descriptor) string {
	if len(d.Flags) == 0 {
		return ""
	}
	return ", flags " + strings.Join(d.Flags, " ")
}

// socket says everything the kernel showed of a socket.
func socket(k netcore.Socket) string {
	kind := k.Protocol
	if kind == "" {
		kind = k.Domain + " " + k.Type
	}
	text := kind + " socket, " + k.State
	if k.Path != "" {
		text += ", name " + k.Path
	}
	text += ", local " + lesson.AddrText(k.Local) + ", peer " + lesson.AddrText(k.Peer)
	if k.State == "LISTEN" {
		text += fmt.Sprintf(", %d waiting for accept, limit %d", k.RecvQ, k.SendQ)
	} else {
		text += fmt.Sprintf(", receive queue %d bytes, send queue %d bytes", k.RecvQ, k.SendQ)
	}
	if t := words.Timer(&k); t != "" {
		text += ", " + t
	}
	return text
}

// bytes says a variable byte by byte; with no names, the address structures and
// buffers of the current side.
func (p *player) bytes(v *lesson.View, words []string) {
	name := p.current(v)
	if len(words) > 0 && sideOf(v, words[0]) != nil {
		name, words = words[0], words[1:]
	}
	side := sideOf(v, name)
	if side == nil {
		return
	}
	found := false
	for _, x := range side.Variables {
		if len(words) == 0 && x.Size > 8 || len(words) > 0 && x.Name == root(words[0]) {
			p.variable(side.Name, x)
			found = true
		}
	}
	if !found {
		p.out.say("%s has %s now.", name, none(words))
	}
}

func none(words []string) string {
	if len(words) == 0 {
		return "no structure and no buffer"
	}
	return "no variable " + words[0]
}

// root is the variable a path of members begins with.
func root(path string) string {
	name, _, _ := strings.Cut(path, ".")
	return name
}

func (p *player) variable(side string, x cprog.Variable) {
	p.out.say("%s, %s %s, %d bytes:", side, x.Type, x.Name, x.Size)
	if fields := addressFields(x); fields != nil {
		for _, f := range fields {
			p.out.indented("  ", f)
		}
		return
	}
	for at := 0; at < len(x.Bytes); at += 16 {
		end := min(at+16, len(x.Bytes))
		p.out.indented(fmt.Sprintf("  %d to %d: ", at, end-1), hex(x, at, end))
	}
	if x.Value != "" {
		p.out.indented("  ", "The program would see: "+x.Value)
	}
}

// notWritten stands for bytes the program never set.
const notWritten = "not written"

// hex is a run of a variable's bytes; a byte never written is said to be so.
func hex(x cprog.Variable, from, to int) string {
	out := make([]string, 0, to-from)
	written := false
	for i := from; i < to; i++ {
		if i < len(x.Written) && !x.Written[i] {
			out = append(out, "--")
			continue
		}
		written = true
		out = append(out, fmt.Sprintf("%02x", x.Bytes[i]))
	}
	if !written {
		return notWritten
	}
	return strings.Join(out, " ")
}

// headers says what the headers of the current side's program give it.
func (p *player) headers(v *lesson.View, words []string) {
	name := p.current(v)
	if len(words) > 0 {
		name = words[0]
	}
	side := sideOf(v, name)
	if side == nil || side.Program == nil {
		return
	}
	for _, in := range side.Program.Includes() {
		if gives := side.Program.Gives(in.Header); len(gives) > 0 {
			p.out.indented("- ", fmt.Sprintf("%s gives %s.", in.Header, strings.Join(gives, ", ")))
		}
	}
}

// program shows a side's whole program, the next line marked.
func (p *player) program(v *lesson.View, side *lesson.Side) {
	if side.Program == nil {
		return
	}
	p.out.say("%s runs %s. %s", side.Name, side.Program.File(), condition(side))
	for n, l := range side.Program.Lines() {
		mark := "    "
		if n+1 == side.Line {
			mark = "now "
		}
		p.out.code(fmt.Sprintf("%s%3d  %s", mark, n+1, codeLine(l)))
	}
}
