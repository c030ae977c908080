package linear

import (
	"fmt"
	"strconv"
	"strings"

	"sockstep/lesson"
	"sockstep/netcore"
	"sockstep/ui/words"
)

// mostListed is how many packets are listed where nobody says which.
const mostListed = 200

// packets lists the packets so far, or those with the numbers of a range.
func (p *player) packets(rest string) {
	v := p.look()
	all := packetsOf(v)
	first, last, ok := packetRange(rest, len(all))
	switch {
	case !ok:
		p.out.say("Type packets, or packets and the first and the last number, as in: packets 100 200.")
		return
	case len(all) == 0:
		p.out.say("No packet has been seen.%s", unseenPackets(v))
		return
	}
	p.ends.Follow(v.Timeline, v.Events)
	if rest == "" && first > 1 {
		p.out.say("The last %d of %d packets; packets 1 %d lists those before.", mostListed, len(all), first-1)
	}
	for _, e := range all[first-1 : last] {
		p.out.indented("- ", words.Sighting(&p.ends, e.Packet)+p.causer(v, e.Packet))
	}
	p.lostPackets(v)
}

// causer names the call a packet belongs to.
func (p *player) causer(v *lesson.View, k *netcore.Packet) string {
	if k.Call == 0 || k.Of != 0 {
		return ""
	}
	if name := words.Call(v, k.Call); name != "" {
		return " By " + name + "."
	}
	return ""
}

// packetRange reads the range of packets to list, from 1.
func packetRange(rest string, n int) (first, last int, ok bool) {
	given := strings.Fields(rest)
	switch len(given) {
	case 0:
		return max(n-mostListed+1, 1), n, true
	case 1:
		given = append(given, given[0])
	}
	first, err1 := strconv.Atoi(given[0])
	last, err2 := strconv.Atoi(given[1])
	if err1 != nil || err2 != nil || len(given) > 2 || first < 1 || last < first {
		return 0, 0, false
	}
	return min(first, n+1), min(last, n), true
}

// packetsOf are the packets a view knows of, second sightings included.
func packetsOf(v *lesson.View) []netcore.Event {
	var all []netcore.Event
	if v.Timeline == nil {
		return nil
	}
	for i := range v.Events {
		if e := v.Timeline.At(i); e.Packet != nil {
			all = append(all, e)
		}
	}
	return all
}

// unseenPackets says why there are none, where they cannot be seen.
func unseenPackets(v *lesson.View) string {
	for _, m := range v.Snapshot.Missing {
		if strings.HasPrefix(m, "Packets") {
			return " " + m
		}
	}
	return ""
}

// onePacket says every field of a packet.
func (p *player) onePacket(rest string) {
	v := p.look()
	number, err := strconv.ParseUint(rest, 10, 32)
	if err != nil {
		p.out.say("Type the number of the packet, as in: packet 3. packets lists them.")
		return
	}
	p.ends.Follow(v.Timeline, v.Events)
	found := false
	for _, e := range packetsOf(v) {
		if e.Packet.Number != uint32(number) {
			continue
		}
		p.out.say("%s%s", words.Sighting(&p.ends, e.Packet), p.causer(v, e.Packet))
		if !found {
			p.fields(e.Packet)
		}
		found = true
	}
	if !found {
		p.out.say("There is no packet %d. packets lists those there are.", number)
	}
}

func (p *player) fields(k *netcore.Packet) {
	for _, f := range netcore.PacketFields(k.Raw) {
		p.out.indented("- ", fmt.Sprintf("%s, %s, %s: %s.", f.Layer, f.Name, bytesAt(f.Offset, f.Length), f.Text))
	}
	if n := len(k.Raw); n < int(k.Len) {
		p.out.say("Of its %d bytes the first %d were kept.", k.Len, n)
	}
}

// bytesAt says where bytes lie, counted from 0.
func bytesAt(offset, length int) string {
	if length <= 1 {
		return fmt.Sprintf("byte %d", offset)
	}
	return fmt.Sprintf("bytes %d to %d", offset, offset+length-1)
}

// lostPackets says how many packets nobody could record, whenever there are more.
func (p *player) lostPackets(v *lesson.View) {
	if n := v.Snapshot.Lost; n > p.lost {
		p.out.say("%s came too fast to be recorded.", words.Capital(words.Count(int(n), "packet")))
		p.lost = n
	}
}
