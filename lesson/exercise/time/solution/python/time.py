"""X23: a time server as in RFC 868, with UDP."""
import os
import socket
import struct
import time


def main():
    port = int(os.environ.get("PORT", "7777"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", port))
        while True:
            _, peer = s.recvfrom(16)
            s.sendto(struct.pack("!I", int(time.time()) + 2208988800), peer)


main()
