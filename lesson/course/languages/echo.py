# A server and a client in one program. The server closes first.
import socket

listener = socket.create_server(("127.0.0.1", 7777))
client = socket.create_connection(("127.0.0.1", 7777))
server, _ = listener.accept()

client.sendall(b"hi")
got = server.recv(4)
print(len(got), flush=True)
server.sendall(got)
server.close()

print(client.recv(4).decode(), flush=True)
try:
    client.sendall(b"a")  # the answer to this is a reset
    client.sendall(b"b")
except OSError as e:
    print(type(e).__name__, flush=True)
client.close()
listener.close()
