"""A little that is sent never becomes a lot: bodies of requests, pages, and replies of language models."""

import asyncio
import gzip
import socket
import zlib
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import httpx2
import pytest
from starlette.types import Message, Receive, Scope, Send

from corpus import Document
from qa import QA, WriterFailed, WriterSettings, WrittenSentence, open_writer
from qa.answers import from_dict
from qa.generation.bounded_http import MAX_REPLY_BYTES, make_client
from qa.generation.prompt import make_prompt
from tests.attacks.raw_server import RawServer, raw_server
from tests.conftest import Serve
from ui.conversation import Exchange
from ui.conversation_html import render_conversation
from ui.gate import MAX_BODY_BYTES, MAX_UPLOAD_BYTES, Gate

MARKS = "".join(f"[{number}]" for number in range(1, 10))
SYNTAX = "{{ shown }} {% for x in range(9**9) %}{{ x }}{% endfor %} {# #} $text {0} %s " + MARKS


def page_size(qa: QA, repeated: int) -> int:
    """The size of the page that shows nine quotes of so many marks, cited by nine sentences of marks."""
    answer = from_dict(qa.answer("vessels between Chancay and Shanghai").to_dict())
    quotes = tuple(replace(answer.quotes[0], text=SYNTAX * repeated) for _ in range(9))
    sentences = tuple(WrittenSentence(SYNTAX * repeated, (number,)) for number in range(1, 10))
    kept = replace(answer, quotes=quotes, written=sentences, lead=SYNTAX, model=SYNTAX)
    page = render_conversation([Exchange(SYNTAX, kept)])
    assert page.count("{{ shown }}") >= 9 * repeated
    return len(page)


def test_a_page_grows_as_what_it_shows(fake_qa: QA) -> None:
    empty, one, ten = (page_size(fake_qa, repeated) for repeated in (0, 1, 10))
    assert one - empty == pytest.approx((ten - empty) / 10, rel=0.01)
    assert one - empty < 9 * 100 * len(SYNTAX)


class _Sender:
    """Sends a body without end, a mebibyte at a time, and takes the answer."""

    def __init__(self) -> None:
        self.sent, self.status = 0, 0

    async def receive(self) -> Message:
        self.sent += 2**20
        return {"type": "http.request", "body": b" " * 2**20, "more_body": True}

    async def send(self, message: Message) -> None:
        self.status = self.status or message["status"]


async def read_all(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that reads whatever comes, as Gradio's queue does, and says that all is well."""
    while (await receive())["type"] != "http.disconnect":
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})


@pytest.mark.parametrize(
    ("path", "limit"), [("/gradio_api/queue/join", MAX_BODY_BYTES), ("/gradio_api/upload", MAX_UPLOAD_BYTES)]
)
def test_a_body_without_end_is_not_read_to_its_end(path: str, limit: int) -> None:
    headers = [(b"host", b"localhost:80"), (b"transfer-encoding", b"chunked"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers, "server": ("127.0.0.1", 80)}
    sender = _Sender()
    asyncio.new_event_loop().run_until_complete(Gate(read_all)(scope, sender.receive, sender.send))
    assert (sender.status, sender.sent) == (413, limit + 2**20)


@pytest.mark.parametrize("route", ["gradio_api/queue/join", "gradio_api/run/answer", "v1/chat/completions"])
@pytest.mark.parametrize("length", ["1073741824", "1" * 5000, "-1"])
def test_a_body_that_is_announced_too_long_is_not_waited_for(
    serve: Serve, interview: Document, route: str, length: str
) -> None:
    address = urlsplit(serve(interview))
    with socket.create_connection(("127.0.0.1", address.port or 80), timeout=30) as connection:
        head = f"POST /{route} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
        connection.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode())
        said = connection.recv(2**16)
    assert said.startswith((b"HTTP/1.1 413 ", b"HTTP/1.1 400 "))


BOMB = b"\0" * (64 * 2**20)
PACKED = {"gzip": gzip.compress(BOMB), "deflate": zlib.compress(BOMB), "x": BOMB[:100]}


@pytest.mark.parametrize("encoding", PACKED)
def test_a_packed_reply_is_not_unpacked(encoding: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(PACKED[encoding])}\r\n\r\n"
    with raw_server([head.encode() + PACKED[encoding]]) as server, make_client(30.0) as client:
        with pytest.raises(httpx2.ReadError, match="packed"):
            client.get(server.url)
        assert "accept-encoding: identity" in server.requests[0].lower()


def test_a_reply_without_end_is_given_up(raw: RawServer) -> None:
    writer = open_writer(WriterSettings(url=raw.url, model="m", timeout_s=60.0))
    with pytest.raises(WriterFailed, match="cannot be read"):
        list(writer.reply(make_prompt("Why?", (), "point")))
    assert raw.sent < 4 * MAX_REPLY_BYTES


@pytest.fixture
def raw() -> Iterator[RawServer]:
    """Sends one line that never ends."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: "
    with raw_server([head], endless=b"x" * 2**16) as server:
        yield server
