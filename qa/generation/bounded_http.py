"""An HTTP client that gives up: on servers that never end, never fall silent, or send us elsewhere."""

import time
from collections.abc import Iterator

import httpx2

CONNECT_TIMEOUT_S = 5.0
MAX_REPLY_BYTES = 8 * 1024 * 1024


def make_client(timeout_s: float) -> httpx2.Client:
    """A client whose every reply ends in about `timeout_s` and after `MAX_REPLY_BYTES`.

    :raises httpx2.ReadTimeout: from a reply, when it takes longer.
    :raises httpx2.ReadError: from a reply, when it is larger.
    """
    timeout = httpx2.Timeout(timeout_s, connect=min(CONNECT_TIMEOUT_S, timeout_s))
    # A server that sends us elsewhere would have the key sent along.
    return httpx2.Client(timeout=timeout, follow_redirects=False, transport=_Bounded(timeout_s))


class _Bounded(httpx2.HTTPTransport):
    """Watches the bytes of a reply: a server that sends a little now and then is never silent, and never done."""

    def __init__(self, timeout_s: float) -> None:
        super().__init__()
        self._timeout_s = timeout_s

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The reply, watched."""
        deadline = time.monotonic() + self._timeout_s
        response = super().handle_request(request)
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = _Watched(response.stream, deadline)
        return response


class _Watched(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in self._stream:
            size += len(piece)
            if time.monotonic() > self._deadline:
                raise httpx2.ReadTimeout("the reply took too long")
            if size > MAX_REPLY_BYTES:
                raise httpx2.ReadError("the reply is too large")
            yield piece

    def close(self) -> None:
        self._stream.close()
