package linear

import (
	"encoding/binary"
	"fmt"
	"strings"

	"sockstep/lesson/cprog"
	"sockstep/netcore"
)

// addressFields says an address structure field by field, nil for anything else.
func addressFields(x cprog.Variable) []string {
	name, ok := strings.CutPrefix(x.Type, "struct ")
	if !ok || !strings.HasPrefix(name, "sockaddr") {
		return nil
	}
	fields := netcore.FieldsAs(name, x.Bytes, -1)
	if name == "sockaddr" || name == "sockaddr_storage" {
		fields = netcore.Fields(x.Bytes, -1)
	}
	var said []string
	for _, f := range fields {
		said = append(said, field(x, f))
	}
	return said
}

// field says one member: its bytes as they lie in memory, and what they mean.
func field(x cprog.Variable, f netcore.Field) string {
	end := min(f.Offset+f.Length, len(x.Bytes))
	if f.Offset >= end {
		return f.Name + ": outside the memory there is."
	}
	where := fmt.Sprintf("%s, bytes %d to %d: ", f.Name, f.Offset, end-1)
	bytes := hex(x, f.Offset, end)
	if strings.Contains(bytes, "--") || bytes == notWritten {
		return where + bytes + "."
	}
	return where + bytes + meaning(f)
}

func meaning(f netcore.Field) string {
	said := ". "
	switch f.Order {
	case netcore.NetworkOrder:
		said += "In network byte order this is " + f.Text + "." + otherwise(f)
	case netcore.HostOrder:
		said += "In this machine's byte order this is " + f.Host + "."
		if f.Text != "" && f.Text != f.Host {
			said += " That is " + f.Text + "."
		}
	default:
		if f.Text != "" {
			said += "That is " + f.Text + "."
		}
	}
	if f.Note != "" {
		said += " " + sentence(f.Note)
	}
	return strings.TrimRight(said, " ")
}

// otherwise is the number a network field would be if read in this machine's
// byte order, which is what a forgotten ntohs shows.
func otherwise(f netcore.Field) string {
	switch {
	case len(f.Raw) == 2 && f.Length == 2:
		return fmt.Sprintf(" Read in this machine's order it would be %d.", binary.NativeEndian.Uint16(f.Raw))
	case len(f.Raw) == 4 && f.Length == 4:
		return fmt.Sprintf(" Read in this machine's order it would be the number %d; in network order it is %s.", binary.NativeEndian.Uint32(f.Raw), f.Host)
	}
	return ""
}
