package netcore

// countedBy are the counters a Snapshot has, by the line of /proc/net/netstat or
// /proc/net/snmp they stand in, with what each counts. They are few: those a program's
// own calls or a stage setting can move.
var countedBy = map[string]map[string]string{
	"Tcp:": {
		"AttemptFails": "connections that failed before they were established",
		"EstabResets":  "established connections that ended at once, by a RST or without an answer",
		"InErrs":       "segments that came damaged",
		"OutRsts":      "segments sent with RST",
		"RetransSegs":  "segments repeated, SYNs too",
	},
	"TcpExt:": {
		"ListenDrops":          "SYNs and finished handshakes a listener threw away, for whatever reason",
		"ListenOverflows":      "SYNs and finished handshakes that found the accept queue full",
		"TCPAbortOnClose":      "connections reset because close(2) left bytes unread",
		"TCPAbortOnData":       "connections reset because data came after close(2), or by close(2) with an SO_LINGER of 0",
		"TCPAbortOnTimeout":    "connections given up because nobody answered",
		"TCPBacklogDrop":       "packets thrown away because too many came while a call held the socket",
		"TCPChallengeACK":      "acknowledgements sent because a SYN or RST did not fit the connection",
		"TCPFastRetrans":       "segments repeated because acknowledgements showed that they were lost",
		"TCPFromZeroWindowAdv": "times a closed window was opened again",
		"TCPKeepAlive":         "keepalive probes sent",
		"TCPLossProbes":        "last segments repeated early to provoke an acknowledgement",
		"TCPRcvQDrop":          "segments thrown away because the receive buffer was full",
		"TCPReqQFullDrop":      "SYNs thrown away because too many handshakes were unfinished",
		"TCPSynRetrans":        "SYNs and SYN ACKs repeated",
		"TCPTimeouts":          "times the RTO passed without an acknowledgement, each row of them counted once",
		"TCPToZeroWindowAdv":   "times a window of 0 was advertised",
		"TCPWinProbe":          "probes of a closed window sent",
	},
	"Ip:": {
		"InDiscards":  "IPv4 packets that came and were thrown away for lack of space",
		"OutNoRoutes": "IPv4 packets that had no route",
	},
	"Udp:": {
		"NoPorts":      "datagrams for a port nobody has bound",
		"RcvbufErrors": "datagrams thrown away because the receive buffer was full",
	},
}

// CounterMeaning says what a counter counts, "" for one no Snapshot has.
func CounterMeaning(name string) string {
	for _, of := range countedBy {
		if text := of[name]; text != "" {
			return text
		}
	}
	return ""
}
