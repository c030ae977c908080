"""X21, a heartbeat: fill in what is marked TODO.  PORT=7777 python3 heartbeat.py"""
import os
import socket
import sys


def main():
    port = int(os.environ.get("PORT", "7777"))

    # TODO: socket.create_server() at 127.0.0.1 and the port; accept() clients, send back
    #       their lines, send ping when one is silent (settimeout), and close when it has
    #       left or vanished
    print("nothing listens at port", port, "with", socket.AF_INET, file=sys.stderr)


main()
