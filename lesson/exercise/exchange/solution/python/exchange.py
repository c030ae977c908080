"""X16: a client that sends and receives at the same time."""
import os
import socket
import threading

TOTAL = 8 << 20


def send(s):
    s.sendall(b"x" * TOTAL)
    s.shutdown(socket.SHUT_WR)


def main():
    port = int(os.environ.get("PORT", "7777"))
    with socket.create_connection(("127.0.0.1", port)) as s:
        sender = threading.Thread(target=send, args=(s,))
        sender.start()
        came = 0
        while data := s.recv(65536):
            came += len(data)
        sender.join()
    print(came)


main()
