# An echo server in a thread, and its client.
import socket
import threading

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 0))
s.listen(5)


def serve():
    c, _ = s.accept()
    with c:
        while data := c.recv(64):
            c.sendall(data)


c = socket.socket()  # before the thread: accept takes its descriptor when it begins
t = threading.Thread(target=serve)
t.start()
c.connect(s.getsockname())
c.settimeout(10)
for text in (b"hello", b"\x1b[2J\x00\xff", b"x" * 60):
    c.sendall(text)
    assert c.recv(64) == text
c.shutdown(socket.SHUT_WR)
assert c.recv(64) == b""
c.close()
t.join()
s.close()
print("echoed")
