"""X21: a server that notices when a client has vanished."""
import os
import socket
import time

PING, GONE = 0.5, 2.0


def serve(c):
    """Returns when the client has left or vanished."""
    c.settimeout(PING)
    rest, heard = b"", time.monotonic()
    while True:
        try:
            data = c.recv(4096)
        except TimeoutError:
            if time.monotonic() - heard >= GONE:
                return
            c.sendall(b"ping\n")
            continue
        if not data:
            return
        heard = time.monotonic()
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            if line != b"pong":
                c.sendall(line + b"\n")


def main():
    port = int(os.environ.get("PORT", "7777"))
    with socket.create_server(("127.0.0.1", port)) as s:
        while True:
            c, _ = s.accept()
            with c:
                try:
                    serve(c)
                except OSError:
                    pass


main()
