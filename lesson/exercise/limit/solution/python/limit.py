"""X28: a client that gives connect() 500 milliseconds."""
import os
import socket
import sys


def main():
    port = int(os.environ.get("PORT", "7777"))
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        s.settimeout(0.5)
        try:
            s.connect(("127.0.0.1", port))
        except ConnectionRefusedError:
            sys.exit(3)
        except TimeoutError:
            sys.exit(4)
        s.settimeout(None)
        s.sendall(b"hello\n")


main()
