"""X23, a time server: fill in what is marked TODO.  PORT=7777 python3 time.py"""
import os
import socket
import sys


def main():
    port = int(os.environ.get("PORT", "7777"))

    # TODO: a socket of AF_INET and SOCK_DGRAM, bind() to 127.0.0.1 and the port
    print("nothing is bound to port", port, "with", socket.AF_INET, file=sys.stderr)

    # TODO: for ever: recvfrom() a request, sendto() the time to where it came from


main()
