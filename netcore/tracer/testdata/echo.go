// An echo server and its client, in goroutines.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"sync"
)

func main() {
	if err := run(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func run() error {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		c, err := l.Accept()
		if err == nil {
			_, _ = io.Copy(struct{ io.Writer }{c}, struct{ io.Reader }{c})
			_ = c.Close()
		}
	})
	c, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		return err
	}
	b := make([]byte, 64)
	for _, text := range []string{"hello", "\x1b[2J\x00\xff"} {
		if _, err := c.Write([]byte(text)); err != nil {
			return err
		}
		if n, err := io.ReadFull(c, b[:len(text)]); err != nil || string(b[:n]) != text {
			return fmt.Errorf("%q %v", b[:n], err)
		}
	}
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	if n, err := c.Read(b); err != io.EOF {
		return fmt.Errorf("%d %v", n, err)
	}
	serving.Wait()
	fmt.Println("echoed")
	return l.Close()
}
