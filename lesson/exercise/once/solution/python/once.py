"""X06: a server that echoes once, to one client."""
import os
import socket


def main():
    port = int(os.environ.get("PORT", "7777"))
    with socket.create_server(("127.0.0.1", port)) as s:
        c, _ = s.accept()
        with c:
            c.sendall(c.recv(64))


main()
