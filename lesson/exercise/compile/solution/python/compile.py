"""X01: a server and a client."""
import os
import socket
import sys


def server(port):
    with socket.create_server(("127.0.0.1", port)) as s:
        c, _ = s.accept()
        with c:
            print(c.recv(64).decode())


def client(port):
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.sendall(b"hello")


def main():
    port = int(os.environ.get("PORT", "7777"))
    if sys.argv[1:] == ["server"]:
        server(port)
    else:
        client(port)


main()
