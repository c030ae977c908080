//go:build ignore

// A server and a client in one program. The server closes first.
package main

import (
	"fmt"
	"net"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:7777")
	if err != nil {
		panic(err)
	}
	client, err := net.Dial("tcp", "127.0.0.1:7777")
	if err != nil {
		panic(err)
	}
	server, err := listener.Accept()
	if err != nil {
		panic(err)
	}

	client.Write([]byte("hi"))
	got := make([]byte, 4)
	n, _ := server.Read(got)
	fmt.Println(n)
	server.Write(got[:n])
	server.Close()

	n, _ = client.Read(got)
	fmt.Println(string(got[:n]))
	client.Write([]byte("a")) // the answer to this is a reset
	_, err = client.Write([]byte("b"))
	fmt.Println(err)
	client.Close()
	listener.Close()
}
