"""X16: a client that asks, then sends and receives at the same time."""
import os
import socket
import sys
import threading

ROUNDS = 20
TOTAL = 8 << 20


def ask(s, number):
    """Sends a question, header and body in one call, and waits for its answer."""
    s.sendall(b"ask %d\n" % number + b"x" * number)
    answer = b""
    while not answer.endswith(b"\n"):
        data = s.recv(1)
        if not data:
            sys.exit("the other side ended without an answer")
        answer += data


def send(s):
    s.sendall(b"x" * TOTAL)
    s.shutdown(socket.SHUT_WR)


def main():
    port = int(os.environ.get("PORT", "7777"))
    with socket.create_connection(("127.0.0.1", port)) as s:
        for number in range(1, ROUNDS + 1):
            ask(s, number)
        sender = threading.Thread(target=send, args=(s,))
        sender.start()
        came = 0
        while data := s.recv(65536):
            came += len(data)
        sender.join()
    print(came)


main()
