"""X29: an echo server with one loop around a selector."""
import os
import selectors
import socket


def serve(waits, c, pending):
    """Do what can be done without waiting; report whether the client goes on."""
    try:
        if not pending:
            data = c.recv(4096)
            if not data:
                return False
            pending += data
        del pending[:c.send(pending)]
    except (BlockingIOError, InterruptedError):
        pass
    except OSError:
        return False
    waits.modify(c, selectors.EVENT_WRITE if pending else selectors.EVENT_READ, pending)
    return True


def main():
    port = int(os.environ.get("PORT", "7777"))
    waits = selectors.DefaultSelector()
    s = socket.create_server(("127.0.0.1", port))
    s.setblocking(False)
    waits.register(s, selectors.EVENT_READ)
    while True:
        for key, _ in waits.select():
            c = key.fileobj
            if c is s:
                try:
                    c, _ = s.accept()
                except BlockingIOError:
                    continue
                c.setblocking(False)
                waits.register(c, selectors.EVENT_READ, bytearray())
            elif not serve(waits, c, key.data):
                waits.unregister(c)
                c.close()


main()
