package lesson

import (
	"fmt"
	"strings"
	"time"

	"sockstep/netcore"
)

// ssCompared are the words of ss that are compared, by what stands before the colon.
// lastsnd, lastrcv, lastack and busy are times that run, and the rates are made of
// them: these differ between any two looks. What ss makes of the algorithm's own state
// (bbr, cubic) no sample has.
var ssCompared = map[string]bool{
	"skmem": true, "wscale": true, "rto": true, "backoff": true, "rtt": true, "ato": true, "mss": true, "pmtu": true,
	"rcvmss": true, "advmss": true, "cwnd": true, "ssthresh": true, "bytes_sent": true, "bytes_retrans": true,
	"bytes_acked": true, "bytes_received": true, "segs_out": true, "segs_in": true, "data_segs_out": true,
	"data_segs_in": true, "unacked": true, "retrans": true, "lost": true, "sacked": true, "rcv_space": true,
	"rcv_ssthresh": true, "notsent": true, "minrtt": true, "snd_wnd": true,
}

// ssFlags are words without a colon. The one that follows them is the congestion
// control.
var ssFlags = map[string]bool{"ts": true, "sack": true, "ecn": true, "ecnseen": true, "fastopen": true}

// ssInfo takes what is compared out of the words behind a row's addresses.
func ssInfo(words []string) map[string]string {
	info := map[string]string{}
	details := false
	for _, w := range words {
		name, value, colon := strings.Cut(w, ":")
		switch {
		case len(w) == 3 && w[1] == '-':
			info["shutdown"] = w
		case colon && ssCompared[name]:
			info[name] = value
		case !colon && ssFlags[w]:
			info[w] = "on"
		case !colon && details && info["congestion"] == "":
			info["congestion"] = w
		}
		details = details || name == "skmem"
	}
	return info
}

// infoOf writes a socket the way ss does, which leaves out most of what is 0.
func infoOf(k netcore.Socket) map[string]string {
	info := map[string]string{}
	if k.Shutdown != "" {
		info["shutdown"] = map[string]string{netcore.ShutdownNone: "<->", netcore.ShutdownReceive: "-->",
			netcore.ShutdownSend: "<--", netcore.ShutdownBoth: "---"}[k.Shutdown]
	}
	if m := k.Memory; m != nil {
		info["skmem"] = fmt.Sprintf("(r%d,rb%d,t%d,tb%d,f%d,w%d,o%d,bl%d,d%d)", m.Receive, m.ReceiveLimit, m.Send, m.SendLimit,
			m.Forward, m.SendQueued, m.Option, m.Backlog, m.Drops)
	}
	if k.Congestion != "" {
		info["congestion"] = k.Congestion
	}
	if t := k.TCPInfo; t != nil {
		flagsOf(info, t)
		numbersOf(info, t)
	}
	if k.State == "LISTEN" && k.RecvQ > 0 {
		info["unacked"] = fmt.Sprint(k.RecvQ) // the kernel's two uses of one field
	}
	return info
}

func flagsOf(info map[string]string, t *netcore.TCPInfo) {
	for name, on := range map[string]bool{"ts": t.Timestamps, "sack": t.SACK, "ecn": t.ECN, "ecnseen": t.ECNSeen} {
		if on {
			info[name] = "on"
		}
	}
	if t.WindowScaling {
		info["wscale"] = fmt.Sprintf("%d,%d", t.SendScale, t.ReceiveScale)
	}
	if t.RTT > 0 {
		info["rtt"] = milliseconds(t.RTT) + "/" + milliseconds(t.RTTVar)
	}
	if t.Retrans > 0 || t.TotalRetrans > 0 {
		info["retrans"] = fmt.Sprintf("%d/%d", t.Retrans, t.TotalRetrans)
	}
	for name, d := range map[string]time.Duration{"rto": t.RTO, "ato": t.ATO, "minrtt": t.MinRTT} {
		if d > 0 && !(name == "rto" && d == 3*time.Second) { // ss leaves out what was once the first RTO
			info[name] = milliseconds(d)
		}
	}
}

// milliseconds is what printf's %g makes of them.
func milliseconds(d time.Duration) string { return fmt.Sprintf("%.6g", float64(d.Microseconds())/1000) }

func numbersOf(info map[string]string, t *netcore.TCPInfo) {
	for name, n := range map[string]uint64{
		"backoff": uint64(t.Backoff), "mss": uint64(t.MSS), "pmtu": uint64(t.PMTU), "rcvmss": uint64(t.ReceiveMSS),
		"advmss": uint64(t.AdvertisedMSS), "cwnd": uint64(t.CWnd), "ssthresh": uint64(t.SSThresh),
		"bytes_sent": t.BytesSent, "bytes_retrans": t.BytesRetrans, "bytes_acked": t.BytesAcked, "bytes_received": t.BytesReceived,
		"segs_out": uint64(t.SegmentsOut), "segs_in": uint64(t.SegmentsIn), "data_segs_out": uint64(t.DataSegmentsOut),
		"data_segs_in": uint64(t.DataSegmentsIn), "unacked": uint64(t.Unacked), "lost": uint64(t.Lost), "sacked": uint64(t.Sacked),
		"rcv_space": uint64(t.ReceiveSpace), "rcv_ssthresh": uint64(t.ReceiveLimit), "notsent": uint64(t.NotSent), "snd_wnd": uint64(t.SendWindow),
	} {
		if n > 0 {
			info[name] = fmt.Sprint(n)
		}
	}
}
