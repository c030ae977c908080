"""X17, request and answer: fill in what is marked TODO.  PORT=7777 python3 request.py"""
import os
import socket
import sys


def main():
    port = int(os.environ.get("PORT", "7777"))

    # TODO: a socket of AF_INET and SOCK_STREAM, connect() to 127.0.0.1 and the port
    print("nothing connects to port", port, "with", socket.AF_INET, file=sys.stderr)

    # TODO: sendall() the request, shutdown() this half, and write what comes to
    #       sys.stdout.buffer until recv() returns nothing


main()
