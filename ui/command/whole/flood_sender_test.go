package whole

import (
	"fmt"
	"net"
	"time"
)

// asFlood makes the test binary send datagrams on the loopback it finds, as fast as
// it can, for as long as the variable says.
const asFlood = "SOCKSTEP_TEST_FLOOD"

func flood(how string) {
	d, err := time.ParseDuration(how)
	if err != nil {
		panic(err)
	}
	c, err := net.Dial("udp", "127.0.0.1:9")
	if err != nil {
		panic(err)
	}
	sent, payload := 0, make([]byte, 64)
	for end := time.Now().Add(d); time.Now().Before(end); sent++ {
		_, _ = c.Write(payload) // refused by every other
	}
	fmt.Println(sent)
}
