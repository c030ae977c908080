"""X12: an echo server for IPv4 and IPv6."""
import os
import socket


def talk(c):
    with c:
        try:
            while data := c.recv(4096):
                c.sendall(data)
        except OSError:
            pass


def main():
    port = int(os.environ.get("PORT", "7777"))
    with socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True) as s:
        while True:
            c, peer = s.accept()
            print(peer[0], peer[1], flush=True)
            talk(c)


main()
