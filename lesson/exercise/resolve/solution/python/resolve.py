"""X11: a client that is given a name, and tries each of its addresses."""
import socket
import sys


def connected(name, port):
    """connected tries each address of a name; it returns a socket, or None."""
    for family, kind, protocol, _, address in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM):
        s = None
        try:
            s = socket.socket(family, kind, protocol)
            s.connect(address)
            return s
        except OSError as e:
            print(address[0], e, file=sys.stderr)
            if s is not None:
                s.close()
    return None


def main():
    if len(sys.argv) != 3:
        print("usage: resolve.py NAME PORT", file=sys.stderr)
        sys.exit(2)
    try:
        s = connected(sys.argv[1], sys.argv[2])
    except socket.gaierror as e:
        print(sys.argv[1], e, file=sys.stderr)
        sys.exit(2)
    if s is None:
        sys.exit(3)
    with s:
        while data := s.recv(4096):
            sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


main()
