"""X01, two programs: fill in what is marked TODO.  PORT=7777 python3 compile.py server"""
import os
import socket
import sys


def server(port):
    # TODO: socket(), bind() to 127.0.0.1 and the port, listen(), accept() one client,
    #       recv() once, print what came
    print("the server does nothing yet at", port, "with", socket.AF_INET, file=sys.stderr)


def client(port):
    # TODO: socket(), connect() to 127.0.0.1 and the port, send hello
    print("the client does nothing yet with", port, file=sys.stderr)


def main():
    port = int(os.environ.get("PORT", "7777"))
    if sys.argv[1:] == ["server"]:
        server(port)
    else:
        client(port)


main()
