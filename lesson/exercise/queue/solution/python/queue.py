"""X20: a server whose jobs keep nobody from accept()."""
import os
import socket
import threading
import time


def job(c):
    with c:
        time.sleep(0.05)
        try:
            c.sendall(b"done\n")
        except ConnectionError:
            pass


def main():
    port = int(os.environ.get("PORT", "7777"))
    with socket.create_server(("127.0.0.1", port), backlog=128) as s:
        while True:
            c, _ = s.accept()
            threading.Thread(target=job, args=(c,), daemon=True).start()


main()
