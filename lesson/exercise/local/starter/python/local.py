"""X25, an echo server of this machine: fill in what is marked TODO.  SOCKET=local.sock python3 local.py"""
import os
import socket
import sys


def main():
    path = os.environ.get("SOCKET", "local.sock")

    # TODO: a socket of AF_UNIX and SOCK_STREAM, unlink(), umask(), bind() to the
    #       path, listen()
    print("nothing listens at", path, "with", socket.AF_UNIX, file=sys.stderr)

    # TODO: for ever: accept() a client, ask who it is, send back what it sends until it
    #       ends, and close() it


main()
