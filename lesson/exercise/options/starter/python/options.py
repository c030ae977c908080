"""X30, an option report: fill in what is marked TODO.  PORT=7777 python3 options.py"""
import os
import socket
import sys


def main():
    port = int(os.environ.get("PORT", "7777"))

    # TODO: a socket of AF_INET and SOCK_STREAM that does not block, the options with
    #       setsockopt(), bind() to 127.0.0.1 and the port, listen()
    print("nothing listens at port", port, "with", socket.AF_INET, file=sys.stderr)

    # TODO: for ever: wait for a client with select(), accept() it, ask for the options
    #       with getsockopt() and the flags with fcntl.fcntl(), of both sockets, print the
    #       16 lines, wait until the client has ended, close() it


main()
