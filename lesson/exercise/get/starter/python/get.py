"""X08, a client that says what went wrong: fill in what is marked TODO.  python3 get.py 127.0.0.1 7777"""
import socket
import sys


def main():
    if len(sys.argv) != 3:
        sys.exit(2)

    # TODO: a socket of AF_INET and SOCK_STREAM, settimeout(), connect() to the host and
    #       the port; where it fails, end with the status the task names
    print("nothing connects to", sys.argv[1], sys.argv[2], "with", socket.AF_INET, file=sys.stderr)

    # TODO: write what comes to sys.stdout.buffer until recv() returns nothing


main()
