"""`verify` calls good only what is a quote in all that is said of it; `check` finds what was changed in an index."""

import json
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus import Document, Turn
from index import SqliteStore, build_index, update_index
from index.__main__ import main as index_main
from index.check import check_index
from qa.answers import Citation, Quote, citation_from_dict, from_dict, load_answers
from qa.errors import AnswersInvalid
from qa.verify import Finding, verify
from qa.verify_command import verify_command
from tests.fakes import HashEmbedder

TEXT = "Host: When did the harvest fail?\n\nBob: It failed in 1987. We left.\n\nBob: The harvest failed again."
WORDS = "It failed in 1987."


def make_document(text: str = TEXT) -> Document:
    """A talk whose turns have times and pages."""
    plain = Document.from_text(text, doc_id="talk", title="The talk")
    turns = tuple(replace(turn, start_ms=1000 * number, page=number + 1) for number, turn in enumerate(plain.turns))
    return Document.from_turns(text, turns, doc_id="talk", title="The talk")


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    build_index([make_document()], tmp_path / "index", embedder=HashEmbedder())
    return SqliteStore(tmp_path / "index")


def quote_of(words: str = WORDS) -> Citation:
    document = make_document()
    start = document.text.index(words)
    return citation_from_dict(Quote.from_span(document, start, start + len(words), score=1.0).to_dict())


def check(store: SqliteStore, citation: Citation) -> Finding:
    with store.reading() as view:
        (finding,) = verify([citation], view)
    return finding


def test_a_quote_is_exact(store: SqliteStore) -> None:
    finding = check(store, quote_of())
    assert (finding.verdict, finding.differences, finding.holds) == ("exact", (), True)


@pytest.mark.parametrize("edited", [False, True], ids=["same source", "edited source"])
@pytest.mark.parametrize(
    ("forged", "told"),
    [
        ({"title": "Confession"}, "the title is “The talk”, not “Confession”"),
        ({"speaker": "Ann"}, "the speaker is “Bob”, not “Ann”"),
        ({"speaker": None}, "the speaker is “Bob”, not none"),
        ({"speaker": ""}, "the speaker is “Bob”, not “”"),
        ({"role": "asks"}, "the role is “answers”, not “asks”"),
        ({"role": None}, "the role is “answers”, not none"),
        ({"kind": "narration"}, "the kind of text is “speech”, not “narration”"),
        ({"page": 9}, "the page is 2, not 9"),
        ({"page": None}, "the page is 2, not none"),
        ({"start_ms": 5}, "the time in milliseconds is 1000, not 5"),
    ],
    ids=str,
)
def test_what_is_forged_is_told(store: SqliteStore, forged: dict[str, Any], told: str, edited: bool) -> None:
    citation = replace(quote_of(), **forged)
    finding = check(store, replace(citation, source_sha256="0" * 64) if edited else citation)
    assert (finding.verdict, finding.differences, finding.holds) == ("changed", (told,), False)


@pytest.mark.parametrize(
    ("forged", "told"),
    [
        ({"start": 0, "end": 18}, "it stands at 39-57 of this very text"),
        ({"start": 39 - len(TEXT), "end": 57 - len(TEXT)}, "it stands at 39-57 of this very text"),
        ({"end": 10**14}, "it stands at 39-57 of this very text"),
        ({"turn": 0}, "the turn is 1, not 0"),
        ({"prefix": "I never said: "}, "the text around it is another one"),
        ({"suffix": " Not."}, "the text around it is another one"),
    ],
    ids=str,
)
def test_in_the_very_same_text_every_place_is_checked(store: SqliteStore, forged: dict[str, Any], told: str) -> None:
    finding = check(store, replace(quote_of(), **forged))
    assert (finding.verdict, finding.differences) == ("changed", (told,))


def test_in_an_edited_text_words_may_have_moved(store: SqliteStore) -> None:
    finding = check(store, replace(quote_of(), start=3, end=21, prefix="x", source_sha256="0" * 64))
    assert (finding.verdict, finding.start, finding.differences) == ("moved", 39, ())
    finding = check(store, replace(quote_of(), start=3, end=21, title="Once", source_sha256="0" * 64))
    assert (finding.verdict, finding.differences) == ("moved", ("the title is “The talk”, not “Once”",))


def test_what_was_not_said_is_not_held_against_it(store: SqliteStore) -> None:
    told = ("cited_text", "doc_id", "start_char_index", "end_char_index", "speaker")
    record = {key: value for key, value in quote_of().to_dict().items() if key in told}
    assert check(store, citation_from_dict(record)).verdict == "exact"


@pytest.mark.parametrize("words", ["", " ", "\n\n", "…", "."])
def test_words_without_words_are_no_quote(store: SqliteStore, words: str) -> None:
    start = TEXT.find(words)
    finding = check(store, replace(quote_of(), text=words, start=start, end=start + len(words)))
    assert (finding.verdict, finding.differences) == ("invalid", ("there are no words in it",))


@pytest.mark.parametrize("speaker", ["Bob", "Host", None, ""])
@pytest.mark.parametrize(
    "words", ["fail?\n\nBob: It failed", "Bob: It failed in 1987.", "Host", "We left.\n\nBob: The harvest"]
)
def test_labels_and_what_crosses_turns_are_no_quotes(store: SqliteStore, words: str, speaker: str | None) -> None:
    start = TEXT.index(words)
    citation = replace(quote_of(), text=words, start=start, end=start + len(words), speaker=speaker)
    finding = check(store, citation)
    assert finding.verdict == "invalid"
    assert "cross from one turn into another" in finding.differences[0]


def test_furniture_is_no_quote(tmp_path: Path) -> None:
    text = "It rained. Leave a Reply"
    turns = (Turn("Ann", 0, 10), Turn(None, 11, 24, "furniture"))
    build_index([Document.from_turns(text, turns, doc_id="talk")], tmp_path, embedder=HashEmbedder())
    citation = replace(quote_of(), text="Leave a Reply", start=11, end=24, speaker="")
    assert check(SqliteStore(tmp_path), citation).verdict == "invalid"


def test_the_command_tells_it(store: SqliteStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quotes = [quote_of(), replace(quote_of(), title="A\nB", page=9), replace(quote_of(), text="")]
    path = tmp_path / "answers.json"
    path.write_text(json.dumps({"quotes": [quote.to_dict() for quote in quotes]}), encoding="utf-8")
    assert verify_command([str(path), "--index", str(store.folder)]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[1:] == [
        f"changed\ttalk\t39-57\tBob\t{WORDS}\tnow: {WORDS}\t"
        "differs: the title is “The talk”, not “A B”; the page is 2, not 9",
        "invalid\ttalk\t-\tBob\t\tdiffers: there are no words in it",
    ]
    assert err == "1 exact, 1 changed, 1 invalid\n"


def test_short_words_in_a_long_text_are_looked_at_in_few_places(tmp_path: Path) -> None:
    text = "Ann: " + "a " * 50_000
    build_index([Document.from_text(text, doc_id="talk")], tmp_path, embedder=HashEmbedder())
    citations = [replace(quote_of(), text="a", start=number, end=1, prefix="a " * 16) for number in range(20)]
    with SqliteStore(tmp_path).reading() as view:
        assert {finding.verdict for finding in verify(citations, view)} == {"changed"}


QUOTE = json.dumps(quote_of().to_dict())


def with_value(key: str, value: str) -> str:
    """An answer whose quote has this JSON at a key."""
    return '{"quotes": [' + re.sub(rf'"{key}": ("[^"]*"|[^,}}]*)', lambda _: f'"{key}": {value}', QUOTE) + "]}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (with_value("score", "Infinity"), "Infinity is no number"),
        (with_value("score", "-Infinity"), "Infinity is no number"),
        (with_value("score", "NaN"), "NaN is no number"),
        (with_value("score", "1e999"), "'score' is no number that can be"),
        (with_value("score", "1" + "0" * 400), "'score' is no number that can be"),
        (with_value("start_char_index", "1" + "0" * 4000), "'start_char_index' is no number that can be"),
        (with_value("start_char_index", "1" + "0" * 5000), "limit"),
        (with_value("start_char_index", "1.0"), "'start_char_index' is 1.0, expected int"),
        (with_value("start_char_index", "true"), "'start_char_index' is True, expected int"),
        (with_value("cited_text", '"\\ud800"'), "'cited_text' holds half of a surrogate pair"),
        (with_value("doc_id", '"a\\udfff"'), "'doc_id' holds half of a surrogate pair"),
        (with_value("speaker", '["a"]'), "'speaker' is a list, expected str"),
        (with_value("speaker", "[" * 500 + "]" * 500), "'speaker' is a list, expected str"),
        ("[" * 200_000 + "]" * 200_000, "is nested too deeply"),
        ('{"a":' * 50_000 + "1" + "}" * 50_000, "is nested too deeply"),
        ("[" * 900 + '{"quotes": [1]}' + "]" * 900, "nested too deeply|a quote is 1, expected dict"),
        ('{"quotes": [' + QUOTE[:-1] + ', "cited_text": "x"}]}', "an object has the same key twice"),
        ('{"quotes": [], "confidence": 1e400}', "'confidence' is no number that can be"),
        ("", "has no answers in it"),
        ("\x00", "is no JSON"),
        ('"\n\x1b[2J\u202e', "is no JSON"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_hostile_json_is_refused_in_a_line(
    store: SqliteStore, tmp_path: Path, text: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "answers.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AnswersInvalid, match=words):
        load_answers(path)
    assert verify_command([str(path), "--index", str(store.folder)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert len(err) < 500


def test_a_file_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.answers.codec.MAX_ANSWERS_BYTES", 1000)
    (tmp_path / "long.json").write_bytes(b" " * 2000)
    endless = Path("/dev/zero")
    for path in (tmp_path / "long.json", *([endless] if endless.exists() else [])):
        with pytest.raises(AnswersInvalid, match="has more than the 1,000 bytes that are read"):
            load_answers(path)


@pytest.mark.parametrize("value", [10**400, -(10**400), float("inf"), float("nan")])
def test_numbers_of_a_page_are_refused_too(value: float) -> None:
    with pytest.raises(AnswersInvalid, match="'confidence' is no number that can be"):
        from_dict({"quotes": [], "confidence": value})


# The check of an index.

SHIFT = """
UPDATE passages SET start = start + 3, end = end + 3,
passage_id = doc_id || ':' || (start + 3) || '-' || (end + 3) WHERE start = 39
"""


@pytest.mark.parametrize(
    ("statements", "problem"),
    [
        (SHIFT, "the sentence at 39-57 of talk is in no passages of its own"),
        (SHIFT.replace("end + 3", "end"), "the sentence at 39-57 of talk is in no passages of its own"),
        (SHIFT.replace("start + 3", "start"), "the sentence at 39-57 of talk is in no passages of its own"),
        ("DELETE FROM passages WHERE start = 39", "the sentence at 39-57 of talk is in no passages of its own"),
        (
            "PRAGMA foreign_keys = OFF; UPDATE documents SET doc_id = 'x'; UPDATE turns SET doc_id = 'x';"
            "UPDATE speakers SET doc_id = 'x'; UPDATE passages SET doc_id = 'x',"
            "passage_id = 'x:' || start || '-' || end",
            "the name, the passages or the embeddings of x are not those that were indexed",
        ),
        ("UPDATE passages SET passage_id = 'talk:1-2' WHERE start = 39", "talk:1-2 stands at 39-57"),
        ("UPDATE passages SET question_start = 3 WHERE start = 39", "is said to answer what is no turn of talk"),
        (
            "UPDATE passages SET embedding = (SELECT embedding FROM passages WHERE start = 6) WHERE start = 39",
            "the name, the passages or the embeddings of talk are not those",
        ),
        ("DELETE FROM meta WHERE key = 'entry of talk'", "of talk are not those that were indexed"),
    ],
    ids=["shifted", "begun later", "ended later", "missing", "renamed", "id", "question", "embedding", "hash"],
)
def test_what_was_changed_in_an_index_is_found(store: SqliteStore, statements: str, problem: str) -> None:
    assert check_index(store) == []
    connection = sqlite3.connect(store.folder / "catalog.sqlite3")
    connection.executescript(statements)
    connection.close()
    assert any(problem in found for found in check_index(store)), check_index(store)


def test_an_index_that_an_earlier_version_began_is_sound(store: SqliteStore) -> None:
    connection = sqlite3.connect(store.folder / "catalog.sqlite3")
    with connection:
        connection.execute("DELETE FROM meta WHERE key LIKE 'entry of %' OR key = 'entries are hashed'")
    connection.close()
    assert check_index(store) == []
    more = Document.from_text("Cleo: More words here.", doc_id="more")
    update_index([more], store.folder, embedder=HashEmbedder())
    assert check_index(store) == []


@pytest.fixture
def read_only(store: SqliteStore) -> Iterator[Path]:
    """The index where nothing can be written; the root user, who may write everywhere, becomes nobody for it."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    index = folder / "index"
    shutil.copytree(store.folder, index)
    for path in (*index.iterdir(), index):
        path.chmod(0o555 if path.is_dir() else 0o444)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield index
    finally:
        os.seteuid(user)
        index.chmod(0o755)
        shutil.rmtree(folder)


def test_the_check_ends_where_nothing_can_be_written(read_only: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in read_only.iterdir()}
    assert index_main(["check", "--index", str(read_only)]) == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("sound: 1 documents, 4 passages\n", "")
    assert {path.name: path.stat().st_mtime_ns for path in read_only.iterdir()} == before


def test_words_that_cannot_be_mended_there_are_told(
    store: SqliteStore, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    connection = sqlite3.connect(store.folder / "catalog.sqlite3")
    with connection:
        connection.execute("INSERT INTO words (rowid, text) VALUES (99, 'more')")
    connection.close()
    read_only = request.getfixturevalue("read_only")
    assert index_main(["check", "--index", str(read_only)]) == 1
    out = capsys.readouterr().out
    assert out.startswith("5 passages can be found by their words, but 4 are stored; it is not made again, since")
