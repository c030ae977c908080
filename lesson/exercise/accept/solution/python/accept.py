"""X05: a server that prints its clients' addresses."""
import os
import socket


def main():
    port = int(os.environ.get("PORT", "7777"))
    with socket.create_server(("127.0.0.1", port)) as s:
        while True:
            c, (host, peer) = s.accept()
            print(f"{host}:{peer}", flush=True)
            c.close()


main()
