"""X14: a server that sends lines back in capital letters."""
import os
import socket

MOST = 65536


def talk(c):
    rest = b""
    while len(rest) <= MOST and (data := c.recv(4096)):
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            if len(line) > MOST:
                return
            c.sendall(line.upper() + b"\n")


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
