"""A virus scanner to talk to: it speaks clamd's PING and INSTREAM and finds whatever has the word VIRUS in it."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Clamd(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        if self.exactly(6) == b"zPING\0":
            self.request.sendall(b"PONG\0")
            return
        assert self.exactly(4) == b"EAM\0"
        data = b""
        while size := struct.unpack("!L", self.exactly(4))[0]:
            data += self.exactly(size)
        self.request.sendall(b"stream: Eicar FOUND\0" if b"VIRUS" in data else b"stream: OK\0")

    def exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            data += self.request.recv(size - len(data))
        return data


@contextmanager
def running() -> Iterator[str]:
    """Its address while it runs."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
