"""One file that cannot be read never stops the others, whatever is wrong with it."""

import json
import sys
from pathlib import Path

import pytest

from corpus import CorpusError, SourceUnreadable, load
from index import build_index, read_sources
from tests.fakes import HashEmbedder

DIGITS = "9" * 5000
SURROGATE = b'"\\ud800"'
GOOD = "Ann: Why did you leave?\n\nBob: It never rained.\n"

# Those that are read, with what their first words are.
READ: dict[str, tuple[bytes, str]] = {
    " .txt": (GOOD.encode(), "Why did you leave?"),
    "reference.vtt": (f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Hi &#{DIGITS}; &#65;\n".encode(), "Hi \ufffd A"),
    "reference.csv": (f"speaker,text\nAnn,&#{DIGITS}; hi &#x{'f' * 5000}\nBob,Yes\n".encode(), "\ufffd hi \ufffd"),
    "reference.json3": (
        json.dumps({"events": [{"tStartMs": 1, "segs": [{"utf8": f"Hi &#{DIGITS};"}]}]}).encode(),
        "Hi \ufffd",
    ),
    "reference.srv3": (f"<timedtext><body><p t='1'>Hi &amp;#{DIGITS};</p></body></timedtext>".encode(), "Hi \ufffd"),
    "reference.html": (f"<html><body><p>Hi &#{DIGITS};</p></body></html>".encode(), "Hi \ufffd"),
    "time.trs": (b"<Trans><Turn startTime='1e300'>Hi</Turn><Turn startTime='nan'>you</Turn></Trans>", "Hi you"),
    "rate.ttml": (b"<tt xmlns:t='x' t:frameRate='x' t:tickRate='1e-320'><p begin='9t'>Hi</p></tt>", "Hi"),
    "rates.ttml": (b"<tt xmlns:t='x' t:frameRate='nan' t:tickRate='inf'><p begin='00:00:00:99'>Hi</p></tt>", "Hi"),
    "zero.ttml": (b"<tt xmlns:t='x' t:frameRate='0' t:tickRate='0'><p begin='00:00:01:15'>Hi</p></tt>", "Hi"),
    "time.json": (b'[{"text":"Hi","start":1e308,"end":-1e308},{"text":"you","start":1e999,"end":NaN}]', "Hi you"),
    "number.srt": (f"{DIGITS}\n00:00:01,000 --> 00:00:02,000\nHi\n".encode(), "Hi"),
    "digits.srt": ("²\n00:00:01,000 --> 00:00:02,000\nHi\n".encode(), "Hi"),
    "group.rtf": (b"{\\rtf1 " + b"{" * 100_000 + b"Hi", "Hi"),
    "binary.rtf": (b"{\\rtf1 Hi\\bin9999999999 you", "Hi"),
}
REFUSED: dict[str, bytes] = {
    "surrogate.json": b'[{"speaker":"A","text":' + SURROGATE + b"}]",
    "integer.json": f'[{{"text":"Hi","start":{DIGITS}}}]'.encode(),
    "deep.json": b"[" * 100_000,
    "deep.trs": b"<Trans>" + b"<a>" * 100_000,
    "binary.txt": bytes(range(256)),
    "cut.docx": b"PK\x03\x04" + b"\0" * 100,
}


def write(folder: Path) -> None:
    for name, (data, _) in READ.items():
        (folder / name).write_bytes(data)
    for name, data in REFUSED.items():
        (folder / name).write_bytes(data)


@pytest.mark.parametrize("name", READ)
def test_an_odd_file_is_read(tmp_path: Path, name: str) -> None:
    data, words = READ[name]
    (tmp_path / name).write_bytes(data)
    document = load(tmp_path / name)
    first = document.turns[0]
    assert document.text[first.start : first.end] == words


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(REFUSED[name])
    with pytest.raises(CorpusError, match=name):
        load(tmp_path / name)


def test_the_others_are_read_and_stored(tmp_path: Path) -> None:
    folder = tmp_path / "talks"
    folder.mkdir()
    write(folder)
    report = read_sources([folder])
    assert {refusal.path.name for refusal in report.refused} == set(REFUSED)
    assert len(report.documents) == len(READ)
    built = build_index(report.documents, tmp_path / "index", embedder=HashEmbedder())
    assert len(built.added) == len({document.sha256 for document in report.documents})


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (AssertionError(), "cannot be read (AssertionError)"),
        (KeyError("a\nb"), "cannot be read (KeyError: "),
        (RecursionError("deep"), "cannot be read (RecursionError: deep)"),
        (MemoryError(), "takes more memory to read than a transcript does"),
        (ValueError("x" * 10_000), "cannot be read (ValueError: xxx"),
    ],
    ids=["assertion", "key", "depth", "memory", "value"],
)
def test_a_reader_that_fails_refuses_its_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    module = sys.modules["corpus.load"]
    real = module.read

    def read(data: bytes, name: str) -> object:
        if name.endswith("bad.txt"):
            raise error
        return real(data, name)

    monkeypatch.setattr(module, "read", read)
    for name in ("a.txt", "bad.txt", "c.txt"):
        (tmp_path / name).write_text(f"{name} {GOOD}", encoding="utf-8")
    report = read_sources([tmp_path])
    (refusal,) = report.refused
    said = str(refusal.error)
    assert isinstance(refusal.error, SourceUnreadable)
    assert said.startswith(f"{tmp_path / 'bad.txt'} {words}")
    assert len(said) < 400 + len(str(tmp_path))
    assert [document.doc_id for document in report.documents] == ["a", "c"]


@pytest.mark.parametrize(
    "name", ["x" * 5000, "a\0b", "[" * 300, "**/" * 2000, "\udcff.txt"], ids=["long", "nul", "bracket", "deep", "bytes"]
)
def test_a_name_that_cannot_be_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "talk.txt").write_text(GOOD, encoding="utf-8")
    report = read_sources([tmp_path / name, tmp_path / "talk.txt"])
    assert [refusal.path for refusal in report.refused] == [tmp_path / name]
    assert [document.doc_id for document in report.documents] == ["talk"]
