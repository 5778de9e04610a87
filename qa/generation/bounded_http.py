"""An HTTP client that gives up: on servers that never end, never fall silent, or send us elsewhere."""

import contextlib
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import httpx2

CONNECT_TIMEOUT_S = 5.0
MAX_REPLY_BYTES = 8 * 1024 * 1024
# What goes wrong with an exchange, by its own name for those who do not know the library.
HTTP_ERRORS = (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError)


class StatusRefused(Exception):
    """A server that answers, and not with what was asked for."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the server answered {status}")
        self.status = status


def make_client(timeout_s: float) -> httpx2.Client:
    """A client whose every exchange, from the request to the end of the reply, ends in `timeout_s`.

    :raises httpx2.ReadTimeout: from a request or a reply, when it takes longer.
    :raises httpx2.ReadError: from a reply, when it is larger than `MAX_REPLY_BYTES`, and from one that is packed: how
        much comes out of it is only known when it is too late.
    """
    return httpx2.Client(
        timeout=httpx2.Timeout(timeout_s, connect=min(CONNECT_TIMEOUT_S, timeout_s)),
        headers={"accept-encoding": "identity"},
        follow_redirects=False,  # a server that sends us elsewhere would have the key sent along
        transport=_Bounded(timeout_s),
    )


def get_json(url: str, *, headers: Mapping[str, str], timeout_s: float) -> object:
    """What the server at `url` says in JSON; None where there is none, or it says something else or not in time."""
    try:
        with make_client(timeout_s) as client:
            response = client.get(url, headers=dict(headers))
            return response.json() if response.status_code == httpx2.codes.OK else None
    except (*HTTP_ERRORS, ValueError, RecursionError):
        return None


def post_json_lines(
    url: str, body: Mapping[str, Any], headers: Mapping[str, str], timeout_s: float
) -> Iterator[object]:
    """What the server says to `body`: a JSON value a line, each when it has come.

    :raises StatusRefused: when it answers with another status than 200.
    :raises ValueError: when a line is no JSON; RecursionError when it is nested too deep; else one of `HTTP_ERRORS`.
    """
    with make_client(timeout_s) as client, client.stream("POST", url, json=body, headers=dict(headers)) as response:
        if response.status_code != httpx2.codes.OK:
            raise StatusRefused(response.status_code)
        for line in response.iter_lines():
            if line.strip():
                yield json.loads(line)


class _Bounded(httpx2.HTTPTransport):
    """Ends what takes too long: a server that sends a little now and then is never silent, and never done."""

    def __init__(self, timeout_s: float) -> None:
        # A connection for each exchange, so that ending it ends nothing else.
        super().__init__(limits=httpx2.Limits(max_keepalive_connections=0))
        self._timeout_s = timeout_s

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The reply, watched; its headers have come in time."""
        watch = _Watch(self._timeout_s)
        request.extensions = {**request.extensions, "trace": watch.notice}
        with watch.translating():
            response = super().handle_request(request)
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = _Watched(response.stream, watch)
        if response.headers.get("content-encoding", "identity").strip().casefold() != "identity":
            response.close()
            raise httpx2.ReadError("the reply is packed")
        return response


class _Watch:
    """A deadline for one exchange. The time-outs of sockets start again with each byte; this ends the connection."""

    def __init__(self, timeout_s: float) -> None:
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(timeout_s, self._end)
        self._timer.daemon = True
        self._timer.start()
        self.is_over = False

    def notice(self, event: str, info: Mapping[str, Any]) -> None:
        """Told by the client of each step; of those that open a connection, which it is."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._sockets.append(info["return_value"].get_extra_info("socket"))
            if self.is_over:
                self._end()

    @contextlib.contextmanager
    def translating(self) -> Iterator[None]:
        """What goes wrong within, as what it is: too late, where the connection was ended for that."""
        try:
            yield
        except httpx2.TransportError as error:
            self.stop()
            if self.is_over:
                raise httpx2.ReadTimeout("the exchange took too long") from error
            raise

    def stop(self) -> None:
        """The exchange is done."""
        self._timer.cancel()

    def _end(self) -> None:
        self.is_over = True
        for connection in self._sockets:
            with contextlib.suppress(OSError):
                # Past the layer of TLS, which would wait for the other side.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Watched(httpx2.SyncByteStream):
    """A reply that counts, and that is over when its time is."""

    def __init__(self, stream: httpx2.SyncByteStream, watch: _Watch) -> None:
        self._stream = stream
        self._watch = watch

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        with self._watch.translating():
            for piece in self._stream:
                size += len(piece)
                if size > MAX_REPLY_BYTES:
                    raise httpx2.ReadError("the reply is too large")
                yield piece
            if self._watch.is_over:  # a reply may end where its connection does
                raise httpx2.ReadTimeout("the exchange took too long")

    def close(self) -> None:
        self._watch.stop()
        self._stream.close()
