"""X11, a client that is given a name: fill in what is marked TODO.  python3 resolve.py localhost 7777"""
import socket
import sys


def main():
    if len(sys.argv) != 3:
        sys.exit(2)

    # TODO: socket.getaddrinfo() with the name, the port and SOCK_STREAM; where it raises
    #       socket.gaierror say why, and end with status 2
    # TODO: for each of the results a socket of its family, connect(), and close() if that
    #       fails; where none is left end with status 3
    print("nothing connects to", sys.argv[1], sys.argv[2], "with", socket.SOCK_STREAM, file=sys.stderr)

    # TODO: write what comes to sys.stdout.buffer until recv() returns nothing


main()
