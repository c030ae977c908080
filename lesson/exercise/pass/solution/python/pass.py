"""X26: one process accepts, another one serves: the descriptor is passed."""
import os
import socket


def talk(c):
    """Send back what comes until the client has ended."""
    with c:
        try:
            while data := c.recv(4096):
                c.sendall(data)
        except OSError:
            pass


def work(way):
    """Serve the clients that are passed, until no more can come."""
    while True:
        data, fds, _, _ = socket.recv_fds(way, 1, 1)
        if not data:
            return
        for fd in fds:
            talk(socket.socket(fileno=fd))


def main():
    port = int(os.environ.get("PORT", "7777"))
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    if os.fork() == 0:
        ours.close()
        work(theirs)
        os._exit(0)
    theirs.close()
    with socket.create_server(("127.0.0.1", port)) as s:
        while True:
            c, _ = s.accept()
            with c:
                socket.send_fds(ours, [b"\0"], [c.fileno()])


main()
