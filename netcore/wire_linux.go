package netcore

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/netcore/protocol"
)

// The wire: each end is a network of its own with an interface eth0, a veth whose
// other side, named after the end, is in the lab process's own network. Nothing
// joins the two there but the lab process itself, which reads what arrives on one
// and writes it to the other. Nobody asks for hardware addresses: both eth0 have
// the same one, and none of the two in the middle has it, so that the middle takes
// nothing for its own.

// endLink is the interface at an end, endHardware the hardware address of both.
const endLink = "eth0"

var endHardware = []byte{2, 0, 0, 0, 0, 1}

const wireMTU = 1500

// layWire makes two networks from the lab process's own, and joins them.
func (s *station) layWire() error {
	home, err := currentNetwork()
	if err != nil {
		return err
	}
	s.home = home
	_ = writeSetting("net/ipv4/tcp_child_ehash_entries", "512") // or looking takes longer
	_ = writeSetting("net/ipv4/udp_child_hash_entries", "128")
	quiet6()
	var taps [2]int
	s.networks = nil
	for i, end := range []struct {
		number  uint8
		address string
	}{{protocol.NetworkServer, ServerAddress}, {protocol.NetworkClient, ClientAddress}} {
		t, err := s.newEnd(end.number)
		if err != nil {
			return err
		}
		s.networks = append(s.networks, t)
		if taps[i], err = s.join(t, netip.PrefixFrom(netip.MustParseAddr(end.address), 24)); err != nil {
			return fmt.Errorf("end %s: %w", t.name(), err)
		}
	}
	s.wire = newWireEngine(taps[0], taps[1], s.bring)
	go s.wire.run()
	return nil
}

// currentNetwork opens the network namespace of the calling thread.
func currentNetwork() (int, error) {
	fd, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("open the network namespace: %w", err)
	}
	return fd, nil
}

// quiet6 keeps interfaces that are made later from speaking IPv6, which they do by
// themselves: an end's packets are the lesson's only.
func quiet6() { _ = writeSetting("net/ipv6/conf/default/disable_ipv6", "1") }

// newEnd makes a network like the lab's, and comes back from it.
func (s *station) newEnd(number uint8) (*territory, error) {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return nil, fmt.Errorf("unshare network: %w", err)
	}
	defer s.comeHome()
	space, err := currentNetwork()
	if err != nil {
		return nil, err
	}
	quiet6()
	if err := loopbackUp(); err != nil {
		return nil, err
	}
	applySettings() // what cannot be set was said of the lab's own network
	return &territory{number: number, space: space, link: endLink}, nil
}

// join lays the cable from an end to the middle and returns the packet socket
// there.
func (s *station) join(t *territory, address netip.Prefix) (tap int, err error) {
	nl, err := openNetlink(unix.NETLINK_ROUTE)
	if err != nil {
		return -1, err
	}
	defer nl.close()
	if err := nl.addCable(t.name(), t.space); err != nil {
		return -1, err
	}
	if err := s.inside(t, func() error { return plugIn(address) }); err != nil {
		return -1, err
	}
	if err := awaitCarrier(t.name()); err != nil {
		return -1, err
	}
	index, err := interfaceIndex(t.name())
	if err != nil {
		return -1, err
	}
	return openTap(int(index))
}

// addCable makes a veth pair: its near side in this network, up, its far side as
// eth0 in another. veth(4), rtnetlink(7).
func (s *netlinkSocket) addCable(name string, space int) error {
	far := linkMessage(unix.IFF_NOARP) // up once it has its other side
	far = putAttribute(far, unix.IFLA_IFNAME, linkName(endLink))
	far = putAttribute(far, unix.IFLA_ADDRESS, endHardware)
	far = putAttribute(far, unix.IFLA_MTU, nativeUint32(wireMTU))
	far = putAttribute(far, unix.IFLA_NET_NS_FD, nativeUint32(uint32(space)))
	const vethPeer = 1 // VETH_INFO_PEER, linux/veth.h
	info := putAttribute(nil, unix.IFLA_INFO_KIND, []byte("veth"))
	info = putAttribute(info, unix.IFLA_INFO_DATA, putAttribute(nil, vethPeer, far))
	near := linkMessage(unix.IFF_NOARP | unix.IFF_UP)
	near = putAttribute(near, unix.IFLA_IFNAME, linkName(name))
	near = putAttribute(near, unix.IFLA_MTU, nativeUint32(wireMTU))
	near = putAttribute(near, unix.IFLA_LINKINFO, info)
	if _, err := s.ask(unix.RTM_NEWLINK, unix.NLM_F_ACK|unix.NLM_F_CREATE|unix.NLM_F_EXCL, near); err != nil {
		return fmt.Errorf("make the interface %s: %w", name, err)
	}
	return nil
}

// linkMessage is struct ifinfomsg of an interface that gets these flags.
func linkMessage(flags uint32) []byte {
	b := make([]byte, unix.SizeofIfInfomsg)
	binary.NativeEndian.PutUint32(b[8:], flags)
	binary.NativeEndian.PutUint32(b[12:], flags)
	return b
}

func linkName(s string) []byte { return append([]byte(s), 0) }

// plugIn gives an end its address, and has its kernel compute every checksum and
// cut every segment itself, so that the packets in the middle are what a real wire
// would carry.
func plugIn(address netip.Prefix) error {
	nl, err := openNetlink(unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer nl.close()
	index, err := interfaceIndex(endLink)
	if err != nil {
		return err
	}
	if err := noOffload(endLink); err != nil {
		return err
	}
	if err := interfaceUp(endLink); err != nil {
		return err
	}
	if err := nl.addAddress(index, address); err != nil {
		return err
	}
	return awaitCarrier(endLink)
}

// The requests of linux/ethtool.h that switch off a service of the interface.
const (
	ethtoolTxChecksum = 0x17 // ETHTOOL_STXCSUM
	ethtoolTSO        = 0x1f // ETHTOOL_STSO
	ethtoolGSO        = 0x24 // ETHTOOL_SGSO
	ethtoolGRO        = 0x2c // ETHTOOL_SGRO
)

// noOffload wraps netdevice(7)'s SIOCETHTOOL.
func noOffload(name string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("socket: %w", err)
	}
	defer unix.Close(fd)
	for _, request := range []uint32{ethtoolTxChecksum, ethtoolTSO, ethtoolGSO, ethtoolGRO} {
		value := [2]uint32{request, 0}
		var ifr struct {
			name [unix.IFNAMSIZ]byte
			data unsafe.Pointer
			rest [16]byte
		}
		copy(ifr.name[:], name)
		ifr.data = unsafe.Pointer(&value)
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&ifr)))
		if errno != 0 {
			return fmt.Errorf("offload %#x of %s: %w", request, name, errno)
		}
	}
	return nil
}

// openTap opens a packet socket for what arrives at an interface, packet(7). What
// is written to it leaves there, and is not read again.
func openTap(index int) (int, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, fmt.Errorf("packet socket: %w", err)
	}
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, captureBuffer)
	for _, option := range [][2]int{{unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING}, {unix.SOL_SOCKET, unix.SO_TIMESTAMPNS}} {
		if err := unix.SetsockoptInt(fd, option[0], option[1], 1); err != nil {
			return -1, fmt.Errorf("option %d of the packet socket: %w", option[1], err)
		}
	}
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: bigEndian16(unix.ETH_P_ALL), Ifindex: index}); err != nil {
		return -1, fmt.Errorf("bind the packet socket: %w", err)
	}
	return fd, nil
}
