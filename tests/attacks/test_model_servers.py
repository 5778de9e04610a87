"""Language models' servers that do their worst: an answer comes all the same, in time, and no code of theirs runs."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from index.embedding.torch_encoder import TorchEncoder
from index.errors import EmbedderUnavailable
from qa import QA, WriterFailed, WriterSettings, open_writer
from qa.generation.bounded_http import make_client
from qa.generation.chat_server import ChatServer
from qa.generation.prompt import make_prompt
from qa.generation.writer_settings import DEFAULT_CONTEXT_TOKENS, OWN_HEADER
from tests.attacks.raw_server import raw_server
from ui.app import build_app, launch
from ui.models import Models

PROMPT = make_prompt("Why?", (), "point")
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
# What never ends, sent little by little: each piece comes long before any time-out between two pieces.
SLOW = {
    "the status": ([b"HTTP/1.1 200 "], b"O"),
    "headers": ([OK], b"X: y\r\n"),
    "a header": ([OK, b"X: "], b"y"),
    "100 Continue": ([], b"HTTP/1.1 100 Continue\r\n\r\n"),
    "103 Early Hints": ([], b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
    "comments": ([OK, b"\r\n"], b": still here\n\n"),
    "chunks": ([OK, b"Transfer-Encoding: chunked\r\n\r\n"], b"1\r\n:\r\n"),
    "the length of a chunk": ([OK, b"Transfer-Encoding: chunked\r\n\r\n"], b"0"),
    "trailers": ([OK, b"Transfer-Encoding: chunked\r\n\r\n0\r\n"], b"X: y\r\n"),
}


@pytest.mark.parametrize("what", SLOW)
def test_one_deadline_holds_for_the_whole_exchange(what: str) -> None:
    pieces, endless = SLOW[what]
    with raw_server(pieces, endless=endless, pause_s=0.01) as server:
        writer = open_writer(WriterSettings(url=server.url, model="m", timeout_s=1.0))
        with pytest.raises(WriterFailed, match=r"took longer than 1 s|cannot be read"):
            list(writer.reply(PROMPT))
        with make_client(1.0) as client, pytest.raises(httpx2.TransportError, match="the exchange took too long"):
            client.get(server.url)
    timers = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    for timer in timers:  # one that was called off still has to end
        timer.join(timeout=30)
    assert not [timer for timer in timers if timer.is_alive()]


DEEP = "[" * 50_000 + "]" * 50_000
LISTS = {
    "nothing": "",
    "text": "<html>",
    "null": "null",
    "a number": "7",
    "a list": "[1]",
    "a string": '"x"',
    "deep": DEEP,
    "deep data": f'{{"data": {DEEP}}}',
    "no data": "{}",
    "data null": '{"data": null}',
    "data text": '{"data": "abc"}',
    "data an object": '{"data": {"id": "m"}}',
    "models of anything": '{"data": [null, 1, "x", [], {}, {"id": null}, {"id": []}, {"id": ""}, {"id": "\\n"}]}',
    "meta text": '{"data": [{"id": "m", "meta": "x"}]}',
    "meta a list": '{"data": [{"id": "m", "meta": [1]}]}',
    **{
        f"a window of {window}": f'{{"data": [{{"id": "m", "n_ctx": {window}}}]}}'
        for window in ("-1", "0", "true", "1e9", '"x"', "9" * 400, "NaN", "[]")
    },
}


@pytest.mark.parametrize("name", LISTS)
def test_whatever_is_said_of_the_models_the_window_falls_back(name: str) -> None:
    body = LISTS[name].encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with raw_server([head, body]) as server:
        writer = ChatServer(WriterSettings(url=server.url, model="m", timeout_s=30.0))
        assert writer.context_tokens == DEFAULT_CONTEXT_TOKENS
        unnamed = ChatServer(WriterSettings(url=server.url, timeout_s=30.0))
        if '"m"' in LISTS[name] and "data" in LISTS[name] and "an object" not in name:
            assert unnamed.model == "m"
        else:
            with pytest.raises(WriterFailed, match="name one with --model"):
                _ = unnamed.model


@pytest.mark.parametrize(
    "event",
    ["null", "7", '"x"', "[]", DEEP, '{"choices": 7}', '{"choices": [7]}', '{"choices": [{"delta": {"content": 7}}]}'],
    ids=lambda event: event[:20],
)
def test_a_reply_of_no_form_is_no_reply(event: str) -> None:
    with raw_server([OK, b"Connection: close\r\n\r\n", f"data: {event}\n\ndata: [DONE]\n\n".encode()]) as server:
        writer = open_writer(WriterSettings(url=server.url, model="m", timeout_s=30.0))
        with pytest.raises(WriterFailed, match=r"cannot be read|broke off"):
            list(writer.reply(PROMPT))


@pytest.fixture
def own(fake_qa: QA, tmp_path: Path) -> Iterator[str]:
    """The address of a chat."""
    app = build_app(fake_qa, feedback=tmp_path / "feedback")
    yield launch(app, fake_qa)
    app.close(verbose=False)


@pytest.mark.parametrize("path", ["v1", "", "gradio_api/run", "gradio_api/queue"])
def test_this_program_is_no_language_model_of_its_own(own: str, path: str) -> None:
    for address in (own + path, own.replace("127.0.0.1", "localhost") + path):
        told = Models().choose("session:v", address, "m", "", "auto")
        assert told == (
            "Nothing was changed: the language model is this program itself; name the server of a language model."
        )
    assert httpx2.get(f"{own}health", headers={OWN_HEADER: "1"}).status_code == 508


def write_model_with_code(folder: Path, marker: Path) -> None:
    """A model's folder whose Python files leave a mark when they run."""
    code = f"open({str(marker)!r}, 'w').close()\nfrom transformers import PretrainedConfig as C\n"
    names = {
        "AutoConfig": "code.C",
        "AutoModel": "code.C",
        "AutoModelForCausalLM": "code.C",
        "AutoTokenizer": ["code.C", None],
    }
    config: dict[str, Any] = {"model_type": "unheard-of", "architectures": ["C"], "auto_map": names}
    (folder / "code.py").write_text(code, encoding="utf-8")
    for name in ("config.json", "tokenizer_config.json"):
        (folder / name).write_text(json.dumps(config), encoding="utf-8")
    modules = [{"idx": 0, "name": "0", "path": "", "type": "code.C"}]
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")


@pytest.mark.model
def test_no_code_of_a_model_runs_and_nobody_is_asked_whether_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def say_yes(*words: object) -> str:
        asked.append(str(words))
        return "y"

    monkeypatch.setattr("builtins.input", say_yes)
    folder = tmp_path / "model"
    folder.mkdir()
    write_model_with_code(folder, tmp_path / "ran")
    with pytest.raises(WriterFailed, match="cannot be loaded"):
        list(open_writer(WriterSettings(url=str(folder))).reply(PROMPT))
    with pytest.raises(EmbedderUnavailable, match="cannot be loaded"):
        TorchEncoder(folder, "model")
    assert (asked, (tmp_path / "ran").exists()) == ([], False)
