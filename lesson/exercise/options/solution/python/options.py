"""X30: a server that reports what its connections inherit."""
import fcntl
import os
import select
import socket

SOCKET, TCP = socket.SOL_SOCKET, socket.IPPROTO_TCP
ASKS = [
    ("SO_ACCEPTCONN", SOCKET),
    ("SO_REUSEADDR", SOCKET),
    ("SO_KEEPALIVE", SOCKET),
    ("SO_RCVBUF", SOCKET),
    ("TCP_NODELAY", TCP),
    ("TCP_KEEPIDLE", TCP),
]


def report(who, s):
    for name, level in ASKS:
        print(who, name, s.getsockopt(level, getattr(socket, name)))
    print(who, "O_NONBLOCK", int(fcntl.fcntl(s, fcntl.F_GETFL) & os.O_NONBLOCK != 0))
    print(who, "FD_CLOEXEC", int(fcntl.fcntl(s, fcntl.F_GETFD) & fcntl.FD_CLOEXEC != 0), flush=True)


def main():
    port = int(os.environ.get("PORT", "7777"))
    with socket.socket() as s:
        s.setblocking(False)
        s.setsockopt(SOCKET, socket.SO_REUSEADDR, 1)
        s.setsockopt(SOCKET, socket.SO_KEEPALIVE, 1)
        s.setsockopt(SOCKET, socket.SO_RCVBUF, 10000)
        s.setsockopt(TCP, socket.TCP_NODELAY, 1)
        s.setsockopt(TCP, socket.TCP_KEEPIDLE, 60)
        s.bind(("127.0.0.1", port))
        s.listen()
        while True:
            select.select([s], [], [])
            try:
                c, _ = s.accept()
            except (BlockingIOError, ConnectionAbortedError):
                continue
            with c:
                report("listening", s)
                report("accepted", c)
                try:
                    while c.recv(512):
                        pass
                except ConnectionError:
                    pass


main()
