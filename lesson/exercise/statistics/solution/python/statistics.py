"""X09: an echo server that prints at SIGUSR1 what it has done so far."""
import os
import signal
import socket

clients = transferred = 0


def tell(number, frame):
    print(clients, "clients,", transferred, "bytes", flush=True)


def talk(c):
    global transferred
    with c:
        try:
            while data := c.recv(4096):
                c.sendall(data)
                transferred += len(data)
        except OSError:
            pass


def main():
    global clients
    port = int(os.environ.get("PORT", "7777"))
    signal.signal(signal.SIGUSR1, tell)
    with socket.create_server(("127.0.0.1", port)) as s:
        while True:
            c, _ = s.accept()
            clients += 1
            talk(c)


main()
