"""X03: the sixteen bytes of an address."""
import socket
import struct
import sys


def refuse(why):
    print(why, file=sys.stderr)
    sys.exit(2)


def main():
    if len(sys.argv) != 3:
        refuse("two arguments are wanted, an address and a port")
    _, text, port = sys.argv
    try:
        address = socket.inet_pton(socket.AF_INET, text)
    except OSError:
        refuse(f"no address: {text}")
    if not (port.isascii() and port.isdigit() and int(port) <= 65535):
        refuse(f"no port: {port}")
    head = struct.pack("=H", socket.AF_INET) + struct.pack("!H", int(port))
    print((head + address + bytes(8)).hex(" "))


main()
