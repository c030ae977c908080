"""X12, IPv4 and IPv6: fill in what is marked TODO.  PORT=7777 python3 dualstack.py"""
import os
import socket
import sys


def main():
    port = int(os.environ.get("PORT", "7777"))

    # TODO: a socket of AF_INET6 and SOCK_STREAM, SO_REUSEADDR,
    #       IPV6_V6ONLY, bind() to :: and the port, listen()
    print("nothing listens at port", port, "with", socket.AF_INET6, file=sys.stderr)

    # TODO: for ever: accept() a client, print its address and port, send back what it
    #       sends until it ends, and close() it


main()
