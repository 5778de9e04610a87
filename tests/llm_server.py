"""A server with OpenAI's API that says what a test tells it to: real HTTP on the loopback, no model."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-a-secret-that-must-not-show"


@dataclass(frozen=True, slots=True)
class Says:
    """A reply: its pieces, how it ends (None: the connection just closes), or else an error's status and body.

    `waits` makes the server wait for that event before it goes on after `before` pieces; `drips` sends comments until
    then, as servers do to keep a connection open. `thoughts` are sent before the pieces, apart from the reply.
    """

    pieces: tuple[str, ...] = ()
    ends: str | None = "stop"
    status: int = 200
    error: object = None
    raw: bytes | None = None
    waits: threading.Event | None = None
    before: int = 0
    drips: bool = False
    thoughts: tuple[str, ...] = ()


Script = Callable[[dict[str, Any]], Says]


def says(text: str, **options: Any) -> Says:  # noqa: ANN401 - the fields of `Says`
    """A reply of this text, a few characters a piece."""
    return Says(tuple(text[place : place + 7] for place in range(0, len(text), 7)), **options)


def points(*sentences: tuple[str, list[int]], answered: bool = True) -> Says:
    """A reply in the form that is asked for."""
    return says(
        json.dumps({"answered": answered, "sentences": [{"text": text, "sources": ids} for text, ids in sentences]})
    )


@dataclass(slots=True)
class LanguageServer:
    """What a test sees of the server: its address and the requests so far."""

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    def prompt(self, number: int = -1) -> str:
        """The user's message of a request."""
        return str(self.requests[number]["messages"][-1]["content"])


class _Handler(BaseHTTPRequestHandler):
    """Speaks to one client; what it says is in the server."""

    server: "_Server"

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""

    def do_GET(self) -> None:
        """The list of models."""
        self._send(200, {"object": "list", "data": self.server.models})

    def do_POST(self) -> None:
        """What the script says."""
        state = self.server.state
        state.keys.append(self.headers.get("Authorization"))
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        state.requests.append(body)
        with suppress(BrokenPipeError, ConnectionResetError):  # the client gave up, as it should
            reply = self.server.script(body)
            if reply.status != 200:
                self._send(reply.status, {"error": reply.error})
            elif reply.raw is not None:
                self._send(200, reply.raw)
            else:
                self._stream(reply)

    def _stream(self, reply: Says) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for thought in reply.thoughts:
            self._event({"index": 0, "delta": {"reasoning_content": thought}, "finish_reason": None})
        for piece in reply.pieces[: reply.before]:
            self._event({"index": 0, "delta": {"content": piece}, "finish_reason": None})
        while reply.waits is not None and not reply.waits.is_set() and not self.server.closing.is_set():
            reply.waits.wait(0.02)
            if reply.drips:
                self.wfile.write(b": still here\n\n")
        for piece in reply.pieces[reply.before :]:
            self._event({"index": 0, "delta": {"content": piece}, "finish_reason": None})
        if reply.ends is not None:
            self._event({"index": 0, "delta": {}, "finish_reason": reply.ends})
            self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, choice: dict[str, Any]) -> None:
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "tiny", "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

    def _send(self, status: int, body: object) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if status == 302:
            self.send_header("Location", f"{self.server.state.url}/elsewhere")
        self.end_headers()
        self.wfile.write(data)


class _Server(ThreadingHTTPServer):
    def __init__(self, script: Script, models: list[dict[str, Any]]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.models = models
        self.closing = threading.Event()
        self.state = LanguageServer(f"http://127.0.0.1:{self.server_address[1]}/v1")


@contextmanager
def language_server(script: Script, models: list[dict[str, Any]] | None = None) -> Iterator[LanguageServer]:
    """Serves what `script` says to each request, at 127.0.0.1."""
    server = _Server(script, models if models is not None else [{"id": "tiny", "object": "model"}])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.state
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
