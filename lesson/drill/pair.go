package drill

import "fmt"

// connection writes a server and a client up to an accepted connection: descriptor 3
// is the listening socket in the server and the connection in the client, 4 is the
// connection in the server.
func (s *script) connection() {
	s.listening()
	s.connects()
	s.run(server, "int c = accept(s, NULL, NULL);")
}

func (s *script) listening() {
	s.address(server)
	s.quietly(server, "int one = 1;")
	s.run(server, "int s = socket(AF_INET, SOCK_STREAM, 0);")
	s.quietly(server, "setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);")
	s.run(server, bindS)
	s.run(server, "listen(s, 5);")
}

func (s *script) connects() {
	s.address(client)
	s.run(client, "int s = socket(AF_INET, SOCK_STREAM, 0);")
	s.run(client, connectS)
}

// texts are what is sent.
var texts = []string{"ab", "data", "hello", "socket", "network", "datagram", "ten bytes!", "a longer text"}

// sends writes a line that sends a text over a descriptor.
func (s *script) sends(role, from, text string) int {
	s.run(role, "send(%s, %q, %d, 0);", from, text, len(text))
	return len(text)
}

// arrived waits until so many bytes wait in the server's connection.
func (s *script) arrived(n int) { s.until("recvq server 4", fmt.Sprint(n)) }
