"""X17: a client that sends a request, ends its half and reads to the end."""
import os
import socket
import sys


def main():
    port = int(os.environ.get("PORT", "7777"))
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.sendall(b"GET / HTTP/1.0\r\n\r\n")
        s.shutdown(socket.SHUT_WR)
        while data := s.recv(4096):
            sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


main()
