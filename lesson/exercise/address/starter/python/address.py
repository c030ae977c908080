"""X03, sixteen bytes: fill in what is marked TODO.  python3 address.py 127.0.0.1 7777"""
import socket
import sys


def main():
    if len(sys.argv) != 3:
        print("usage: address.py ADDRESS PORT", file=sys.stderr)
        sys.exit(2)
    a = bytearray(16)
    # TODO: family (socket.AF_INET), port and address; for what is none say so and end
    #       with sys.exit(2)

    # TODO: print the bytes of a: two hexadecimal digits each, a space between
    del a


main()
