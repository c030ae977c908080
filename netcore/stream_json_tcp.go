package netcore

import "time"

// wireTCP is TCPInfo with the same fields in the same order.
type wireTCP struct {
	RTT             time.Duration `json:"rtt_ns"`
	RTTVar          time.Duration `json:"rttvar_ns"`
	MinRTT          time.Duration `json:"min_rtt_ns"`
	RTO             time.Duration `json:"rto_ns"`
	ATO             time.Duration `json:"ato_ns"`
	CWnd            uint32        `json:"cwnd"`
	SSThresh        uint32        `json:"ssthresh"`
	SendWindow      uint32        `json:"snd_wnd"`
	ReceiveWindow   uint32        `json:"rcv_wnd"`
	ReceiveSpace    uint32        `json:"rcv_space"`
	ReceiveLimit    uint32        `json:"rcv_ssthresh"`
	MSS             uint32        `json:"mss"`
	ReceiveMSS      uint32        `json:"rcvmss"`
	AdvertisedMSS   uint32        `json:"advmss"`
	PMTU            uint32        `json:"pmtu"`
	Unacked         uint32        `json:"unacked"`
	Sacked          uint32        `json:"sacked"`
	Lost            uint32        `json:"lost"`
	Retrans         uint32        `json:"retrans"`
	TotalRetrans    uint32        `json:"total_retrans"`
	Retransmits     uint8         `json:"retransmits"`
	Probes          uint8         `json:"probes"`
	Backoff         uint8         `json:"backoff"`
	BytesSent       uint64        `json:"bytes_sent"`
	BytesAcked      uint64        `json:"bytes_acked"`
	BytesReceived   uint64        `json:"bytes_received"`
	BytesRetrans    uint64        `json:"bytes_retrans"`
	NotSent         uint32        `json:"notsent"`
	SegmentsOut     uint32        `json:"segs_out"`
	SegmentsIn      uint32        `json:"segs_in"`
	DataSegmentsOut uint32        `json:"data_segs_out"`
	DataSegmentsIn  uint32        `json:"data_segs_in"`
	Timestamps      bool          `json:"ts"`
	SACK            bool          `json:"sack"`
	WindowScaling   bool          `json:"wscale"`
	ECN             bool          `json:"ecn"`
	ECNSeen         bool          `json:"ecn_seen"`
	SendScale       uint8         `json:"snd_wscale"`
	ReceiveScale    uint8         `json:"rcv_wscale"`
}

// wireMemory is SocketMemory with the same fields in the same order.
type wireMemory struct {
	Receive      uint32 `json:"rmem"`
	ReceiveLimit uint32 `json:"rcvbuf"`
	Send         uint32 `json:"wmem"`
	SendLimit    uint32 `json:"sndbuf"`
	SendQueued   uint32 `json:"wmem_queued"`
	Forward      uint32 `json:"fwd"`
	Option       uint32 `json:"optmem"`
	Backlog      uint32 `json:"backlog"`
	Drops        uint32 `json:"drops"`
}
