"""X24: a client that gets its answers with UDP, though datagrams are lost."""
import os
import socket
import struct
import sys
import time

TRIES, WAIT, LONGEST, NO_ANSWER = 10, 0.1, 1000, 4


def answer(s, server, number, end):
    """Waits up to end for the answer with a number; None is no answer."""
    while (left := end - time.monotonic()) > 0:
        s.settimeout(left)
        try:
            data, peer = s.recvfrom(4 + LONGEST)
        except OSError:
            continue
        if peer == server and data[:4] == struct.pack("!I", number):
            return data[4:]
    return None


def ask(s, server, number, word):
    """Sends a word until it is answered."""
    for _ in range(TRIES):
        s.sendto(struct.pack("!I", number) + word.encode(), server)
        text = answer(s, server, number, time.monotonic() + WAIT)
        if text is not None:
            return text
    return None


def main():
    server = ("127.0.0.1", int(os.environ.get("PORT", "7777")))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for number, word in enumerate(sys.argv[1:], 1):
            text = ask(s, server, number, word)
            if text is None:
                print("no answer to", word, file=sys.stderr)
                sys.exit(NO_ANSWER)
            sys.stdout.buffer.write(text + b"\n")


main()
