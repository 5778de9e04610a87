"""Only this server's own page, and programs that are no page, can use it; and no body of theirs makes it fail."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
import pytest

from corpus import Document
from index import build_index
from qa import QA
from tests.fakes import HashEmbedder, WordReader
from ui.__main__ import main
from ui.app import build_app, launch
from ui.gate import Host

COMPLETIONS = "v1/chat/completions"
ROUTES = ["", "health", "v1/models", "config", "gradio_api/info", "gradio_api/heartbeat/x", "theme.css", "logout"]
QUESTION = {"messages": [{"role": "user", "content": "vessels between Chancay and Shanghai"}]}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, interview: Document) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("gate")
    build_index([interview], folder / "index", embedder=HashEmbedder())
    qa = QA.open(folder / "index", embedder=HashEmbedder(), reader=WordReader())
    app = build_app(qa, feedback=folder / "feedback")
    yield launch(app, qa, allowed=[Host.parse("notes.example"), Host.parse("tunnel.example:8443")])
    app.close(verbose=False)


def port_of(address: str) -> int:
    return urlsplit(address).port or 80


def status(address: str, route: str = "health", method: str = "GET", **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with httpx2.stream(method, address + route, headers=named, timeout=30) as reply:
        return reply.status_code


@pytest.mark.parametrize("route", ROUTES)
def test_a_name_that_was_made_to_point_here_gets_nothing(address: str, route: str) -> None:
    for host in ("evil.example", f"evil.example:{port_of(address)}", "127.0.0.1.evil.example", "notes.example.evil"):
        assert status(address, route, host=host) == 403


@pytest.mark.parametrize("route", [*ROUTES, COMPLETIONS, "gradio_api/queue/join", "gradio_api/upload", "login"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_page_of_another_site_or_port_gets_nothing(address: str, route: str, method: str) -> None:
    for origin in ("https://evil.example", "http://localhost:1", "http://127.0.0.1", "null", "file://"):
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        reply = httpx2.request(method, address + route, headers=headers)
        assert reply.status_code == 403
        assert "access-control-allow-origin" not in reply.headers


@pytest.mark.parametrize("route", ["health", "gradio_api/heartbeat/x", "logout", "config"])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_browsers_send_without_an_origin_is_told_too(address: str, route: str, site: str) -> None:
    assert status(address, route, sec_fetch_site=site, sec_fetch_mode="no-cors", sec_fetch_dest="script") == 403
    assert status(address, "", sec_fetch_site=site, sec_fetch_mode="navigate", sec_fetch_dest="iframe") == 403
    assert status(address, "", sec_fetch_site=site, sec_fetch_mode="navigate", sec_fetch_dest="document") == 200


def test_the_names_of_this_machine_and_those_allowed_are_answered(address: str) -> None:
    port = port_of(address)
    good = (f"localhost:{port}", f"LOCALHOST:{port}", f"127.0.0.1:{port}", f"[::1]:{port}")
    for host in (*good, "notes.example", "notes.example:1", "tunnel.example:8443"):
        assert status(address, host=host) == 200
        assert status(address, host=f"127.0.0.1:{port}", origin=f"http://{host}") == 200
    assert status(address, origin="https://notes.example") == 200
    for host in ("localhost", "localhost:1", "tunnel.example", f"user@localhost:{port}", "", f"localhost:{port}/x"):
        assert status(address, host=host) in {400, 403}


def test_the_own_page_may_and_no_other_page_may_hold_it(address: str) -> None:
    own = address.rstrip("/")
    reply = httpx2.post(address + COMPLETIONS, json=QUESTION, headers={"Origin": own, "Sec-Fetch-Site": "same-origin"})
    assert reply.json()["choices"][0]["message"]["citations"]
    assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
    assert reply.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None])
def test_a_body_must_say_that_it_is_json(address: str, kind: str | None) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    for route in (COMPLETIONS, "gradio_api/run/answer", "gradio_api/queue/join", "gradio_api/call/answer"):
        reply = httpx2.post(address + route, content=json.dumps(QUESTION), headers=headers)
        assert reply.status_code == 415
        assert reply.json()["error"]["type"] == "invalid_request_error"


DEEP = "[" * 100_000 + "]" * 100_000
MALFORMED = {
    "nothing": "",
    "no JSON": "{",
    "deep": f'{{"messages": {DEEP}}}',
    "a long number": f'{{"messages": {"1" * 5000}}}',
    "infinite": '{"messages": [{"role": "user", "content": "x", "n": Infinity}]}',
    "not a number": '{"messages": NaN}',
    "half a pair": r'{"messages": [{"role": "user", "content": "What \ud800?"}]}',
    "half a pair before": r'{"messages": [{"role": "user", "content": "\udc00"}, {"role": "user", "content": "Why?"}]}',
    "a role that is a list": '{"messages": [{"role": [], "content": "Why?"}]}',
    "earlier roles": '{"messages": [{"role": {}, "content": "a"}, {"role": [], "content": 1}, {"role": "x"}]}',
    "content of numbers": '{"messages": [{"role": "user", "content": 7}]}',
    "a part without text": '{"messages": [{"role": "user", "content": [{"type": "text"}]}]}',
    "a part of a list": '{"messages": [{"role": "user", "content": [{"type": "text", "text": []}, 1, null]}]}',
    "messages of messages": '{"messages": [[]]}',
    "messages in an object": '{"messages": {"0": 1}}',
    "stream": '{"messages": [{"role": "user", "content": "Why so?"}], "stream": "no"}',
    "quotes": '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "quotes": '
    '[1, {}, {"cited_text": 5}, null]}, {"role": "user", "content": [], "x": "y"}]}',
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_body_is_told_in_the_form_of_the_api(address: str, name: str) -> None:
    headers = {"Content-Type": "application/json"}
    reply = httpx2.post(address + COMPLETIONS, content=MALFORMED[name], headers=headers, timeout=60)
    assert 400 <= reply.status_code < 500
    assert set(reply.json()["error"]) == {"message", "type", "param", "code"}


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"\x80", b'{"messages": "\xed\xa0\x80"}'], ids=str)
def test_a_body_in_no_encoding_is_told(address: str, body: bytes) -> None:
    reply = httpx2.post(address + COMPLETIONS, content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 400


@pytest.mark.parametrize("text", ["", "a b", "http://a", "a/b", "a:x", "a:99999", "u@a", "[::1", " a"], ids=repr)
def test_what_is_no_name_of_a_host_cannot_be_allowed(text: str) -> None:
    with pytest.raises(ValueError, match=r"no name of a host|[Pp]ort|Invalid"):
        Host.parse(text)
    assert Host.parse("[::1]:7860") == Host("::1", 7860)


def test_the_command_says_what_is_no_name_of_a_host(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--allow-host", "http://notes.example"])
    assert "'http://notes.example' is no name of a host; expected NAME or NAME:PORT" in capsys.readouterr().err
