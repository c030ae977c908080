// 200 clients of one server, all goroutines, and ten children.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
)

func main() {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	// Until each client has been served: at the program's end no call is under way.
	var all sync.WaitGroup
	all.Go(func() {
		for range clients {
			c, err := l.Accept()
			if err != nil {
				fail(err)
			}
			all.Go(func() {
				b := make([]byte, 64)
				for {
					n, err := c.Read(b)
					if err != nil {
						_ = c.Close()
						return
					}
					if _, err := c.Write(b[:n]); err != nil {
						fail(err)
					}
				}
			})
		}
	})
	for i := range clients {
		all.Go(func() { talk(l.Addr().String(), i) })
	}
	for range 10 {
		all.Go(func() {
			if err := exec.Command("/bin/true").Run(); err != nil {
				fail(err)
			}
		})
	}
	all.Wait()
	fmt.Println("all talked")
}

const (
	clients = 200
	trips   = 5 // of each
)

func talk(to string, i int) {
	c, err := net.Dial("tcp4", to)
	if err != nil {
		fail(err)
	}
	text, b := fmt.Sprintf("talker %d", i), make([]byte, 64)
	for range trips {
		if _, err := io.WriteString(c, text); err != nil {
			fail(err)
		}
		if _, err := io.ReadFull(c, b[:len(text)]); err != nil || string(b[:len(text)]) != text {
			fail(fmt.Errorf("%q %v", b, err))
		}
	}
	_ = c.Close()
}

func fail(err error) {
	fmt.Println(err)
	os.Exit(1)
}
