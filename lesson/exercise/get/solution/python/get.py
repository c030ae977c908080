"""X08: a client whose exit status says what became of it."""
import errno
import socket
import sys


def main():
    if len(sys.argv) != 3:
        print("usage: get.py HOST PORT", file=sys.stderr)
        sys.exit(2)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        s.settimeout(3)
        try:
            s.connect((sys.argv[1], int(sys.argv[2])))
        except ConnectionRefusedError:
            sys.exit(3)
        except TimeoutError:
            sys.exit(4)
        except OSError as e:
            sys.exit(5 if e.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH) else 1)
        s.settimeout(None)
        while data := s.recv(4096):
            sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


main()
