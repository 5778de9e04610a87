"""Whatever a file says, titles, names, ids, times and pages are bounded, and no file is read without end."""

import io
import os
import sqlite3
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import index.sources
from corpus import Document, SourceTooLarge, SourceUnreadable, Speaker, Turn, load
from corpus.bounds import MAX_NAME_CHARS, MAX_TITLE_CHARS
from index import IndexDamaged, SqliteStore, build_index, read_sources
from index.check import check_index
from tests.fakes import HashEmbedder

WORDS = "It never rained. We left."
HUGE = "x" * 5_000_000


def document(*turns: Turn, title: str | None = None, headline: str | None = None) -> Document:
    return Document.from_turns(WORDS, turns or (Turn("Ann", 0, 25),), doc_id="talk", title=title, headline=headline)


@pytest.mark.parametrize("given", ["title", "headline"])
def test_a_title_is_a_bounded_line(given: str) -> None:
    assert len(document(**{given: HUGE}).title) == MAX_TITLE_CHARS
    assert document(**{given: "A\n\u202etalk\x00"}).title == "A \ufffdtalk\ufffd"
    assert document(**{given: "\n\u200b\u2028"}).title == "talk"
    assert document(**{given: "\ud800"}).title == "\ufffd"


def test_a_headline_of_megabytes_is_cut() -> None:
    text = f"# {HUGE}\n\nAnn: Why?\n\nBob: Because.\n"
    made = Document.from_text(text, doc_id="talk")
    assert len(made.title) == MAX_TITLE_CHARS
    assert made.text == text


def test_a_name_is_a_bounded_line() -> None:
    made = document(Turn(HUGE, 0, 16), Turn("Ann\nBob: ", 17, 25))
    assert [speaker.name for speaker in made.speakers] == ["x" * (MAX_NAME_CHARS - 1) + "…", "Ann Bob:"]
    assert [turn.speaker for turn in made.turns] == [speaker.name for speaker in made.speakers]


def test_two_long_names_stay_two() -> None:
    made = document(Turn(HUGE + "1", 0, 16), Turn(HUGE + "2", 17, 25))
    names = [turn.speaker or "" for turn in made.turns]
    assert len(set(names)) == len(made.speakers) == 2
    assert all(len(name) <= MAX_NAME_CHARS for name in names)


def test_a_name_of_which_nothing_is_seen_is_none() -> None:
    made = document(Turn("\u200b\ufeff", 0, 16), Turn(" \n", 17, 25))
    assert [turn.speaker for turn in made.turns] == [None, None]
    assert made.speakers == ()


@pytest.mark.parametrize("start_ms", [-1, 10**10, 10**400])
def test_a_time_that_no_recording_has_is_left_out(start_ms: int) -> None:
    assert document(Turn("Ann", 0, 25, start_ms=start_ms)).turns[0].start_ms is None


@pytest.mark.parametrize("page", [0, -1, 10**30])
def test_a_page_that_no_transcript_has_is_left_out(page: int) -> None:
    assert document(Turn("Ann", 0, 25, page=page)).turns[0].page is None


@pytest.mark.parametrize(
    ("doc_id", "words"),
    [
        ("", "doc_id is empty"),
        (" \n", "doc_id is empty"),
        ("a\nb", "'a b', expected one line of at most 400"),
        ("a\u202eb", "expected one line"),
        ("\ud800", "expected one line"),
        (HUGE, "xxx…', expected one line"),
    ],
)
def test_a_name_for_a_document_must_be_a_line(doc_id: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refusal:
        Document.from_text(WORDS, doc_id=doc_id)
    assert len(str(refusal.value)) < 300


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": "A\nB"}, "title is 'A B'"),
        ({"title": HUGE}, "title is 'xxx"),
        ({"turns": (Turn("A\u2028B", 0, 25),)}, "a speaker's name is 'A B'"),
        ({"speakers": (Speaker(HUGE),)}, "a speaker's name is 'xxx"),
        ({"turns": (Turn("Ann", 0, 25, start_ms=10**400),)}, "turn 0 begins at 1000"),
        ({"turns": (Turn("Ann", 0, 25, page=0),)}, "on page 0"),
        ({"turns": (Turn("Ann", 0, 25, start_ms=float("nan")),)}, "turn 0 begins at nan"),  # type: ignore[arg-type]
    ],
    ids=str,
)
def test_the_constructor_checks_them(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        replace(document(), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    [" .txt", "\u200b.txt", "a\nb.txt", "a\u202eb.txt", b"a\xffb.txt"],
    ids=["blank", "unseen", "break", "bidi", "bytes"],
)
def test_a_file_of_any_name_is_read(tmp_path: Path, name: str | bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    try:
        path.write_text(WORDS, encoding="utf-8")
    except OSError:
        pytest.skip("this system has no such file names")
    made = load(path)
    assert made.doc_id in {"unnamed", "a b", "a\ufffdb"}
    build_index([made], tmp_path / "index", embedder=HashEmbedder())
    with SqliteStore(tmp_path / "index").reading() as view:
        assert view.document(made.doc_id) == made


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents SET title = 'a' || char(10) || 'b'",
        "UPDATE turns SET start_ms = -5",
        "UPDATE turns SET page = 'x'",
    ],
)
def test_an_index_that_holds_others_is_damaged(tmp_path: Path, statement: str) -> None:
    build_index([document()], tmp_path, embedder=HashEmbedder())
    connection = sqlite3.connect(tmp_path / "catalog.sqlite3")
    with connection:
        connection.execute(statement)
    connection.close()
    with SqliteStore(tmp_path).reading() as view, pytest.raises(IndexDamaged, match="is no document"):
        view.document("talk")
    assert len(check_index(SqliteStore(tmp_path))) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_without_a_writer_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "talk.txt")
    with pytest.raises(SourceUnreadable, match="is no file but a pipe or a device"):
        load(tmp_path / "talk.txt")
    (report,) = read_sources([tmp_path / "talk.txt"]).refused
    assert "pipe or a device" in str(report.error)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no such device")
@pytest.mark.parametrize("linked", [False, True])
def test_a_device_is_refused(tmp_path: Path, linked: bool) -> None:
    path = Path("/dev/zero")
    if linked:
        path = tmp_path / "talk.txt"
        path.symlink_to("/dev/zero")
    with pytest.raises(SourceUnreadable, match="is no file but a pipe or a device"):
        load(path)


def test_a_file_that_grows_is_not_read_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "talk.txt"
    path.write_text(WORDS, encoding="utf-8")
    real = os.fstat

    def before(handle: int) -> os.stat_result:
        found = list(real(handle))
        found[6] = 0  # the size that it had
        return os.stat_result(found)

    monkeypatch.setattr(sys.modules["corpus.load"], "MAX_FILE_BYTES", 10)
    monkeypatch.setattr(os, "fstat", before)
    with pytest.raises(SourceTooLarge, match="has 11 bytes, more than the 10 of a transcript"):
        load(path)


class Endless(io.TextIOBase):
    """Standard input that never ends, and counts what is taken of it."""

    taken = 0

    def read(self, size: int | None = -1, /) -> str:
        """So many characters; never all of them, of which there is no end."""
        assert size is not None
        assert size >= 0
        self.taken += size
        return "a" * size


def test_standard_input_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = Endless()
    monkeypatch.setattr(sys, "stdin", endless)
    monkeypatch.setattr(index.sources, "MAX_FILE_BYTES", 1000)
    (refusal,) = read_sources([Path("-")]).refused
    assert "the standard input has more than 1,000 characters" in str(refusal.error)
    assert endless.taken == 1001


def test_a_name_that_cannot_be_is_refused_for_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(WORDS))
    (refusal,) = read_sources([Path("-")], pasted_name=" ").refused
    assert "doc_id is empty" in str(refusal.error)
