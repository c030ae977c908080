"""X27: an echo server with a thread for each client."""
import os
import socket
import threading


def talk(c):
    with c:
        try:
            while data := c.recv(4096):
                c.sendall(data)
        except OSError:
            pass


def main():
    port = int(os.environ.get("PORT", "7777"))
    with socket.create_server(("127.0.0.1", port)) as s:
        while True:
            c, _ = s.accept()
            threading.Thread(target=talk, args=(c,), daemon=True).start()


main()
