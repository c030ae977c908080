package netcore

// tcpInfoOption is TCP_INFO, whose first byte is the state.
const tcpInfoOption = 0x20
