"""X18: a server that may say no early, and whose answer is not lost."""
import os
import socket

MOST = 1000


def serve(c):
    with c, c.makefile("rb") as r:
        n = int(r.readline(16))
        if n > MOST:
            c.sendall(b"413\n")
            c.shutdown(socket.SHUT_WR)
            while r.read1(4096):
                pass
        elif len(r.read(n)) == n:
            c.sendall(b"200\n")


def main():
    port = int(os.environ.get("PORT", "7777"))
    with socket.create_server(("127.0.0.1", port)) as s:
        while True:
            c, _ = s.accept()
            try:
                serve(c)
            except (OSError, ValueError):
                pass


main()
