"""X15: a server that sends frames back in capital letters."""
import os
import socket
import struct

MOST = 65536


def receive(c, n):
    """Exactly n bytes, or None when the end came before."""
    data = b""
    while len(data) < n:
        more = c.recv(n - len(data))
        if not more:
            return None
        data += more
    return data


def talk(c):
    while (length := receive(c, 4)) is not None:
        n, = struct.unpack("!I", length)
        if n > MOST or (data := receive(c, n)) is None:
            return
        c.sendall(length + data.upper())


def main():
    port = int(os.environ.get("PORT", "7777"))
    with socket.create_server(("127.0.0.1", port)) as s:
        while True:
            c, _ = s.accept()
            with c:
                try:
                    talk(c)
                except OSError:
                    pass


main()
