"""X22, the server that hangs: fill in what is marked TODO.  PORT=7777 python3 forensic.py"""
import os
import sys


def main():
    port = int(os.environ.get("PORT", "7777"))
    with open("/proc/net/tcp") as f:
        for text in f:
            pass  # TODO: keep of each line ports, state, queues and inode

    # TODO: the line with the port and state 0A; status 2 where there is none
    print("nobody listens at port", port, file=sys.stderr)

    for pid in filter(str.isdigit, os.listdir("/proc")):
        pass  # TODO: look for socket:[INODE] among the links in /proc/PID/fd (os.readlink).
        #             Where it is there print the pid, and a line for each of its
        #             descriptors that is in the table


main()
