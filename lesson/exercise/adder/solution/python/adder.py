"""X10: a server that adds numbers."""
import os
import socket
import struct


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
    while (count := receive(c, 2)) is not None:
        numbers = receive(c, 4 * struct.unpack("!H", count)[0])
        if numbers is None:
            return
        c.sendall(struct.pack("!Q", sum(n for n, in struct.iter_unpack("!I", numbers))))


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
