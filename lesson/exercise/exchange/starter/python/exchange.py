"""X16, an exchange that does not get stuck: fill in what is marked TODO.  PORT=7777 python3 exchange.py"""
import os
import socket
import sys


def main():
    port = int(os.environ.get("PORT", "7777"))

    # TODO: a socket of AF_INET and SOCK_STREAM, connect() to 127.0.0.1 and the port
    print("nothing connects to port", port, "with", socket.AF_INET, file=sys.stderr)

    # TODO: 20 times a question, "ask 1\n" and 1 byte x, "ask 2\n" and 2 bytes x, and wait
    #       for the line of its answer before the next

    # TODO: send 8 MiB in a thread and shutdown() this half; meanwhile count what comes
    #       until recv() returns nothing. Print the number.


main()
