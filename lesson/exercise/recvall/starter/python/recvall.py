"""X13, all of it: fill in what is marked TODO.  PORT=7777 python3 recvall.py 600"""
import os
import socket
import sys


def recv_all(s, n):
    """n bytes, or fewer where the end came before."""
    # TODO: recv() until all of it is there
    raise NotImplementedError


def send_all(s, data):
    # TODO: send() until all of it is taken; not sendall(), which fails where the socket
    #       is non-blocking
    raise NotImplementedError


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: recvall.py SIZE [nonblocking]")
    size = int(sys.argv[1])
    s = socket.create_connection(("127.0.0.1", int(os.environ.get("PORT", "7777"))))
    if sys.argv[2:] == ["nonblocking"]:
        s.setblocking(False)
    # TODO: again and again: a block with recv_all(), and back with send_all(); the exit
    #       status is 0 when the end came in front of a block, and 1 within one
    send_all(s, recv_all(s, size))


main()
