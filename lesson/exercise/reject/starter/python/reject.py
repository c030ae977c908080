"""X18, an early answer: fill in what is marked TODO.  PORT=7777 python3 reject.py"""
import os
import socket
import sys


def main():
    port = int(os.environ.get("PORT", "7777"))

    # TODO: a socket of AF_INET and SOCK_STREAM, SO_REUSEADDR, bind() to 127.0.0.1 and
    #       the port, listen()
    print("nothing listens at port", port, "with", socket.AF_INET, file=sys.stderr)

    # TODO: for ever: accept() a client, read its first line, answer, receive what is
    #       left, and close() it


main()
