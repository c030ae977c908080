"""X31, descriptors with an owner: fill in what is marked TODO.

PORT=7777 python3 classes.py
"""
import os
import socket
import sys


class Client:
    """Client owns a connection: with closes it, whatever happens inside."""

    def __init__(self, sock):
        self.sock = sock

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass  # TODO: close what is owned

    def serve(self):
        """Send back what comes until the client has ended."""
        # TODO


def main():
    port = int(os.environ.get("PORT", "7777"))

    # TODO: a socket of AF_INET and SOCK_STREAM, SO_REUSEADDR, bind() to 127.0.0.1 and
    #       the port, listen()
    print("nothing listens at port", port, "with", socket.AF_INET, file=sys.stderr)

    # TODO: for ever: accept() a client, make a Client of it and serve it inside with.
    #       When accept() fails with EMFILE, wait a moment before the next one.


main()
