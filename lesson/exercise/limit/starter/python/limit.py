"""X28, connect with a limit: fill in what is marked TODO.  PORT=7777 python3 limit.py"""
import os
import socket
import sys


def main():
    port = int(os.environ.get("PORT", "7777"))

    # TODO: a socket of AF_INET and SOCK_STREAM, settimeout(), connect() to 127.0.0.1
    #       and the port
    print("nothing connects to port", port, "with", socket.AF_INET, file=sys.stderr)

    # TODO: send hello and a newline, and end with the status the task names


main()
