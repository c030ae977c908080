# Waits for a connection in a thread and for lines in the first, and answers each
# line.
import os
import socket
import sys
import threading

s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(1)
print(os.getpid(), s.getsockname()[1], flush=True)


def serve():
    while True:
        c, _ = s.accept()
        c.sendall(b"served")
        c.close()


threading.Thread(target=serve, daemon=True).start()
for line in sys.stdin:
    if line == "fork\n":
        pid = os.fork()
        if pid == 0:
            socket.socket().close()
            os._exit(0)
        os.waitpid(pid, 0)
    a, b = socket.socketpair()
    a.sendall(b"x")
    b.recv(1)
    a.close()
    b.close()
    print("did " + line, end="", flush=True)
