package netcore

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// sysctlShape is what the value of a sysctl looks like: that many numbers, or with
// 0 a word.
type sysctlShape int

// sysctls are the settings a lesson may make, ip-sysctl.rst. Each belongs to one
// network namespace, and none costs the machine more than a lab's own sockets.
var sysctls = map[string]sysctlShape{
	"net.core.somaxconn":                     1,
	"net.ipv4.icmp_echo_ignore_all":          1,
	"net.ipv4.icmp_ratelimit":                1,
	"net.ipv4.icmp_ratemask":                 1,
	"net.ipv4.ip_autobind_reuse":             1,
	"net.ipv4.ip_default_ttl":                1,
	"net.ipv4.ip_local_port_range":           2,
	"net.ipv4.ip_no_pmtu_disc":               1,
	"net.ipv4.ip_nonlocal_bind":              1,
	"net.ipv4.ip_unprivileged_port_start":    1,
	"net.ipv4.tcp_abort_on_overflow":         1,
	"net.ipv4.tcp_base_mss":                  1,
	"net.ipv4.tcp_comp_sack_delay_ns":        1,
	"net.ipv4.tcp_comp_sack_nr":              1,
	"net.ipv4.tcp_congestion_control":        0,
	"net.ipv4.tcp_dsack":                     1,
	"net.ipv4.tcp_early_retrans":             1,
	"net.ipv4.tcp_ecn":                       1,
	"net.ipv4.tcp_fastopen":                  1,
	"net.ipv4.tcp_fin_timeout":               1,
	"net.ipv4.tcp_frto":                      1,
	"net.ipv4.tcp_keepalive_intvl":           1,
	"net.ipv4.tcp_keepalive_probes":          1,
	"net.ipv4.tcp_keepalive_time":            1,
	"net.ipv4.tcp_max_syn_backlog":           1,
	"net.ipv4.tcp_max_tw_buckets":            1,
	"net.ipv4.tcp_min_snd_mss":               1,
	"net.ipv4.tcp_moderate_rcvbuf":           1,
	"net.ipv4.tcp_mtu_probing":               1,
	"net.ipv4.tcp_no_metrics_save":           1,
	"net.ipv4.tcp_notsent_lowat":             1,
	"net.ipv4.tcp_orphan_retries":            1,
	"net.ipv4.tcp_recovery":                  1,
	"net.ipv4.tcp_reordering":                1,
	"net.ipv4.tcp_retries1":                  1,
	"net.ipv4.tcp_retries2":                  1,
	"net.ipv4.tcp_rfc1337":                   1,
	"net.ipv4.tcp_rmem":                      3,
	"net.ipv4.tcp_rto_max_ms":                1,
	"net.ipv4.tcp_rto_min_us":                1,
	"net.ipv4.tcp_sack":                      1,
	"net.ipv4.tcp_shrink_window":             1,
	"net.ipv4.tcp_slow_start_after_idle":     1,
	"net.ipv4.tcp_syn_linear_timeouts":       1,
	"net.ipv4.tcp_syn_retries":               1,
	"net.ipv4.tcp_synack_retries":            1,
	"net.ipv4.tcp_syncookies":                1,
	"net.ipv4.tcp_timestamps":                1,
	"net.ipv4.tcp_tw_reuse":                  1,
	"net.ipv4.tcp_tw_reuse_delay":            1,
	"net.ipv4.tcp_window_scaling":            1,
	"net.ipv4.tcp_wmem":                      3,
	"net.ipv4.tcp_workaround_signed_windows": 1,
	"net.ipv4.udp_rmem_min":                  1,
	"net.ipv4.udp_wmem_min":                  1,
	"net.ipv6.bindv6only":                    1,
	"net.unix.max_dgram_qlen":                1,
}

// check looks at the words of a value. What a number may be, the kernel knows.
func (n sysctlShape) check(words []string) error {
	if n == 0 {
		return checkWord(words)
	}
	if len(words) != int(n) {
		return fmt.Errorf("%d values are given, it takes %d", len(words), n)
	}
	for _, w := range words {
		if _, err := strconv.ParseUint(w, 10, 32); err != nil {
			return fmt.Errorf("%q is no number", w)
		}
	}
	return nil
}

func checkWord(words []string) error {
	if len(words) != 1 {
		return errors.New("it takes one word")
	}
	letter := func(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-' }
	if strings.ContainsFunc(words[0], func(r rune) bool { return !letter(r) }) {
		return fmt.Errorf("%q is no name", words[0])
	}
	return nil
}

// likeSysctl suggests the full name of a sysctl that was given by its last part.
func likeSysctl(name string) string {
	for full := range sysctls {
		if name != "" && full[strings.LastIndexByte(full, '.')+1:] == name {
			return ": its full name is " + full
		}
	}
	return ""
}
