"""X29, one loop for many clients: fill in what is marked TODO.  PORT=7777 python3 loop.py"""
import os
import socket
import sys


def main():
    port = int(os.environ.get("PORT", "7777"))

    # TODO: a socket of AF_INET and SOCK_STREAM, SO_REUSEADDR, bind() to 127.0.0.1 and
    #       the port, listen()
    print("nothing listens at port", port, "with", socket.AF_INET, file=sys.stderr)

    # TODO: setblocking(False), and for ever: select() of selectors.DefaultSelector for
    #       the listening socket and all clients, and do what can be done without waiting


main()
