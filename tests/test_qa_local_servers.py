"""Servers of language models that run on this machine: found by their ports, asked briefly, never taken on trust."""

import json
import threading
import time
from pathlib import Path

import pytest

from qa import QA
from qa.generation.local_servers import MAX_MODELS, KnownPlace, LocalServer, find_local_servers
from tests.attacks.raw_server import raw_server
from tests.llm_server import Says, language_server
from ui.app import build_app, launch
from ui.callers import NOBODY
from ui.events import Events
from ui.feedback import FeedbackLog
from ui.history import History
from ui.history_events import HistoryEvents
from ui.models import Models
from ui.service import ChatService
from ui.uploads import Uploads


def place(url: str, name: str = "Ollama") -> KnownPlace:
    return KnownPlace(name, int(url.rpartition(":")[2].partition("/")[0]))


def test_who_answers_is_found_with_its_models_and_asked_nothing_else() -> None:
    models = [{"id": "qwen2.5:7b"}, {"id": "qwen2.5:7b"}, {"id": "llama3.2"}, {"id": "bad\nname"}, {"id": 7}, None]
    with (
        language_server(lambda _: Says(), models=models) as one,  # type: ignore[arg-type]  # a server may say anything
        language_server(lambda _: Says(), models=[{"id": "m"}]) as other,
        language_server(lambda _: Says(), models=[]) as empty,
    ):
        free = KnownPlace("nobody", 1)
        places = [place(one.url), free, place(empty.url, "empty"), place(other.url, "LM Studio")]
        assert find_local_servers(places, timeout_s=20.0) == [
            LocalServer("Ollama", one.url, ("qwen2.5:7b", "llama3.2")),
            LocalServer("LM Studio", other.url, ("m",)),
        ]
        assert one.requests == other.requests == []


def test_no_key_goes_there_and_no_other_machine_is_asked() -> None:
    with raw_server(
        [b"HTTP/1.1 302 Found\r\nLocation: http://198.51.100.1/v1/models\r\nContent-Length: 0\r\n\r\n"]
    ) as one:
        assert find_local_servers([place(one.url)], timeout_s=20.0) == []
    (request,) = one.requests
    assert request.startswith("GET /v1/models ")
    assert "uthorization" not in request


@pytest.mark.parametrize(
    "body",
    ["", "<html>", "null", "[]", "7", '{"data": 7}', '{"data": {"id": "m"}}', "[" * 50_000, '{"data": [{"id": ""}]}'],
    ids=lambda body: body[:12],
)
def test_what_answers_otherwise_is_no_server(body: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with raw_server([head.encode(), body.encode()]) as server:
        assert find_local_servers([place(server.url)], timeout_s=20.0) == []


def test_a_server_that_never_answers_holds_nobody_up() -> None:
    with raw_server([b"HTTP/1.1 200 OK\r\n"], endless=b"X: y\r\n", pause_s=0.01) as server:
        begun = time.monotonic()
        assert find_local_servers([place(server.url)] * 3, timeout_s=0.2) == []
        assert time.monotonic() - begun < 20


def test_of_many_models_the_first_are_offered() -> None:
    models = [{"id": f"m{number}"} for number in range(3 * MAX_MODELS)]
    with language_server(lambda _: Says(), models=models) as server:
        (found,) = find_local_servers([place(server.url)], timeout_s=20.0)
    assert len(found.models) == MAX_MODELS


def test_this_program_is_no_such_server(fake_qa: QA, tmp_path: Path) -> None:
    app = build_app(fake_qa, feedback=tmp_path / "feedback")
    try:
        own = launch(app, fake_qa).rstrip("/")
        assert find_local_servers([place(own)], timeout_s=20.0) == []
    finally:
        app.close(verbose=False)


def test_what_is_found_is_told_in_words_and_to_nobody_who_may_not_choose() -> None:
    asked = threading.Event()

    def find() -> list[LocalServer]:
        asked.set()
        return [LocalServer("Ollama", "http://127.0.0.1:11434/v1", ("a", "b"))]

    said, found = Models(find_servers=find).look_around("session:v")
    assert said == "Running on this machine, with so many models: Ollama (2)."
    assert [server.models for server in found] == [("a", "b")]
    none, _ = Models(find_servers=list).look_around("session:v")
    assert none.startswith("No server of a language model answers on this machine")
    asked.clear()
    for models, visitor in (
        (Models(choosing=False, find_servers=find), "session:v"),
        (Models(find_servers=find), NOBODY),
    ):
        assert models.look_around(visitor) == ("Here no model can be chosen.", ())
    assert not asked.is_set()


def test_a_choice_fills_the_boxes_and_nonsense_does_not(fake_qa: QA, tmp_path: Path) -> None:
    service = ChatService(Uploads(fake_qa), FeedbackLog(tmp_path))
    events = Events(service, HistoryEvents(History(service, None)))
    assert events.take_found(json.dumps(["http://127.0.0.1:1/v1", "m"])) == ("http://127.0.0.1:1/v1", "m")
    for nonsense in (None, "", "x", "[1]", "7", '{"a": 1}'):
        assert events.take_found(nonsense) != ("http://127.0.0.1:1/v1", "m")
