"""A server that sends what it is told, byte for byte: what a language model's server may do at its worst."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass(slots=True)
class RawServer:
    """Its address, the requests so far, and how many bytes it could send."""

    url: str
    requests: list[str] = field(default_factory=list)
    sent: int = 0


@contextmanager
def raw_server(pieces: Sequence[bytes], *, endless: bytes = b"", pause_s: float = 0.0) -> Iterator[RawServer]:
    """Sends `pieces` to who asks, then `endless` again and again after a pause each, until the other side ends."""
    closing = threading.Event()

    def answer(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            server.requests.append(_read_request(connection))
            for piece in pieces:
                connection.sendall(piece)
                server.sent += len(piece)
            while endless and not closing.wait(pause_s):
                connection.sendall(endless)
                server.sent += len(endless)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                thread = threading.Thread(target=answer, args=(connection,))
                thread.start()
                threads.append(thread)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = RawServer(f"http://127.0.0.1:{listener.getsockname()[1]}/v1")
        threads = [threading.Thread(target=accept)]
        threads[0].start()
        try:
            yield server
        finally:
            closing.set()
            listener.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()


def _read_request(connection: socket.socket) -> str:
    """The head of a request; with the body, as far as it is announced."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(2**16)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while lengths and len(body) < int(lengths[0]):
        body += connection.recv(2**16)
    return head.decode("latin-1")
