"""Ollama by its own interface, scripted over real HTTP: the window goes along with each request."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from qa import QA, WriterFailed, WriterSettings, open_writer
from qa.generation.chat_server import ChatServer
from qa.generation.ollama import WINDOW_TOKENS
from qa.generation.prompt import make_prompt
from qa.generation.thought import THINKING_TOKENS
from tests.llm_server import KEY, points
from tests.test_qa_grounded_writing import QUESTION, assert_is_extractive, plain_qa

__all__ = ["plain_qa"]  # the fixture
PROMPT = make_prompt("Why?", (), "locate")
GOOD = "".join(points(("The strike lasted 11 weeks.", [2])).pieces)


@dataclass(slots=True)
class Ollama:
    """What a test says of the server, and sees of it."""

    url: str = ""
    length: object = 32_768
    version: object = field(default_factory=lambda: {"version": "0.12.0"})
    lines: list[object] = field(default_factory=list)
    status: int = 200
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    def chats(self) -> list[dict[str, Any]]:
        return [body for path, body in self.asked if path == "/api/chat"]


def reply(text: str, *, thinking: str = "", reason: str = "stop") -> list[object]:
    """The lines of a reply."""
    pieces = [text[place : place + 9] for place in range(0, len(text), 9)]
    thought: list[object] = [{"message": {"role": "assistant", "content": "", "thinking": thinking}, "done": False}]
    said: list[object] = [{"message": {"role": "assistant", "content": piece}, "done": False} for piece in pieces]
    end = {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": reason}
    return [*(thought if thinking else []), *said, end]


@contextmanager
def ollama(**options: Any) -> Iterator[Ollama]:  # noqa: ANN401 - the fields of `Ollama`
    state = Ollama(**options)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

        def do_GET(self) -> None:
            models = {"object": "list", "data": [{"id": "qwen2.5:7b", "object": "model", "owned_by": "library"}]}
            self._send(200, [state.version if self.path == "/api/version" else models])

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.asked.append((self.path, body))
            state.keys.append(self.headers.get("Authorization"))
            show: list[object] = [
                {"model_info": {"general.architecture": "qwen2", "qwen2.context_length": state.length}}
            ]
            with suppress(BrokenPipeError, ConnectionResetError):
                self._send(state.status, show if self.path == "/api/show" else state.lines)

        def _send(self, status: int, lines: list[object]) -> None:
            data = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-ndjson")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_window_goes_along_and_the_answer_is_checked_like_any_other(plain_qa: QA) -> None:
    with ollama(lines=reply(GOOD)) as server:
        settings = WriterSettings(url=server.url, way="point", decides="model", key=KEY)
        answer = plain_qa.with_writer(open_writer(settings)).answer(QUESTION)
    assert (answer.route, answer.model, answer.dropped) == ("written", "qwen2.5:7b", {})
    (body,) = server.chats()
    assert body["options"]["num_ctx"] == WINDOW_TOKENS
    assert body["options"]["num_predict"] == 400
    assert body["format"]["required"] == ["answered", "sentences"]
    assert body["messages"][1]["content"].endswith(QUESTION)
    assert set(server.keys) == {f"Bearer {KEY}"}


@pytest.mark.parametrize(
    ("length", "window"), [(4096, 4096), (131_072, WINDOW_TOKENS), ("much", WINDOW_TOKENS), (True, WINDOW_TOKENS)]
)
def test_the_window_is_no_larger_than_the_models(length: object, window: int) -> None:
    with ollama(length=length) as server:
        writer = open_writer(WriterSettings(url=server.url))
        assert writer.context_tokens == window


def test_a_window_that_was_set_is_asked_for(plain_qa: QA) -> None:
    with ollama(lines=reply(GOOD)) as server:
        settings = WriterSettings(url=server.url, way="point", decides="model", context_tokens=6000)
        plain_qa.with_writer(open_writer(settings)).answer(QUESTION)
    assert [body["options"]["num_ctx"] for body in server.chats()] == [6000]
    assert {path for path, _ in server.asked} == {"/api/chat"}


def test_a_model_that_thinks_gets_room_within_the_window(plain_qa: QA) -> None:
    with ollama(lines=reply("", thinking="Hm. " * 50, reason="length")) as server:
        writer = open_writer(WriterSettings(url=server.url, way="point", decides="model"))
        answer = plain_qa.with_writer(writer).answer(QUESTION)
        assert_is_extractive(answer, plain_qa)
        server.lines = reply(GOOD, thinking="Hm. " * 50)
        assert plain_qa.with_writer(writer).answer(QUESTION).route == "written"
        assert writer.context_tokens == WINDOW_TOKENS - THINKING_TOKENS
    given = [(body["options"]["num_predict"], body["options"]["num_ctx"]) for body in server.chats()]
    assert given == [(400, WINDOW_TOKENS), *[(400 + THINKING_TOKENS, WINDOW_TOKENS)] * 2]


@pytest.mark.parametrize("version", [None, {}, {"version": 7}, [], "x"], ids=str)
def test_what_does_not_say_that_it_is_ollama_is_spoken_to_as_any_other(version: object) -> None:
    with ollama(version=version) as server:
        writer = open_writer(WriterSettings(url=server.url))
        with pytest.raises(WriterFailed, match=r"cannot be read|broke off"):
            list(writer.reply(PROMPT))
    assert [path for path, _ in server.asked] == ["/v1/chat/completions"]


def test_other_servers_are_not_asked_whether_they_are_ollama() -> None:
    with ollama() as server:
        writer = ChatServer(WriterSettings(url=server.url, model="m", context_tokens=4096))
        with pytest.raises(WriterFailed, match=r"cannot be read|broke off"):
            list(writer.reply(PROMPT))
    assert [path for path, _ in server.asked] == ["/v1/chat/completions"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["{"], "cannot be read"),
        (["[" * 50_000], "cannot be read"),
        ([None], "cannot be read"),
        ([7], "cannot be read"),
        ([{"message": "x"}], "cannot be read"),
        ([{"message": {"content": 7}}], "cannot be read"),
        ([{"done": True, "done_reason": []}], "cannot be read"),
        ([{"error": f"model failed {KEY}"}], "its server broke off with an error"),
        (reply("So.")[:-1], "broke off within its reply"),
        (reply("So.", reason="load"), r"stopped \(load\)"),
        (reply("So.", reason=f"so {KEY}"), r"stopped early$"),
        (reply("So.", reason="length"), "broke off within its reply"),
        ([*[{"message": {"content": "x" * 1000}}] * 20], "without end"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_reply_of_no_form_is_no_reply(lines: list[object], words: str) -> None:
    with ollama(lines=lines) as server:
        writer = open_writer(WriterSettings(url=server.url))
        with pytest.raises(WriterFailed, match=words) as told:
            list(writer.reply(PROMPT))
    assert KEY not in str(told.value)


@pytest.mark.parametrize(
    ("status", "words"), [(404, "is not known to its server"), (401, "was refused"), (500, "its server answered 500")]
)
def test_a_refusal_is_told_in_words_of_our_own(status: int, words: str) -> None:
    with ollama(status=status) as server:
        writer = open_writer(WriterSettings(url=server.url))
        with pytest.raises(WriterFailed, match=words):
            list(writer.reply(PROMPT))
        assert writer.context_tokens == WINDOW_TOKENS


def test_a_server_that_has_gone_is_told() -> None:
    with ollama(lines=reply("So.")) as server:
        writer = open_writer(WriterSettings(url=server.url))
        assert "".join(writer.reply(PROMPT)) == "So."
    with pytest.raises(WriterFailed, match="cannot be reached"):
        list(writer.reply(PROMPT))
