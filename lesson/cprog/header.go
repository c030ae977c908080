package cprog

import (
	"sort"
	"strings"
)

// headerBit is the bit of a header in a mask, or 0 when the course has no such
// header.
func headerBit(name string) uint64 {
	for i, h := range headerNames {
		if h == name {
			return 1 << i
		}
	}
	return 0
}

// headersGiving is the mask of the headers that give an identifier; a struct is
// "struct sockaddr_in". 0: no header of the course does.
func headersGiving(name string) uint64 {
	i := sort.Search(len(headerRows), func(i int) bool { return headerRows[i].name >= name })
	if i < len(headerRows) && headerRows[i].name == name {
		return headerRows[i].mask
	}
	return 0
}

// homeHeader is the header an identifier's manual page names, to propose it.
func homeHeader(name string) string {
	mask := headersGiving(name)
	if strings.HasPrefix(name, "hton") || strings.HasPrefix(name, "ntoh") {
		return "arpa/inet.h"
	}
	if name == "ssize_t" && mask != 0 { // POSIX has <sys/socket.h> define it, for send and recv
		return "sys/socket.h"
	}
	for i, h := range headerNames {
		if mask&(1<<i) != 0 {
			return h
		}
	}
	return ""
}
