"""The recordings over HTTP: whole, in parts, and never another file, nor for who may not see the page."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from corpus import Document, load
from index import Collection, attach_recording, build_index
from qa import QA, Answer, Quote
from tests.fakes import HashEmbedder, WordReader
from tests.recordings import speak
from ui.app import build_app, launch
from ui.conversation import Exchange
from ui.conversation_html import render_conversation
from ui.kept_uploads import KeptUploads

CAPTIONS = "WEBVTT\n\n00:00:00.000 --> 00:00:03.000\n<v Ann>When <00:00:01.000>did the harvest fail?\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("served")
    speak(path / "talk.wav")
    (path / "talk.vtt").write_text(CAPTIONS, encoding="utf-8")
    build_index([load(path / "talk.vtt")], path / "index", embedder=HashEmbedder())
    attach_recording("talk", path / "talk.wav", path / "index")
    (path / "damaged").mkdir()
    (path / "damaged" / "recordings.json").write_text("{", encoding="utf-8")
    return path


def serve(folder: Path, auth: tuple[tuple[str, str], ...] = ()) -> Iterator[str]:
    qa = QA.open(folder / "index", embedder=HashEmbedder(), reader=WordReader())
    app = build_app(qa, feedback=folder / "feedback")
    yield launch(app, qa, recordings=lambda visitor: [folder / "none", folder / "damaged", folder / "index"], auth=auth)
    app.close(verbose=False)


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    yield from serve(folder)


@pytest.fixture(scope="module")
def guarded(folder: Path) -> Iterator[str]:
    yield from serve(folder, (("ann", "secret"),))


def find(address: str, **options: object) -> tuple[str, str]:
    """The address of the only recording, and the hash of its transcript's text."""
    ((source, recording),) = httpx.get(f"{address}recordings", **options).json().items()  # type: ignore[arg-type]
    assert (recording["name"], recording["problem"]) == ("talk.wav", None)
    return f"{address}{recording['address']}", source


def test_parts_of_the_recording(address: str, folder: Path) -> None:
    url, _ = find(address)
    sound = (folder / "talk.wav").read_bytes()
    whole = httpx.get(url)
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, sound, "audio/wav")
    assert whole.headers["accept-ranges"] == "bytes"
    part = httpx.get(url, headers={"range": "bytes=1000-1999"})
    assert (part.status_code, part.content) == (206, sound[1000:2000])
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(sound)}"
    assert httpx.get(url, headers={"range": "bytes=-500"}).content == sound[-500:]
    beyond = httpx.get(url, headers={"range": f"bytes={len(sound)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(sound)}")
    assert httpx.head(url).headers["content-length"] == str(len(sound))


def test_words_with_their_times(address: str) -> None:
    url, source = find(address)
    asked = {"source": source, "start": "5", "end": "14"}
    assert httpx.get(f"{url}/words", params=asked).json() == [[5, 9, 0, 1000], [10, 13, 1000, 3000]]
    assert httpx.get(f"{url}/words", params={**asked, "start": "x"}).status_code == 400
    assert httpx.get(f"{url}/words", params={**asked, "source": "0"}).status_code == 404


@pytest.mark.parametrize(
    "path", ["recordings/" + "0" * 64, "recordings/..%2Ftalk.wav", "recordings/%2Fetc%2Fpasswd", "recordings/talk.wav"]
)
def test_nothing_else_is_served(address: str, path: str) -> None:
    answer = httpx.get(address + path)
    assert answer.status_code == 404
    assert b"RIFF" not in answer.content
    assert b"root:" not in answer.content


def test_what_was_changed_is_not_served(address: str, folder: Path) -> None:
    url, _ = find(address)
    sound = (folder / "talk.wav").read_bytes()
    try:
        (folder / "talk.wav").write_bytes(sound + b"\0\0")
        answer = httpx.get(url)
        assert (answer.status_code, "was changed after it was attached" in answer.text) == (404, True)
        (described,) = httpx.get(f"{address}recordings").json().values()
        assert "was changed after it was attached" in described["problem"]
    finally:
        (folder / "talk.wav").write_bytes(sound)


def test_who_may_not_see_the_page_hears_nothing(guarded: str, address: str) -> None:
    sha256 = find(address)[0].rpartition("/")[2]
    for path in ("recordings", f"recordings/{sha256}", f"recordings/{sha256}/words"):
        assert httpx.get(guarded + path).status_code == 401
        assert httpx.get(guarded + path, auth=("ann", "guess")).status_code == 401
        other_site = {"origin": "http://elsewhere.example", "authorization": "Bearer ann:secret"}
        assert httpx.get(guarded + path, headers=other_site).status_code == 403
    assert find(guarded, auth=("ann", "secret"))[0].startswith(guarded)
    with httpx.Client(base_url=guarded) as visitor:
        assert visitor.post("login", data={"username": "ann", "password": "secret"}).status_code == 200
        assert visitor.get(f"recordings/{sha256}", headers={"range": "bytes=0-3"}).content == b"RIFF"


def test_no_user_hears_what_is_in_another_ones_collections(folder: Path) -> None:
    embedder = HashEmbedder()
    qa = QA.open(folder / "index", embedder=embedder, reader=WordReader())
    home = Collection("default", "Default", folder / "index")
    uploads = KeptUploads(qa, home, folder / "users", each_user=True)
    own = uploads.make("user:ann", "Garden").location
    build_index([Document.from_text("Ann: Was it cold?", doc_id="own")], own, embedder=embedder)
    speak(folder / "own.wav", [("Ann", "Was it cold?")])
    sha256 = attach_recording("own", folder / "own.wav", own, copy=True).sha256
    app = build_app(qa, feedback=folder / "feedback", uploads=uploads)
    accounts = (("ann", "secret"), ("bob", "hidden"))
    address = launch(app, qa, recordings=lambda visitor: [folder / "index", *uploads.places(visitor)], auth=accounts)
    try:
        for path in ("", "?collection=garden"):  # which one is open makes no difference
            answers = [httpx.get(f"{address}recordings/{sha256}{path}", auth=account) for account in accounts]
            assert [answer.status_code for answer in answers] == [200, 404]
            assert answers[0].content == (folder / "own.wav").read_bytes()
            assert b"RIFF" not in answers[1].content
        assert len(httpx.get(f"{address}recordings", auth=accounts[0]).json()) == 2
        assert len(httpx.get(f"{address}recordings", auth=accounts[1]).json()) == 1
        assert (
            httpx.get(f"{address}recordings/{sha256}/words?source=x&start=0&end=1", auth=accounts[1]).status_code == 404
        )
        with httpx.Client(base_url=address) as bob:
            assert bob.post("login", data={"username": "bob", "password": "hidden"}).status_code == 200
            assert bob.get(f"recordings/{sha256}").status_code == 404
        assert httpx.get(f"{address}recordings/{sha256}").status_code == 401
    finally:
        app.close(verbose=False)


def test_a_quote_with_doubtful_words_says_so_and_offers_to_be_heard(tmp_path: Path) -> None:
    words = [{"word": " In", "start": 1, "end": 1.2, "probability": 0.9}]
    words += [{"word": " <1987>.", "start": 1.2, "end": 2, "probability": 0.3}]
    segment = {"speaker": "Voice 1", "start": 1, "end": 2, "text": "In <1987>.", "words": words}
    (tmp_path / "talk.json").write_text(json.dumps({"segments": [segment]}), encoding="utf-8")
    document = load(tmp_path / "talk.json")
    quote = Quote.from_span(document, document.turns[0].start, document.turns[0].end, score=1.0)
    answer = Answer(question="When?", standalone_question="When?", kind="quotes", quotes=(quote,), confidence=1.0)
    page = render_conversation((Exchange.of(answer),))
    assert "Heard by machine, listen before you quote; it was not sure of: <bdi>&lt;1987&gt;.</bdi>" in page
    assert 'data-fragment="t=1,2" data-timing="words"' in page
