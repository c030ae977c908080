"""X02: three sockets, and what the kernel says of them."""
import socket

KINDS = [
    (socket.AF_INET, socket.SOCK_STREAM),
    (socket.AF_INET6, socket.SOCK_DGRAM),
    (socket.AF_UNIX, socket.SOCK_STREAM),
]


def main():
    sockets = [socket.socket(family, kind) for family, kind in KINDS]
    for s in sockets:
        print(s.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE))
    for s in sockets:
        s.close()


main()
