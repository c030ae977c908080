"""X04, a listener: fill in what is marked TODO.  PORT=7777 python3 listener.py"""
import os
import socket
import sys


def main():
    port = int(os.environ.get("PORT", "7777"))

    # TODO: a socket of AF_INET and SOCK_STREAM
    # TODO: SO_REUSEADDR, before bind()
    # TODO: bind() to 127.0.0.1 and the port; where it fails, print the error to
    #       sys.stderr and end with sys.exit(1)
    # TODO: listen()
    # TODO: stay here, without using the processor
    print("nothing listens at port", port, "with", socket.AF_INET, file=sys.stderr)


main()
