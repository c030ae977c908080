"""X24, a client that asks again: fill in what is marked TODO.  PORT=7777 python3 retry.py one two"""
import os
import socket
import sys


def main():
    port = int(os.environ.get("PORT", "7777"))

    # TODO: a socket of AF_INET and SOCK_DGRAM; connect() it to 127.0.0.1 and the port if you like
    print("nothing asks at port", port, "with", socket.AF_INET, file=sys.stderr)

    for number, word in enumerate(sys.argv[1:], 1):
        # TODO: send the number and the word, wait 100 ms for the answer with that number
        #       (settimeout), up to 10 times; print the answer, or end with exit status 4
        print(number, word, file=sys.stderr)


main()
