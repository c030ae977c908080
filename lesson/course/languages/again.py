# A server without create_server, started twice. It closes first.
import socket

for start in (1, 2):
    listener = socket.socket()
    try:
        listener.bind(("127.0.0.1", 7777))
    except OSError as e:
        print(start, e.strerror, flush=True)
        break
    print(start, "bound", flush=True)
    listener.listen()
    client = socket.create_connection(("127.0.0.1", 7777))
    server, _ = listener.accept()
    server.close()
    client.recv(1)
    client.close()
    listener.close()
