"""X26, pass a descriptor on: fill in what is marked TODO.  PORT=7777 python3 pass.py"""
import os
import socket
import sys


def work(way):
    """Serve the clients that are passed, until no more can come."""
    # TODO: socket.recv_fds() brings a byte and descriptors, and no byte at the end.
    #       socket.socket(fileno=fd) is the client: send back what it sends until it ends,
    #       and close it.


def main():
    port = int(os.environ.get("PORT", "7777"))
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    if os.fork() == 0:
        # TODO: which of the two ends does the worker not need?
        work(theirs)
        os._exit(0)
    # TODO: and which one the first process?

    # TODO: a socket that listens at 127.0.0.1 and the port, with SO_REUSEADDR
    print("nothing listens at port", port, file=sys.stderr)

    # TODO: for ever: accept() a client, pass it with socket.send_fds(ours, ...) and a byte,
    #       and close() it


main()
