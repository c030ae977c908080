"""X02, three sockets: fill in what is marked TODO.  python3 sockets.py"""
import socket


def main():
    # TODO: socket.socket(), three of them, with a family and a type each
    sockets = []

    for s in sockets:
        # TODO: ask it for SO_TYPE with getsockopt(), and print the number
        print(s, socket.SO_TYPE)

    # TODO: close() each


main()
