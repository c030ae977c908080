"""X13: all of it, received and sent."""
import os
import select
import socket
import sys


def recv_all(s, n):
    """n bytes, or fewer where the end came before."""
    data = bytearray()
    while len(data) < n:
        try:
            more = s.recv(n - len(data))
        except BlockingIOError:
            select.select([s], [], [])
            continue
        if not more:
            break
        data += more
    return data


def send_all(s, data):
    data = memoryview(data)
    while data:
        try:
            data = data[s.send(data):]
        except BlockingIOError:
            select.select([], [s], [])


def main():
    size = int(sys.argv[1])
    s = socket.create_connection(("127.0.0.1", int(os.environ.get("PORT", "7777"))))
    if sys.argv[2:] == ["nonblocking"]:
        s.setblocking(False)
    while block := recv_all(s, size):
        if len(block) < size:
            sys.exit(f"the end came after {len(block)} of {size} bytes")
        send_all(s, block)


main()
