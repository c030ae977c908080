"""X22: which process listens at a port, and what sockets it has."""
import os
import sys

STATES = {
    1: "ESTABLISHED", 2: "SYN_SENT", 3: "SYN_RECV", 4: "FIN_WAIT1", 5: "FIN_WAIT2", 6: "TIME_WAIT",
    7: "CLOSE", 8: "CLOSE_WAIT", 9: "LAST_ACK", 10: "LISTEN", 11: "CLOSING",
}


def table():
    """table reads /proc/net/tcp: (inode, state, local, peer, receive, send)."""
    with open("/proc/net/tcp") as f:
        next(f)
        for text in f:
            field = text.split()
            local, peer = (int(at.split(":")[1], 16) for at in field[1:3])
            send, receive = (int(queue, 16) for queue in field[4].split(":"))
            yield int(field[9]), int(field[3], 16), local, peer, receive, send


def sockets(pid):
    """sockets are a process's descriptors of sockets: (descriptor, inode)."""
    try:
        names = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return  # others' processes do not let us look
    for name in names:
        try:
            link = os.readlink(f"/proc/{pid}/fd/{name}")
        except OSError:
            continue
        if link.startswith("socket:["):
            yield name, int(link[8:-1])


def main():
    port = int(os.environ.get("PORT", "7777"))
    rows = list(table())
    listening = [inode for inode, state, local, *_ in rows if local == port and STATES.get(state) == "LISTEN"]
    if not listening:
        print("nobody listens at port", port, file=sys.stderr)
        sys.exit(2)
    for pid in filter(str.isdigit, os.listdir("/proc")):
        held = list(sockets(pid))
        if listening[0] not in (inode for _, inode in held):
            continue
        print("pid", pid)
        known = {inode: rest for inode, *rest in rows if inode}
        for fd, inode in held:
            if inode in known:
                state, *numbers = known[inode]
                print(fd, STATES.get(state, "?"), *numbers)
        return
    sys.exit(f"a process that may not be looked at listens at port {port}")


main()
