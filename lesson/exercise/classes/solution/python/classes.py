"""X31: the echo server, with a context manager that owns its socket."""
import errno
import os
import socket
import sys
import time

PASSES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class Client:
    """Client owns a connection: with closes it, whatever happens inside."""

    def __init__(self, sock):
        self.sock = sock

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def serve(self):
        """Send back what comes until the client has ended."""
        while data := self.sock.recv(4096):
            self.sock.sendall(data)


def take(listener):
    """Accept a client. Return None where that failed for a reason that passes."""
    try:
        sock, _ = listener.accept()
    except ConnectionAbortedError:
        return None
    except OSError as e:
        if e.errno not in PASSES:
            raise
        print(e, file=sys.stderr)
        time.sleep(0.05)
        return None
    return Client(sock)


def main():
    port = int(os.environ.get("PORT", "7777"))
    with socket.create_server(("127.0.0.1", port)) as listener:
        while True:
            client = take(listener)
            if client is None:
                continue
            try:
                with client:
                    client.serve()
            except OSError as e:
                print(e, file=sys.stderr)


main()
