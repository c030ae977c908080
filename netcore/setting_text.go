package netcore

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// settingForms is how each kind is written, for those who wrote it otherwise.
var settingForms = []struct {
	kind SettingKind
	form string
}{
	{SettingSysctl, "sysctl [server|client] NAME VALUE"},
	{SettingAddress, "address [server|client] ADDRESS"},
	{SettingRoute, "route [server|client] PREFIX swallow|unreachable|prohibit|blackhole"},
	{SettingDeaf, "deaf PROCESS DESCRIPTOR"},
	{SettingHeal, "heal PROCESS DESCRIPTOR"},
	{SettingBuffer, "buffer PROCESS DESCRIPTOR SEND RECEIVE"},
	{SettingRlimit, "rlimit PROCESS nofile|memlock NUMBER"},
	{SettingDestroy, "destroy timewait"},
	{SettingWire, "wire [hold|flow]"},
}

// The words of a route, a resource and the wire.
var (
	routeWords    = []string{"swallow", "unreachable", "prohibit", "blackhole"}
	resourceWords = []string{"nofile", "memlock"}
	wireWords     = []string{"hold", "flow"}
	endWords      = []string{ServerNetwork, ClientNetwork}
)

// ParseSetting reads a setting from its text. Its error names the word that is
// wrong and what is written instead.
func ParseSetting(text string) (StageSetting, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return StageSetting{}, errors.New("an empty stage setting: write one of " + kindWords())
	}
	s := StageSetting{Kind: SettingKind(words[0])}
	form := s.form()
	if form == "" {
		return StageSetting{}, fmt.Errorf("%q is no stage setting: write one of %s", words[0], kindWords())
	}
	if err := s.read(words[1:]); err != nil {
		return StageSetting{}, fmt.Errorf("%w; the form is: %s", err, form)
	}
	return s, nil
}

func (s StageSetting) form() string {
	for _, f := range settingForms {
		if f.kind == s.Kind {
			return f.form
		}
	}
	return ""
}

func kindWords() string {
	var kinds []string
	for _, f := range settingForms {
		kinds = append(kinds, string(f.kind))
	}
	return strings.Join(kinds, ", ")
}

// read takes the words behind the kind.
func (s *StageSetting) read(words []string) error {
	switch s.Kind {
	case SettingSysctl:
		return s.readSysctl(s.readEnd(words, 3))
	case SettingAddress:
		return s.readAddress(s.readEnd(words, 2))
	case SettingRoute:
		return s.readRoute(s.readEnd(words, 3))
	case SettingDeaf, SettingHeal:
		return s.readSocket(words, 2)
	case SettingBuffer:
		return s.readBuffer(words)
	case SettingRlimit:
		return s.readRlimit(words)
	case SettingDestroy:
		return s.readDestroy(words)
	}
	return s.readWire(words)
}

// readEnd takes an end of the wire off the front, where at least size words make
// room for one.
func (s *StageSetting) readEnd(words []string, size int) []string {
	if len(words) < size || !slices.Contains(endWords, words[0]) {
		return words
	}
	s.Process = words[0]
	return words[1:]
}

// count complains unless there are n words.
func count(words []string, n int) error {
	switch {
	case len(words) < n:
		return fmt.Errorf("%d of %d words are there", len(words), n)
	case len(words) > n:
		return fmt.Errorf("%q is one word too many", words[n])
	}
	return nil
}

// oneOf complains unless word is in the list.
func oneOf(word string, list []string) error {
	if slices.Contains(list, word) {
		return nil
	}
	return fmt.Errorf("%q: write %s", word, strings.Join(list, " or "))
}

func (s *StageSetting) readSysctl(words []string) error {
	if len(words) == 0 {
		return errors.New("the name is missing")
	}
	shape, ok := sysctls[words[0]]
	if !ok {
		return fmt.Errorf("%q is no sysctl that a lesson may set%s", words[0], likeSysctl(words[0]))
	}
	if err := shape.check(words[1:]); err != nil {
		return fmt.Errorf("%s: %w", words[0], err)
	}
	s.Name, s.Value = words[0], strings.Join(words[1:], " ")
	return nil
}

func (s *StageSetting) readAddress(words []string) error {
	if err := count(words, 1); err != nil {
		return err
	}
	a, err := netip.ParseAddr(words[0])
	if err != nil || a.Zone() != "" || a.Is4In6() {
		return fmt.Errorf("%q is no address, such as 10.9.0.5", words[0])
	}
	if !stageRange(netip.PrefixFrom(a, a.BitLen()), true) {
		return fmt.Errorf("%s is somebody's: take a private address (10.0.0.0/8, 192.168.0.0/16, fd00::/8) or one for documentation (192.0.2.0/24)", a)
	}
	s.Name = a.String()
	return nil
}

func (s *StageSetting) readRoute(words []string) error {
	if err := count(words, 2); err != nil {
		return err
	}
	p, err := parsePrefix(words[0])
	if err != nil {
		return err
	}
	if !stageRange(p, false) {
		return fmt.Errorf("%s is not a private prefix (within 10.0.0.0/8, 192.168.0.0/16, fd00::/8) nor one for documentation (192.0.2.0/24)", p)
	}
	if p.Addr().Is6() && words[1] == "swallow" {
		// The kernel turns an IPv6 route to lo into one that refuses.
		return errors.New("swallow is for IPv4 prefixes only")
	}
	s.Name, s.Value = p.String(), words[1]
	return oneOf(words[1], routeWords)
}

// parsePrefix reads a prefix, or an address as the prefix of itself alone.
func parsePrefix(word string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(word); err == nil && a.Zone() == "" && !a.Is4In6() {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(word)
	switch {
	case err != nil || p.Addr().Is4In6():
		return p, fmt.Errorf("%q is no prefix, such as 10.9.9.0/24", word)
	case p != p.Masked():
		return p, fmt.Errorf("%s has bits behind its length: write %s", p, p.Masked())
	}
	return p, nil
}

// stageRanges are the prefixes nobody outside can own: RFC 1918, 4193, 5737, 3849
// and 2544; the loopback's last.
var stageRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("127.0.0.0/8"),
}

// stageRange reports whether a prefix lies in one of the ranges. No route of the
// loopback's does anything: the kernel's own table goes before it.
func stageRange(p netip.Prefix, loopback bool) bool {
	return slices.ContainsFunc(stageRanges, func(r netip.Prefix) bool {
		return r.Contains(p.Addr()) && p.Bits() >= r.Bits() && (loopback || !r.Addr().IsLoopback())
	})
}

// readSocket takes a process and a descriptor off n words.
func (s *StageSetting) readSocket(words []string, n int) error {
	if err := count(words, n); err != nil {
		return err
	}
	if err := s.readProcess(words[0]); err != nil {
		return err
	}
	fd, err := strconv.ParseUint(words[1], 10, 20)
	if err != nil {
		return fmt.Errorf("%q is no descriptor, such as 3", words[1])
	}
	s.FD = int(fd)
	return nil
}

// readProcess takes the name of a process, which says nothing but itself on a
// screen.
func (s *StageSetting) readProcess(word string) error {
	if strings.ContainsFunc(word, func(r rune) bool { return r == utf8.RuneError || !strconv.IsPrint(r) }) {
		return fmt.Errorf("%q is no name of a process", word)
	}
	s.Process = word
	return nil
}

func (s *StageSetting) readBuffer(words []string) error {
	if err := s.readSocket(words, 4); err != nil {
		return err
	}
	for _, w := range words[2:] {
		if _, err := strconv.ParseUint(w, 10, 30); err != nil {
			return fmt.Errorf("%q is no size in bytes", w)
		}
	}
	s.Value = words[2] + " " + words[3]
	return nil
}

func (s *StageSetting) readRlimit(words []string) error {
	if err := count(words, 3); err != nil {
		return err
	}
	if err := s.readProcess(words[0]); err != nil {
		return err
	}
	if err := oneOf(words[1], resourceWords); err != nil {
		return err
	}
	if _, err := strconv.ParseUint(words[2], 10, 63); err != nil {
		return fmt.Errorf("%q is no number", words[2])
	}
	s.Name, s.Value = words[1], words[2]
	return nil
}

func (s *StageSetting) readDestroy(words []string) error {
	if err := count(words, 1); err != nil {
		return err
	}
	s.Name = words[0]
	return oneOf(words[0], []string{"timewait"})
}

func (s *StageSetting) readWire(words []string) error {
	if len(words) == 0 {
		return nil
	}
	if err := count(words, 1); err != nil {
		return err
	}
	s.Value = words[0]
	return oneOf(words[0], wireWords)
}

// String is the setting as ParseSetting reads it.
func (s StageSetting) String() string { return joinWords(string(s.Kind), s.subject(), s.Value) }

// subject is what is set, without the value: the words between.
func (s StageSetting) subject() string {
	if s.aboutSocket() {
		return joinWords(s.Process, strconv.Itoa(s.FD))
	}
	return joinWords(s.Process, s.Name)
}

func joinWords(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

// aboutSocket reports whether the setting is about one socket of a process.
func (s StageSetting) aboutSocket() bool {
	return s.Kind == SettingDeaf || s.Kind == SettingHeal || s.Kind == SettingBuffer
}

// aboutProcess reports whether Process names a process and not an end of the wire.
func (s StageSetting) aboutProcess() bool { return s.aboutSocket() || s.Kind == SettingRlimit }
