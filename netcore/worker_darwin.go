package netcore

// tcpInfoOption is TCP_CONNECTION_INFO, whose first byte is the state.
const tcpInfoOption = 0x106
