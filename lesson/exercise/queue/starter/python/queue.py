"""X20, a short queue: fill in what is marked TODO.  PORT=7777 python3 queue.py"""
import os
import socket
import sys


def main():
    port = int(os.environ.get("PORT", "7777"))

    # TODO: a socket of AF_INET and SOCK_STREAM, SO_REUSEADDR, bind() to 127.0.0.1 and
    #       the port, listen()
    print("nothing listens at port", port, "with", socket.AF_INET, file=sys.stderr)

    # TODO: for ever: accept() a client, and have its job done while the next one is
    #       accepted: 50 milliseconds, then b"done\n", then close()


main()
